#!/bin/sh
# Builds the release with the yardstick and compares the two: ./dev bench calls this.
# Options are ratio.py's: --rounds N, --format json.
set -eu
cd "$(dirname "$0")/.."
cmake --preset release -DRESTANTE_BENCH=ON >/dev/null
cmake --build --preset release --target restanted restantectl yardstick
RESTANTE_BIN=$PWD/build/release/bin exec /usr/bin/python3 bench/ratio.py "$@"
