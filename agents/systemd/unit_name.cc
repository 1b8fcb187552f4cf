#include "agents/systemd/unit_name.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "base/format.h"

namespace holdfast::agent {
namespace {

constexpr std::size_t longest = 255;
/// What can be started and stopped, and is not made by the kernel or by other units.
constexpr std::array<std::string_view, 7> kinds{".service", ".socket", ".mount", ".swap", ".target", ".timer", ".path"};
/// What Holdfast itself stands on.
constexpr std::array<std::string_view, 4> ours{"holdfast.service", "corosync.service", "dbus.service", "dbus.socket"};

bool is_allowed(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view(":-_.\\@").find(c) != std::string::npos;
}

}  // namespace

Result<void> check_unit_name(const std::string& unit) {
  const std::string what = format("parameter unit = \"{}\"", unit);
  if (unit.find('/') != std::string::npos)
    return failure(format("{}: must be the name of a unit, not a path: for example nginx.service", what));
  if (std::ranges::none_of(kinds, [&](std::string_view kind) { return unit.ends_with(kind); }))
    return failure(format(
        "{}: must be a unit's full name with its kind (.service, .socket, .mount, .swap, .target, .timer or .path)",
        what));
  if (unit.size() > longest || unit.front() == '.' || !std::ranges::all_of(unit, is_allowed))
    return failure(format("{}: a unit's name has at most {} letters, digits and :-_.\\@", what, longest));
  const std::size_t at = unit.find('@');
  if (at == 0 || (at != std::string::npos && unit.substr(at + 1, unit.rfind('.') - at - 1).empty()))
    return failure(format("{}: is a template; name an instance of it, for example postgresql@15-main.service", what));
  if (std::ranges::find(ours, unit) != ours.end())
    return failure(format("{}: Holdfast itself stands on this unit; it cannot be a resource", what));
  return {};
}

}  // namespace holdfast::agent
