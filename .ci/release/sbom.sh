#!/usr/bin/env bash
# Writes the crates in the binary as a CycloneDX list. The list that maturin puts into the wheel covers all platforms
# and crates that only run during the build; this one keeps the crates that cargo links for one target.
#
#   sbom.sh FOLDER-WITH-A-WHEEL FILE TARGET
set -euo pipefail

wheels=$(cd "$1" && pwd) target=$3
mkdir -p "$(dirname "$2")"
file=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m zipfile -e "$wheels"/catalog_sync-*.whl "$work"
linked=$(cargo tree --locked --target "$target" --edges normal,no-proc-macro --prefix none --format '{p}' |
  sed -n 's/^\([^ ]*\) v\([^ ]*\).*/\1@\2/p' | sort -u | jq --raw-input . | jq --slurp .)
jq --argjson linked "$linked" '
  ([.components[] | select("\(.name)@\(.version)" as $it | $linked | index($it))]) as $kept
  | ([.metadata.component."bom-ref"] + [$kept[]."bom-ref"]) as $refs
  | .components = $kept
  | .dependencies |= [.[] | select(.ref as $it | $refs | index($it)) | if .dependsOn then .dependsOn |= map(select(. as $it | $refs | index($it))) else . end]
' "$work"/*.dist-info/sboms/catalog-sync.cyclonedx.json >"$file"

# An incomplete list would mislead, so it is an error.
jq --exit-status --argjson linked "$linked" '.bomFormat == "CycloneDX" and (.serialNumber | length > 0)
  and .metadata.component.name == "catalog-sync"
  and ([.components[] | "\(.name)@\(.version)"] | sort) == ($linked - ["catalog-sync@\(.metadata.component.version)"] | sort)' \
  "$file" >/dev/null || { echo "$file does not list what is linked into the binary" >&2; exit 1; }
