#!/usr/bin/env bash
# Publishes the agent as one self-contained, precompiled file per platform, or the centre as a self-contained folder:
#   publish.sh linux-x64 linux-arm64     ->  artifacts/publish/PLATFORM/penstock
#   publish.sh --centre linux-x64        ->  artifacts/publish/PLATFORM/central/penstock-central
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ "${1:-}" = --centre ]; then
  for platform in "${@:2}"; do
    dotnet publish central -c Release -r "$platform" --self-contained --nologo -v quiet \
      -p:PublishReadyToRun=true -p:DebugType=embedded -p:PublishDocumentationFiles=false \
      -o "artifacts/publish/$platform/central"
    du -sh "artifacts/publish/$platform/central"
  done
  exit
fi

for platform in "$@"; do
  dotnet publish edge-agent -c Release -r "$platform" --self-contained --nologo -v quiet \
    -p:PublishReadyToRun=true -p:DebugType=embedded -p:PublishDocumentationFiles=false \
    -o "artifacts/publish/$platform"
  stat -c '%n  %s bytes' "artifacts/publish/$platform/penstock"
done
