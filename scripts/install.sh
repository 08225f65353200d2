# Installs Debian packages when some are missing. Sourced; needs say.sh and packages.sh.
# shellcheck shell=bash

# install_packages PURPOSE...: all of packages_PURPOSE. Does nothing, and asks for no rights, when they are there.
install_packages() {
  local purpose name wanted=() missing=() as_root=()
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    note "no apt here: taking for granted that everything in scripts/packages.sh is installed"
    return 0
  fi
  for purpose; do
    local -n list=packages_$purpose
    wanted+=("${list[@]}")
  done
  for name in "${wanted[@]}"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || missing+=("$name")
  done
  ((${#missing[@]})) || return 0

  local by_hand="apt-get install --no-install-recommends ${missing[*]}"
  if ((EUID != 0)); then
    command -v sudo >/dev/null && sudo -n true 2>/dev/null ||
      fail "packages are missing and this is not root; run as root: $by_hand"
    as_root=(sudo -n)
  fi
  say "installing ${#missing[@]} packages: ${missing[*]}"
  local log=build/log/apt.log
  mkdir -p build/log
  "${as_root[@]}" apt-get update -qq >"$log" 2>&1 || true # what counts is whether the install works
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "${missing[@]}" </dev/null >>"$log" 2>&1 && return 0
  grep -E '^(E|W|Err):?' "$log" | head -n 5 >&2 || true
  fail "apt could not install them (no network, or no such package? see $log); by hand: $by_hand"
}
