# ./dev test, e2e and tidy: what is checked, in which order.

help_test() {
  cat <<'TEXT'
usage: ./dev test [SUITE…]

Everything that CI checks, quick things first, or the suites named:
  format       clang-format finds nothing to change
  tidy         the house rules (tools/tidy.py)
  rfc          each RFC section named exists, and docs/protocol-support.md is fresh
  tools        the tools' own tests
  unit         unit tests, transcripts and fuzz corpora, with sanitizers
  sim          a minute of the store on a simulated machine that fails
  e2e          real clients and servers against the release build
  sanitized    a part of e2e against the build with sanitizers
  headers      each header compiles alone
  clang-tidy   static analysis; what has not changed is not analysed again
  tsan         the server under load with the thread sanitizer; by name only, since it builds all
               programs once more
Logs are in build/logs. The last line is "N passed, N failed"; the exit code is 0 when none failed.
TEXT
}

help_e2e() {
  cat <<'TEXT'
usage: ./dev e2e [ARGUMENT…]

Builds, and runs the end-to-end tests (tests/e2e) with real clients and senders. Arguments go to
pytest, as in: ./dev e2e -k curl -x
TEXT
}

help_tidy() {
  echo "usage: ./dev tidy: the suites format, tidy, rfc and tools of ./dev test; no build needed"
}

# What a run without names takes.
default_suites=(format tidy rfc tools unit sim e2e sanitized headers clang-tidy)
all_suites=("${default_suites[@]}" tsan)

dev_test() {
  local -a suites=("$@")
  local suite
  for suite in "$@"; do
    [[ " ${all_suites[*]} " == *" $suite "* ]] ||
      die "there is no suite '$suite': ${all_suites[*]}"
  done
  ((${#suites[@]})) || suites=("${default_suites[@]}")
  prepare setup dev_setup test
  if [[ ${step_results[setup]} == ok ]]; then
    for suite in "${suites[@]}"; do "suite_$suite"; done
    [[ ${CI:-} == true ]] && step diff unchanged_checkout
  fi
  summary
}

dev_tidy() { dev_test format tidy rfc tools; }

dev_e2e() {
  dev_setup test
  tools/corpus.sh
  tools/unpack.sh
  dev_build release
  RESTANTE_BIN=build/release/bin exec "$python" -m pytest tests/e2e "$@"
}

suite_format() { step format check_format; }
suite_tidy() { step tidy "$python" tools/tidy.py; }
suite_rfc() { step rfc "$python" tools/rfc_check.py; }
suite_tools() { step tools run_pytest tools tools; }

suite_unit() {
  build_once dev
  after build-dev step unit run_ctest
}

suite_e2e() {
  build_once release
  after build-release prepare build-bench build_bench
  prepare corpus tools/corpus.sh
  prepare unpack tools/unpack.sh
  after build-release watch e2e run_e2e build/release/bin e2e
}

# What the tests on speed need besides the programs.
build_bench() {
  cmake --preset release -DRESTANTE_BENCH=ON >/dev/null
  cmake --build --preset release -j "$(jobs)" --target yardstick load hot_paths >&2
}

suite_sanitized() {
  build_once dev
  prepare unpack tools/unpack.sh
  after build-dev watch sanitized run_e2e build/dev/bin sanitized -m sanitized
}

suite_tsan() {
  build_once tsan
  after build-tsan watch tsan run_e2e build/tsan/bin tsan -m threads
}

suite_headers() { step headers "$python" tools/headers.py; }

suite_clang-tidy() {
  # The compile commands come with the build, and so do the precompiled headers.
  build_once dev
  after build-dev step clang-tidy "$python" tools/clang_tidy.py build/dev
}

build_once() {
  [[ -n ${step_results[build-$1]:-} ]] || prepare "build-$1" dev_build "$1"
}

check_format() { sources | xargs -r clang-format-16 --dry-run -Werror; }

# count_tests NAME FILE…: the sums of JUnit files, for the table; fails when they say so.
count_tests() {
  local name=$1
  shift
  "$python" tools/count_tests.py "$@" >"$logs/$name.count"
}

# run_pytest NAME ARGUMENT…
run_pytest() {
  local name=$1 code=0
  shift
  "$python" -m pytest --junitxml="$logs/$name.xml" "$@" || code=$?
  count_tests "$name" "$logs/$name.xml"
  return "$code"
}

# run_e2e PROGRAMS NAME ARGUMENT…
run_e2e() {
  local programs=$1 name=$2
  shift 2
  RESTANTE_BIN=$programs run_pytest "$name" tests/e2e "$@"
}

run_ctest() {
  local code=0
  rm -rf "$logs/gtest" "$logs/ctest.xml"
  GTEST_OUTPUT="xml:$root/$logs/gtest/" ctest --preset dev -j "$(nproc)" \
    --output-junit "$root/$logs/ctest.xml" || code=$?
  count_tests unit --gtest "$logs/gtest" "$logs/ctest.xml"
  return "$code"
}

# Generated and formatted files must have been committed.
unchanged_checkout() { git -c safe.directory="$root" diff --exit-code; }
