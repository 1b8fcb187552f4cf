#include "adapters/corosync/engine.h"

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <thread>
#include <utility>

#include "adapters/corosync/configuration.h"
#include "adapters/corosync/cpg_thread.h"
#include "adapters/corosync/leavable_thread.h"
#include "adapters/corosync/link_thread.h"
#include "adapters/corosync/process.h"
#include "adapters/corosync/supervisor.h"
#include "base/format.h"

namespace holdfast {
namespace {

using namespace corosync;

constexpr std::size_t kLargestMessage = 60U << 10;
constexpr Micros kSilence{5'000'000};
constexpr Millis kPatience{1000};

/// Tells once when a thread's call has lasted too long, and once when it has come back.
struct SilenceWatch {
  const char* what;
  const BusyMark& mark;
  bool told = false;

  void look(const Mailbox& mailbox) {
    const bool silent = mark.busy() > kSilence;
    if (silent == told) return;
    told = silent;
    if (silent)
      mailbox.notice_now({NoticeKind::silent, Severity::error,
                          format("corosync has not answered {} for {} s; it may be stopped or starved", what,
                                 mark.busy().count() / 1'000'000)});
    else
      mailbox.notice_now({NoticeKind::answers, Severity::notify, format("corosync answers {} again", what)});
  }
};

}  // namespace

class CorosyncEngine::Parts {
 public:
  Parts(boost::asio::io_context& loop, CorosyncSettings settings);
  ~Parts();

  Result<void> prepare();
  void start(EngineListener& listener);
  void send(std::string bytes);
  EngineMember self() const { return self_; }
  Result<void> stage(std::shared_ptr<const ClusterConfig> config);
  void activate(Initiative initiative);
  void stop_threads();
  void stop_corosync();

 private:
  ConfigurationPaths configuration_paths() const { return {settings_.run_dir + "/corosync.key", settings_.state_dir}; }
  void look_at_threads();

  CorosyncSettings settings_;
  EngineMember self_;
  std::shared_ptr<Mailbox> mailbox_;
  std::shared_ptr<Outbox> outbox_ = std::make_shared<Outbox>();
  Supervisor supervisor_;
  std::shared_ptr<CpgThread> cpg_;
  std::shared_ptr<LinkThread> links_;
  std::unique_ptr<LeavableThread> cpg_thread_;
  std::unique_ptr<LeavableThread> link_thread_;
  SilenceWatch cpg_watch_;
  SilenceWatch link_watch_;
  boost::asio::steady_timer watch_timer_;
  bool outbox_full_ = false;
  std::shared_ptr<const ClusterConfig> staged_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

CorosyncEngine::Parts::Parts(boost::asio::io_context& loop, CorosyncSettings settings)
    : settings_(std::move(settings)),
      self_{settings_.self, static_cast<std::uint32_t>(getpid())},
      mailbox_(std::make_shared<Mailbox>(loop, settings_.notice)),
      supervisor_(loop, {settings_.program, settings_.config->key_file, settings_.run_dir, settings_.log_file},
                  settings_.notice),
      cpg_(std::make_shared<CpgThread>(self_, mailbox_, outbox_)),
      links_(std::make_shared<LinkThread>(settings_.config, settings_.self, settings_.log_file, mailbox_)),
      cpg_watch_{"the daemon's group service", cpg_->busy()},
      link_watch_{"the question for its links", links_->busy()},
      watch_timer_(loop) {}

CorosyncEngine::Parts::~Parts() {
  mailbox_->close();
  stop_threads();
}

Result<void> CorosyncEngine::Parts::prepare() {
  const Result<std::string> text = make_corosync_conf(*settings_.config, settings_.self, configuration_paths());
  if (!text) return tl::unexpected(text.error());
  std::error_code error;
  std::filesystem::create_directories(settings_.state_dir, error);
  if (error) return failure(format("{} cannot be made: {}", settings_.state_dir, error.message()));
  return supervisor_.start(*text);
}

void CorosyncEngine::Parts::start(EngineListener& listener) {
  mailbox_->set_listener(listener);
  cpg_thread_ = std::make_unique<LeavableThread>("holdfast-cpg", [cpg = cpg_] { cpg->run(); });
  link_thread_ = std::make_unique<LeavableThread>("holdfast-links", [links = links_] { links->run(); });
  look_at_threads();
}

void CorosyncEngine::Parts::send(std::string bytes) {
  if (bytes.size() > kLargestMessage) {
    mailbox_->post_notice(NoticeKind::dropped, Severity::error,
                          format("a message of {} bytes was not sent; allowed are {}", bytes.size(), kLargestMessage));
    return;
  }
  const bool full = outbox_->add(std::move(bytes)) == Outbox::Added::full;
  if (full && !outbox_full_)
    mailbox_->post_notice(NoticeKind::dropped, Severity::error,
                          "messages are dropped: corosync takes none, and too many wait already");
  outbox_full_ = full;
  cpg_->wake();
}

Result<void> CorosyncEngine::Parts::stage(std::shared_ptr<const ClusterConfig> config) {
  staged_ = std::move(config);
  if (staged_->node(settings_.self) == nullptr) return {};
  const Result<std::string> text = make_corosync_conf(*staged_, settings_.self, configuration_paths());
  if (!text) return tl::unexpected(text.error());
  return supervisor_.stage(*text);
}

/// One reload makes every node's corosync read its file again: it is a message of the ring (engine.md 1).
void CorosyncEngine::Parts::activate(Initiative initiative) {
  if (!staged_) return;
  settings_.config = std::exchange(staged_, nullptr);
  if (settings_.config->node(settings_.self) == nullptr) return stop_corosync();
  links_->reconfigure(settings_.config);
  if (initiative == Initiative::alone) return supervisor_.renew();
  if (initiative == Initiative::theirs) return;
  std::thread([mailbox = mailbox_] {
    const Result<void> reloaded = reload_corosync();
    if (!reloaded)
      mailbox->post_notice(NoticeKind::configuration_changed, Severity::error,
                           format("corosync has not taken over the new configuration: {}", reloaded.error().text));
  }).detach();
}

void CorosyncEngine::Parts::stop_threads() {
  watch_timer_.cancel();
  cpg_->stop();
  links_->stop();
  if (cpg_thread_) cpg_thread_->finish(kPatience);
  if (link_thread_) link_thread_->finish(kPatience);
}

void CorosyncEngine::Parts::stop_corosync() {
  mailbox_->close();
  stop_threads();
  supervisor_.stop();
}

void CorosyncEngine::Parts::look_at_threads() {
  cpg_watch_.look(*mailbox_);
  link_watch_.look(*mailbox_);
  watch_timer_.expires_after(Millis{1000});
  // Cancelling does not take back a call that is queued already.
  watch_timer_.async_wait([this, alive = std::weak_ptr<int>(alive_)](const boost::system::error_code& error) {
    if (!error && !alive.expired()) look_at_threads();
  });
}

CorosyncEngine::CorosyncEngine(boost::asio::io_context& loop, CorosyncSettings settings)
    : parts_(std::make_unique<Parts>(loop, std::move(settings))) {}

CorosyncEngine::~CorosyncEngine() = default;

Result<void> CorosyncEngine::prepare() { return parts_->prepare(); }
void CorosyncEngine::start(EngineListener& listener) { parts_->start(listener); }
void CorosyncEngine::send(std::string bytes) { parts_->send(std::move(bytes)); }
EngineMember CorosyncEngine::self() const { return parts_->self(); }
Result<void> CorosyncEngine::stage(std::shared_ptr<const ClusterConfig> config) {
  return parts_->stage(std::move(config));
}
void CorosyncEngine::activate(Initiative initiative) { parts_->activate(initiative); }
void CorosyncEngine::stop_corosync() { parts_->stop_corosync(); }

}  // namespace holdfast
