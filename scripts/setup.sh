#!/usr/bin/env bash
# Makes a Debian machine ready: installs what is missing, and nothing else. Run again it finds nothing to do and takes a moment.
#
#   scripts/setup.sh build         what compiling needs: a C compiler for SQLite, OpenGL ES, X11 and Wayland headers for the kiosk
#   scripts/setup.sh demo          build, and a display without a screen for the kiosk where there is none
#   scripts/setup.sh test          demo, and what only tests use: Mosquitto, Chromium, readers for screenshots, PDFs and QR codes
#   scripts/setup.sh cross         compilers and an emulator for the 64-bit Pi; the kiosk's libraries need cross-kiosk
#   scripts/setup.sh cross-kiosk   cross, and arm64 libraries; raises their amd64 twins to the same version, so rather in a container
#
# Needs apt rights only when something is missing: root, or sudo. Starts no service: Mosquitto is held back while it is installed and
# left disabled, because the tests start brokers of their own; one that was here before is not touched.
# Elsewhere than on Debian and its relatives it lists what is needed and goes on if the commands are there.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

# A package, or package=command where any program of that name will do.
build=(gcc=gcc libc6-dev make=make pkg-config=pkg-config ca-certificates
  libgl-dev libegl-dev libgles-dev libx11-dev libxcursor-dev libxrandr-dev libxinerama-dev libxi-dev libxxf86vm-dev
  libwayland-dev libxkbcommon-dev)
demo=("${build[@]}" libgl1-mesa-dri xvfb=Xvfb)
# xwdtopnm turns the frame buffer file of Xvfb -fbdir into a picture; ImageMagick would do the same and weighs ten times more.
test=("${demo[@]}" mosquitto=mosquitto chromium=chromium netpbm=xwdtopnm fonts-dejavu-core tzdata
  poppler-utils=pdftotext zbar-tools=zbarimg)
cross=("${build[@]}" gcc-aarch64-linux-gnu=aarch64-linux-gnu-gcc libc6-dev-arm64-cross qemu-user-static=qemu-aarch64-static)
cross_kiosk=("${cross[@]}" libc6-dev:arm64 libgl-dev:arm64 libegl-dev:arm64 libgles-dev:arm64 libx11-dev:arm64 libxcursor-dev:arm64
  libxrandr-dev:arm64 libxinerama-dev:arm64 libxi-dev:arm64 libxxf86vm-dev:arm64 libwayland-dev:arm64 libxkbcommon-dev:arm64)

case ${1:-build} in
  build) wanted=("${build[@]}") ;;
  demo) wanted=("${demo[@]}") ;;
  test) wanted=("${test[@]}") ;;
  cross) wanted=("${cross[@]}") ;;
  cross-kiosk) wanted=("${cross_kiosk[@]}") ;;
  -h | --help | help) sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
  *) fail "unknown group '$1': build, demo, test, cross or cross-kiosk" ;;
esac

check_go() {
  local need have
  need=$(awk '$1 == "go" { print $2; exit }' go.mod)
  command -v go >/dev/null || fail "Go $need or newer is needed and 'go' is not in PATH: install it as go.dev/doc/install says"
  have=$(GOTOOLCHAIN=local go env GOVERSION)
  have=${have#go}
  case $have in devel*) return ;; esac
  [ "$(printf '%s\n' "$need" "${have%% *}" | sort -V | head -n 1)" = "$need" ] ||
    fail "Go $need or newer is needed and this is $have: update it as go.dev/doc/install says"
}

has_command() { PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null; }

installed() {
  case $(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null) in i*) return 0 ;; esac
  return 1
}

# missing prints the packages of wanted that are neither installed nor stood in for by a command.
missing() {
  local item package command
  for item in "${wanted[@]}"; do
    package=${item%%=*} command=${item#"$package"} command=${command#=}
    if [ -n "$command" ] && has_command "$command"; then continue; fi
    if has_command dpkg-query && installed "$package"; then continue; fi
    printf '%s\n' "$package"
  done
}

# hold_mosquitto keeps the package from starting its daemon through Debian's own switch for that. The file is gone when this script
# is; where the administrator has one already, that one decides.
policy=/usr/sbin/policy-rc.d
hold_mosquitto() {
  [ ! -e "$policy" ] || return 0
  trap '"${root[@]}" rm -f "$policy"' EXIT
  "${root[@]}" tee "$policy" >/dev/null <<'SH'
#!/bin/sh
# Written by showroom's scripts/setup.sh for the time of one installation.
[ "$1" != mosquitto ] || exit 101
exit 0
SH
  "${root[@]}" chmod 755 "$policy"
}

install_packages() {
  local command="apt-get install -y --no-install-recommends ${packages[*]}"
  root=(env)
  if [ "$(id -u)" != 0 ]; then
    command="sudo $command"
    has_command sudo || fail "missing packages, and neither root nor sudo is here to install them. As root: ${command#sudo }"
    root=(sudo)
    sudo -n true 2>/dev/null || [ -t 0 ] || fail "missing packages, and sudo would ask for a password. Run: $command"
  fi
  say "installing ${packages[*]}"
  case " ${packages[*]} " in *:arm64*) "${root[@]}" dpkg --add-architecture arm64 ;; esac
  case " ${packages[*]} " in *" mosquitto "*) hold_mosquitto ;; esac
  local apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
  "${apt[@]}" update >/dev/null || say "the package lists could not be refreshed; trying with the old ones"
  "${apt[@]}" install -y --no-install-recommends "${packages[@]}" >/dev/null ||
    fail "the packages could not be installed; apt says why above. When the network is back, run: $command"
  case " ${packages[*]} " in
    *" mosquitto "*) if [ -d /run/systemd/system ]; then "${root[@]}" systemctl disable --now mosquitto.service; fi ;;
  esac
}

check_go
mapfile -t packages < <(missing)
[ "${#packages[@]}" -gt 0 ] || exit 0
if has_command apt-get; then
  install_packages
  exit 0
fi
say "this is not Debian; the Debian names of what is needed and was not found: ${packages[*]}"
for command in gcc pkg-config make; do
  has_command "$command" || fail "$command is not here, and nothing compiles without it"
done
say "going on: the rest may be here under other names"
