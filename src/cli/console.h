// Where the command writes, and what the reader's terminal can show.
#pragma once

#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace holdfast::cli {

enum class Colour : std::uint8_t { none, green, yellow, red, bold, dim };

struct Console {
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  int columns = 80;
  bool colour = false;  ///< of `out`
  bool unicode = true;  ///< box lines and symbols beyond ASCII
  /// Asks whoever sits at the terminal, and gives the answer's line; nothing where nobody can be asked.
  std::function<std::optional<std::string>(std::string_view question)> ask =
      [](std::string_view) -> std::optional<std::string> { return std::nullopt; };
  /// True when endless commands (--watch, --follow) shall end.
  std::function<bool()> ended = [] { return false; };

  std::string paint(std::string_view text, Colour colour_wanted) const;
  /// One clear line on `err`, with the program's name (E1).
  void complain(std::string_view text) const;
};

/// Of this process: colour only on a terminal and without NO_COLOR.
Console process_console();

/// Columns that the text takes: its code points.
std::size_t width_of(std::string_view text);
std::string padded(std::string text, std::size_t width);
/// Breaks at blanks into lines of at most `width`; the second and later ones begin with `indent`, which counts extra.
std::string wrapped(std::string_view text, std::size_t width, std::string_view indent);

}  // namespace holdfast::cli
