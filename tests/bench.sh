#!/usr/bin/env bash
# Builds and publishes what the benchmarks measure, runs all of them (or the named ones) and leaves artifacts/bench.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

deploy/setup.sh sdk
deploy/setup.sh packages chromium postgresql || true
dotnet build Penstock.slnx -c Release --nologo -v minimal
deploy/programs.sh
deploy/publish.sh linux-x64
exec artifacts/build/bin/Benchmarks/release/Penstock.Benchmarks "$@"
