# HOLDFAST_PCH: the headers of others that most files include, compiled once for the rooms and once for the tests.
# None of our own is among them: a change of it would compile everything anew. The presets release and clang do without,
# and tools/tidy --headers compiles ours without, so that what a file needs stands in it.

# Not <filesystem>: it brings std::quoted, which calls of our own quoted() would find.
set(HOLDFAST_PCH_ROOMS <algorithm> <array> <bit> <charconv> <chrono> <compare> <cstdint> <cstdio> <cstdlib> <cstring>
  <deque> <fstream> <functional> <iterator> <map> <memory> <mutex> <optional> <set> <span> <sstream> <string>
  <string_view> <thread> <tuple> <type_traits> <utility> <variant> <vector> <fmt/format.h> <fmt/ranges.h> <tl/expected.hpp>)
set(HOLDFAST_PCH_TESTS ${HOLDFAST_PCH_ROOMS} <gmock/gmock.h> <gtest/gtest.h>)

# holdfast_precompiled(KIND): the target holdfast_pch_KIND, from which targets with the same options take their header.
function(holdfast_precompiled kind headers)
  set(source ${CMAKE_BINARY_DIR}/precompiled/${kind}.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "")
  add_library(holdfast_pch_${kind} OBJECT ${source})
  target_link_libraries(holdfast_pch_${kind} PRIVATE holdfast_options fmt::fmt ${ARGN})
  target_precompile_headers(holdfast_pch_${kind} PRIVATE ${headers})
endfunction()

# holdfast_use_precompiled(TARGET KIND)
function(holdfast_use_precompiled target kind)
  if(HOLDFAST_PCH)
    target_precompile_headers(${target} REUSE_FROM holdfast_pch_${kind})
  endif()
endfunction()
