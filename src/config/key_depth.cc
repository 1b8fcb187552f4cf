// toml++ builds one nested table per dot of a key and takes them down by recursion: half a million dots in one key
// overflow the stack (E3). Values in values it bounds itself.
#include "config/document.h"

namespace holdfast::config {
namespace {

constexpr int most_dots = 16;

/// Walks over TOML text; knows strings and comments, in which a dot means nothing.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  int run() {
    int dots = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '.') {
        if (++dots > most_dots) return line_;
        ++at_;
      } else if (c == '#') {
        skip_comment();
      } else if (c == '"' || c == '\'') {
        skip_string(c);
      } else {
        if (std::string_view("\n=,[]{}").find(c) != std::string_view::npos) dots = 0;
        step();
      }
    }
    return 0;
  }

 private:
  void step() {
    if (text_[at_] == '\n') ++line_;
    ++at_;
  }

  void skip_comment() {
    while (at_ < text_.size() && text_[at_] != '\n') ++at_;
  }

  void skip_string(char quote) {
    const std::string closing(text_.substr(at_, 3) == std::string(3, quote) ? 3 : 1, quote);
    at_ += closing.size();
    while (at_ < text_.size() && text_.substr(at_, closing.size()) != closing) {
      if (closing.size() == 1 && text_[at_] == '\n') return;  // not closed: the parser will say so
      if (quote == '"' && text_[at_] == '\\') step();
      if (at_ < text_.size()) step();
    }
    at_ = std::min(text_.size(), at_ + closing.size());
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

int line_of_too_deep_key(std::string_view text) { return Scanner(text).run(); }

}  // namespace holdfast::config
