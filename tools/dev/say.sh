# How ./dev talks: headings and errors on stderr, in colour only on a terminal.

if [[ -t 2 && -z ${NO_COLOR:-} && ${CI:-} != true ]]; then
  bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
else
  bold='' red='' green='' plain=''
fi

say() { printf '%s== %s%s\n' "$bold" "$*" "$plain" >&2; }
note() { printf '   %s\n' "$*" >&2; }
die() {
  printf '%s./dev: %s%s\n' "$red" "$*" "$plain" >&2
  exit 1
}

# Seconds as "7 s" or "3 min 05 s".
duration() {
  if (($1 < 60)); then printf '%d s' "$1"; else printf '%d min %02d s' $(($1 / 60)) $(($1 % 60)); fi
}
