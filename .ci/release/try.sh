#!/usr/bin/env bash
# Runs a release binary on the platform where it was built. It has to print its version, plan in the sandbox, be small
# and start quickly. With `static` it must not need any library of the system.
#
#   try.sh BINARY VERSION [static]
set -euo pipefail

binary=$1 version=$2 kind=${3:-}
most_bytes=20000000
most_microseconds=2000

fail() {
  echo "$1" >&2
  exit 1
}

said=$("$binary" --version)
[[ $said == "catalog-sync $version" ]] || fail "$binary --version says \"$said\", not \"catalog-sync $version\""

bytes=$(wc -c <"$binary" | tr -d ' ')
[[ $bytes -lt $most_bytes ]] || fail "$binary has $bytes bytes; a release has fewer than $most_bytes"

if [[ $kind == static ]]; then
  # Which message ldd prints depends on how the binary was linked.
  linked=$(ldd "$binary" 2>&1 || true)
  [[ $linked == *"not a dynamic executable"* || $linked == *"statically linked"* ]] || fail "$binary is not static: $linked"
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
file=$(cd "$(dirname "$binary")" && pwd)/$(basename "$binary")
# `init` writes the catalog, so that no checkout is needed.
(cd "$folder" && "$file" init --sandbox --quiet --action "owner/catalog-sync@$(printf '0%.0s' {1..40})" >/dev/null &&
  "$file" plan --quiet --sandbox=world.yaml >plan.txt) || fail "$binary did not plan in the sandbox"
grep -q "Nothing was changed" "$folder/plan.txt" || fail "$binary planned, and its plan lacks \"Nothing was changed\""

# The shortest of many runs is the least disturbed by other processes.
took=$(python3 - "$file" <<'END'
import os, sys, time
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
def once():
    began = time.perf_counter_ns()
    _, status = os.waitpid(os.posix_spawn(sys.argv[1], [sys.argv[1], "--version"], {}, file_actions=quiet), 0)
    assert status == 0, f"--version ended with {status}"
    return time.perf_counter_ns() - began
print(min(once() for _ in range(200)) // 1000)
END
)
# macOS takes longer than that to start any program.
[[ $(uname) != Linux || $took -lt $most_microseconds ]] || fail "$binary --version takes $took µs; a release takes less than $most_microseconds"

echo "$binary: $said, $bytes bytes, --version in $took µs${kind:+, $kind}"
