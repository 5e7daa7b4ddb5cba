#!/usr/bin/env bash
# Runs `catalog-sync ci` or `doctor` with the action's inputs. Most inputs are CATALOG_SYNC_… variables that the binary
# reads itself. Only the command, the folder, the sandbox and further arguments are turned into something else.
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
# Passed as an argument: an apply accepts the sandbox from the input and never from a variable alone.
sandbox=${CATALOG_SYNC_INPUT_SANDBOX:+--sandbox=$CATALOG_SYNC_INPUT_SANDBOX}
unset CATALOG_SYNC_BINARY CATALOG_SYNC_COMMAND CATALOG_SYNC_WORKING_DIRECTORY CATALOG_SYNC_ARGS CATALOG_SYNC_INPUT_SANDBOX

run=(ci ${command:+"$command"})
case $command in
  "" | plan | apply | drift | report | due | targets | request | adopt) ;;
  # `doctor` only reads AWS, and writes to GitHub nothing but the log.
  doctor) run=(doctor) ;;
  *) fail "the input command is one of plan, apply, drift, report, due, targets, request, adopt, doctor, or empty" ;;
esac

# An omitted input is an empty variable. The binary must not see it.
for name in $(compgen -e -- CATALOG_SYNC_); do
  [[ -n ${!name} ]] || unset "$name"
done

# Each step gets files of its own, so that two steps of a job don't overwrite each other's plans.
files=$(mktemp -d -- "${RUNNER_TEMP:?}/catalog-sync.XXXXXX")
export CATALOG_SYNC_PLAN_FILE=${CATALOG_SYNC_PLAN_FILE:-$files/plan.json}
export CATALOG_SYNC_MAP_FILE=${CATALOG_SYNC_MAP_FILE:-$files/map.html}
export CATALOG_SYNC_REPORT_FILE=${CATALOG_SYNC_REPORT_FILE:-$files/report.json}

read -r -d '' -a further <<<"$words" || true
cd -- "$folder" || fail "the input working-directory is not a folder. Does the checkout run before this step?"

status=0
"$binary" "${run[@]}" ${sandbox:+"$sandbox"} ${further[@]+"${further[@]}"} || status=$?
# The binary writes exit-code too, unless it fails before it can.
printf 'exit-code=%d\n' "$status" >>"$GITHUB_OUTPUT"
exit "$status"
