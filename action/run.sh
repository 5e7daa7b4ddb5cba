#!/usr/bin/env bash
# Runs `catalog-sync ci`, or `doctor`, with the inputs, which arrive as CATALOG_SYNC_… variables and mostly stay such: only the
# command, the folder and further words become anything else. All that is done is the binary's.
set -euo pipefail

fail() {
  printf '::error title=catalog-sync::%s\n' "$1" >&2
  printf 'exit-code=%d\n' "${2:-2}" >>"$GITHUB_OUTPUT"
  exit "${2:-2}"
}

binary=${CATALOG_SYNC_BINARY:?}
command=${CATALOG_SYNC_COMMAND:-}
folder=${CATALOG_SYNC_WORKING_DIRECTORY:-.}
words=${CATALOG_SYNC_ARGS:-}
# Given as a word: an apply takes the sandbox from the input, and never from a variable alone.
sandbox=${CATALOG_SYNC_INPUT_SANDBOX:+--sandbox=$CATALOG_SYNC_INPUT_SANDBOX}
unset CATALOG_SYNC_BINARY CATALOG_SYNC_COMMAND CATALOG_SYNC_WORKING_DIRECTORY CATALOG_SYNC_ARGS CATALOG_SYNC_INPUT_SANDBOX

run=(ci ${command:+"$command"})
case $command in
  "" | plan | apply | drift | report | due | targets | request | adopt) ;;
  # Tells of AWS alone, and GitHub nothing but the log.
  doctor) run=(doctor) ;;
  *) fail "the input command is one of plan, apply, drift, report, due, targets, request, adopt, doctor, or empty" ;;
esac

# An input that was left out is an empty variable, which is not the same as none.
for name in $(compgen -e -- CATALOG_SYNC_); do
  [[ -n ${!name} ]] || unset "$name"
done

# Two steps of one job leave two plans.
files=$(mktemp -d -- "${RUNNER_TEMP:?}/catalog-sync.XXXXXX")
export CATALOG_SYNC_PLAN_FILE=${CATALOG_SYNC_PLAN_FILE:-$files/plan.json}
export CATALOG_SYNC_MAP_FILE=${CATALOG_SYNC_MAP_FILE:-$files/map.html}
export CATALOG_SYNC_REPORT_FILE=${CATALOG_SYNC_REPORT_FILE:-$files/report.json}

read -r -d '' -a further <<<"$words" || true
cd -- "$folder" || fail "the input working-directory is no folder"

status=0
"$binary" "${run[@]}" ${sandbox:+"$sandbox"} ${further[@]+"${further[@]}"} || status=$?
# The binary says it too, unless it came to no word.
printf 'exit-code=%d\n' "$status" >>"$GITHUB_OUTPUT"
exit "$status"
