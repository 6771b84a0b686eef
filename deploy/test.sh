#!/bin/bash
# All tests on a fresh Debian 12, one command:   deploy/test.sh [--long]
#   1. installs what is missing   2. builds with GCC and runs every suite
#   3. builds once more with clang, address and undefined-behaviour sanitizers, and runs the core's, the stores' and the
#      real programs' tests, as far as time allows; replays the fuzz corpora, searches 15 seconds with each fuzz target
# --long: suites take their long form (CUNZHENG_LONG=1), every suite runs with sanitizers too, and each fuzz target
# searches 10 minutes.
# The last line is "N passed, N failed"; the status is 0 only if nothing failed. Logs: build/logs.
# CUNZHENG_JOBS=N compiles and tests N at a time (2).
set -uo pipefail

fuzz_seconds=15
timeout_factor=1
case ${1-} in
  '') ;;
  --long) fuzz_seconds=600 timeout_factor=10; export CUNZHENG_LONG=1 ;;
  -h | --help) sed -n '2,/^set /p' "$0" | sed '$d; s/^# \{0,1\}//'; exit 0 ;;
  *) printf 'usage: deploy/test.sh [--long]\n' >&2; exit 2 ;;
esac

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root" || exit 1

passed=0
failed=0

finish() {
  say "   all of it took $(elapsed 0); logs in build/logs"
  say "$passed passed, $failed failed"
  [ "$failed" = 0 ] || exit 1
  exit 0
}

# build PRESET [TARGET...]: a build that fails counts as one failed test.
build() {
  local preset=$1
  shift
  if phase "configure ($preset)" "configure-$preset" cmake --preset "$preset" "-DCUNZHENG_TIMEOUT_FACTOR=$timeout_factor" &&
    phase "build ($preset)" "build-$preset" cmake --build --preset "$preset" -j "$jobs" ${1+--target "$@"}; then
    return 0
  fi
  failed=$((failed + 1))
  return 1
}

# suites PRESET [OPTION...]: runs ctest and adds its counts.
suites() {
  local preset=$1 report=$logs/ctest-$1.xml status=0 counts tests=0 failures=0 skipped=0
  shift
  rm -f "$report"
  phase "tests ($preset)" "test-$preset" ctest --preset "$preset" -j "$jobs" --output-junit "$report" "$@" || status=$?
  if [ -r "$report" ]; then
    # <testsuite name="..." tests="9" failures="0" disabled="0" skipped="1" ...>, one attribute a line
    attribute() { grep -om1 "$1=\"[0-9]*\"" "$report" | tr -dc 0-9; }
    tests=$(attribute tests) failures=$(attribute failures)
    skipped=$(($(attribute skipped) + $(attribute disabled)))
  fi
  [ "$status" = 0 ] || [ "$failures" != 0 ] || failures=1  # ctest itself failed
  counts="$((tests - failures - skipped)) passed, $failures failed"
  [ "$skipped" = 0 ] || counts+=", $skipped skipped"
  if [ "$tests" = 0 ]; then counts="0 passed, $failures failed"; else passed=$((passed + tests - failures - skipped)); fi
  failed=$((failed + failures))
  say "   $preset: $counts"
}

# search NAME: one fuzz target for a while, starting from its corpus. What it learns stays in build/asan/learned.
search() {
  local name=$1 learned=build/asan/learned/$1 log=$logs/fuzz-$1.log
  mkdir -p "$learned" build/asan/found
  if "build/asan/${name}_fuzz" "-max_total_time=$fuzz_seconds" -timeout=20 -rss_limit_mb=1500 -print_final_stats=1 \
    "-artifact_prefix=build/asan/found/$name-" "$learned" "tests/fuzz/corpus/$name" >"$log" 2>&1; then
    printf '%s passed, %s runs\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
  else
    printf '%s FAILED\n' "$name"
    tail -n 40 "$log"
    return 1
  fi
}

search_all() {
  export -f search
  export logs fuzz_seconds
  printf '%s\n' "$@" | xargs -P "$jobs" -I '{}' bash -c 'search "$1"' search '{}'
}

say "Cunzheng: all tests${CUNZHENG_LONG:+, long form}, $jobs jobs"
install_packages "${packages_to_build[@]}" "${packages_to_test[@]}"

build dev || finish  # what does not build with one compiler is not worth trying with the next
suites dev

# Once more with the other compiler and sanitizers: one build for the suites and the fuzz targets. Without optimiser they
# take ten times as long, so the short form leaves what repeats itself thousands of times, and what sets up a whole
# district for one question, to the long form.
wanted=(sanitized_suites fuzz_targets)
left_out=(-LE '^unit$' -E '^(property[.](Projection|PlantedBug|ArchiveLaws|EachYear)|scenario[.]Talks|e2e[.](Story|DamagedStores|Live|HubDisk|Neighbours|OtherLists|Checker|RealPrograms|HubLaptop[.][^M]))')
if [ -n "${CUNZHENG_LONG:-}" ]; then
  wanted+=(unit_tests)
  left_out=()
fi
if build asan "${wanted[@]}"; then
  suites asan "${left_out[@]}"
  mapfile -t targets < <(find tests/fuzz -maxdepth 1 -name '*_fuzz.cpp' -printf '%f\n' | sed 's/_fuzz\.cpp$//' | sort)
  if [ "${#targets[@]}" -gt 0 ]; then
    phase "fuzz: ${#targets[@]} targets, $fuzz_seconds s each" fuzz-search search_all "${targets[@]}" || true
    grep -E ' passed, | FAILED$' "$logs/fuzz-search.log" | sed 's/^/   /'
    good=$(grep -c ' passed, ' "$logs/fuzz-search.log")
    passed=$((passed + good))
    failed=$((failed + ${#targets[@]} - good))
  fi
fi
finish
