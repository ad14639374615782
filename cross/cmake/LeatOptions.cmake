# Language, warnings, sanitizers, ccache: what holds for every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(LEAT_TESTS "build the tests" ON)
option(LEAT_FUZZ "build the libFuzzer targets (Clang only)" OFF)
set(LEAT_SANITIZE "" CACHE STRING "sanitizers, comma separated: address,undefined or thread")

find_program(LEAT_CCACHE ccache)
if(LEAT_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${LEAT_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${LEAT_CCACHE})
endif()

add_library(leat_flags INTERFACE)
target_include_directories(leat_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(leat_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
    -Woverloaded-virtual -Wimplicit-fallthrough -Werror>
  -ffunction-sections -fdata-sections -fno-omit-frame-pointer)
target_link_options(leat_flags INTERFACE -Wl,--gc-sections -Wl,--as-needed)
if(LEAT_SANITIZE)
  target_compile_options(leat_flags INTERFACE -fsanitize=${LEAT_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(leat_flags INTERFACE -fsanitize=${LEAT_SANITIZE})
endif()
if(LEAT_FUZZ)
  target_compile_options(leat_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(leat_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
