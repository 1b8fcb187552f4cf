// Who is told what (V5): kinds of notifications and the targets that an operator configures for them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/described.h"

namespace holdfast {

/// What may be told. The first fourteen are LifeKeeper's, with its trap numbers; the others are ours. Their numbers are
/// those of the wire: new kinds stand at the end.
enum class NotificationKind : std::uint8_t {
  node_started,
  node_stopping,
  node_stopped,
  switchover_begun,
  switchover_done,
  switchover_failed,
  node_failed,
  takeover_done,
  takeover_failed,
  recovery_begun,  ///< local recovery (F5)
  recovery_failed,
  recovery_done,
  link_up,
  link_down,
  failover_begun,  ///< of a failed resource (F3)
  failover_done,
  failover_failed,
  resource_failed,
  start_failed,
  stop_failed,
  in_service_twice,  ///< B4
  resource_removed,  ///< B5
  adopted,           ///< R6
  unprotected,       ///< runs and is not configured any more
  node_back,
  daemon_dead,
  node_set_aside,
  configuration_differs,
  operator_wanted,  ///< nothing goes on before somebody acts or time runs out (N6, G3, G5)
  fencing_begun,
  node_off,
  fencing_failed,
  quorum_lost,
  node_reset,
  maintenance,
  configuration_changed,
  defect,
  test,
};

enum class NotifyBy : std::uint8_t { mail, snmp, webhook, program };
enum class MailTls : std::uint8_t { off, starttls, tls };

/// One receiver of notifications. Only the settings of its way count, and only those can be configured.
struct NotifyTarget {
  std::string name;
  NotifyBy by = NotifyBy::mail;
  std::vector<NotificationKind> events;  ///< ascending; empty: all
  std::string server;                    ///< mail: host:port
  std::string from;
  std::vector<std::string> to;
  MailTls tls = MailTls::off;
  std::string user;                ///< mail; empty: no authentication
  std::string password_file;       ///< mail: its first line
  std::string ca_file;             ///< mail, webhook: whom to trust; empty: the system's certificates
  std::vector<std::string> hosts;  ///< snmp: who gets the traps, host:port each
  std::string community = "public";
  bool inform = false;     ///< snmp: INFORM, which the receiver confirms, in place of a trap
  std::string url;         ///< webhook
  std::string token_file;  ///< webhook: its first line is sent as a bearer token; empty: none
  std::string path;        ///< program: absolute

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "name", self.name);
    visit(2, "by", self.by);
    visit(3, "events", self.events);
    visit(4, "server", self.server);
    visit(5, "from", self.from);
    visit(6, "to", self.to);
    visit(7, "tls", self.tls);
    visit(8, "user", self.user);
    visit(9, "password_file", self.password_file);
    visit(10, "ca_file", self.ca_file);
    visit(11, "hosts", self.hosts);
    visit(12, "community", self.community);
    visit(13, "inform", self.inform);
    visit(14, "url", self.url);
    visit(15, "token_file", self.token_file);
    visit(16, "path", self.path);
  }
  bool operator==(const NotifyTarget&) const = default;
};

}  // namespace holdfast
