# Flags for every target: warnings are errors; sanitizers and hardening by preset.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

find_program(CCACHE ccache)
if(CCACHE)
  # The sloppiness lets ccache work beside precompiled headers. No more than that: without its check of
  # times, a header saved while a file compiles would leave a wrong object in the cache for good.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

add_library(restante_flags INTERFACE)
target_include_directories(restante_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_definitions(restante_flags INTERFACE RESTANTE_VERSION="${PROJECT_VERSION}")
target_compile_options(restante_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wconversion -Wsign-conversion -Wshadow
  -Wnon-virtual-dtor -Wswitch-enum -Wold-style-cast -Wno-gnu-zero-variadic-macro-arguments
  -fstack-protector-strong -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(restante_flags INTERFACE -Xclang -fno-pch-timestamp)
  target_link_options(restante_flags INTERFACE -fuse-ld=lld-16)
endif()
# Lines are what a report of a crash needs; all of the rest takes minutes to make.
if(RESTANTE_LINES)
  target_compile_options(restante_flags INTERFACE -gline-tables-only)
endif()
if(RESTANTE_UNITED)
  # A local name may be that of a constant in another source.
  target_compile_options(restante_flags INTERFACE -Wno-shadow)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  target_compile_definitions(restante_flags INTERFACE _GLIBCXX_ASSERTIONS)
else()
  target_compile_definitions(restante_flags INTERFACE _FORTIFY_SOURCE=2)
  target_link_options(restante_flags INTERFACE -Wl,-z,relro,-z,now)
endif()
if(RESTANTE_LTO)
  # The cache makes a program that is linked again, or another one of the same parts, quick.
  target_compile_options(restante_flags INTERFACE -flto=thin)
  target_link_options(restante_flags INTERFACE
    -flto=thin -Wl,--thinlto-cache-dir=${CMAKE_BINARY_DIR}/lto-cache)
endif()
if(RESTANTE_SANITIZE)
  target_compile_options(restante_flags INTERFACE
    -fsanitize=${RESTANTE_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(restante_flags INTERFACE -fsanitize=${RESTANTE_SANITIZE})
endif()
if(RESTANTE_FUZZ)
  target_compile_options(restante_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
