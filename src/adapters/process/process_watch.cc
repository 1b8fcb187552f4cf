#include <sys/syscall.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <map>

#include "adapters/process/process_record.h"
#include "adapters/process/spawn.h"
#include "adapters/process/watches.h"
#include "base/format.h"

namespace holdfast {

namespace asio = boost::asio;

class ProcessWatch::State : public std::enable_shared_from_this<State> {
 public:
  State(asio::io_context& loop, std::string run_directory) : loop_(loop), run_directory_(std::move(run_directory)) {}

  void watch(const ResourceName& resource, Changed changed) {
    const std::uint64_t number = ++last_;
    watched_.erase(resource);
    auto [entry, inserted] = watched_.emplace(resource, Watched{number, {}, std::move(changed), nullptr});
    const auto record = read_process_record(process_record_path(run_directory_, resource.value));
    if (!record) return report_later(resource, number, ResourceState::unknown, "no record of its process");
    entry->second.identity = *record;
    const int process = static_cast<int>(syscall(SYS_pidfd_open, record->pid, 0));
    // Opened first, compared then: from here on the number cannot pass to another process unseen.
    if (process < 0 || !is_alive(*record)) {
      if (process >= 0) close(process);
      return report_later(resource, number, what_is_left(*record), text_of(*record));
    }
    entry->second.descriptor = std::make_unique<asio::posix::stream_descriptor>(loop_, process);
    wait(entry->second, resource);
  }

  void unwatch(const ResourceName& resource) { watched_.erase(resource); }
  void clear() { watched_.clear(); }

 private:
  struct Watched {
    std::uint64_t number = 0;
    ProcessIdentity identity;
    Changed changed;
    std::unique_ptr<asio::posix::stream_descriptor> descriptor;
  };

  void wait(Watched& watched, const ResourceName& resource) {
    watched.descriptor->async_wait(
        asio::posix::stream_descriptor::wait_read,
        [self = shared_from_this(), resource, number = watched.number](boost::system::error_code error) {
          if (!error) self->ready(resource, number);
        });
  }

  /// Asio may call for an event of a descriptor that had this number before: look again.
  void ready(const ResourceName& resource, std::uint64_t number) {
    const auto found = watched_.find(resource);
    if (found == watched_.end() || found->second.number != number) return;
    if (!is_readable(found->second.descriptor->native_handle())) return wait(found->second, resource);
    report(resource, number, what_is_left(found->second.identity), text_of(found->second.identity));
  }

  /// Children that outlive it go on serving, and hold ports and files (F3). A number that meanwhile belongs to another
  /// process has none.
  static ResourceState what_is_left(const ProcessIdentity& identity) {
    const auto entry = look_up_process(identity.pid);
    const bool reused = entry && entry->identity != identity;
    return reused || living_members(identity.pid).empty() ? ResourceState::out_of_service : ResourceState::failed;
  }

  static std::string text_of(const ProcessIdentity& identity) { return format("process {} has ended", identity.pid); }

  void report_later(const ResourceName& resource, std::uint64_t number, ResourceState state, std::string why) {
    asio::post(loop_, [self = shared_from_this(), resource, number, state, why = std::move(why)] {
      self->report(resource, number, state, why);
    });
  }

  /// Only to the watch that saw it: `number` tells an old one, replaced or ended meanwhile.
  void report(const ResourceName& resource, std::uint64_t number, ResourceState state, std::string why) {
    const auto found = watched_.find(resource);
    if (found == watched_.end() || found->second.number != number) return;
    found->second.descriptor.reset();
    const Changed changed = found->second.changed;
    changed(state, std::move(why));
  }

  asio::io_context& loop_;
  std::string run_directory_;
  std::uint64_t last_ = 0;
  std::map<ResourceName, Watched> watched_;
};

ProcessWatch::ProcessWatch(asio::io_context& loop, std::string run_directory)
    : state_(std::make_shared<State>(loop, std::move(run_directory))) {}
ProcessWatch::~ProcessWatch() { state_->clear(); }
void ProcessWatch::watch(const ResourceName& resource, Changed changed) { state_->watch(resource, std::move(changed)); }
void ProcessWatch::unwatch(const ResourceName& resource) { state_->unwatch(resource); }

}  // namespace holdfast
