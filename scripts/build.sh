# Configures and builds a preset. Sourced; needs say.sh.
# shellcheck shell=bash

# ccache may serve one checkout what another has compiled.
export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$PWD} CCACHE_NOHASHDIR=1
export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros}

# configure PRESET: only when it has not been; ninja notices by itself when a CMake file changes.
configure() {
  local preset=$1 folder=build/$1
  [[ -f $folder/build.ninja ]] && return 0
  say "configuring $folder"
  cmake --preset "$preset" >"build/log/$preset-configure.log" 2>&1 && return 0
  grep -A4 'CMake Error' "build/log/$preset-configure.log" >&2 || tail -n 20 "build/log/$preset-configure.log" >&2
  fail "CMake could not configure $folder (see build/log/$preset-configure.log)"
}

# build PRESET [TARGET...]: configured before, with all cores.
build() {
  local preset=$1
  shift
  mkdir -p build/log
  configure "$preset"
  say "building $preset${*:+: $*}"
  with_progress "build/log/$preset-build.log" ninja -C "build/$preset" -k 10 "$@" ||
    fail "$preset did not build"
}
