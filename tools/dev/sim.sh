# ./dev sim: the simulation of the store under faults (docs/simulation.md).

help_sim() {
  cat <<'TEXT'
usage: ./dev sim [--minutes M | --runs N] [--from SEED] [--jobs N] [--without KIND]…
       ./dev sim --seed SEED [--without KIND]… [--verbose]
       ./dev sim --mutations [NAME…] [--runs N] [--write]

Runs the maildrop store on a simulated machine that fails in every way it can, and compares what it
says with a model. Without arguments: the named seeds, then a minute of new ones.
  --minutes M     search for so long, two or more seeds at a time; the named seeds come first
  --runs N        search so many seeds
  --from SEED     the first seed (default: by the time of day)
  --seed SEED     run this one alone; --verbose tells every step
  --without KIND  leave out an operation or a fault; repeatable. docs/simulation.md names them
  --mutations     take the safeguards of sim/mutations.toml out of a copy of the store, one after the
                  other, and see the simulation notice each; about an hour. --write: its seeds become
                  the named ones
Prints at the end what was reached. Exit code 1: a promise was broken, a kind of fault that a long
search must meet was never met, or a mutation was not noticed.
TEXT
}

# Optimized, since it finds more in a minute, but with all checks on.
build_sim() {
  need_packages build
  if [[ ! -e build/sim/build.ninja || CMakePresets.json -nt build/sim/CMakeCache.txt ]]; then
    say "configure sim"
    cmake --preset release -B build/sim -DRESTANTE_SIM=ON -DRESTANTE_LTO=OFF \
      -DCMAKE_CXX_FLAGS_RELWITHDEBINFO='-O2 -g -D_GLIBCXX_ASSERTIONS' >&2
    touch build/sim/CMakeCache.txt
  fi
  say "build sim"
  cmake --build build/sim -j "$(jobs)" --target restante_sim >&2
}

dev_sim() {
  if [[ ${1:-} == --mutations ]]; then
    need_packages build
    exec "$python" tools/mutate.py "${@:2}"
  fi
  build_sim
  local -a arguments=("$@")
  ((${#arguments[@]})) || arguments=(--minutes 1)
  [[ " ${arguments[*]} " == *" --seed "* ]] || arguments+=(--seeds sim/seeds.txt)
  exec build/sim/bin/restante_sim "${arguments[@]}"
}

needs_sim() { prepare build-sim build_sim; }
suite_sim() {
  # The same seeds each time, about a minute of them: what fails here fails for everybody.
  if $is_long; then
    after build-sim watch sim build/sim/bin/restante_sim --minutes 10
    return
  fi
  after build-sim watch sim build/sim/bin/restante_sim --seeds sim/seeds.txt --from 30000000 --runs 50000
}
