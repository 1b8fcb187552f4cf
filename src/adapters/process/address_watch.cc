#include <arpa/inet.h>
#include <ifaddrs.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>

#include "adapters/process/watches.h"
#include "base/format.h"

namespace holdfast {

namespace asio = boost::asio;

namespace {

constexpr unsigned lower_up_flag = 1U << 16;  // IFF_LOWER_UP of linux/if.h, which does not go with net/if.h

/// IPv4 or IPv6 in network order; the length tells which.
using RawAddress = std::string;

RawAddress raw_address(const std::string& cidr) {
  const std::string text = cidr.substr(0, cidr.find('/'));
  std::array<char, 16> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return {bytes.data(), 4};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return {bytes.data(), 16};
  return {};
}

/// The attribute's bytes; empty if there is none. (libmnl's loop macro is C only.)
std::string attribute_bytes(const nlmsghdr* header, std::size_t offset, int wanted) {
  const auto* attribute = static_cast<const nlattr*>(mnl_nlmsg_get_payload_offset(header, offset));
  const auto* tail = static_cast<const char*>(mnl_nlmsg_get_payload_tail(header));
  while (mnl_attr_ok(attribute, static_cast<int>(tail - reinterpret_cast<const char*>(attribute)))) {
    if (mnl_attr_get_type(attribute) == wanted)
      return {static_cast<const char*>(mnl_attr_get_payload(attribute)), mnl_attr_get_payload_len(attribute)};
    attribute = mnl_attr_next(attribute);
  }
  return {};
}

RawAddress raw_address(const sockaddr& socket_address) {
  if (socket_address.sa_family == AF_INET)
    return {reinterpret_cast<const char*>(&reinterpret_cast<const sockaddr_in&>(socket_address).sin_addr), 4};
  if (socket_address.sa_family == AF_INET6)
    return {reinterpret_cast<const char*>(&reinterpret_cast<const sockaddr_in6&>(socket_address).sin6_addr), 16};
  return {};
}

/// What holds now. An event tells of a moment that may be over: a proof is looked at once more. If nothing can be
/// known, all is well: the monitor's interval goes on.
struct Present {
  bool address = true;
  bool interface_up = true;
};

Present look(const RawAddress& address, const std::string& interface) {
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner{first, &freeifaddrs};
  Present out{false, false};
  for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
    if (interface != entry->ifa_name) continue;
    out.interface_up = (entry->ifa_flags & IFF_UP) != 0;
    if (entry->ifa_addr != nullptr && raw_address(*entry->ifa_addr) == address) out.address = true;
  }
  return out;
}

Result<int> open_events() {
  const int socket = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (socket < 0) return failure(format("netlink: {}", std::strerror(errno)));
  sockaddr_nl own{};
  own.nl_family = AF_NETLINK;
  own.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
  if (bind(socket, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) {
    const int error = errno;
    close(socket);
    return failure(format("netlink: {}", std::strerror(error)));
  }
  return socket;
}

}  // namespace

class AddressWatch::State : public std::enable_shared_from_this<State> {
 public:
  explicit State(asio::io_context& loop) : events_(loop) {}

  Result<void> watch(const ResourceName& resource, const std::string& cidr, const std::string& interface,
                     Changed changed) {
    const RawAddress address = raw_address(cidr);
    if (address.empty()) return failure(format("\"{}\" is not an IPv4 or IPv6 address", cidr));
    if (!events_.is_open()) {
      auto socket = open_events();
      if (!socket) return tl::unexpected(socket.error());
      events_.assign(*socket);
      wait();
    }
    watched_.insert_or_assign(resource, Watched{++last_, address, cidr, interface, std::move(changed)});
    // What went before the watch began gave it no event.
    if (!look(address, interface).address)
      report_later(resource, last_, format("address {} is not on {}", cidr, interface));
    return {};
  }

  void unwatch(const ResourceName& resource) { watched_.erase(resource); }

  void clear() {
    watched_.clear();
    boost::system::error_code ignored;
    events_.close(ignored);
  }

 private:
  struct Watched {
    std::uint64_t number = 0;
    RawAddress address;
    std::string cidr;
    std::string interface;
    Changed changed;
  };

  void report_later(const ResourceName& resource, std::uint64_t number, std::string why) {
    asio::post(events_.get_executor(), [self = shared_from_this(), resource, number, why = std::move(why)] {
      const auto found = self->watched_.find(resource);
      if (found == self->watched_.end() || found->second.number != number) return;
      const Changed changed = found->second.changed;
      changed(ResourceState::out_of_service, why);
    });
  }

  void wait() {
    events_.async_wait(asio::posix::stream_descriptor::wait_read,
                       [self = shared_from_this()](boost::system::error_code error) {
                         if (error) return;
                         self->read_events();
                         if (self->events_.is_open()) self->wait();
                       });
  }

  void read_events() {
    std::array<char, 16384> buffer{};
    while (events_.is_open()) {
      const ssize_t got = recv(events_.native_handle(), buffer.data(), buffer.size(), 0);
      if (got < 0 && errno == ENOBUFS) tell_all("netlink events were lost");
      if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
      if (got < 0) continue;
      if (got == 0) return;
      int left = static_cast<int>(got);
      const auto* header = reinterpret_cast<const nlmsghdr*>(buffer.data());
      while (mnl_nlmsg_ok(header, left)) {
        take(header);
        header = mnl_nlmsg_next(header, &left);
      }
    }
  }

  void take(const nlmsghdr* header) {
    if (header->nlmsg_type == RTM_DELADDR && mnl_nlmsg_get_payload_len(header) >= sizeof(ifaddrmsg))
      take_lost_address(header);
    if ((header->nlmsg_type == RTM_NEWLINK || header->nlmsg_type == RTM_DELLINK) &&
        mnl_nlmsg_get_payload_len(header) >= sizeof(ifinfomsg))
      take_link(header);
  }

  void take_lost_address(const nlmsghdr* header) {
    const auto* entry = static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(header));
    RawAddress lost = attribute_bytes(header, sizeof(ifaddrmsg), IFA_LOCAL);
    if (lost.empty()) lost = attribute_bytes(header, sizeof(ifaddrmsg), IFA_ADDRESS);
    std::array<char, IF_NAMESIZE> name{};
    // An interface that is gone already has no name: its address is gone with it.
    const bool named = if_indextoname(entry->ifa_index, name.data()) != nullptr;
    tell([&](const Watched& w) { return w.address == lost && (!named || w.interface == name.data()); },
         [](const Watched& w) {
           return look(w.address, w.interface).address ? ResourceState::unknown : ResourceState::out_of_service;
         },
         [](const Watched& w) { return format("address {} left {}", w.cidr, w.interface); });
  }

  void take_link(const nlmsghdr* header) {
    const auto* link = static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(header));
    if (link->ifi_family != AF_UNSPEC) return;  // a bridge speaks of its ports
    const bool gone = header->nlmsg_type == RTM_DELLINK;
    const bool off = gone || (link->ifi_flags & IFF_UP) == 0;
    if (!off && (link->ifi_flags & lower_up_flag) != 0) return;
    const std::string name = attribute_bytes(header, sizeof(ifinfomsg), IFLA_IFNAME).c_str();
    // Switched off or gone it serves nobody. Without a link it may do so again in a moment: the monitor decides.
    tell([&](const Watched& w) { return w.interface == name; },
         [off](const Watched& w) { return off ? state_of_switched_off(w) : ResourceState::unknown; },
         [gone](const Watched& w) { return format("interface {} {}", w.interface, gone ? "is gone" : "went down"); });
  }

  static ResourceState state_of_switched_off(const Watched& watched) {
    const Present present = look(watched.address, watched.interface);
    if (present.interface_up) return ResourceState::unknown;
    return present.address ? ResourceState::failed : ResourceState::out_of_service;
  }

  void tell_all(const std::string& why) {
    tell([](const Watched&) { return true; }, [](const Watched&) { return ResourceState::unknown; },
         [&](const Watched&) { return why; });
  }

  struct Call {
    Changed changed;
    ResourceState state;
    std::string why;
  };

  /// Calls may unwatch: the entries are collected first.
  template <class Concerns, class State, class Text>
  void tell(Concerns concerns, State state, Text text) {
    std::vector<Call> calls;
    for (const auto& [resource, watched] : watched_)
      if (concerns(watched)) calls.push_back({watched.changed, state(watched), text(watched)});
    for (Call& call : calls) call.changed(call.state, std::move(call.why));
  }

  std::uint64_t last_ = 0;
  asio::posix::stream_descriptor events_;
  std::map<ResourceName, Watched> watched_;
};

AddressWatch::AddressWatch(asio::io_context& loop) : state_(std::make_shared<State>(loop)) {}
AddressWatch::~AddressWatch() { state_->clear(); }
Result<void> AddressWatch::watch(const ResourceName& resource, const std::string& cidr, const std::string& interface,
                                 Changed changed) {
  return state_->watch(resource, cidr, interface, std::move(changed));
}
void AddressWatch::unwatch(const ResourceName& resource) { state_->unwatch(resource); }

}  // namespace holdfast
