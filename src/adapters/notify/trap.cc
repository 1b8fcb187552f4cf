// A session of its own for each trap: net-snmp's single session API keeps nothing between threads. No MIB is read, and
// no configuration of net-snmp.
#include <net-snmp/net-snmp-config.h>
//
#include <net-snmp/net-snmp-includes.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <mutex>

#include "adapters/notify/sent.h"
#include "base/format.h"

namespace holdfast::notify {

namespace {

constexpr std::array<oid, 7> enterprise{1, 3, 6, 1, 4, 1, 7359};
constexpr std::array<oid, 9> uptime{1, 3, 6, 1, 2, 1, 1, 3, 0};
constexpr std::array<oid, 11> trap_oid{1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};
constexpr std::size_t longest_text = 1200;  ///< of one variable: the packet stays below 1472 bytes mostly
constexpr long inform_timeout_micros = 3'000'000;

/// Once in the process.
void prepare() {
  static std::once_flag once;
  std::call_once(once, [] {
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE, 1);
    snmp_disable_log();
    netsnmp_tdomain_init();
  });
}

long uptime_hundredths() {
  const auto since_boot = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<long>(std::chrono::duration_cast<std::chrono::milliseconds>(since_boot).count() / 10 %
                           0x7fffffffL);
}

std::string cut(std::string text, std::size_t limit) {
  if (text.size() > limit) text = text.substr(0, limit - 3) + "...";
  return text;
}

/// Variable 1.<number> of the enterprise.
void add_text(netsnmp_pdu* pdu, oid number, const std::string& text) {
  std::array<oid, 9> name{};
  std::copy(enterprise.begin(), enterprise.end(), name.begin());
  name[7] = 1;
  name[8] = number;
  snmp_pdu_add_variable(pdu, name.data(), name.size(), ASN_OCTET_STR, text.data(), text.size());
}

/// The message always; the tag or one of the lists where the trap has one (reference, section 7.2).
void add_variables(netsnmp_pdu* pdu, const Notification& one) {
  const std::uint32_t number = trap_number(one.kind);
  add_text(pdu, 1, cut(one.subject, longest_text));
  if (one.resources.empty()) return;
  const std::string list = cut(format("{}", fmt::join(one.resources, " ")), longest_text - one.subject.size() / 2);
  if (number == 111 || number == 121)
    add_text(pdu, 3, list);
  else if (number == 112 || number == 122)
    add_text(pdu, 4, list);
  else
    add_text(pdu, 2, list);
}

netsnmp_pdu* make_pdu(const NotifyTarget& target, const Notification& one) {
  netsnmp_pdu* pdu = snmp_pdu_create(target.inform ? SNMP_MSG_INFORM : SNMP_MSG_TRAP2);
  if (pdu == nullptr) return nullptr;
  const long up = uptime_hundredths();
  snmp_pdu_add_variable(pdu, uptime.data(), uptime.size(), ASN_TIMETICKS, &up, sizeof up);
  std::array<oid, 10> name{};
  std::copy(enterprise.begin(), enterprise.end(), name.begin());
  name[7] = 1;
  name[8] = 0;
  name[9] = trap_number(one.kind);
  snmp_pdu_add_variable(pdu, trap_oid.data(), trap_oid.size(), ASN_OBJECT_ID, name.data(), sizeof name);
  add_variables(pdu, one);
  return pdu;
}

std::string error_of(void* session) {
  char* text = nullptr;
  snmp_sess_error(session, nullptr, nullptr, &text);
  std::string said = text == nullptr ? "unknown error" : text;
  std::free(text);
  return said;
}

/// `10.0.0.9:162` and `[fd00::9]:162` as net-snmp wants them.
std::string peer_of(const std::string& host) { return (host.starts_with('[') ? "udp6:" : "udp:") + host; }

Sent deliver(void* session, netsnmp_pdu* pdu, const NotifyTarget& target, const std::string& host) {
  if (!target.inform) {
    if (snmp_sess_send(session, pdu) != 0) return {true, format("sent to {}; a trap is not confirmed", host)};
    snmp_free_pdu(pdu);
    return {false, format("{}: {}", host, error_of(session))};
  }
  netsnmp_pdu* answer = nullptr;
  const int status = snmp_sess_synch_response(session, pdu, &answer);
  const bool taken = status == STAT_SUCCESS && answer != nullptr && answer->errstat == SNMP_ERR_NOERROR;
  std::string text = format("{} confirmed it", host);
  if (!taken)
    text = answer != nullptr ? format("{} refused it: {}", host, snmp_errstring(static_cast<int>(answer->errstat)))
                             : format("{}: {}", host, error_of(session));
  if (answer != nullptr) snmp_free_pdu(answer);
  return {taken, text};
}

}  // namespace

Sent send_trap(const NotifyTarget& target, const Notifications& all, const GiveUp&) {
  if (all.empty() || target.hosts.empty()) return {true, "nothing to tell"};
  prepare();
  const std::string& host = target.hosts.front();
  std::string peer = peer_of(host);
  std::string community = target.community;
  netsnmp_session settings;
  snmp_sess_init(&settings);
  settings.version = SNMP_VERSION_2c;
  settings.peername = peer.data();
  settings.community = reinterpret_cast<u_char*>(community.data());
  settings.community_len = community.size();
  settings.timeout = inform_timeout_micros;
  settings.retries = 2;
  void* session = snmp_sess_open(&settings);
  if (session == nullptr) {
    char* text = nullptr;
    snmp_error(&settings, nullptr, nullptr, &text);
    const std::string why = text == nullptr ? "unknown error" : text;
    std::free(text);
    return {false, format("{}: {}", host, why)};
  }
  netsnmp_pdu* pdu = make_pdu(target, all.front());
  const Sent sent = pdu == nullptr ? Sent{false, "no memory"} : deliver(session, pdu, target, host);
  snmp_sess_close(session);
  return sent;
}

}  // namespace holdfast::notify
