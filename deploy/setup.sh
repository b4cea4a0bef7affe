#!/usr/bin/env bash
# Sets up what a make target lacks on Debian or Ubuntu.
#   setup.sh sdk                   the .NET SDK of global.json must be there; says how to get it
#   setup.sh packages NAME...      installs missing packages; ends with 1 and the line to type when it may not
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

need_sdk() {
  if ! command -v dotnet >/dev/null; then
    echo "The .NET 10 SDK is missing. Ubuntu: sudo apt-get install dotnet-sdk-10.0   Debian: see https://learn.microsoft.com/dotnet/core/install/linux-debian" >&2
    return 1
  fi
  if ! dotnet --version >/dev/null 2>&1; then
    echo "The .NET SDK here is not the one global.json asks for (10.0.100 or later of 10.0). Found:" >&2
    dotnet --list-sdks >&2
    return 1
  fi
}

missing_of() {
  local name
  for name in "$@"; do
    dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q '^install ok installed' || echo "$name"
  done
}

need_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "This machine has no apt; install the counterparts of these Debian packages by hand: $*" >&2
    return 1
  fi

  local missing
  mapfile -t missing < <(missing_of "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0

  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      echo "Missing packages. Type: sudo apt-get install -y ${missing[*]}" >&2
      return 1
    fi
    as_root=(sudo -n)
  fi

  echo "Installing ${missing[*]}"
  install_quietly "${missing[@]}" && return 0
  "${as_root[@]}" apt-get -qq update || true
  if ! install_quietly "${missing[@]}"; then
    echo "apt could not install them. Type: sudo apt-get install -y ${missing[*]}" >&2
    return 1
  fi
}

install_quietly() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$@" >/dev/null
}

case "${1:-}" in
  sdk) need_sdk ;;
  packages) shift; need_packages "$@" ;;
  *) echo "usage: setup.sh sdk | packages NAME..." >&2; exit 2 ;;
esac
