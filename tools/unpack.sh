#!/usr/bin/env bash
# Servers for the tests that Debian does not install beside each other: unpacked, not installed,
# into build/unpacked. Quick when they are there.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

packages=(prometheus courier-pop courier-authlib libcourier-unicode4
          popa3d cyrus-common cyrus-pop3d libical3 libpcre3 postsrsd)
target=build/unpacked

[[ -e $target/complete && $(<"$target/complete") == "${packages[*]}" ]] && exit 0
echo "fetching ${packages[*]} into $target" >&2
fresh=$(mktemp -d "${TMPDIR:-/tmp}/restante-unpacked-XXXXXX")
trap 'rm -rf "$fresh"' EXIT
chmod 755 "$fresh"
download() { (cd "$fresh" && apt-get download -qq -o APT::Sandbox::User=root "${packages[@]}"); }
if ! download && ! { apt-get update -qq && download; }; then
  echo "tools/unpack.sh: apt-get cannot fetch ${packages[*]} from Debian" >&2
  exit 1
fi
for package in "$fresh"/*.deb; do dpkg -x "$package" "$fresh/root"; done
rm -rf "$target"
mkdir -p "$(dirname "$target")"
mv "$fresh/root" "$target"
echo "${packages[*]}" >"$target/complete"
