#!/usr/bin/env bash
# Leaves the built programs where people look for them: artifacts/bin/penstock and artifacts/bin/penstock-central.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mkdir -p artifacts/bin
ln -sfn ../build/bin/EdgeAgent/release/penstock artifacts/bin/penstock
ln -sfn ../build/bin/Central/release/penstock-central artifacts/bin/penstock-central
