#include "cli/tree.h"

#include <algorithm>
#include <optional>
#include <set>

#include "base/format.h"
#include "cli/links.h"
#include "cli/notes.h"
#include "cli/symbols.h"

namespace holdfast::cli {
namespace {

using api::HierarchyStatus;
using api::NodeStatus;
using api::ResourceStatus;
using api::Status;

constexpr std::size_t gap = 2;

enum class Detail : std::uint8_t { words, symbols };

/// One line of the table: a label and a look for every node; none where the resource is not configured.
struct Row {
  std::string label;
  std::vector<std::optional<Look>> cells;
  bool heading = false;  ///< of the nodes: stands above the trees
};

class Table {
 public:
  Table(const Status& status, const Console& console) : status_(status), console_(console) {
    Row nodes{"", {}, true};
    for (const NodeStatus& node : status.nodes) nodes.cells.emplace_back(look(node.state));
    rows_.push_back(std::move(nodes));
    for (const HierarchyStatus& hierarchy : status.hierarchies) {
      starts_.insert(rows_.size());
      add_tops(hierarchy);
    }
    for (const Row& row : rows_) label_width_ = std::max(label_width_, width_of(row.label));
    choose_detail();
  }

  std::string print() const {
    std::string text;
    const std::size_t count = status_.nodes.size();
    for (std::size_t first = 0; first < count; first += columns_at_once_) {
      if (first > 0) text += '\n';
      print_block(text, first, std::min(count, first + columns_at_once_));
    }
    return text;
  }

  /// What the symbols mean, where the columns are too narrow for words.
  std::string legend() const {
    if (detail_ == Detail::words) return {};
    std::string text;
    std::set<std::string> told;
    for (const Row& row : rows_)
      for (const auto& cell : row.cells)
        if (cell && told.insert(cell->words).second)
          text += format("{}{} {}", told.size() > 1 ? "  " : "", symbol(*cell), cell->words);
    return wrapped(text, static_cast<std::size_t>(console_.columns), "") + "\n";
  }

 private:
  std::string symbol(const Look& look) const { return console_.unicode ? look.symbol : look.ascii; }

  Row row_of(const ResourceStatus& resource, std::string label) const {
    Row row{std::move(label), {}};
    for (const NodeStatus& node : status_.nodes) {
      const auto state = resource.states.find(node.name);
      row.cells.push_back(state == resource.states.end() ? std::nullopt : std::optional(look(state->second)));
    }
    return row;
  }

  /// The resources that nothing depends on, each with the tree below it.
  void add_tops(const HierarchyStatus& hierarchy) {
    std::set<std::string> below;
    for (const std::string& name : hierarchy.resources)
      if (const ResourceStatus* resource = status_.resource(name))
        below.insert(resource->depends_on.begin(), resource->depends_on.end());
    std::set<std::string> expanded;
    for (const std::string& name : hierarchy.resources)
      if (!below.contains(name)) add_tree(name, "", "", expanded);
  }

  void add_tree(const std::string& name, const std::string& branch, const std::string& stem,
                std::set<std::string>& expanded) {
    const ResourceStatus* resource = status_.resource(name);
    if (resource == nullptr) return;
    rows_.push_back(row_of(*resource, branch + name));
    if (!expanded.insert(name).second) return;  // shown with its own tree already
    for (std::size_t i = 0; i < resource->depends_on.size(); ++i) {
      const bool last = i + 1 == resource->depends_on.size();
      const std::string fork = console_.unicode ? (last ? "└─ " : "├─ ") : (last ? "`- " : "|- ");
      const std::string trunk = last ? "   " : (console_.unicode ? "│  " : "|  ");
      add_tree(resource->depends_on[i], stem + fork, stem + trunk, expanded);
    }
  }

  std::size_t words_width() const {
    std::size_t width = 0;
    for (const Row& row : rows_)
      for (const auto& cell : row.cells)
        if (cell) width = std::max(width, 2 + width_of(cell->words));
    return width;
  }

  void choose_detail() {
    std::size_t names = 0;
    for (const NodeStatus& node : status_.nodes) names = std::max(names, width_of(node.name));
    const std::size_t count = std::max<std::size_t>(1, status_.nodes.size());
    const std::size_t room = static_cast<std::size_t>(std::max(console_.columns, 20));
    const std::size_t left = room > label_width_ + gap ? room - label_width_ - gap : 1;
    column_ = std::max(names, words_width());
    detail_ = count * (column_ + gap) - gap <= left || count < 3 ? Detail::words : Detail::symbols;
    if (detail_ == Detail::symbols) column_ = names;
    columns_at_once_ = std::max<std::size_t>(1, (left + gap) / (column_ + gap));
    if (detail_ == Detail::words)
      columns_at_once_ = std::max<std::size_t>(columns_at_once_, std::min<std::size_t>(count, 2));
  }

  void print_block(std::string& text, std::size_t first, std::size_t end) const {
    std::string names = std::string(label_width_, ' ');
    for (std::size_t i = first; i < end; ++i) {
      const NodeStatus& node = status_.nodes[i];
      names +=
          std::string(gap, ' ') + console_.paint(padded(node.name, column_), node.self ? Colour::bold : Colour::none);
    }
    text += trimmed(names) + '\n';
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      if (starts_.contains(r)) text += '\n';
      std::string line = padded(rows_[r].label, label_width_);
      for (std::size_t i = first; i < end; ++i) line += std::string(gap, ' ') + cell(rows_[r], i);
      text += trimmed(line) + '\n';
    }
  }

  std::string cell(const Row& row, std::size_t index) const {
    const std::optional<Look>& shown = row.cells[index];
    if (!shown) return padded(console_.unicode ? "·" : ".", column_);
    const std::string text = symbol(*shown) + (detail_ == Detail::words ? " " + std::string(shown->words) : "");
    return console_.paint(padded(text, column_), shown->colour);
  }

  static std::string trimmed(std::string line) {
    while (!line.empty() && line.back() == ' ') line.pop_back();
    return line;
  }

  const Status& status_;
  const Console& console_;
  std::vector<Row> rows_;
  std::set<std::size_t> starts_;  ///< rows that begin a hierarchy
  std::size_t label_width_ = 0;
  std::size_t column_ = 0;
  std::size_t columns_at_once_ = 1;
  Detail detail_ = Detail::words;
};

std::string header(const Status& status, const Console& console) {
  const char* dot = console.unicode ? " · " : ", ";
  std::string text = console.paint(status.cluster, Colour::bold) + format(", seen by {}", status.node);
  text += format("{}profile {}{}detection {}{}", dot, status.profile, dot, status.detection, dot);
  if (!status.watchdog.empty())
    text += (status.watchdog == "none" ? "no watchdog" : format("watchdog {}", status.watchdog)) + dot;
  text += status.synced ? console.paint("in sync", Colour::green) : console.paint("not in sync", Colour::red);
  text += '\n';
  if (!status.synced) {
    const std::string why = status.unsynced_because.empty() ? "the view changes" : status.unsynced_because;
    text += console.paint(
                wrapped(format("Nothing is decided now: {}.", why), static_cast<std::size_t>(console.columns), ""),
                Colour::yellow) +
            '\n';
  }
  return text;
}

}  // namespace

std::string render(const Status& status, const Console& console) {
  const Table table(status, console);
  std::string text = header(status, console) + '\n' + table.print();
  if (status.resources.empty()) text += "\nNo resource is configured.\n";
  if (const std::string legend = table.legend(); !legend.empty()) text += '\n' + legend;
  if (const std::string links = render_links(status, console); !links.empty()) text += '\n' + links;
  if (const std::string notes = render_notes(status, console); !notes.empty()) text += '\n' + notes;
  return text;
}

}  // namespace holdfast::cli
