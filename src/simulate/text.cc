#include <algorithm>

#include "base/format.h"
#include "simulate/answers.h"

namespace holdfast::simulate {

namespace {

std::string names_of(const std::vector<NodeId>& nodes, const ClusterConfig& config) {
  std::string names;
  for (const NodeId n : nodes) names += (names.empty() ? "" : " and ") + config.name_of(n);
  return names.empty() ? "nowhere" : names;
}

std::string outage_text(const ResourceAnswer& answer) {
  if (answer.never_comes_back) return "does not come back";
  if (!answer.outage) return "-";
  if (answer.outage->count() == 0 && answer.worst_outage->count() == 0) return "none";
  return format("{} (worst {})", words_of(*answer.outage), words_of(*answer.worst_outage));
}

std::string durations_text(const Present& present) {
  const std::size_t missing = present.durations.without_measurement();
  const std::size_t all = present.config->resources.size();
  if (missing == 0) return "Times: measured on this cluster.\n";
  if (missing == all) return "Times: nothing was measured on this cluster yet; what the agents usually need.\n";
  return format("Times: measured on this cluster; of {} of {} resources what their agents usually need.\n", missing,
                all);
}

std::string fault_pair(const Matrix& matrix, const Row& row, const ClusterConfig& config) {
  const std::string first = words_of(matrix.faults[row.first], config);
  if (row.when == When::alone) return first;
  return format("{}; {} {}", first, row.when == When::at_rest ? "later" : "meanwhile",
                words_of(matrix.faults[row.second], config));
}

/// The resources of a row with this mark, at most three of them by name.
template <class Mark>
std::string some_names(const Matrix& matrix, const Row& row, const Mark& mark) {
  std::string text;
  std::size_t count = 0;
  for (const Damage& d : row.damage)
    if (mark(d) && ++count <= 3) text += (text.empty() ? "" : ", ") + matrix.names[d.place].value;
  return count > 3 ? format("{} and {} more", text, count - 3) : text;
}

std::string meaning(const Matrix& matrix, const Row& row) {
  std::string text;
  if (row.twice() != 0)
    text += format("{} on two nodes at once (B4)", some_names(matrix, row, [](const Damage& d) { return d.twice; }));
  if (row.never() != 0)
    text += format("{}{} does not come back without an operator", text.empty() ? "" : "; ",
                   some_names(matrix, row, [](const Damage& d) { return d.never_comes_back; }));
  if (row.longest().count() != 0)
    text += format("{}{} away for up to {}", text.empty() ? "" : "; ",
                   some_names(matrix, row, [&](const Damage& d) { return d.outage == row.longest(); }),
                   words_of(row.longest()));
  return text.empty() ? "nothing is interrupted" : text;
}

}  // namespace

std::string words_of(Micros time) {
  const std::int64_t ms = (time.count() + 999) / 1000;
  if (ms < 1000) return format("{} ms", ms);
  if (ms < 60'000) return format("{}.{} s", ms / 1000, ms % 1000 / 100);
  return format("{} min {:02} s", ms / 60'000, ms % 60'000 / 1000);
}

std::string text_of(const Rehearsal& rehearsal, const Present& present) {
  const ClusterConfig& config = *present.config;
  std::string text = "What would happen\n";
  for (const StoryLine& line : rehearsal.story) {
    const std::string where = line.node.value == 0 ? "" : " " + config.name_of(line.node);
    const std::string what = line.resource.value.empty() ? "" : " " + line.resource.value;
    text += format("  {:>9} ms {}{}{}: {}\n", line.at.count() / 1000, line.rule.empty() ? "-" : line.rule, where, what,
                   line.text);
  }
  text += "\nWho runs what then\n";
  for (const ResourceAnswer& answer : rehearsal.resources) {
    text += format("  {}: {} -> {}; outage: {}", answer.name.value, names_of(answer.before, config),
                   names_of(answer.after, config), outage_text(answer));
    if (answer.twice) text += "; ON TWO NODES AT ONCE (B4)";
    if (answer.unprotected) text += "; no other node could take it over";
    text += "\n";
  }
  if (!rehearsal.warnings.empty()) text += "\nTo know\n";
  for (const Warning& warning : rehearsal.warnings)
    text += format("  {}{}\n", warning.text, warning.rule.empty() ? "" : " [" + warning.rule + "]");
  return text + "\n" + durations_text(present);
}

std::string text_of(const Matrix& matrix, const Present& present, std::size_t rows) {
  const ClusterConfig& config = *present.config;
  std::vector<const Row*> worst = worst_first(matrix);
  const std::size_t all = worst.size();
  if (rows != 0 && worst.size() > rows) worst.resize(rows);
  std::string text =
      format("{:>5} {:>5} {:>12}  what happens, and what it means (worst first)\n", "twice", "never", "outage");
  for (const Row* row : worst)
    text += format("{:>5} {:>5} {:>12}  {}\n{:>26}{}\n", row->twice(), row->never(),
                   row->never() > 0 ? "no end" : words_of(row->longest()), fault_pair(matrix, *row, config), "",
                   meaning(matrix, *row));
  if (worst.size() < all) text += format("... and {} more; --rows 0 shows all\n", all - worst.size());
  text += format(
      "\ntwice: resources that run on two nodes at once; never: that no node takes over; outage: the longest, "
      "expected.\n"
      "{} single faults; {} pairs, each with the second fault after and during the first one's takeover. Of these, {} "
      "are\n"
      "of independent hierarchies (F2), and only the {} that do more than their two faults by themselves have a row.\n",
      matrix.singles.size(), matrix.pairs_total, matrix.pairs_independent, matrix.pairs.size());
  return text + durations_text(present);
}

}  // namespace holdfast::simulate
