#include "adapters/notify/sent.h"

namespace holdfast::notify {

Sent send(const NotifyTarget& target, const Notifications& all, const GiveUp& give_up) {
  switch (target.by) {
    case NotifyBy::mail:
      return send_mail(target, all, give_up);
    case NotifyBy::snmp:
      return send_trap(target, all, give_up);
    case NotifyBy::webhook:
      return send_webhook(target, all, give_up);
    case NotifyBy::program:
      return run_program(target, all, give_up);
  }
  return {false, "an unknown way"};
}

}  // namespace holdfast::notify
