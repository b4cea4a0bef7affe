#!/usr/bin/env bash
# Plays the faults against the real programs and leaves the table tests/FAULTS.md.
#   faults.sh ci|nightly [CLASS...]      classes of tests/IntegrationTests/Faults; all when none is named
# PENSTOCK_SEED repeats a run. Ends with 1 when anything was lost, double or unexplained.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

size=${1:-ci}
shift
case "$size" in ci | nightly) ;; *) echo "faults.sh ci|nightly [CLASS...]"; exit 2 ;; esac
export PENSTOCK_FAULTS=$size

deploy/setup.sh sdk || exit 1
deploy/setup.sh packages python3-pymodbus strace e2fsprogs faketime || true
dotnet build Penstock.slnx -c Release --nologo -v minimal || exit 1
deploy/programs.sh

results=artifacts/faults
[ "$#" -gt 0 ] || rm -rf "$results"
mkdir -p "$results"
classes=()
for class in "${@:-*}"; do classes+=(-class "Penstock.IntegrationTests.Faults.$class"); done

code=0
artifacts/build/bin/IntegrationTests/release/Penstock.IntegrationTests -noColor -noLogo -showLiveOutput "${classes[@]}" 2>&1 |
  tee "$results/run.log" | grep --line-buffered -E '\[FAIL\]|\[SKIP\]|"Fault"|Total:'
[ "${PIPESTATUS[0]}" -eq 0 ] || code=1
if [ "$#" -eq 0 ]; then
  artifacts/build/bin/UnitTests/release/Penstock.UnitTests -noColor -noLogo -class 'Penstock.UnitTests.Outbox.OutboxModelTests' \
    >"$results/model.log" 2>&1 || { code=1; grep -E '\[FAIL\]|seed' "$results/model.log" | head -5; }
fi
tests/faults_table.py "$results" "$size" >tests/FAULTS.md || exit 1
echo "table: tests/FAULTS.md"
exit "$code"
