# Runs tests and checks and adds up how they ended. Sourced by test; needs say.sh and build.sh.
# shellcheck shell=bash

passed=0 failed=0 skipped=0
failures=() left_out=()

# Sanitizers end a test at the first finding.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1:detect_leaks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:second_deadlock_stack=1:suppressions=$PWD/tests/tsan.supp}

# attribute FILE NAME: of the first testsuite element.
attribute() { sed -n "0,/[[:space:]]$2=\"/s/.*[[:space:]]$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }

# run_ctest PRESET CTEST-OPTIONS...: in parallel; what a failed test printed is shown, the rest is in the log.
run_ctest() {
  local preset=$1 log=build/log/$1-tests.log results=$PWD/build/log/$1-tests.xml next=$((SECONDS + 15)) line over=''
  shift
  say "testing $preset"
  rm -f "$results"
  ctest --test-dir "build/$preset" -j "$(nproc)" --output-on-failure --output-junit "$results" "$@" 2>&1 |
    tee "$log" | while IFS= read -r line; do
      [[ -z $over ]] || continue
      case $line in
        *' Test '*'#'*' Passed '*)
          if [[ -t 1 ]]; then
            printf '\r\e[K        %s' "${line:0:100}"
          elif ((SECONDS >= next)); then
            note "${line:0:110}"
            next=$((SECONDS + 15))
          fi
          ;;
        *'  Start '* | 'Internal ctest'* | 'Test project'* | '') ;;
        *'% tests passed,'*) over=yes ;;
        *) if [[ -t 1 ]]; then printf '\r\e[K'; fi && printf '%s\n' "$line" ;;
      esac
    done || true
  if [[ -t 1 ]]; then printf '\r\e[K'; fi
  if [[ ! -s $results ]] || [[ $(attribute "$results" tests) == 0 ]]; then
    failed=$((failed + 1))
    failures+=("$preset: no test was selected by: $*")
    return
  fi
  local all bad out
  all=$(attribute "$results" tests) bad=$(attribute "$results" failures)
  out=$(($(attribute "$results" skipped) + $(attribute "$results" disabled)))
  passed=$((passed + all - bad - out)) failed=$((failed + bad)) skipped=$((skipped + out))
  while IFS= read -r line; do
    failures+=("$line    (in $preset)")
  done < <(sed -n 's/.*<testcase name="\([^"]*\)".*status="fail".*/\1/p' "$results")
  note "$preset: $((all - bad - out)) passed, $bad failed, $out skipped of $all"
}

# check NAME COMMAND...: one check that is no ctest test.
check() {
  local name=$1 log=build/log/check-$1.log
  shift
  mkdir -p build/log
  if "$@" >"$log" 2>&1; then
    passed=$((passed + 1))
    note "$name: passed"
  else
    failed=$((failed + 1))
    failures+=("$name    (see $log)")
    note "$name: FAILED"
    tail -n 30 "$log"
  fi
}

# leave_out NAME WHY: counted as skipped and said at the end.
leave_out() {
  skipped=$((skipped + 1))
  left_out+=("$1: $2")
}

run_packaging() {
  local kind
  say "packaging: install, and a project outside"
  for kind in static shared; do check "packaging-$kind" tests/packaging/check "$kind" "build/packaging/$kind"; done
}

sources() { git ls-files -- '*.hpp' '*.cpp' | while IFS= read -r file; do [[ ! -f $file ]] || echo "$file"; done; }

run_lint() {
  say "linting"
  # shellcheck disable=SC2046 # no source file's name has a blank
  check clang-format clang-format-14 --dry-run -Werror $(sources)
  configure asan-ubsan # for its compile_commands.json
  local limit=${TIDY_SECONDS:-480} start=$SECONDS
  check clang-tidy tidy "$limit"
  if ((SECONDS - start >= limit)); then leave_out clang-tidy "stopped after $limit s; TIDY_SECONDS gives it longer"; fi
}

# tidy SECONDS: the product's source files that the build has, newest change first, as many as fit into the time.
tidy() {
  local status=0 files
  files=$(sed -n "s|^  \"file\": \"$PWD/\(.*\)\".*|\1|p" build/asan-ubsan/compile_commands.json | grep -E '^(src|apps)/')
  # shellcheck disable=SC2086 # no source file's name has a blank
  ls -t $files | timeout "$1" xargs -r -n 2 -P "$(nproc)" clang-tidy-14 -p build/asan-ubsan --quiet || status=$?
  ((status == 0 || status == 124))
}

# run_fuzz: builds with Clang and gives every target some seconds on top of its corpus.
run_fuzz() {
  [[ -f tests/fuzz/CMakeLists.txt ]] || return 0
  build fuzz tests/fuzz/all
  local program name seconds=${FUZZ_SECONDS:-10}
  say "fuzzing, ${seconds} s a target"
  for program in build/fuzz/tests/fuzz/fuzz_*; do
    [[ -f $program && -x $program ]] || continue
    name=$(basename "$program")
    mkdir -p "build/fuzz/corpus/$name"
    local corpus=(build/fuzz/corpus/"$name")
    if [[ -d tests/fuzz/corpus/${name#fuzz_} ]]; then corpus+=("tests/fuzz/corpus/${name#fuzz_}"); fi
    check "$name" "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
      -artifact_prefix="build/fuzz/$name-" "${corpus[@]}"
  done
}

report() {
  local line
  if ((EUID != 0)); then left_out+=("not root: tests that need a file system of their own skip themselves"); fi
  for line in "${left_out[@]}"; do printf 'left out: %s\n' "$line"; done
  for line in "${failures[@]}"; do printf '%sfailed:%s %s\n' "$red" "$plain" "$line"; done
  if ((failed)); then note "one of them again: ctest --test-dir build/asan-ubsan --output-on-failure -R '^NAME\$'"; fi
  say "done"
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  ((failed == 0))
}
