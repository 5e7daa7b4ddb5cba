#!/usr/bin/env bash
# Puts catalog-sync where the action can run it and says where, as the output `binary`.
#
#   CATALOG_SYNC_VERSION   a version in `manifest`; `source` builds this checkout; empty: the first in `manifest`,
#                          or this checkout where there is none, or where the workflow uses the action by a path
#   CATALOG_SYNC_BINARY    runs this binary and installs none: for tests, and for runners that bring their own.
#                          It is whoever writes the workflow that sets it; no input reaches it
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
checkout=$(dirname -- "$here")
version=${CATALOG_SYNC_VERSION:-}

fail() {
  # What is printed may come from the workflow: it ends neither the line nor the command.
  local message=${1//'%'/'%25'}
  message=${message//$'\r'/'%0D'}
  printf '::error title=catalog-sync::%s\n' "${message//$'\n'/'%0A'}" >&2
  exit 1
}

found() {
  printf 'binary=%s\n' "$1" >>"$GITHUB_OUTPUT"
  exit 0
}

platform() {
  case "${RUNNER_OS:-}-${RUNNER_ARCH:-}" in
    Linux-X64) echo linux-x64 ;;
    Linux-ARM64) echo linux-arm64 ;;
    *) fail "there is no release for ${RUNNER_OS:-an unknown system} on ${RUNNER_ARCH:-an unknown processor}: version: source builds one" ;;
  esac
}

has_digest() {
  [[ -f $1 ]] && sha256sum --check --status <<<"$2  $1"
}

build() {
  command -v cargo >/dev/null || fail "building catalog-sync takes the Rust toolchain, and there is no cargo on the PATH"
  echo "::group::Build catalog-sync"
  cd -- "$checkout"
  cargo build --locked --release
  echo "::endgroup::"
  local target=${CARGO_TARGET_DIR:-target}
  found "$(cd -- "$target/release" && pwd)/catalog-sync"
}

# release VERSION PLATFORM SHA-256 URL
release() {
  local version=$1 platform=$2 digest=$3 url=$4
  [[ $digest =~ ^[0-9a-f]{64}$ && $url == https://* ]] || fail "the manifest's line for $version on $platform is damaged"
  local cache=${RUNNER_TOOL_CACHE:-${RUNNER_TEMP:?}}/catalog-sync/$version/$platform
  local binary=$cache/catalog-sync
  # A cache is a place where others write, too.
  has_digest "$binary" "$digest" && found "$binary"

  mkdir -p -- "$cache"
  local download
  download=$(mktemp -- "$cache/download.XXXXXX")
  trap 'rm -f -- "$download"' EXIT
  curl --proto '=https' --tlsv1.2 --fail --silent --show-error --location --retry 3 --output "$download" --url "$url" ||
    fail "catalog-sync $version could not be downloaded from $url"
  has_digest "$download" "$digest" || fail "what $url gave is not catalog-sync $version: its SHA-256 is another one"
  chmod 755 -- "$download"
  mv -f -- "$download" "$binary"
  found "$binary"
}

if [[ -n ${CATALOG_SYNC_BINARY:-} ]]; then
  [[ -f $CATALOG_SYNC_BINARY && -x $CATALOG_SYNC_BINARY ]] || fail "CATALOG_SYNC_BINARY is no program: $CATALOG_SYNC_BINARY"
  found "$CATALOG_SYNC_BINARY"
fi

releases=$(sed -e '/^#/d' -e '/^$/d' "$here/manifest")
if [[ -z $version ]]; then
  # Used by a path, it is the workspace's own code that is meant.
  case "$checkout/" in
    "${GITHUB_WORKSPACE:?}"/*) build ;;
  esac
  [[ -n $releases ]] || build
  version=$(head -n 1 <<<"$releases")
  version=${version%% *}
fi
[[ $version != source ]] || build
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "version is not like 1.2.3, nor source: $version"

platform=$(platform)
while read -r of on digest url; do
  if [[ $of == "$version" && $on == "$platform" ]]; then
    release "$version" "$platform" "$digest" "$url"
  fi
done <<<"$releases"
fail "this version of the action knows no catalog-sync $version for $platform"
