# ./dev test, e2e and tidy: what is checked, in which order.

help_test() {
  cat <<'TEXT'
usage: ./dev test [--long] [SUITE…]

Everything that CI checks, or the suites named: quick things first; e2e and sanitized, which mostly
wait, run beside what computes.
  format       clang-format finds nothing to change
  tidy         the house rules (tools/tidy.py)
  rfc          each RFC section named exists, and docs/protocol-support.md is fresh
  tools        the tools' own tests
  unit         unit tests, transcripts and fuzz corpora, with sanitizers
  sim          a minute of the store on a simulated machine that fails
  headers      each header compiles alone
  quick        what ./dev serve builds: the sources of a folder compile as one
  clang-tidy   static analysis of what the last 100 commits changed
  e2e          real clients and servers against the release build, without those of "sanitized"
               when that runs, too
  sanitized    a part of e2e against the build with sanitizers
  alone        the end-to-end tests that measure times, with nothing beside them
  --long       with the end-to-end tests that take minutes, all against the release build, all
               that sanitizers can watch, static analysis of all sources, and ten minutes of the
               simulation
  packages     both packages in a fresh Debian 12: installed, used, upgraded, removed; the container;
               with --long an upgrade from the packages of the commit before, which are built for
               it; by name only, since it fetches that system
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

# What a run without names takes, in this order: quick ones, those that compute, those that mostly
# wait for servers and run beside them, and those that measure, which have the machine to themselves.
quick_suites=(format tidy rfc tools)
computing_suites=(unit sim headers quick clang-tidy)
waiting_suites=(e2e sanitized)
measuring_suites=(alone)
default_suites=("${quick_suites[@]}" "${computing_suites[@]}" "${waiting_suites[@]}"
  "${measuring_suites[@]}")
all_suites=("${default_suites[@]}" packages tsan)

dev_test() {
  is_long=false
  if [[ ${1:-} == --long ]]; then
    is_long=true
    shift
  fi
  local -a suites=("$@")
  local suite
  for suite in "$@"; do
    [[ " ${all_suites[*]} " == *" $suite "* ]] ||
      die "there is no suite '$suite': ${all_suites[*]}"
  done
  ((${#suites[@]})) || suites=("${default_suites[@]}")
  prepare setup dev_setup test
  if [[ ${step_results[setup]} == ok ]]; then
    run_suites
    [[ ${CI:-} == true ]] && step diff unchanged_checkout
  fi
  summary
}

# Those of `suites`, each group after what it needs is built.
run_suites() {
  local -a beside=()
  local suite
  for suite in "${quick_suites[@]}"; do if_wanted "suite_$suite"; done
  for suite in "${computing_suites[@]}" "${waiting_suites[@]}" "${measuring_suites[@]}"; do
    if_wanted "needs_$suite"
  done
  for suite in "${waiting_suites[@]}"; do
    if is_wanted "$suite"; then beside+=("suite_$suite"); fi
  done
  ((${#beside[@]} == 0)) || beside "${beside[@]}"
  for suite in "${computing_suites[@]}"; do if_wanted "suite_$suite"; done
  ((${#beside[@]} == 0)) || rejoin
  for suite in "${measuring_suites[@]}" packages tsan; do if_wanted "suite_$suite"; done
}

is_wanted() { [[ " ${suites[*]} " == *" $1 "* ]]; }
# if_wanted FUNCTION: calls needs_SUITE or suite_SUITE when the suite is wanted.
if_wanted() { if is_wanted "${1#*_}"; then "$1"; fi; }

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

needs_unit() { build_once dev; }
suite_unit() { after build-dev step unit run_ctest; }

needs_quick() { :; }
suite_quick() { step quick dev_build quick; }

needs_e2e() {
  build_once release
  [[ -n ${step_results[build-bench]:-} ]] || after build-release prepare build-bench build_bench
  [[ -n ${step_results[corpus]:-} ]] || prepare corpus tools/corpus.sh
  [[ -n ${step_results[unpack]:-} ]] || prepare unpack tools/unpack.sh
}
suite_e2e() {
  local chosen="not alone"
  if is_wanted sanitized; then chosen="not alone and not sanitized"; fi
  if $is_long; then chosen="not alone or long"; fi
  after build-release watch e2e run_e2e build/release/bin e2e "${side_by_side[@]}" -m "$chosen"
}
needs_alone() { needs_e2e; }
suite_alone() { after build-release watch alone run_e2e build/release/bin alone -m alone; }

# What the tests on speed need besides the programs.
build_bench() {
  cmake --preset release -DRESTANTE_BENCH=ON >/dev/null
  cmake --build --preset release -j "$(jobs)" --target yardstick load hot_paths >&2
}

needs_sanitized() {
  build_once dev
  [[ -n ${step_results[unpack]:-} ]] || prepare unpack tools/unpack.sh
}
suite_sanitized() {
  local chosen="sanitized and not alone"
  if $is_long; then chosen="(sanitized or sanitized_long) and not alone"; fi
  after build-dev watch sanitized run_e2e build/dev/bin sanitized "${side_by_side[@]}" -m "$chosen"
}

suite_tsan() {
  build_once tsan
  after build-tsan watch tsan run_e2e build/tsan/bin tsan -m threads
}

suite_packages() {
  build_once release
  after build-release prepare package make_test_packages
  local -a left_out=(--ignore=tests/packages/test_upgrade.py)
  if $is_long; then left_out=(); fi
  after package watch packages run_pytest packages -p no:cacheprovider tests/packages "${left_out[@]}"
}

# The second is what the first is upgraded to.
make_test_packages() {
  need_packages build package
  make_packages build/package "$(project_version)"
  make_packages build/package-later "$(project_version)+later1"
  if $is_long; then make_packages_before; fi
}

# Of the commit before, as its own ./dev makes them, into build/before/build/package.
make_packages_before() {
  local before=build/before
  rm -rf "$before"
  git -c safe.directory="$root" clone --quiet --shared --no-checkout "$root" "$before"
  git -C "$before" checkout --quiet HEAD~1
  (cd "$before" && ./dev package)
}

needs_headers() { :; }
suite_headers() { step headers "$python" tools/headers.py; }

# The compile commands come with the build, and so do the precompiled headers.
needs_clang-tidy() { build_once dev; }
suite_clang-tidy() {
  local -a which=()
  if $is_long; then which=(--all); fi
  after build-dev step clang-tidy "$python" tools/clang_tidy.py build/dev "${which[@]}"
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

# A test file's tests stay in one process: they may share a server.
side_by_side=(-n 2 --dist loadfile)

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
