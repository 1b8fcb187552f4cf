#include "adapters/notify/json.h"

#include <nlohmann/json.hpp>

#include "adapters/notify/mail_text.h"
#include "model/names.h"

namespace holdfast::notify {

std::string to_json(const Notification& one) {
  std::string time = utc_words(one.at);
  time[10] = 'T';
  time.replace(time.size() - 4, 4, "Z");
  const nlohmann::ordered_json json = {{"event", name_of(one.kind)},
                                       {"trap", trap_number(one.kind)},
                                       {"severity", name_of(one.severity)},
                                       {"time", time},
                                       {"cluster", one.cluster},
                                       {"node", one.node},
                                       {"teller", one.teller},
                                       {"subject", one.subject},
                                       {"resources", one.resources},
                                       {"reasons", one.lines}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace holdfast::notify
