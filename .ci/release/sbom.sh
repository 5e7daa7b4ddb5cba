#!/usr/bin/env bash
# Writes what is in the binary, by Cargo.lock, as CycloneDX. Takes cargo-cyclonedx from crates.io where it is not there.
#
#   sbom.sh FILE TARGET
set -euo pipefail

mkdir -p "$(dirname "$1")"
file=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# Dependabot does not see this version.
command -v cargo-cyclonedx >/dev/null || cargo install --locked ${CARGO_TOOLS:+--root "$CARGO_TOOLS"} cargo-cyclonedx@0.5.9
cargo cyclonedx --target "$2" --format json --spec-version 1.5 --override-filename catalog-sync-sbom
mv catalog-sync-sbom.json "$file"
# One that says nothing is worse than none.
jq --exit-status '.bomFormat == "CycloneDX" and (.serialNumber | length > 0) and .metadata.component.name == "catalog-sync"
  and ([.components[].name] | contains(["aws-sdk-servicecatalog", "rustls", "tokio"]) and (contains(["insta"]) | not))' "$file" >/dev/null ||
  { echo "$file does not list what is in the binary" >&2; exit 1; }
