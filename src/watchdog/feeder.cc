#include "watchdog/feeder.h"

#include <algorithm>
#include <charconv>

#include "base/format.h"

namespace holdfast::watchdog {

namespace {

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Millis Feeder::interval() const { return std::clamp(timeout_ / 5, Millis{100}, Millis{1000}); }

void Feeder::connected() {
  released_ = false;
  waits_ = false;
  tick();
}

void Feeder::tick() {
  if (released_) {
    device_.feed();
    return;
  }
  waits_ = true;
  say_(format("ask {}", ++asked_));
}

bool Feeder::take(std::string_view line) {
  const std::size_t space = line.find(' ');
  const std::string_view word = line.substr(0, space);
  const std::string_view rest = space == line.npos ? std::string_view{} : line.substr(space + 1);
  if (word == "timeout") return set_timeout(rest);
  if (word == "release" && rest.empty()) {
    release();
    return true;
  }
  const auto number = number_of(rest);
  if ((word != "yes" && word != "no") || !number) return false;
  // An answer to an older question says nothing of now.
  if (word == "yes" && waits_ && *number == asked_ && !device_.feed()) say_("failed the device takes no more");
  if (*number == asked_) waits_ = false;
  return true;
}

bool Feeder::set_timeout(std::string_view millis) {
  const auto number = number_of(millis);
  if (!number || *number < 1000 || *number > 3'600'000) return false;
  timeout_ = Millis{static_cast<std::int64_t>(*number)};
  if (const Result<void> set = device_.set_timeout(timeout_); !set) say_("failed " + set.error().text);
  return true;
}

void Feeder::release() {
  over_ = device_.release();
  released_ = !over_;
  say_("released");
}

}  // namespace holdfast::watchdog
