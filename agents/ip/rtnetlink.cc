#include "agents/ip/rtnetlink.h"

#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <memory>
#include <vector>

#include "base/format.h"

namespace holdfast::agent {
namespace {

constexpr unsigned lower_up_flag = 1U << 16;  // IFF_LOWER_UP of linux/if.h, which does not go with net/if.h

using Socket = std::unique_ptr<mnl_socket, int (*)(mnl_socket*)>;

Result<Socket> open_socket() {
  Socket socket{mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC), &mnl_socket_close};
  if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0)
    return failure(format("netlink: {}", std::strerror(errno)));
  return socket;
}

/// Sends one request and hands every answer to `each`. Returns 0 or the kernel's errno.
Result<int> ask(nlmsghdr* request, mnl_cb_t each, void* target) {
  auto socket = open_socket();
  if (!socket) return tl::unexpected(socket.error());
  request->nlmsg_seq = 1;
  if (mnl_socket_sendto(socket->get(), request, request->nlmsg_len) < 0)
    return failure(format("netlink: {}", std::strerror(errno)));
  std::vector<char> buffer(32768);
  for (;;) {
    const ssize_t got = mnl_socket_recvfrom(socket->get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure(format("netlink: {}", std::strerror(errno)));
    const unsigned port = mnl_socket_get_portid(socket->get());
    const int more = mnl_cb_run(buffer.data(), static_cast<std::size_t>(got), 1, port, each, target);
    if (more < 0) return errno;
    if (more == MNL_CB_STOP) return 0;
  }
}

/// The macro of libmnl is C only.
template <class Each>
void for_each_attribute(const nlmsghdr* header, std::size_t offset, Each each) {
  const auto* attribute = static_cast<const nlattr*>(mnl_nlmsg_get_payload_offset(header, offset));
  const auto* tail = static_cast<const char*>(mnl_nlmsg_get_payload_tail(header));
  while (mnl_attr_ok(attribute, static_cast<int>(tail - reinterpret_cast<const char*>(attribute)))) {
    each(attribute);
    attribute = mnl_attr_next(attribute);
  }
}

int take_link(const nlmsghdr* header, void* target) {
  const auto* link = static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(header));
  Interface found;
  found.index = link->ifi_index;
  found.up = (link->ifi_flags & IFF_UP) != 0;
  found.carrier = (link->ifi_flags & lower_up_flag) != 0;
  found.ethernet = link->ifi_type == ARPHRD_ETHER && (link->ifi_flags & IFF_NOARP) == 0;
  for_each_attribute(header, sizeof(ifinfomsg), [&found](const nlattr* attribute) {
    if (mnl_attr_get_type(attribute) == IFLA_IFNAME) found.name = mnl_attr_get_str(attribute);
    if (mnl_attr_get_type(attribute) == IFLA_ADDRESS && mnl_attr_get_payload_len(attribute) == found.mac.size())
      std::memcpy(found.mac.data(), mnl_attr_get_payload(attribute), found.mac.size());
  });
  *static_cast<std::optional<Interface>*>(target) = found;
  return MNL_CB_OK;
}

struct AddressSearch {
  const IpAddress& wanted;
  std::optional<Placement> found;
};

int take_address(const nlmsghdr* header, void* target) {
  auto& search = *static_cast<AddressSearch*>(target);
  const auto* entry = static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(header));
  if (entry->ifa_family != search.wanted.family_number()) return MNL_CB_OK;
  const nlattr* address = nullptr;
  for_each_attribute(header, sizeof(ifaddrmsg), [&address](const nlattr* attribute) {
    const int type = mnl_attr_get_type(attribute);
    // IFA_LOCAL is ours; IFA_ADDRESS is the peer's on point-to-point links, and all that IPv6 gives.
    if (type == IFA_LOCAL || (type == IFA_ADDRESS && address == nullptr)) address = attribute;
  });
  if (address != nullptr && mnl_attr_get_payload_len(address) == search.wanted.size() &&
      std::memcmp(mnl_attr_get_payload(address), search.wanted.bytes.data(), search.wanted.size()) == 0)
    search.found = Placement{static_cast<int>(entry->ifa_index), entry->ifa_prefixlen};
  return MNL_CB_OK;
}

nlmsghdr* address_request(char* buffer, std::uint16_t type, std::uint16_t flags, const IpAddress& address,
                          std::uint8_t prefix, int interface_index) {
  nlmsghdr* request = mnl_nlmsg_put_header(buffer);
  request->nlmsg_type = type;
  request->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
  auto* entry = static_cast<ifaddrmsg*>(mnl_nlmsg_put_extra_header(request, sizeof(ifaddrmsg)));
  entry->ifa_family = static_cast<std::uint8_t>(address.family_number());
  entry->ifa_prefixlen = prefix;
  entry->ifa_scope = RT_SCOPE_UNIVERSE;
  entry->ifa_index = static_cast<std::uint32_t>(interface_index);
  mnl_attr_put(request, IFA_LOCAL, address.size(), address.bytes.data());
  mnl_attr_put(request, IFA_ADDRESS, address.size(), address.bytes.data());
  return request;
}

void put_broadcast(nlmsghdr* request, const IpAddress& address) {
  if (address.family != Family::ipv4 || address.prefix > 30) return;
  std::array<std::uint8_t, 4> broadcast{};
  for (unsigned bit = 0; bit < 32; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
    broadcast[bit / 8] |= bit < address.prefix ? static_cast<std::uint8_t>(address.bytes[bit / 8] & mask) : mask;
  }
  mnl_attr_put(request, IFA_BROADCAST, broadcast.size(), broadcast.data());
}

}  // namespace

std::string to_text(const MacAddress& mac) {
  return format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

Result<std::optional<Interface>> find_interface(const std::string& name, int index) {
  std::optional<Interface> found;
  if (name.size() >= IFNAMSIZ) return found;
  std::array<char, 1024> buffer{};
  nlmsghdr* request = mnl_nlmsg_put_header(buffer.data());
  request->nlmsg_type = RTM_GETLINK;
  request->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  auto* link = static_cast<ifinfomsg*>(mnl_nlmsg_put_extra_header(request, sizeof(ifinfomsg)));
  link->ifi_index = index;
  if (!name.empty()) mnl_attr_put_strz(request, IFLA_IFNAME, name.c_str());
  auto error = ask(request, &take_link, &found);
  if (!error) return tl::unexpected(error.error());
  if (*error != 0 && *error != ENODEV) return failure(format("interface {}: {}", name, std::strerror(*error)));
  return found;
}

Result<std::optional<Placement>> find_address(const IpAddress& address) {
  std::array<char, 1024> buffer{};
  nlmsghdr* request = mnl_nlmsg_put_header(buffer.data());
  request->nlmsg_type = RTM_GETADDR;
  request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  auto* filter = static_cast<ifaddrmsg*>(mnl_nlmsg_put_extra_header(request, sizeof(ifaddrmsg)));
  filter->ifa_family = static_cast<std::uint8_t>(address.family_number());
  AddressSearch search{address, std::nullopt};
  auto error = ask(request, &take_address, &search);
  if (!error) return tl::unexpected(error.error());
  if (*error != 0) return failure(format("list of addresses: {}", std::strerror(*error)));
  return search.found;
}

Result<void> add_address(const IpAddress& address, int interface_index) {
  std::array<char, 1024> buffer{};
  nlmsghdr* request =
      address_request(buffer.data(), RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, address, address.prefix, interface_index);
  put_broadcast(request, address);
  if (address.family == Family::ipv6) mnl_attr_put_u32(request, IFA_FLAGS, IFA_F_NODAD);
  auto error = ask(request, nullptr, nullptr);
  if (!error) return tl::unexpected(error.error());
  if (*error == 0 || *error == EEXIST) return {};
  return failure(format("cannot add {}/{}: {}", address.text, address.prefix, std::strerror(*error)));
}

Result<void> remove_address(const IpAddress& address, const Placement& placement) {
  std::array<char, 1024> buffer{};
  nlmsghdr* request =
      address_request(buffer.data(), RTM_DELADDR, 0, address, placement.prefix, placement.interface_index);
  auto error = ask(request, nullptr, nullptr);
  if (!error) return tl::unexpected(error.error());
  if (*error == 0 || *error == EADDRNOTAVAIL) return {};
  return failure(format("cannot remove {}/{}: {}", address.text, placement.prefix, std::strerror(*error)));
}

}  // namespace holdfast::agent
