// How a plain value tells its fields, once, for everything that walks over values: the codec of wire/, the
// canonical text (printing, digests) and the API's JSON.
//
// A struct opens with
//     template <class Self, class Visit>
//     static void fields(Self& self, Visit&& visit) {
//       visit(1, "name", self.name);
//       visit(2, "nodes", self.nodes);
//     }
// The numbers are the wire's field numbers: never reused, never changed. Members may be: bool, integers, enums,
// std::string, Id, Millis, WallTime, Digest, std::optional, std::vector, std::set, std::map of these, and other
// described structs.
#pragma once

#include <concepts>

namespace holdfast {

namespace described_detail {
struct Probe {
  template <class T>
  void operator()(int, const char*, T&&) {}
};
}  // namespace described_detail

template <class T>
concept Described = requires(T& t, described_detail::Probe& probe) {
  T::fields(t, probe);
};

}  // namespace holdfast
