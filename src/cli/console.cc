#include "cli/console.h"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <iostream>

namespace holdfast::cli {
namespace {

const char* code(Colour colour) {
  switch (colour) {
    case Colour::none:
      return "";
    case Colour::green:
      return "\033[32m";
    case Colour::yellow:
      return "\033[33m";
    case Colour::red:
      return "\033[1;31m";
    case Colour::bold:
      return "\033[1m";
    case Colour::dim:
      return "\033[2m";
  }
  return "";
}

int terminal_columns() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) return size.ws_col;
  return 80;
}

}  // namespace

std::string Console::paint(std::string_view text, Colour colour_wanted) const {
  if (!colour || colour_wanted == Colour::none) return std::string(text);
  return code(colour_wanted) + std::string(text) + "\033[0m";
}

void Console::complain(std::string_view text) const { err << "holdfast: " << text << std::endl; }

Console process_console() {
  std::setlocale(LC_CTYPE, "");
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  const char* no_colour = std::getenv("NO_COLOR");
  Console console{std::cout, std::cerr};
  console.out_is_terminal = terminal;
  console.err_is_terminal = ::isatty(STDERR_FILENO) == 1;
  console.columns = terminal_columns();
  console.colour = terminal && (no_colour == nullptr || *no_colour == 0);
  if (::isatty(STDIN_FILENO) == 1 && console.err_is_terminal)
    console.ask = [](std::string_view question) -> std::optional<std::string> {
      std::cerr << question << std::flush;
      std::string line;
      return std::getline(std::cin, line) ? std::optional(line) : std::nullopt;
    };
  console.unicode = std::string_view(::nl_langinfo(CODESET)) == "UTF-8";
  return console;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string padded(std::string text, std::size_t width) {
  const std::size_t now = width_of(text);
  if (now < width) text.append(width - now, ' ');
  return text;
}

std::string wrapped(std::string_view text, std::size_t width, std::string_view indent) {
  std::string result;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const std::size_t length = width_of(word);
    if (column > 0 && column + 1 + length > width) {
      result += '\n';
      result += indent;
      column = 0;
    } else if (column > 0) {
      result += ' ';
      ++column;
    }
    result += word;
    column += length;
  }
  return result;
}

}  // namespace holdfast::cli
