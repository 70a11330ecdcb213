#!/usr/bin/env bash
# Runs the tests of the forwarding plane on Debian 12's own kernel, in an emulated machine: Linux 6.1 is the oldest
# that we promise, and has no tcx, another verifier, and other return types than what developers run. The machine
# sees this host's files read-only, and has no network but its own.
#
#   test/interop/linux-6.1/run.sh                  test/datapath, in about five minutes
#   test/interop/linux-6.1/run.sh COMMAND...       something else, at the root of this repository
#
# Installs qemu-system-x86 where it is missing, and downloads the kernel (70 MB) once, into node_modules/.cache.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

readonly HERE=test/interop/linux-6.1
readonly CACHE=node_modules/.cache/linux-6.1
# veth, bridge, tun: what tests build networks of. sch_ingress, cls_bpf: tc's hook for kernels without tcx.
readonly MODULES=(virtio_pci 9pnet_virtio 9p overlay veth bridge tun sch_ingress cls_bpf)
readonly LIMIT_S=1200

say() { printf 'linux-6.1: %s\n' "$*" >&2; }
fail() {
  say "$*"
  exit 1
}

install_qemu() {
  if command -v qemu-system-x86_64 >/dev/null; then return; fi
  say "installing qemu-system-x86"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends qemu-system-x86 >&2 ||
    fail "apt-get failed: mend what it says above (apt-get update?), and run this again"
}

# Name of the package that holds the newest kernel, as linux-image-6.1.0-56-amd64.
kernel_package() {
  apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: \(linux-image-6\.1\..*\)/\1/p' | head -n 1
}

# The kernel, and the smallest tree that can mount the host's files, out of packages that are not installed.
unpack() {
  local directory=$1 package=$2 version=${2#linux-image-}
  local busybox=$directory/bin/bin/busybox modules=$directory/kernel/lib/modules/$version tree=$directory/tree
  (cd "$directory" && apt-get -qq -o APT::Sandbox::User=root download "$package" busybox-static >&2) ||
    fail "cannot download $package and busybox-static: apt-get update?"
  dpkg -x "$directory"/linux-image-*.deb "$directory/kernel"
  dpkg -x "$directory"/busybox-static_*.deb "$directory/bin"
  "$busybox" depmod -b "$directory/kernel" "$version"
  install -D "$busybox" "$tree/bin/busybox"
  printf '%s ' "${MODULES[@]}" >"$tree/modules"
  install -D -t "$tree/lib/modules/$version" "$modules"/modules.{dep,alias,symbols}
  local module file
  for module in "${MODULES[@]}"; do
    for file in $(sed -n "s|^\(.*/$module\.ko\):|\1|p" "$modules/modules.dep"); do
      install -D "$modules/$file" "$tree/lib/modules/$version/$file"
    done
  done
  mv "$directory"/kernel/boot/vmlinuz-* "$directory/vmlinuz"
  rm -r "$directory"/*.deb "$directory/kernel" "$directory/bin"
}

provide_kernel() {
  local package
  package=$(kernel_package)
  [ -n "$package" ] || fail "apt knows no kernel 6.1 (linux-image-amd64): this needs Debian 12 and its package lists"
  kernel=$CACHE/$package
  if [ -e "$kernel" ]; then return; fi
  say "unpacking $package"
  local fresh
  rm -rf "$CACHE"
  mkdir -p "$CACHE"
  fresh=$(mktemp -d "$CACHE/fresh.XXXXXX")
  unpack "$fresh" "$package"
  mv "$fresh" "$kernel"
}

# cpio's "newc", which busybox writes.
pack() {
  local tree=$work/tree
  cp -r "$kernel/tree" "$tree"
  install "$HERE/init" "$tree/init"
  {
    printf 'export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root CI=1 NO_COLOR=1\n'
    printf 'cd %q || exit\n' "$PWD"
    printf '%q ' "$@"
  } >"$tree/command"
  (cd "$tree" && find . | bin/busybox cpio -o -H newc 2>/dev/null) >"$work/initramfs"
}

boot() {
  # Emulated, also where there is KVM: inside of another virtual machine that may fail in ways of its own.
  local machine=(
    -accel tcg -cpu max -smp 2 -m 2048
    -nodefaults -display none -serial stdio -no-reboot
    -kernel "$kernel/vmlinuz" -initrd "$work/initramfs" -append 'console=ttyS0 quiet panic=-1'
    -virtfs "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"
  )
  # In the background, so that a signal is heard at once: bash answers none while it waits for a command.
  timeout "$LIMIT_S" qemu-system-x86_64 "${machine[@]}" </dev/null >"$work/console" &
  qemu=$!
  tail -n +1 -f --pid "$qemu" "$work/console" &
  wait $!
  wait "$qemu"
}

clean_up() {
  [ -z "$qemu" ] || kill "$qemu" 2>/dev/null || true
  rm -rf "$work"
}

[ "$(uname -m)" = x86_64 ] || fail "this boots a kernel for x86_64: run it on such a machine"
[ "$(id -u)" -eq 0 ] || fail "run as root: the emulated root reads files as the one who starts it"
[ -f dist/datapath/bpf/tandem.bpf.o ] || fail "there is no build: run deploy/setup.sh --tests"
if [ $# -eq 0 ]; then set -- node node_modules/vitest/vitest.mjs run test/datapath --testTimeout=120000; fi
qemu=
work=$(mktemp -d)
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
install_qemu
provide_kernel
pack "$@"
boot || fail "the machine did not end within $LIMIT_S s, or qemu failed"
tr -d '\r' <"$work/console" | grep -qx 'linux-6.1: exit 0' || fail "failed on Linux 6.1: the lines above say how"
