# restante_module(NAME folder USES targets... [PCH header] [LOADED_BY folder]): the library of one
# folder. Every x.cc below the folder belongs to it, and every x_test.cc to its test program, so no
# test on disk can be left out of the build. One that is LOADED_BY another is no part of a program:
# it is found in lib/restante beside the program's folder, and has no more than headers of what it
# USES.
set(RESTANTE_STD_PCH <algorithm> <array> <chrono> <cstdint> <filesystem> <fmt/format.h> <functional> <map>
    <memory> <optional> <span> <string> <string_view> <utility> <variant> <vector>)

# restante_programs_pch(TARGET [header...]): the same for programs and what is tested of them.
function(restante_programs_pch target)
  target_precompile_headers(${target} PRIVATE ${RESTANTE_STD_PCH} ${ARGN})
endfunction()

function(restante_module name)
  cmake_parse_arguments(ARG "" "PCH;LOADED_BY" "USES;LIBRARIES" ${ARGN})
  file(GLOB_RECURSE all CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cc)
  set(tests ${all})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  set(sources ${all})
  list(FILTER sources EXCLUDE REGEX "_(test|bench|fuzz)\\.cc$")

  set(target restante_${name})
  list(TRANSFORM ARG_USES PREPEND restante_ OUTPUT_VARIABLE uses)
  if(ARG_LOADED_BY)
    add_library(${target} MODULE ${sources})
    set_target_properties(${target} PROPERTIES CXX_VISIBILITY_PRESET hidden
                          LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/restante)
    target_link_libraries(${target} PRIVATE restante_flags ${ARG_LIBRARIES})
    add_dependencies(restante_${ARG_LOADED_BY} ${target})
  elseif(sources)
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target} PUBLIC restante_flags ${uses} ${ARG_LIBRARIES})
    if(ARG_PCH)
      target_precompile_headers(${target} PRIVATE ${RESTANTE_STD_PCH} ${ARG_PCH})
    else()
      target_precompile_headers(${target} PRIVATE ${RESTANTE_STD_PCH})
    endif()
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE restante_flags ${uses} ${ARG_LIBRARIES})
  endif()

  if(RESTANTE_TESTS AND tests)
    add_executable(${name}_tests ${tests})
    target_link_libraries(${name}_tests PRIVATE ${target} GTest::gmock GTest::gtest_main)
    target_compile_definitions(${name}_tests PRIVATE RESTANTE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    if(ARG_PCH)
      target_precompile_headers(${name}_tests PRIVATE ${RESTANTE_STD_PCH} <gmock/gmock.h> <gtest/gtest.h> ${ARG_PCH})
    else()
      target_precompile_headers(${name}_tests PRIVATE ${RESTANTE_STD_PCH} <gmock/gmock.h> <gtest/gtest.h>)
    endif()
    add_test(NAME ${name} COMMAND ${name}_tests --gtest_brief=1)
    set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 600)
  endif()
endfunction()
