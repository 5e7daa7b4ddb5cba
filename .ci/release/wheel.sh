#!/usr/bin/env bash
# Builds the wheel of the release binary, installs it into an empty environment and runs it from there.
#
#   wheel.sh FOLDER [OPTION OF maturin build…]
#
# maturin lets cargo build the binary with the flags of a release build. After such a build nothing is built again.
set -euo pipefail

mkdir -p "$1"
folder=$(cd "$1" && pwd)
shift
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/tools"
"$work/tools/bin/python" -m pip install --disable-pip-version-check --quiet --require-hashes --only-binary :all: \
  -r .ci/release/requirements.txt
"$work/tools/bin/maturin" build --release --locked --out "$folder" "$@"

python3 -m venv "$work/fresh"
"$work/fresh/bin/python" -m pip install --disable-pip-version-check --quiet --no-index --find-links "$folder" catalog-sync
said=$(cd "$work" && "$work/fresh/bin/catalog-sync" --version)
[[ $said == "catalog-sync $(.ci/release/papers.sh version)" ]] || { echo "from the wheel, --version says \"$said\"" >&2; exit 1; }
echo "from the wheel: $said"
