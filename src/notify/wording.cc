#include "notify/wording.h"

#include "base/format.h"

namespace holdfast::notify {

std::string line_of(const ClusterConfig& config, const Decision& decision) {
  std::string text = decision.reason.text;
  for (const Rejected& rejected : decision.reason.rejected)
    text += format("; not {}: {}", config.name_of(rejected.node), rejected.why);
  if (!decision.reason.rule.empty()) text += format(" [{}]", decision.reason.rule);
  return text;
}

std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t shown = 8;
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < shown; ++i) {
    const bool last = i + 1 == names.size();
    if (i > 0) text += last ? " and " : ", ";
    text += names[i];
  }
  if (names.size() > shown) text += format(" and {} more", names.size() - shown);
  return text;
}

std::vector<std::string> texts_of(const std::set<ResourceName>& names) {
  std::vector<std::string> texts;
  for (const ResourceName& name : names) texts.push_back(name.value);
  return texts;
}

Notification make(const ClusterState& state, NotificationKind kind, Severity severity, std::string subject) {
  Notification made;
  made.kind = kind;
  made.severity = severity;
  made.at = state.now;
  made.cluster = state.config->name;
  made.subject = std::move(subject);
  return made;
}

const char* is_or_are(std::size_t count) { return count == 1 ? " is" : " are"; }

}  // namespace holdfast::notify
