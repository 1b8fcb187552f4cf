// What kind of thing a member of a described struct is: asked by everything that walks over described values.
#pragma once

#include <concepts>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/digest.h"
#include "base/ids.h"
#include "base/time.h"
#include "model/described.h"

namespace holdfast {

enum class Shape {
  flag,      ///< bool
  number,    ///< integer
  choice,    ///< enum
  text,      ///< std::string
  id,        ///< Id<Tag, Rep>: as its Rep
  duration,  ///< Millis
  time,      ///< WallTime
  digest,    ///< Digest
  optional,
  sequence,  ///< std::vector, std::set
  map,
  one_of,  ///< std::variant of described structs
  fields,  ///< described struct
  unknown
};

namespace shape_detail {
template <class T>
struct Of {
  static constexpr Shape value = std::is_same_v<T, bool> ? Shape::flag
                                 : std::is_enum_v<T>     ? Shape::choice
                                 : std::is_integral_v<T> ? Shape::number
                                 : Described<T>          ? Shape::fields
                                                         : Shape::unknown;
};
template <Shape shape>
struct Is {
  static constexpr Shape value = shape;
};
template <>
struct Of<std::string> : Is<Shape::text> {};
template <class Tag, class Rep>
struct Of<Id<Tag, Rep>> : Is<Shape::id> {};
template <>
struct Of<Millis> : Is<Shape::duration> {};
template <>
struct Of<WallTime> : Is<Shape::time> {};
template <>
struct Of<Digest> : Is<Shape::digest> {};
template <class T>
struct Of<std::optional<T>> : Is<Shape::optional> {};
template <class T>
struct Of<std::vector<T>> : Is<Shape::sequence> {};
template <class T>
struct Of<std::set<T>> : Is<Shape::sequence> {};
template <class Key, class Value>
struct Of<std::map<Key, Value>> : Is<Shape::map> {};
template <class... Alternatives>
struct Of<std::variant<Alternatives...>> : Is<Shape::one_of> {};
}  // namespace shape_detail

template <class T>
inline constexpr Shape shape_of = shape_detail::Of<std::remove_cv_t<T>>::value;

}  // namespace holdfast
