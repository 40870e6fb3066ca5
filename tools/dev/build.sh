# ./dev build, serve, bench, fuzz, format: the verbs around the compiler.

help_build() {
  cat <<'TEXT'
usage: ./dev build [PRESET]

Builds with a preset of CMakePresets.json; programs land in build/PRESET/bin.
  release   what is installed (default)
  quick     the three programs alone, not optimized: what ./dev serve runs
  dev       debug, with address and undefined-behaviour sanitizers, and the unit tests
  tsan      debug, with the thread sanitizer
  fuzz      the libFuzzer targets
TEXT
}

help_serve() {
  cat <<'TEXT'
usage: ./dev serve

Builds the three programs with the preset quick, and serves on loopback: POP3 1110 (STLS), POP3S 1995,
LMTP 2424, SMTP 2525. The data stays in ./var; remove it to start afresh. Prints what to try. Ctrl-C ends
it.
TEXT
}

help_bench() {
  cat <<'TEXT'
usage: ./dev bench [ARGUMENT…]

Builds, and measures restanted, other servers and the least possible one with the same workloads, side
by side: throughput, latency, CPU, memory, ratios. docs/performance.md explains the figures.
  --quick              smaller and shorter: a few minutes instead of an hour
  --only WORKLOAD…     some of the workloads (--help-workloads names them)
  --rounds N, --seconds S, --peers NAME…, --format json
  ratio                only restanted and the least possible server: --rounds N, --format json
  isp                  how many customers of an ISP the machine carries: --users N, --seconds S, --peers
                       NAME…
  views                how long the views of a maildrop of 100,000 messages take to open
  journal              questions to a journal of ten million lines: --lines N, --format json
  fetch                the client beside mpop, getmail6 and fetchmail, collecting from restanted and
                       Dovecot: --quick, --rounds N, --only REGEX, --format json
TEXT
}

help_format() { echo "usage: ./dev format: formats all C++ sources in place, by .clang-format"; }

help_fuzz() {
  cat <<'TEXT'
usage: ./dev fuzz [TARGET] [SECONDS]

Lets libFuzzer search for SECONDS (60) in TARGET, or in each of fuzz/*_fuzz.cc. Inputs that reach new
code are kept in build/fuzz/corpus/TARGET, what crashes in build/fuzz/crashes. See fuzz/README.md.
TEXT
}

# As many as there are processors, and 1.5 GB of memory for each.
jobs() {
  local processors memory_kb by_memory
  processors=$(nproc)
  memory_kb=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo)
  by_memory=$((${memory_kb:-0} / 1500000))
  ((by_memory >= 1)) || by_memory=1
  echo $((processors < by_memory ? processors : by_memory))
}

dev_build() {
  local preset=${1:-release}
  case "$preset" in
    release | quick) need_packages build ;;
    dev | tsan | fuzz) need_packages build test ;;
    *) die "there is no preset '$preset': release, quick, dev, tsan or fuzz" ;;
  esac
  local cache=build/$preset/CMakeCache.txt
  if [[ ! -e build/$preset/build.ninja || CMakePresets.json -nt $cache ]]; then
    say "configure $preset"
    cmake --preset "$preset"
    touch "$cache"
  fi
  say "build $preset"
  # Its progress is this script's talk: stdout is for what a verb prints.
  cmake --build --preset "$preset" -j "$(jobs)" >&2
}

dev_serve() {
  (($# == 0)) || die "serve takes no arguments: configure what is served in ./var"
  dev_build quick
  exec tools/serve.sh
}

dev_bench() {
  need_packages build test
  dev_build release
  [[ -x bench/run ]] || die "bench/run is missing: there is nothing to measure with"
  exec bench/run "$@"
}

# All our C++ files.
sources() {
  # A folder that is not there is no reason to stop.
  { find src apps fuzz bench sim tests tools -type f \( -name '*.cc' -o -name '*.h' \) 2>/dev/null || true; } | sort
}

dev_format() {
  need_packages build test
  sources | xargs -r clang-format-16 -i
}

dev_fuzz() {
  local target=all seconds=60
  [[ $# -gt 0 && ! ${1:-} =~ ^[0-9]+$ ]] && target=${1%_fuzz} && shift
  [[ $# -gt 0 ]] && seconds=$1
  [[ $seconds =~ ^[0-9]+$ ]] || die "SECONDS must be a number, not '$seconds'"
  dev_build fuzz
  local source name found=0
  for source in fuzz/*_fuzz.cc; do
    name=$(basename "$source" _fuzz.cc)
    [[ $target == all || $target == "$name" ]] || continue
    found=1
    fuzz_one "$name" "$seconds"
  done
  ((found)) || die "there is no fuzz/${target}_fuzz.cc"
}

fuzz_one() {
  local name=$1 seconds=$2
  say "fuzz $name for $seconds s"
  mkdir -p "build/fuzz/corpus/$name" build/fuzz/crashes "fuzz/corpus/$name"
  local -a options=()
  [[ -e fuzz/$name.dict ]] && options=("-dict=fuzz/$name.dict")
  # Bounds that lie beyond libFuzzer's usual 4 KiB.
  [[ $name == archive_mime ]] && options+=(-max_len=2097152)
  "build/fuzz/bin/${name}_fuzz" -max_total_time="$seconds" -timeout=10 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/crashes/$name-" "${options[@]}" \
    "build/fuzz/corpus/$name" "fuzz/corpus/$name"
}
