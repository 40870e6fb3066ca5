# ./dev package: Debian packages of what ./dev build release makes.

help_package() {
  cat <<'TEXT'
usage: ./dev package

Builds the release, and of it restante-server (restanted, restantectl) and restante (the client), each
with a -dbgsym package, into build/package; lintian must find no fault in them. Install with
  apt install ./build/package/restante-server_*.deb
TEXT
}

dev_package() {
  (($# == 0)) || die "package takes no arguments: the version stands in CMakeLists.txt"
  need_packages build package
  dev_build release
  say "package"
  make_packages build/package "$(project_version)"
  ls -l build/package/*.deb | awk '{ printf "%6.1f MB  %s\n", $5 / 1e6, $9 }'
}

# make_packages FOLDER VERSION: of build/release as it is.
make_packages() {
  local folder=$1 version=$2
  local source=$folder/source
  rm -rf "$folder"
  mkdir -p "$source"
  cp -r packaging/debian "$source/debian"
  local kind
  for kind in sysusers tmpfiles; do
    cp "packaging/restante.$kind" "$source/debian/restante-server.$kind"
  done
  changelog_entry "$version" >"$source/debian/changelog"
  "$python" tools/man_pages.py build/release/bin "$folder/man"
  BUILD=$root/build/release MAN=$root/$folder/man PACKAGING=$root/packaging DOCS=$root/docs \
    COMPLETED="restante restantectl" run_in "$source" \
    dpkg-buildpackage --build=binary --no-sign --no-check-builddeps >"$folder/build.log" 2>&1 ||
    die_with_log "$folder/build.log"
  # What it may find is explained in packaging/debian.
  lintian --fail-on error,warning --tag-display-limit 0 "$folder"/*.changes \
    >"$folder/lintian.log" 2>&1 || die_with_log "$folder/lintian.log"
}

run_in() { (cd "$1" && shift && "$@"); }

die_with_log() {
  tail -n 30 "$1" >&2
  die "the packages were not made: $1 has the whole of it"
}

project_version() { sed -n 's/^project(restante VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt; }

changelog_entry() {
  local committed
  committed=$(git -c safe.directory="$root" log -1 --format=%ct) ||
    die "the packages need the date of the last commit, and git does not tell it"
  printf 'restante (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- %s  %s\n' "$1" \
    "$(sed -n 's/^Maintainer: //p' packaging/debian/control)" "$(date -R -d "@$committed")"
}
