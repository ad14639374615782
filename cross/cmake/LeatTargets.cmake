# One CMake target a folder. leat_library(core/windows DEPS leat_core_data ...) makes
# leat_core_windows from every .cpp in that folder; leat_test(unit core/windows DEPS ...) makes the
# executable unit_core_windows from tests/unit/core/windows/*_test.cpp and registers it with ctest.

function(leat_library folder)
  cmake_parse_arguments(ARG "SMALL;EXCEPTIONS" "" "DEPS;PRIVATE_DEPS" ${ARGN})
  string(REPLACE "/" "_" name leat_${folder})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC leat_flags ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
    if(NOT ARG_EXCEPTIONS)
      target_compile_options(${name} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>)
    endif()
    if(ARG_SMALL AND CMAKE_BUILD_TYPE STREQUAL "Release")
      target_compile_options(${name} PRIVATE -Os)
    endif()
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE leat_flags ${ARG_DEPS})
  endif()
endfunction()

function(leat_test suite folder)
  cmake_parse_arguments(ARG "" "TIMEOUT" "DEPS" ${ARGN})
  string(REPLACE "/" "_" name ${suite}_${folder})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${suite}/${folder}/*.cpp)
  if(NOT sources)
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE
    LEAT_SOURCE_DIR="${CMAKE_SOURCE_DIR}" LEAT_BINARY_DIR="${CMAKE_BINARY_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  # Property tests draw the same cases every time; RC_PARAMS="seed=N" by hand draws others.
  set_tests_properties(${name} PROPERTIES LABELS ${suite} TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT "RC_PARAMS=seed=20261120")
endfunction()
