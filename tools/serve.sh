#!/usr/bin/env bash
# Serves from ./var on loopback, with a demo account that has mail: what ./dev serve runs.
# Keeps its data from run to run; Ctrl-C ends it.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=build/quick/bin
var=var
config=$var/restante.toml
client=$var/client.toml
log=$var/restanted.log
demo=demo@localhost
password=demo

write_config() {
  cat > "$config" <<TOML
# Made by ./dev serve; yours to change. docs/configuration.md has every key.
hostname = "localhost"
data_dir = "$PWD/$var/data"

[accounts]
default_domain = "localhost"

[server]
allow_root = $([[ $EUID -eq 0 ]] && echo true || echo false)

[[listen]]
protocol = "pop3"
address  = "127.0.0.1:1110"
tls      = "starttls"

[[listen]]
protocol = "pop3"
address  = "127.0.0.1:1995"
tls      = "implicit"

[[listen]]
protocol = "lmtp"
address  = "127.0.0.1:2424"
tls      = "none"

[[listen]]
protocol = "smtp"
address  = "127.0.0.1:2525"
tls      = "starttls"
TOML
}

# Of the owner's side: the demo account over TLS, trusting the certificate that the server made.
write_client_config() {
  (umask 077 && cat > "$client") <<TOML
# Made by ./dev serve; yours to change. docs/client.md has every key.
archive = "archive"

[[account]]
name = "demo"
host = "localhost"
port = 1995
user = "$demo"
password = "$password"
ca_file = "data/self-signed.pem"
TOML
  # The client remembers the archive of an earlier ./var, and would wait for its disk.
  "$bin/restante" --config "$client" archive init --new > /dev/null
}

# A message of some megabytes, so that a progress bar has something to do.
large_message() {
  cat tools/demo/large.head
  seq -f 'Line %g of a large message: nothing to see here, but every octet of it must come back.' 40000
}

make_demo_account() {
  printf '%s\n' "$password" | "$bin/restantectl" --config "$config" account add "$demo" --password-stdin
  for message in tools/demo/*.eml; do
    "$bin/restantectl" --config "$config" deliver "$demo" < "$message" > /dev/null
  done
  large_message | "$bin/restantectl" --config "$config" deliver "$demo" > /dev/null
}

show_help() {
  cat <<TXT

Restante serves on loopback; the demo account is $demo, its password is "$password".

  POP3   127.0.0.1:1110 (STLS)     LMTP   127.0.0.1:2424
  POP3S  127.0.0.1:1995            SMTP   127.0.0.1:2525 (STARTTLS)

Try, in another terminal:

  curl -u $demo:$password pop3://127.0.0.1:1110/          # the list
  curl -u $demo:$password pop3://127.0.0.1:1110/1         # the first message
  openssl s_client -quiet -crlf -connect 127.0.0.1:1995   # then type: USER demo, PASS $password, STAT, QUIT
  swaks --protocol LMTP --server 127.0.0.1:2424 --to $demo
  printf 'secret\n' | $bin/restantectl --config $config account add alice@localhost --password-stdin
  $bin/restantectl --config $config maildrop list $demo

The owner's side, restante: fetches the demo mail into $var/archive, exactly once, and finds it again:

  $bin/restante --config $client fetch
  $bin/restante --config $client list
  $bin/restante --config $client search 'dots'

Log:    $log   (tail -f it)
Config: $config   Data: $var/data, kept from run to run
Ctrl-C ends it.
TXT
}

# Waits for the log's `ready`; false when the server ended instead.
await_ready() {
  local line
  while IFS= read -r -t 30 line; do
    printf '%s\n' "$line" >> "$log"
    [[ $line == *" ready" ]] && return 0
  done
  return 1
}

mkdir -p -m 700 "$var"
[[ -f $config ]] || write_config
[[ -f $client ]] || write_client_config
"$bin/restanted" --check-config --config "$config" > /dev/null
mkdir -p -m 700 "$var/data"
if ! "$bin/restantectl" --config "$config" account show "$demo" > /dev/null 2>&1; then
  make_demo_account
fi

printf -- '--- %s\n' "$(date -u +%FT%TZ)" >> "$log"
# The server has a process group of its own, so that Ctrl-C reaches it once, as SIGTERM from here.
set -m
coproc SERVER { exec "$bin/restanted" --config "$config" 2>&1; }
set +m
server=$SERVER_PID
exec {output}<&"${SERVER[0]}"
trap 'kill -TERM "$server" 2>/dev/null || true' INT TERM

if ! await_ready <&"$output"; then
  echo "restanted did not start; the end of $log:" >&2
  tail -n 5 "$log" >&2
  kill "$server" 2>/dev/null || true
  exit 1
fi
cat <&"$output" >> "$log" &
show_help

status=0
wait "$server" || status=$?
# A wait that a signal interrupts has a status over 128: the server is still finishing.
while kill -0 "$server" 2>/dev/null; do
  status=0
  wait "$server" || status=$?
done
echo
[[ $status -eq 0 ]] && echo "Ended cleanly." || echo "restanted ended with $status; see $log" >&2
exit "$status"
