#!/usr/bin/env bash
# Makes a Debian machine ready to build and run Tandem: packages, npm packages, build. Each step is announced
# and skipped when there is nothing to do, so that a second run costs a moment and needs no network.
#
#   deploy/setup.sh           what running and the drills need
#   deploy/setup.sh --tests   what the tests need besides
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# Without it dpkg does not even begin; after `su` without a dash it is not there.
PATH=$PATH:/usr/sbin:/sbin

readonly MIN_NODE=20.19.0
readonly POLICY=/usr/sbin/policy-rc.d
# In our policy-rc.d, before the packages that are being installed.
readonly MARK='# While the setup of Tandem installs:'
readonly LISTS=/var/lib/apt/lists

packages=(
  clang libbpf-dev libbpf1 iproute2 ethtool # the forwarding plane
  openssl                                   # a pair's key
  openssh-server openssh-client             # the drills, with nginx below
)

say() { printf 'setup: %s\n' "$*" >&2; }
fail() {
  say "$*"
  exit 1
}

read_arguments() {
  local argument
  for argument in "$@"; do
    case $argument in
      --tests)
        packages+=(keepalived ipvsadm procps)
        # A kernel with IPVS, run as a process; there is none for other machines.
        [ "$(uname -m)" != x86_64 ] || packages+=(user-mode-linux kmod)
        ;;
      *) fail "unknown argument $argument: there is only --tests" ;;
    esac
  done
  # Any build of nginx will do; two of them cannot be installed at once.
  command -v nginx >/dev/null || packages+=(nginx-light)
}

check_node() {
  local remedy="install it from https://nodejs.org/en/download (Debian 12's own nodejs is too old)"
  command -v node >/dev/null || fail "Node.js is missing and $MIN_NODE or newer is needed: $remedy"
  local version
  version=$(node -p process.versions.node)
  if [ "$(printf '%s\n' "$MIN_NODE" "$version" | sort -V | head -n 1)" != "$MIN_NODE" ]; then
    fail "Node.js $version is too old, $MIN_NODE or newer is needed: $remedy"
  fi
  command -v npm >/dev/null || fail "npm is missing: it comes with Node.js: $remedy"
}

# Of those that are named.
installed_packages() {
  # dpkg-query exits 1 when it has never heard of one of them.
  { dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' "$@" 2>/dev/null || true; } | sed -n 's/^.i *//p'
}

missing_packages() {
  local installed
  installed=$(installed_packages "${packages[@]}")
  printf '%s\n' "${packages[@]}" | grep -vxF "${installed:-none}" || true
}

# Debian starts what it installs. No sshd, nginx or keepalived may begin to run on this host because Tandem
# uses their programs: policy-rc.d (invoke-rc.d(8)) forbids it while we install, and what we installed is not
# enabled for the next boot either. Also when we are interrupted; killed, the next run does what was left undone.
forbid_starts() {
  trap allow_starts EXIT
  trap 'exit 130' INT TERM HUP
  [ ! -e "$POLICY" ] || mv "$POLICY" "$POLICY.before-tandem"
  printf '#!/bin/sh\n%s %s\nexit 101\n' "$MARK" "$*" >"$POLICY"
  chmod 755 "$POLICY"
}

policy_is_ours() { grep -qsF "$MARK" "$POLICY"; }

allow_starts() {
  trap - EXIT
  if ! policy_is_ours; then
    # Interrupted before ours was there.
    [ -e "$POLICY" ] || [ ! -e "$POLICY.before-tandem" ] || mv "$POLICY.before-tandem" "$POLICY"
    return
  fi
  local named
  read -ra named <<<"$(sed -n "s/^$MARK //p" "$POLICY")"
  # shellcheck disable=SC2046 # one word a package
  disable_services $(installed_packages "${named[@]}")
  rm -f "$POLICY"
  [ ! -e "$POLICY.before-tandem" ] || mv "$POLICY.before-tandem" "$POLICY"
}

# update-rc.d(8) does so for systemd and for System V, also where neither runs, as in the tree of an image.
disable_services() {
  local package service
  for package in "$@"; do
    case $package in
      openssh-server) service=ssh ;;
      nginx-light) service=nginx ;;
      keepalived | ipvsadm) service=$package ;;
      *) continue ;;
    esac
    update-rc.d "$service" disable >&2 || say "cannot disable the service $service: do so before the next boot"
  done
}

install_packages() {
  command -v dpkg-query >/dev/null || fail "this is no Debian: install what corresponds to ${packages[*]}, and leave setup out"
  if policy_is_ours && [ "$(id -u)" -eq 0 ]; then
    say "Debian packages: finishing what was interrupted"
    allow_starts
  fi
  local missing
  mapfile -t missing < <(missing_packages)
  if [ ${#missing[@]} -eq 0 ]; then
    say "Debian packages: all there"
    return
  fi
  [ "$(id -u)" -eq 0 ] || fail "missing Debian packages: run as root, or: sudo apt-get install ${missing[*]}"
  say "Debian packages: installing ${missing[*]}"
  local install=(apt-get install -y -qq --no-install-recommends "${missing[@]}")
  export DEBIAN_FRONTEND=noninteractive
  forbid_starts "${missing[@]}"
  # The lists of a fresh machine are empty, those of an old one point to files that are gone.
  { compgen -G "$LISTS/*_Packages*" >/dev/null && "${install[@]}" >&2; } ||
    { say "Debian packages: updating the lists first" && apt-get update -qq >&2 && "${install[@]}" >&2; } ||
    fail "apt-get failed: mend what it says above, and run this again"
  allow_starts
}

install_npm_packages() {
  local stamp=node_modules/.tandem-lock lock
  lock=$(sha256sum package-lock.json | cut -d ' ' -f 1)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$lock" ]; then
    say "npm packages: as locked"
    return
  fi
  say "npm packages: npm ci"
  # The compiler is a development dependency, also where NODE_ENV says production.
  npm ci --include=dev --no-audit --no-fund >&2 || fail "npm ci failed: mend what it says above, and run this again"
  printf '%s\n' "$lock" >"$stamp"
}

sources_hash() {
  find src proto deploy/build.mjs package-lock.json tsconfig.json -type f -print0 | LC_ALL=C sort -z |
    xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
}

build() {
  local stamp=dist/.tandem-built hash
  hash=$(sources_hash)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$hash" ] && [ -f dist/cli/tandem.js ]; then
    say "build: up to date"
    return
  fi
  say "build: compiling"
  rm -f "$stamp"
  npm run --silent build >&2 || fail "the build failed: mend what it says above, and run this again"
  chmod +x dist/cli/*.js
  printf '%s\n' "$hash" >"$stamp"
}

read_arguments "$@"
check_node
install_packages
install_npm_packages
build
