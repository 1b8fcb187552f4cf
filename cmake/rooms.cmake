# One CMake target per room of the house (ARCHITECTURE.md), with just the link lines allowed there.
# tools/tidy reads the same table from the #include lines.

add_library(holdfast_options INTERFACE)
target_include_directories(holdfast_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(holdfast_options INTERFACE -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion
  -Wnon-virtual-dtor -Woverloaded-virtual -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # With optimisation on, g++ 12 sees overlaps in std::string (GCC bug 105329) and uses of the other half of a
  # tl::expected that are not there. The dev and clang presets keep their eyes open.
  target_compile_options(holdfast_options INTERFACE -Wno-restrict $<$<CONFIG:Release>:-Wno-maybe-uninitialized>)
endif()
if(HOLDFAST_WERROR)
  target_compile_options(holdfast_options INTERFACE -Werror)
endif()
target_compile_definitions(holdfast_options INTERFACE HOLDFAST_VERSION="${PROJECT_VERSION}")
if(HOLDFAST_SANITIZE)
  target_compile_options(holdfast_options INTERFACE -fsanitize=${HOLDFAST_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(holdfast_options INTERFACE -fsanitize=${HOLDFAST_SANITIZE})
  if(HOLDFAST_SANITIZE MATCHES thread)
    # The thread sanitizer knows no fences; Asio's own queues are guarded by a mutex as well.
    target_compile_definitions(holdfast_options INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
endif()
if(HOLDFAST_FUZZ)
  target_compile_options(holdfast_options INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  target_link_options(holdfast_options INTERFACE -fsanitize=address,undefined)
endif()

if(HOLDFAST_PCH)
  # One set of options for all that share a header; and what ccache needs to know one (g++, clang) again.
  target_compile_options(holdfast_options INTERFACE -pthread $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>
    "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
  find_package(fmt REQUIRED)
  find_package(GTest REQUIRED)
  holdfast_precompiled(rooms "${HOLDFAST_PCH_ROOMS}")
  holdfast_precompiled(tests "${HOLDFAST_PCH_TESTS}" GTest::gtest GTest::gmock)
endif()

# holdfast_room(NAME [ROOMS room...] [LIBRARIES lib...]): a static library of every .cc file below the
# calling folder (not below folders that are rooms of their own), linked to just these rooms and libraries.
function(holdfast_room name)
  cmake_parse_arguments(ROOM "" "" "ROOMS;LIBRARIES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  list(TRANSFORM ROOM_ROOMS PREPEND holdfast_)
  set(target holdfast_${name})
  if(sources)
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target} PUBLIC holdfast_options ${ROOM_ROOMS} ${ROOM_LIBRARIES})
    holdfast_use_precompiled(${target} rooms)
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE holdfast_options ${ROOM_ROOMS} ${ROOM_LIBRARIES})
  endif()
endfunction()

# holdfast_test(NAME sources... ROOMS room... [LIBRARIES lib...]): a GoogleTest program, known to ctest.
function(holdfast_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;ROOMS;LIBRARIES" ${ARGN})
  list(TRANSFORM TEST_ROOMS PREPEND holdfast_)
  add_executable(${name} ${TEST_SOURCES} ${TEST_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${TEST_ROOMS} ${TEST_LIBRARIES} GTest::gtest_main GTest::gmock)
  holdfast_use_precompiled(${name} tests)
  add_test(NAME ${name} COMMAND ${name})
endfunction()
