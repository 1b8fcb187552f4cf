// `holdfast maintenance off` (O5): first what would happen now, then a question, then it is done.
#include "base/format.h"
#include "cli/asking.h"

namespace holdfast::cli {
namespace {

constexpr unsigned ok = 200;

bool is_yes(const std::optional<std::string>& answer) { return answer == "y" || answer == "yes"; }

}  // namespace

Exit end_maintenance(const Options& given, const Console& console) {
  Options options = given;
  if (options.dry_run) return request(options, console);
  Options looking = given;
  looking.dry_run = true;
  const Reply looked = ask(looking, console);
  if (looked.reach != Reach::answered || looked.status != ok) return complain(looked, options, console);
  const Result<api::Preview> preview = api::parse_preview(looked.body);
  if (!preview || !preview->refused.empty()) {
    console.complain(preview ? "refused: " + preview->refused : preview.error().text);
    return preview ? Exit::refused : Exit::failed;
  }
  if (!options.json)
    console.out << "When maintenance ends, this happens:\n" << render_preview(*preview, console) << std::flush;
  if (!options.assume_yes) {
    const std::optional<std::string> answer = console.ask("Go on? [y/N] ");
    if (!answer) {
      console.complain("maintenance off: no terminal to ask at; allowed: --yes (or --dry-run to look only)");
      return Exit::usage;
    }
    if (!is_yes(answer)) {
      console.complain("not confirmed: maintenance goes on");
      return Exit::refused;
    }
  }
  return request(options, console);
}

}  // namespace holdfast::cli
