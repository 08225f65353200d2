# How run and test speak: what is being done, with the seconds since the start. Sourced.
# shellcheck shell=bash

if [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
  bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' dim=$'\e[2m' plain=$'\e[0m'
else
  bold='' red='' green='' dim='' plain=''
fi

# say TEXT: what begins now.
say() { printf '%s[%4ds]%s %s%s%s\n' "$dim" "$SECONDS" "$plain" "$bold" "$*" "$plain"; }

# note TEXT: something worth knowing about what has just been said.
note() { printf '        %s\n' "$*"; }

# fail TEXT: the one clear line, and the end.
fail() {
  printf '%s%s: %s%s\n' "$red" "$(basename "$0")" "$*" "$plain" >&2
  exit 1
}

# with_progress LOG COMMAND...: keeps all output in LOG; a terminal sees ninja's lines as they come, anything else one
# of them every 15 seconds. Prints the end of LOG when COMMAND fails, and returns its status.
with_progress() {
  local log=$1 status=0 next=$((SECONDS + 15)) line
  shift
  mkdir -p "$(dirname "$log")"
  {
    "$@" 2>&1 || echo "with_progress: exit $?"
  } | tee "$log" | while IFS= read -r line; do
    if [[ -t 1 ]]; then
      [[ $line != '['*/*']'* ]] || printf '\r\e[K        %s' "${line:0:100}"
    elif [[ $line == '['*/*']'* ]] && ((SECONDS >= next)); then
      note "${line:0:110}"
      next=$((SECONDS + 15))
    fi
  done
  if [[ -t 1 ]]; then printf '\r\e[K'; fi
  status=$(sed -n '$s/^with_progress: exit //p' "$log")
  [[ -z $status ]] && return 0
  grep -vE '^(\[[0-9]+/[0-9]+\] (Building|Linking|Generating|Scanning)|with_progress: )' "$log" | tail -n 40 >&2
  printf '%sthe whole output is in %s%s\n' "$dim" "$log" "$plain" >&2
  return "$status"
}
