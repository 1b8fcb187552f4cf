#include <poll.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <vector>

#include "adapters/process/systemd_bus.h"
#include "adapters/process/watches.h"
#include "base/format.h"

namespace holdfast {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr int rounds = 64;  // messages in one go, so that a busy bus does not hold up the loop
constexpr std::chrono::seconds between_tries{1};

struct SlotCloser {
  void operator()(sd_bus_slot* slot) const { sd_bus_slot_unref(slot); }
};
using Slot = std::unique_ptr<sd_bus_slot, SlotCloser>;

/// Reads a{sv} and keeps what a UnitState has. Whatever else a sender puts there is skipped (E3).
void read_properties(sd_bus_message* message, UnitState& into) {
  const std::map<std::string, std::string*> texts{
      {"ActiveState", &into.active}, {"SubState", &into.sub}, {"Result", &into.result}};
  const std::map<std::string, int*> numbers{{"ExecMainCode", &into.main_code}, {"ExecMainStatus", &into.main_status}};
  if (sd_bus_message_enter_container(message, 'a', "{sv}") < 0) return;
  while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
    const char* name = nullptr;
    if (sd_bus_message_read(message, "s", &name) < 0) return;
    const char* text = nullptr;
    const bool is_job = std::strcmp(name, "Job") == 0;
    if (is_job && sd_bus_message_read(message, "v", "(uo)", &into.job, &text) < 0) return;
    if (const auto found = texts.find(name); found != texts.end() && sd_bus_message_read(message, "v", "s", &text) >= 0)
      *found->second = text;
    else if (const auto number = numbers.find(name); number != numbers.end())
      sd_bus_message_read(message, "v", "i", number->second);
    else if (!is_job && found == texts.end() && sd_bus_message_skip(message, "v") < 0)
      return;
    if (sd_bus_message_exit_container(message) < 0) return;
  }
}

}  // namespace

/// One connection for all units:
///   connected --unit's signal or answer: not active--> asked for the reason --answer--> reported
///   lost --> every watch has a hint --1 s--> tried again, the other way --> every unit is asked
class UnitWatch::State : public std::enable_shared_from_this<State> {
 public:
  explicit State(asio::io_context& loop) : loop_(loop), descriptor_(loop), bus_timer_(loop), retry_(loop) {}

  void watch(const ResourceName& resource, const std::string& unit, Changed changed) {
    watched_.erase(resource);
    auto entry = std::make_shared<Watched>();
    entry->owner = this;
    entry->resource = resource;
    entry->unit = unit;
    entry->changed = std::move(changed);
    watched_.emplace(resource, entry);
    if (!bus_) {
      if (!retrying_) retry_after(std::chrono::seconds{0});
      return;
    }
    begin(*entry);
    arm();
  }

  void unwatch(const ResourceName& resource) { watched_.erase(resource); }

  void clear() {
    watched_.clear();
    disconnect();
    retry_.cancel();
    closed_ = true;
  }

 private:
  struct Watched {
    State* owner = nullptr;
    ResourceName resource;
    std::string unit;
    Changed changed;
    UnitState seen;
    Slot signals;
    Slot question;
    Slot reason;
  };

  void retry_after(std::chrono::seconds delay) {
    retrying_ = true;
    retry_.expires_after(delay);
    retry_.async_wait([self = shared_from_this()](error_code error) {
      self->retrying_ = false;
      if (error || self->closed_ || self->bus_ || self->watched_.empty()) return;
      self->connect();
    });
  }

  void connect() {
    auto bus = open_bus(way_);
    if (!bus) return lost(bus.error().text);
    bus_ = std::move(*bus);
    // The descriptor is the bus's own: Asio has a copy of it, which it may close.
    descriptor_.assign(dup(sd_bus_get_fd(bus_.get())));
    const int code = sd_bus_call_method_async(bus_.get(), nullptr, systemd_name, systemd_path, systemd_interface,
                                              "Subscribe", on_subscribed, this, "");
    if (code < 0) return lost(std::strerror(-code));
    for (const auto& [resource, entry] : watched_) begin(*entry);
    arm();
  }

  void disconnect() {
    ++connection_;
    for (const auto& [resource, entry] : watched_) {
      entry->signals.reset();
      entry->question.reset();
      entry->reason.reset();
    }
    error_code ignored;
    descriptor_.close(ignored);
    bus_timer_.cancel();
    waits_to_read_ = waits_to_write_ = false;
    bus_.reset();
  }

  /// Not blind without it: the monitors' interval goes on. It is said once, not at every try.
  void lost(const std::string& why) {
    disconnect();
    way_ = way_ == BusWay::system ? BusWay::direct : BusWay::system;
    if (!retrying_) retry_after(++tries_ < 2 ? std::chrono::seconds{0} : between_tries);
    if (tries_ != 2) return;
    std::vector<std::shared_ptr<Watched>> all;
    for (const auto& [resource, entry] : watched_) all.push_back(entry);
    for (const auto& entry : all)
      if (is_watched(*entry))
        entry->changed(ResourceState::unknown, format("no word from systemd ({}): {} is watched by its monitor's "
                                                      "interval until it answers again",
                                                      why, entry->unit));
  }

  bool is_watched(const Watched& entry) const {
    const auto found = watched_.find(entry.resource);
    return found != watched_.end() && found->second.get() == &entry;
  }

  /// Signals from now on; and what holds now, which may have changed before.
  void begin(Watched& entry) {
    const std::string path = unit_path(entry.unit);
    entry.seen = {};
    sd_bus_slot* slot = nullptr;
    if (sd_bus_match_signal_async(bus_.get(), &slot, nullptr, path.c_str(), "org.freedesktop.DBus.Properties",
                                  "PropertiesChanged", on_changed, nullptr, &entry) >= 0)
      entry.signals.reset(slot);
    ask(entry, unit_interface, entry.question, on_state);
  }

  void ask(Watched& entry, const char* interface, Slot& question,
           int (*answer)(sd_bus_message*, void*, sd_bus_error*)) {
    sd_bus_slot* slot = nullptr;
    if (sd_bus_call_method_async(bus_.get(), &slot, systemd_name, unit_path(entry.unit).c_str(),
                                 "org.freedesktop.DBus.Properties", "GetAll", answer, &entry, "s", interface) >= 0)
      question.reset(slot);
  }

  // --- what the bus tells; called by sd_bus_process() ---------------------------------------------------------------
  static int on_subscribed(sd_bus_message* message, void* self, sd_bus_error*) {
    auto* state = static_cast<State*>(self);
    // An answer of systemd's, and be it that we are subscribed already.
    const sd_bus_error* error = sd_bus_message_get_error(message);
    if (error != nullptr && sd_bus_error_has_name(error, "org.freedesktop.systemd1.AlreadySubscribed") == 0)
      state->trouble_ = error->message != nullptr ? error->message : error->name;
    else
      state->tries_ = 0;
    return 0;
  }

  static int on_changed(sd_bus_message* message, void* watched, sd_bus_error*) {
    auto* entry = static_cast<Watched*>(watched);
    const char* interface = nullptr;
    if (sd_bus_message_read(message, "s", &interface) < 0 || std::strcmp(interface, unit_interface) != 0) return 0;
    UnitState now = entry->seen;
    read_properties(message, now);
    entry->owner->take(*entry, now);
    return 0;
  }

  static int on_state(sd_bus_message* message, void* watched, sd_bus_error*) {
    auto* entry = static_cast<Watched*>(watched);
    if (sd_bus_message_is_method_error(message, nullptr) > 0) return 0;
    UnitState now;
    read_properties(message, now);
    entry->owner->take(*entry, now);
    return 0;
  }

  static int on_reason(sd_bus_message* message, void* watched, sd_bus_error*) {
    auto* entry = static_cast<Watched*>(watched);
    if (sd_bus_message_is_method_error(message, nullptr) == 0) read_properties(message, entry->seen);
    entry->owner->report(*entry);
    return 0;
  }

  /// Once for each change. A unit that is inactive in the middle of a restart has a job.
  void take(Watched& entry, const UnitState& now) {
    const bool changed = now.active != entry.seen.active || (now.job != 0) != (entry.seen.job != 0);
    entry.seen = now;
    if (!changed || is_in_service(now) || now.active.empty()) return;
    if (is_between(now) || !entry.unit.ends_with(".service")) return report(entry);
    ask(entry, service_interface, entry.reason, on_reason);
  }

  /// Not from within sd_bus_process(): the call may unwatch, or end us.
  void report(const Watched& entry) {
    const ResourceState state = is_between(entry.seen) ? ResourceState::unknown : ResourceState::failed;
    asio::post(loop_, [self = shared_from_this(), entry = watched_.at(entry.resource), state,
                       why = describe(entry.unit, entry.seen)] {
      if (!self->closed_ && self->is_watched(*entry)) entry->changed(state, why);
    });
  }

  // --- the bus on the loop ------------------------------------------------------------------------------------------
  void process() {
    for (int round = 0; round < rounds; ++round) {
      const int done = sd_bus_process(bus_.get(), nullptr);
      if (!trouble_.empty()) return lost(std::exchange(trouble_, {}));
      if (done < 0) return lost(std::strerror(-done));
      if (done == 0) return arm();
    }
    asio::post(loop_, [self = shared_from_this(), connection = connection_] {
      if (self->bus_ && self->connection_ == connection) self->process();
    });
  }

  void arm() {
    if (!bus_) return;
    const int events = sd_bus_get_events(bus_.get());
    if (events < 0) return lost(std::strerror(-events));
    if ((events & POLLIN) != 0) wait_for(asio::posix::stream_descriptor::wait_read);
    if ((events & POLLOUT) != 0) wait_for(asio::posix::stream_descriptor::wait_write);
    std::uint64_t until = UINT64_MAX;  // CLOCK_MONOTONIC, as steady_clock
    if (sd_bus_get_timeout(bus_.get(), &until) < 0 || until == UINT64_MAX) return;
    const auto at = std::chrono::steady_clock::time_point{std::chrono::microseconds{until}};
    bus_timer_.expires_at(at);
    bus_timer_.async_wait([self = shared_from_this(), connection = connection_](error_code error) {
      if (!error && self->bus_ && self->connection_ == connection) self->process();
    });
  }

  void wait_for(asio::posix::stream_descriptor::wait_type type) {
    bool& waiting = type == asio::posix::stream_descriptor::wait_read ? waits_to_read_ : waits_to_write_;
    if (waiting) return;
    waiting = true;
    descriptor_.async_wait(type, [self = shared_from_this(), &waiting, connection = connection_](error_code) {
      if (self->connection_ != connection) return;
      waiting = false;
      if (self->bus_) self->process();
    });
  }

  asio::io_context& loop_;
  BusConnection bus_;
  BusWay way_ = BusWay::system;
  asio::posix::stream_descriptor descriptor_;
  asio::steady_timer bus_timer_;
  asio::steady_timer retry_;
  std::map<ResourceName, std::shared_ptr<Watched>> watched_;
  std::string trouble_;
  std::uint64_t connection_ = 0;
  int tries_ = 0;  ///< in vain since systemd last answered
  bool retrying_ = false;
  bool waits_to_read_ = false;
  bool waits_to_write_ = false;
  bool closed_ = false;
};

UnitWatch::UnitWatch(asio::io_context& loop) : state_(std::make_shared<State>(loop)) {}
UnitWatch::~UnitWatch() { state_->clear(); }
void UnitWatch::watch(const ResourceName& resource, const std::string& unit, Changed changed) {
  state_->watch(resource, unit, std::move(changed));
}
void UnitWatch::unwatch(const ResourceName& resource) { state_->unwatch(resource); }

}  // namespace holdfast
