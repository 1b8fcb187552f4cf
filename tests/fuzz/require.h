// What must hold whatever comes in; else the fuzzer keeps the input.
#pragma once

#include <cstdlib>

inline void require(bool condition) {
  if (!condition) std::abort();
}
