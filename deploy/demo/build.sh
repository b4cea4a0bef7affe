#!/usr/bin/env bash
# Builds only what the demo runs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

dotnet build edge-agent -c Release --nologo -v minimal
dotnet build central -c Release --nologo -v minimal
deploy/programs.sh
