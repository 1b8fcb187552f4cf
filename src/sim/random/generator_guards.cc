#include "sim/random/generator_guards.h"

#include <array>

#include "base/format.h"
#include "sim/random/generator.h"
#include "sim/random/line.h"

namespace holdfast::sim {

void GuardGenerator::name_witnesses(const std::string& kind) {
  witnesses_.clear();
  if (kind == "tcp") witnesses_ = {"w1", "w2", "w3"};
  if (kind == "storage" || kind == "qdevice") witnesses_ = {kind};
}

void GuardGenerator::describe_quorum(std::vector<std::string>& lines) {
  const std::int64_t dice = random_.between(1, 100);
  if (dice <= 50) return;
  const char* kind = dice <= 75 ? "majority" : dice <= 85 ? "tcp" : dice <= 93 ? "storage" : "qdevice";
  name_witnesses(kind);
  lines.push_back(format("set quorum={} quorum_loss={}", kind,
                         std::array{"stop", "stop", "stop", "reboot", "halt"}[random_.next() % 5]));
  watchdog_ = random_.chance(30);
  if (watchdog_) lines.push_back(format("set watchdog=on watchdog_timeout={}s", random_.between(5, 20)));
}

std::vector<std::string> GuardGenerator::describe() {
  std::vector<std::string> lines;
  if (random_.chance(50)) return lines;
  describe_quorum(lines);
  fences_ = random_.chance(50);
  const bool all = random_.chance(80);
  for (std::uint32_t i = 0; fences_ && i < nodes_; ++i)
    if (all || random_.chance(50))
      lines.push_back(format("node {} fence_levels={}", node_names[i], random_.between(1, 2)));
  if (fences_ || watchdog_)
    lines.push_back(
        Line{"set fence_limit={} fence_window={}s", random_.between(0, most_fenced()), random_.between(20, 600)}.text);
  return lines;
}

std::string GuardGenerator::any_witness() { return witnesses_[random_.next() % witnesses_.size()]; }

std::string GuardGenerator::fault() {
  const auto node = [&] { return node_names[random_.next() % nodes_]; };
  if (!witnesses_.empty() && random_.chance(50))
    return Line{"witness {} {}", any_witness(), random_.chance(60) ? "down" : "up"}.text;
  if (watchdog_ && random_.chance(30)) return Line{"watchdog {} {}", node(), random_.chance(50) ? "off" : "on"}.text;
  if (!fences_) return {};
  if (random_.chance(15)) return format("confirm-off {}", node());
  return Line{"fence-agent {} {}", node(), std::array{"ok", "fail", "hang"}[random_.next() % 3]}.text;
}

/// The former witnesses are well from here on: an edit that is refused leaves them in use.
void GuardGenerator::change(std::vector<std::string>& before, std::vector<std::string>& edits) {
  if (random_.chance(25))
    return edits.push_back(
        Line{"set fence_limit={} fence_window={}s", random_.between(0, most_fenced()), random_.between(20, 600)}.text);
  for (const std::string& witness : witnesses_) before.push_back(format("witness {} up", witness));
  const std::string kind =
      std::array{"none", "none", "majority", "majority", "tcp", "storage", "qdevice"}[random_.next() % 7];
  edits.push_back(
      format("set quorum={} quorum_loss={}", kind, std::array{"stop", "stop", "reboot", "halt"}[random_.next() % 4]));
  name_witnesses(kind);
}

void GuardGenerator::change_fences(const std::string& node, std::vector<std::string>& edits) {
  fences_ = true;
  edits.push_back(format("node {} fence_levels={}", node, random_.between(0, 2)));
}

std::vector<std::string> GuardGenerator::end() const {
  std::vector<std::string> lines;
  for (const std::string& witness : witnesses_) lines.push_back(format("witness {} up", witness));
  for (std::uint32_t i = 0; i < nodes_; ++i) {
    if (fences_) lines.push_back(format("fence-agent {} ok", node_names[i]));
    if (watchdog_) lines.push_back(format("watchdog {} on", node_names[i]));
  }
  return lines;
}

}  // namespace holdfast::sim
