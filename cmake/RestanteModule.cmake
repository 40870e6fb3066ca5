# restante_module(NAME folder USES targets... [PCH header] [LOADED_BY folder]): the library of one
# folder. Every x.cc below the folder belongs to it, and every x_test.cc to its test program, so no
# test on disk can be left out of the build. One that is LOADED_BY another is no part of a program:
# it is found in lib/restante beside the program's folder, and has no more than headers of what it
# USES.
set(RESTANTE_STD_PCH <algorithm> <array> <chrono> <cstdint> <filesystem> <fmt/format.h> <functional> <map>
    <memory> <optional> <span> <string> <string_view> <utility> <variant> <vector>)

# restante_pch(TARGET header...): precompiles the usual headers and these, or takes what an earlier target has of
# them. Not for tests: they change, and one header for all would compile all of them again.
function(restante_pch target)
  string(MAKE_C_IDENTIFIER "restante_pch ${ARGN}" key)
  get_property(owner GLOBAL PROPERTY ${key})
  if(RESTANTE_UNITED AND owner)
    target_precompile_headers(${target} REUSE_FROM ${owner})
  else()
    target_precompile_headers(${target} PRIVATE ${RESTANTE_STD_PCH} ${ARGN})
    set_property(GLOBAL PROPERTY ${key} ${target})
  endif()
endfunction()

# restante_unite(TARGET source...): the sources of one folder are compiled as one. What two of them name alike in
# their anonymous namespaces does not compile then.
function(restante_unite target)
  if(NOT RESTANTE_UNITED)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  foreach(source ${ARGN})
    cmake_path(GET source PARENT_PATH folder)
    string(MAKE_C_IDENTIFIER "${folder}" group)
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
  endforeach()
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
    restante_pch(${target} ${ARG_PCH})
    restante_unite(${target} ${sources})
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
