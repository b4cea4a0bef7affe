#!/usr/bin/env bash
# Publishes the agent as one self-contained, precompiled file per platform:
#   publish.sh linux-x64 linux-arm64     ->  artifacts/publish/PLATFORM/penstock
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for platform in "$@"; do
  dotnet publish edge-agent -c Release -r "$platform" --self-contained --nologo -v quiet \
    -p:PublishReadyToRun=true -p:DebugType=embedded -p:PublishDocumentationFiles=false \
    -o "artifacts/publish/$platform"
  stat -c '%n  %s bytes' "artifacts/publish/$platform/penstock"
done
