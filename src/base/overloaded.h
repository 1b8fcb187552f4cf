// std::visit over a set of lambdas; one that misses an alternative does not compile.
#pragma once

namespace holdfast {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

}  // namespace holdfast
