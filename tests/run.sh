#!/usr/bin/env bash
# Runs the test suites and adds them up; the last line reads "N passed, N failed, N skipped".
#   run.sh [--no-setup] [--no-build] [SUITE...]      suites: UnitTests IntegrationTests (both when none is named)
# Ends with 1 when a test failed, a suite broke off, or nothing was tested.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

setup=yes
build=yes
suites=()
for argument in "$@"; do
  case "$argument" in
    --no-setup) setup=no ;;
    --no-build) build=no ;;
    *) suites+=("$argument") ;;
  esac
done
[ "${#suites[@]}" -gt 0 ] || suites=(UnitTests IntegrationTests)

passed=0
failed=0
skipped=0
broken=0
results=artifacts/test-results
mkdir -p "$results"

prepare() {
  deploy/setup.sh sdk || return 1
  if [ "$setup" = yes ]; then
    # Without them the tests that need them skip, and each says which package it missed.
    deploy/setup.sh packages \
      python3-pymodbus python3-serial python3-serial-asyncio mbpoll chromium postgresql \
      qemu-user-static libc6-arm64-cross libstdc++6-arm64-cross strace e2fsprogs faketime \
      openjdk-17-jre-headless xz-utils kcat jq || true
  fi
  [ "$build" = yes ] || return 0
  dotnet build Penstock.slnx -c Release --nologo -v minimal || return 1
  deploy/programs.sh
  [[ " ${suites[*]} " != *" IntegrationTests "* ]] || deploy/publish.sh linux-arm64
}

count_of() {
  sed -n "s/.*Total: .*$1: \([0-9][0-9]*\).*/\1/p" "$2" | tail -n 1
}

run_suite() {
  local suite=$1 log="$results/$1.log" code total failures errors skips
  echo
  echo "== $suite"
  "artifacts/build/bin/$suite/release/Penstock.$suite" -noColor -noLogo -result-xml "$results/$suite.xml" 2>&1 |
    tee "$log" | grep --line-buffered -vE '^([0-9]{2}:[0-9]{2}:[0-9]{2}\.|Ok, passed )'
  code=${PIPESTATUS[0]}

  total=$(sed -n 's/.*Total: \([0-9][0-9]*\), Errors.*/\1/p' "$log" | tail -n 1)
  if [ -z "$total" ]; then
    echo "$suite broke off without a summary (exit code $code); see $log"
    broken=1
    return
  fi
  errors=$(count_of Errors "$log")
  failures=$(count_of Failed "$log")
  skips=$(count_of Skipped "$log")
  total=$((total - $(count_of 'Not Run' "$log")))
  failed=$((failed + failures + errors))
  skipped=$((skipped + skips))
  passed=$((passed + total - failures - skips))
  [ "$code" -eq 0 ] || [ $((failures + errors)) -gt 0 ] || broken=1
}

if prepare; then
  for suite in "${suites[@]}"; do
    run_suite "$suite"
  done
else
  echo "The tests could not be built."
  broken=1
fi

[ "$broken" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
echo
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
