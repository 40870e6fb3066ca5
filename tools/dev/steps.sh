# Steps of ./dev test: each has a heading, a log in build/logs, a time, and a line in the table at
# the end. A step that fails does not stop the others, unless they need it. Steps that mostly wait
# run beside those that compute.

python=/usr/bin/python3  # Debian's, which python3-pytest belongs to.
logs=build/logs
declare -a step_names=()
declare -A step_results=() step_counts=() step_times=()
records=''    # Where the steps of a lane leave their results; empty outside of lanes.
lane_pid=''   # Of the lane that runs.

# step NAME COMMAND…: a check; it counts as one test unless it leaves "PASSED FAILED" in NAME.count.
step() { run_step "1 0" quiet "$@"; }
# prepare NAME COMMAND…: what later steps need; no test, and its progress is shown.
prepare() { run_step "0 0" loud "$@"; }
# watch NAME COMMAND…: a check whose progress is shown.
watch() { run_step "1 0" loud "$@"; }

# after NEEDED KIND NAME COMMAND…: only when the step NEEDED is fine; failed otherwise.
after() {
  local needed=$1 name=$3
  shift
  if [[ ${step_results[$needed]:-ok} == ok ]]; then
    "$@"
  else
    record "$name" "not run: $needed failed" "0 1" 0
  fi
}

run_step() {
  local count_if_ok=$1 loudness=$2 name=$3
  shift 3
  local log=$logs/$name.log count=$logs/$name.count start=$SECONDS code
  say "$name"
  mkdir -p "$logs"
  rm -f "$count"
  # A subshell of its own, outside any condition: there `set -e` and `exit` mean what they say.
  set +e
  if [[ $loudness == loud ]]; then
    (set -e; "$@") 2>&1 | tee "$log" >&2
    code=${PIPESTATUS[0]}
  else
    (set -e; "$@") >"$log" 2>&1
    code=$?
  fi
  set -e
  finish_step "$name" "$code" "$count_if_ok" $((SECONDS - start))
  [[ $code -eq 0 || $loudness == loud ]] || show_failure "$log"
}

finish_step() {
  local name=$1 code=$2 count=$3 seconds=$4
  [[ -e $logs/$name.count ]] && count=$(<"$logs/$name.count")
  if ((code == 0)); then
    record "$name" ok "$count" "$seconds"
  else
    # The sum at the end must tell every failure.
    [[ -e $logs/$name.count && ${count#* } != 0 ]] || count='0 1'
    record "$name" failed "$count" "$seconds"
  fi
  note "${step_results[$name]}, $(duration "$seconds")"
}

record() {
  [[ -z $records ]] || printf '%s|%s|%s|%s\n' "$@" >>"$records"
  step_names+=("$1")
  step_results[$1]=$2
  step_counts[$1]=$3
  step_times[$1]=$4
}

# beside FUNCTION…: runs the functions' steps while this script goes on, until rejoin. One lane at a
# time, in a process group of its own, so that it ends with the script.
beside() {
  mkdir -p "$logs"
  set -m
  (
    records=$logs/lane.records
    : >"$records"
    for function in "$@"; do "$function"; done
  ) >"$logs/lane.log" 2>&1 </dev/null &
  lane_pid=$!
  set +m
  trap end_lane EXIT
}

end_lane() { [[ -z $lane_pid ]] || kill -- "-$lane_pid" 2>/dev/null || true; }

# Waits for the lane, shows what it said, and takes its results over.
rejoin() {
  local name result count seconds
  say "beside: waiting for what is left of it"
  wait "$lane_pid" || true
  lane_pid=''
  cat "$logs/lane.log" >&2
  while IFS='|' read -r name result count seconds; do
    record "$name" "$result" "$count" "$seconds"
  done <"$logs/lane.records"
}

show_failure() {
  printf '%s%s:%s\n' "$red" "$1" "$plain" >&2
  tail -n 120 "$1" >&2
}

# The table, and the sum as the very last line. Fails when any step did.
summary() {
  local name passed=0 failed=0 ok=0 of_step failed_of_step
  printf '\n%-16s %9s %9s %12s  %s\n' step passed failed time result
  for name in "${step_names[@]}"; do
    read -r of_step failed_of_step <<<"${step_counts[$name]}"
    printf '%-16s %9d %9d %12s  %s\n' "$name" "$of_step" "$failed_of_step" \
      "$(duration "${step_times[$name]}")" "${step_results[$name]}"
    passed=$((passed + of_step)) failed=$((failed + failed_of_step))
    [[ ${step_results[$name]} == ok ]] || ok=1
  done
  printf '\n%d passed, %d failed\n' "$passed" "$failed"
  return "$ok"
}
