// The type of everything that can fail. No exception crosses a room's border.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace holdfast {

/// One clear line: what, where, what is allowed (rule E1). No trailing newline.
struct Error {
  std::string text;
  bool operator==(const Error&) const = default;
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> failure(std::string text) { return tl::unexpected<Error>(Error{std::move(text)}); }

}  // namespace holdfast
