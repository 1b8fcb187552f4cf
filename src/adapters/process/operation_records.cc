#include "adapters/process/operation_records.h"

#include <signal.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>

#include "adapters/process/process_record.h"

namespace holdfast {

namespace {
using SteadyTime = std::chrono::steady_clock::time_point;
constexpr Millis look_interval{20};
}  // namespace

struct OperationRecords::Waiting {
  Waiting(boost::asio::io_context& loop, ProcessIdentity who, Millis patience, Millis between)
      : timer(loop), identity(who), term_at(std::chrono::steady_clock::now() + patience), kill_at(term_at + between) {}

  boost::asio::steady_timer timer;
  ProcessIdentity identity;
  SteadyTime term_at;
  SteadyTime kill_at;
  bool told_to_end = false;
  std::function<void()> go;  ///< empty once the records are gone
};

OperationRecords::OperationRecords(boost::asio::io_context& loop, std::string run_directory)
    : loop_(loop), folder_(std::move(run_directory) + "/operations") {}
OperationRecords::~OperationRecords() = default;

std::string OperationRecords::path(const ResourceName& resource) const {
  return process_record_path(folder_, resource.value);
}

void OperationRecords::when_free(const ResourceName& resource, Millis patience, Millis grace,
                                 std::function<void()> go) {
  if (free_.contains(resource)) return go();
  const auto left = read_process_record(path(resource));
  if (!left || !is_alive(*left)) {
    free_.insert(resource);
    return go();
  }
  const auto waiting = std::make_shared<Waiting>(loop_, *left, patience, grace);
  waiting->go = [this, alive = std::weak_ptr(alive_), resource, go = std::move(go)] {
    if (alive.expired()) return;
    ended(resource);
    free_.insert(resource);
    go();
  };
  look(waiting);
}

/// The leader of the operation's group is what is waited for: what it leaves behind is the service (K11).
void OperationRecords::look(const std::shared_ptr<Waiting>& waiting) {
  waiting->timer.expires_after(look_interval);
  waiting->timer.async_wait([waiting](const boost::system::error_code& error) {
    if (error) return;
    if (!is_alive(waiting->identity)) return waiting->go();
    const SteadyTime now = std::chrono::steady_clock::now();
    if (now >= waiting->kill_at)
      kill(-waiting->identity.pid, SIGKILL);
    else if (now >= waiting->term_at && !std::exchange(waiting->told_to_end, true))
      kill(-waiting->identity.pid, SIGTERM);
    look(waiting);
  });
}

void OperationRecords::began(const ResourceName& resource, pid_t process) {
  const auto entry = look_up_process(process);
  // Where it cannot be written, the next life knows of no operation, as before there were records.
  if (entry) (void)write_process_record(path(resource), entry->identity);
}

void OperationRecords::ended(const ResourceName& resource) { unlink(path(resource).c_str()); }

}  // namespace holdfast
