// What the daemon sees by itself, without asking an agent (K1, K4, K7): the end of a process, the loss of an address,
// a unit that is no longer active.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/ids.h"
#include "base/result.h"
#include "model/facts.h"

namespace boost::asio {
class io_context;
}

namespace holdfast {

/// A proof carries the state found: out_of_service, or failed where something of it is left. A hint carries `unknown`,
/// and a monitor should follow.
using Changed = std::function<void(ResourceState observed, std::string why)>;

/// The end of the service process of resources of kind `process`, by pidfd, at once. All on the loop's thread. Calls
/// once per watch(); what the process left behind is for the stop or recover that follows.
class ProcessWatch {
 public:
  ProcessWatch(boost::asio::io_context& loop, std::string run_directory);
  ~ProcessWatch();

  /// Replaces an earlier watch of `resource`. Call it after a start or adoption, and unwatch() before a stop.
  void watch(const ResourceName& resource, Changed changed);
  void unwatch(const ResourceName& resource);

 private:
  class State;
  std::shared_ptr<State> state_;
};

/// Addresses that leave their interface, interfaces that are switched off or deleted (proof), and interfaces that lose
/// their link (hint), by rtnetlink events. All on the loop's thread. Goes on until unwatch().
class AddressWatch {
 public:
  explicit AddressWatch(boost::asio::io_context& loop);
  ~AddressWatch();

  /// Replaces an earlier watch of `resource`. `cidr` as "10.0.0.1/24". An address that is not there is reported too,
  /// but not from within. Error: no address, or no netlink.
  Result<void> watch(const ResourceName& resource, const std::string& cidr, const std::string& interface,
                     Changed changed);
  void unwatch(const ResourceName& resource);

 private:
  class State;
  std::shared_ptr<State> state_;
};

/// Units of systemd that are no longer active, by its signals on D-Bus (K4). One that has failed or was stopped is
/// `failed`: something of it may still run, and the stop that follows knows. One on the way to another state is a hint.
/// A bus that goes away is a hint too, and is tried again every second. All on the loop's thread, never waiting.
class UnitWatch {
 public:
  explicit UnitWatch(boost::asio::io_context& loop);
  ~UnitWatch();

  /// Replaces an earlier watch of `resource`. `unit` as "nginx.service". A unit that is not active is reported too, but
  /// not from within.
  void watch(const ResourceName& resource, const std::string& unit, Changed changed);
  void unwatch(const ResourceName& resource);

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace holdfast
