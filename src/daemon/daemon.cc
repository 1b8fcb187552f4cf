#include "daemon/daemon.h"

#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "adapters/asio/clock.h"
#include "adapters/corosync/discovery.h"
#include "adapters/corosync/engine.h"
#include "adapters/files/background_store.h"
#include "adapters/files/boot_id.h"
#include "adapters/files/config_file.h"
#include "adapters/files/durations_file.h"
#include "adapters/files/instance_lock.h"
#include "adapters/files/journal_folder.h"
#include "adapters/files/key_file.h"
#include "adapters/files/state_file.h"
#include "adapters/http/server.h"
#include "adapters/local/engine.h"
#include "adapters/log/node_log.h"
#include "adapters/process/agent_processes.h"
#include "api/router.h"
#include "base/format.h"
#include "core/knowledge.h"
#include "daemon/catch_up.h"
#include "daemon/guards.h"
#include "daemon/later_config.h"
#include "daemon/node_service.h"
#include "daemon/node_watchdog.h"
#include "daemon/notifying.h"
#include "daemon/realtime.h"
#include "daemon/second_way.h"
#include "daemon/setting.h"
#include "runtime/durations.h"

namespace holdfast::daemon {

namespace {

constexpr Millis last_words{100};  ///< that a reset may wait for the log's disk, which may be the one that hangs
constexpr int failed = 1;
constexpr int refused = 4;
constexpr int removed = 5;  ///< the unit does not start it again

/// Message ids of the daemon itself (docs/messages.md).
enum class Message : std::uint32_t {
  started = 5051,
  ending = 5052,
  not_realtime = 5053,
  engine_notice = 5054,
  side_channel = 5055,
  durations_lost = 5059,
  caught_up = 5060,
};

int say(const std::string& text, int exit_code) {
  std::fprintf(stderr, "holdfastd: %s\n", text.c_str());
  return exit_code;
}

files::StateFile state_file(const Options& options) { return files::StateFile(options.state_dir + "/state"); }

/// Tells the API's streams what the core did.
class StepTeller final : public runtime::NodeObserver {
 public:
  api::Router* router = nullptr;
  const Clock* clock = nullptr;
  Notifying* notifying = nullptr;
  std::function<void()> removed;

  void on_removed() override {
    if (removed) removed();
  }
  runtime::Durations durations;
  Catalogue* catalogue = nullptr;

  void on_step(const Event& event, const Outcome& outcome, const ClusterState& state) override {
    if (catalogue != nullptr) catalogue->know(*state.config, state.members);
    if (clock != nullptr) durations.take(clock->now(), event, outcome);
    if (notifying != nullptr) notifying->on_step(event, outcome, state);
    if (router == nullptr) return;
    for (const Decision& decision : outcome.decisions)
      router->decided(api::make_record(*state.config, clock->wall(), state.epoch, decision));
    router->status_changed();
  }
};

/// Everything of a running daemon, in the order in which it must be taken down.
class Daemon {
 public:
  Daemon(const Options& options, Setting setting, std::string boot, std::string caught_up)
      : options_(options),
        setting_(std::move(setting)),
        caught_up_(std::move(caught_up)),
        boot_(std::move(boot)),
        log_({.file = options.log_file,
              .node = setting_.config->name_of(setting_.self),
              .also = [this](const std::string& line) { tail_.add(line); }}),
        clock_(loop_),
        journal_(journal_settings()),
        durations_file_({.file = options.state_dir + "/durations", .wake = [this] { store_.wake(); }}),
        store_({.write = [file = state_file(options)](const DurableState& state) { return file.save(state); },
                .read = [file = state_file(options)] { return file.load(); },
                .post = [this](std::function<void()> call) { boost::asio::post(loop_, std::move(call)); },
                .also =
                    [journal = journal_.work(), durations = durations_file_.work()] {
                      durations();
                      return journal();
                    }}),
        config_file_(options.config, [this](std::function<void()> call) { boost::asio::post(loop_, std::move(call)); }),
        catalogue_(std::move(setting_.catalogue)),
        agents_(
            loop_,
            [this](const ResourceConfig& resource, OperationKind kind) { return catalogue_.command(resource, kind); },
            options.run_dir, {}, [this](const ResourceConfig& resource) { return ready_question(resource); }) {}

  int run() {
    if (const Result<void> engine = make_engine(); !engine) {
      const bool foreign = corosync::find_corosync(options_.run_dir + "/corosync.conf").foreign;
      return say(engine.error().text, foreign ? refused : failed);
    }
    make_node();
    recall_durations();
    service_ =
        std::make_unique<NodeService>(*node_, setting_.self, tail_, teller_.durations, notifying_, options_.log_file);
    router_ = std::make_unique<api::Router>(*service_);
    if (const Result<void> listening = listen(); !listening) return say(listening.error().text, failed);
    if (const Result<void> armed = arm_watchdog(); !armed) return say(armed.error().text, failed);
    if (const std::string refusal = take_realtime(); !refusal.empty())
      write(Severity::warning, Message::not_realtime,
            format("not granted: {}; under load, detection is less sure", refusal));
    write(Severity::notify, Message::started,
          format("holdfastd {} of cluster {}, node {}", HOLDFAST_VERSION, setting_.config->name,
                 setting_.config->name_of(setting_.self)));
    for (const std::string& warning : setting_.warnings) write(Severity::warning, Message::started, warning);
    if (!caught_up_.empty()) write(Severity::warning, Message::caught_up, caught_up_);
    end_on_signal();
    node_->when_told_to_leave([this] { end("an operator stops this node: leaving in order"); });
    node_->start();
    if (setting_.config->engine == EngineKind::corosync) later_config_->start();
    if (watchdog_) watchdog_->start();
    sd_notify(0, "READY=1");
    feed_service_watchdog();
    loop_.run();
    notifying_.finish();
    return exit_code_;
  }

 private:
  void make_node() {
    runtime::NodeSettings settings;
    settings.self = setting_.self;
    settings.config = setting_.config;
    settings.boot = boot_;
    settings.speech = options_.speech;
    settings.superseded = [this] { end_at_once(); };
    settings.pid = getpid();
    settings.journal_segment = segment_bytes();
    if (setting_.config->engine == EngineKind::corosync) settings.link_poll = Millis{200};
    guards_ = std::make_unique<Guards>(
        loop_, *setting_.config, setting_.self, setting_.fence_agents,
        [this](std::string text) { write(Severity::notify, Message::engine_notice, std::move(text), "engine"); },
        [this] { log_.keep(last_words); });
    node_ =
        std::make_unique<runtime::Node>(settings,
                                        runtime::NodePorts{clock_, *engine_, agents_, store_, config_file_, log_,
                                                           guards_->ports(), second_way_.channel(),
                                                           [this](const std::shared_ptr<const ClusterConfig>& config) {
                                                             second_way_.make(config);
                                                             return second_way_.channel();
                                                           },
                                                           options_.journal_segments > 0 ? &journal_ : nullptr},
                                        &teller_);
    later_config_ = std::make_unique<LaterConfig>(loop_, clock_, *node_, setting_.self, setting_.config->key_file);
  }

  std::size_t segment_bytes() const {
    constexpr std::size_t mebibyte = 1024 * 1024;
    return options_.journal_segment_size * mebibyte;
  }

  files::JournalFolderSettings journal_settings() {
    const ClusterConfig& config = *setting_.config;
    return {.folder = options_.state_dir + "/journal",
            .head = {setting_.self,
                     config.name_of(setting_.self),
                     config.name,
                     HOLDFAST_VERSION,
                     wire::built_speech.feature_level,
                     boot_,
                     0,
                     {}},
            .segments = options_.journal_segments,
            .segment_bytes = segment_bytes(),
            .wake = [this] { store_.wake(); }};
  }

  Result<void> make_engine() {
    if (setting_.config->engine == EngineKind::local) {
      engine_ = std::make_unique<LocalEngine>(loop_, setting_.self);
      return {};
    }
    if (Result<void> key = files::check_key_file(setting_.config->key_file); !key) return key;
    CorosyncSettings settings;
    settings.config = setting_.config;
    settings.self = setting_.self;
    settings.program = options_.corosync;
    settings.run_dir = options_.run_dir;
    // Not on a disk: Corosync writes the ring's number there at every change, and would wait for one that hangs (E4).
    settings.state_dir = options_.run_dir + "/corosync";
    settings.notice = [this](const corosync::Notice& notice) {
      write(notice.severity, Message::engine_notice, notice.text, "engine");
    };
    auto engine = std::make_unique<CorosyncEngine>(loop_, std::move(settings));
    if (Result<void> prepared = engine->prepare(); !prepared) return prepared;
    engine_ = std::move(engine);
    second_way_.make(setting_.config);
    return {};
  }

  /// In force here, for nodes that start.
  std::optional<wire::ConfigOffer> configuration() const {
    if (!node_ || node_->config_text().empty()) return std::nullopt;
    return wire::ConfigOffer{node_->state().stamp, *node_->state().config, node_->config_text()};
  }

  Result<void> listen() {
    http::ServerSettings settings;
    settings.path = options_.run_dir + "/api.sock";
    auto server = http::Server::listen(loop_, settings, [this](HttpRequest request, std::shared_ptr<HttpReply> reply) {
      router_->handle(request, reply);
    });
    if (!server) return tl::unexpected(server.error());
    server_ = std::move(*server);
    teller_.removed = [this] {
      boost::asio::post(loop_, [this] {
        engine_->activate(Initiative::theirs);  // Corosync ends, too
        stop();
      });
    };
    teller_.clock = &clock_;
    teller_.catalogue = &catalogue_;
    teller_.notifying = &notifying_;
    teller_.router = router_.get();
    return {};
  }

  void end_on_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      end("told to end: leaving in order, resources stay as they are");
      end_on_signal();  // a second one changes nothing
    });
  }

  /// Trap 17: no good-bye, which the younger daemon of this node would have to answer for, and no state written over
  /// its.
  void end_at_once() {
    write(Severity::error, Message::ending, "a younger daemon of this node runs: this one ends, its resources stay");
    exit_code_ = refused;
    loop_.stop();
  }

  /// N5: the peers hear that this node leaves, then the loop ends.
  void end(std::string why) {
    if (ending_) return;
    ending_ = true;
    write(Severity::notify, Message::ending, std::move(why));
    sd_notify(0, "STOPPING=1");
    notifying_.leave(node_->state());
    node_->leave([this] { stop(); });
  }

  /// For `holdfast simulate`.
  void recall_durations() {
    const Result<Measurements> earlier = durations_file_.load();
    if (!earlier) write(Severity::notify, Message::durations_lost, earlier.error().text);
    if (earlier) teller_.durations.remember(earlier->all, *setting_.config);
    keep_durations();
  }

  void keep_durations() {
    constexpr Micros interval = Millis{60'000};
    if (const std::uint64_t count = teller_.durations.count(); count != std::exchange(durations_kept_, count))
      durations_file_.save({teller_.durations.measured()});
    durations_timer_ = clock_.after(interval, [this] { keep_durations(); });
  }

  /// Nothing of this node counts any more: its watchdog is switched off.
  void stop() {
    keep_durations();
    if (watchdog_) watchdog_->release();
    loop_.stop();
  }

  Result<void> arm_watchdog() {
    const ClusterConfig& config = *setting_.config;
    if (config.watchdog.device.empty()) return {};
    watchdog_ = std::make_unique<NodeWatchdog>(
        loop_,
        WatchdogSettings{agent_directory(options_) + "/holdfast-watchdog", config.watchdog.device,
                         watchdog_socket(options_), core::device_timeout(config)},
        [this] { return node_->feeding(); }, log_);
    return watchdog_->arm();
  }

  /// systemd ends and restarts a daemon whose loop hangs (WatchdogSec of the unit).
  void feed_service_watchdog() {
    std::uint64_t limit_micros = 0;
    if (sd_watchdog_enabled(0, &limit_micros) <= 0) return;
    sd_notify(0, "WATCHDOG=1");
    service_watchdog_ =
        clock_.after(Micros{static_cast<std::int64_t>(limit_micros / 3)}, [this] { feed_service_watchdog(); });
  }

  /// K10: on the ground of what is in service here now.
  Result<std::optional<ReadyQuestion>> ready_question(const ResourceConfig& resource) const {
    const ClusterState& state = node_->state();
    const auto here = [&](const ResourceName& name) {
      return core::fact_of(state, setting_.self, name).state == ResourceState::in_service;
    };
    return catalogue_.ready_question(resource, ground_of(resource, *state.config, here));
  }

  void write(Severity severity, Message message, std::string text, std::string module = "daemon") {
    log_.write({severity, std::move(module), "", {}, static_cast<std::uint32_t>(message), std::move(text)});
  }

  Options options_;
  Setting setting_;
  std::string caught_up_;  ///< what was done about a later configuration before the start
  std::string boot_;
  boost::asio::io_context loop_{1};
  boost::asio::signal_set signals_{loop_, SIGTERM, SIGINT};
  api::LogTail tail_;
  logging::NodeLog log_;
  AsioClock clock_;
  files::JournalFolder journal_;         ///< written by the thread of store_
  files::DurationsFile durations_file_;  ///< likewise
  files::BackgroundStore store_;
  files::FileConfigFile config_file_;
  Catalogue catalogue_;
  AgentProcesses agents_;
  Notifying notifying_{loop_, setting_.self, log_};
  StepTeller teller_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Guards> guards_;
  SecondWay second_way_{
      loop_,
      setting_.self,
      setting_.config->key_file,
      options_.run_dir + "/corosync.pid",
      [this](Severity severity, std::string text) { write(severity, Message::side_channel, std::move(text), "links"); },
      [this] { return configuration(); }};
  std::unique_ptr<runtime::Node> node_;
  std::unique_ptr<LaterConfig> later_config_;
  std::unique_ptr<NodeService> service_;
  std::unique_ptr<api::Router> router_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<NodeWatchdog> watchdog_;
  std::unique_ptr<Timer> service_watchdog_;
  std::unique_ptr<Timer> durations_timer_;
  std::uint64_t durations_kept_ = 0;  ///< so many measurements are in the file
  int exit_code_ = 0;
  bool ending_ = false;
};

}  // namespace

int run(const Options& options) {
  Setting setting = find_setting(options, options.config, Place::a_node);
  for (const std::string& warning : setting.warnings) std::fprintf(stderr, "holdfastd: %s\n", warning.c_str());
  for (const std::string& problem : setting.problems) say(problem, failed);
  if (!setting.problems.empty()) return failed;
  const auto lock = files::acquire_instance_lock(options.run_dir + "/holdfastd.lock");
  if (!lock) return say(lock.error().text, refused);
  const Result<std::string> boot = files::read_boot_id();
  if (!boot) return say(boot.error().text, failed);
  const CaughtUp caught_up = catch_up(options, setting);
  if (caught_up.removed) return say(caught_up.text, removed);
  if (caught_up.changed) {
    setting = find_setting(options, options.config, Place::a_node);
    for (const std::string& problem : setting.problems) say(problem, failed);
    if (!setting.problems.empty()) return failed;
  }
  return Daemon(options, std::move(setting), *boot, caught_up.text).run();
}

}  // namespace holdfast::daemon
