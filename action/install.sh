#!/usr/bin/env bash
# Installs catalog-sync for the action and writes its path as the output `binary`.
#
#   CATALOG_SYNC_VERSION   a version in `manifest`; `source` builds this checkout; empty: the first in `manifest`,
#                          or this checkout where there is none, or where the workflow uses the action by a path
#   CATALOG_SYNC_BINARY    runs this binary and installs none: for tests, and for runners that bring their own.
#                          It is whoever writes the workflow that sets it; no input reaches it
#
# The SHA-256 in `manifest` decides whether a downloaded or cached binary is run. Where `gh` is installed, the
# download's provenance is verified as well. The script works with bash 3.2 and the BSD tools of macOS.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
checkout=$(dirname -- "$here")
version=${CATALOG_SYNC_VERSION:-}

# annotate LEVEL MESSAGE: prints an annotation. The message may contain text from the workflow, so it is escaped: it
# can't end the line or the command.
annotate() {
  local message=${2//'%'/'%25'}
  message=${message//$'\r'/'%0D'}
  printf '::%s title=catalog-sync::%s\n' "$1" "${message//$'\n'/'%0A'}" >&2
}

fail() {
  annotate error "$1"
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
    macOS-ARM64) echo macos-arm64 ;;
    macOS-X64) echo macos-x64 ;;
    *) fail "there is no release for ${RUNNER_OS:-an unknown system} on ${RUNNER_ARCH:-an unknown processor}. The input version: source builds this checkout" ;;
  esac
}

# Prints the SHA-256 of a file. macOS has no sha256sum.
digest_of() {
  if command -v sha256sum >/dev/null; then
    sha256sum <"$1"
  else
    shasum -a 256 <"$1"
  fi | cut -d ' ' -f 1
}

has_digest() {
  [[ -f $1 && $(digest_of "$1") == "$2" ]]
}

build() {
  command -v cargo >/dev/null || fail "building catalog-sync takes the Rust toolchain, and there is no cargo on the PATH. Install it in a step before this one"
  echo "::group::Build catalog-sync"
  cd -- "$checkout"
  cargo build --locked --release
  echo "::endgroup::"
  local target=${CARGO_TARGET_DIR:-target}
  found "$(cd -- "$target/release" && pwd)/catalog-sync"
}

# fetch URL FILE: tries up to three times. curl's own --retry repeats neither a refused connection nor a download that
# was cut off.
fetch() {
  local attempt status=0
  for attempt in 1 2 3; do
    [[ $attempt == 1 ]] || sleep "$attempt"
    status=0
    curl --proto '=https' --tlsv1.2 --fail --silent --show-error --location --connect-timeout 20 \
      --speed-limit 1024 --speed-time 60 --output "$2" --url "$1" && return
    status=$?
  done
  return "$status"
}

# verify_provenance FILE URL FOLDER: whether the release workflow of the repository in the URL built the file.
#
# The bundle and the keys may be unavailable: no network, no bundle, a `gh` without the command. That is only a notice,
# because the file has the SHA-256 that the action's own commit names. With the bundle and the keys, `gh` works
# offline, so a negative answer is about the file and an error. An attacker who makes the bundle or the keys
# unavailable gains nothing over a runner without `gh`.
verify_provenance() {
  local file=$1 url=$2 folder=$3 why
  local by_hash="catalog-sync $version was verified by its SHA-256 alone, and not by its provenance"
  if [[ ! $url =~ ^https://github\.com/([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)/releases/download/ ]]; then
    echo "$by_hash: the manifest's address is not one of a GitHub release"
    return
  elif ! command -v gh >/dev/null; then
    echo "$by_hash: there is no gh on the PATH"
    return
  elif ! fetch "$url.intoto.jsonl" "$folder/bundle.jsonl" 2>"$folder/log"; then
    why="$url.intoto.jsonl could not be downloaded"
  elif ! alone gh attestation trusted-root >"$folder/root.jsonl" 2>"$folder/log" || [[ ! -s $folder/root.jsonl ]]; then
    why="gh attestation trusted-root gave no keys to verify with"
  else
    local repository=${BASH_REMATCH[1]}
    alone gh attestation verify "$file" --repo "$repository" --deny-self-hosted-runners \
      --cert-identity "https://github.com/$repository/.github/workflows/build.yml@refs/heads/main" \
      --bundle "$folder/bundle.jsonl" --custom-trusted-root "$folder/root.jsonl" >"$folder/log" 2>&1 ||
      fail "catalog-sync $version has the right SHA-256, but gh did not verify its provenance, so it is not run. gh said: $(cat -- "$folder/log")"
    echo "catalog-sync $version: SHA-256 and provenance verified"
    return
  fi
  annotate notice "$by_hash: $why"
}

# Runs gh for github.com without a token. It needs none, and a token for another host must not be sent there.
alone() {
  env -u GH_TOKEN -u GITHUB_TOKEN -u GH_ENTERPRISE_TOKEN GH_HOST=github.com GH_PROMPT_DISABLED=1 GH_NO_UPDATE_NOTIFIER=1 "$@"
}

# release VERSION PLATFORM SHA-256 URL
release() {
  local version=$1 platform=$2 digest=$3 url=$4
  [[ $digest =~ ^[0-9a-f]{64}$ && $url == https://* ]] || fail "the manifest's line for $version on $platform is damaged. Pin another commit of the action"
  local cache=${RUNNER_TOOL_CACHE:-${RUNNER_TEMP:?}}/catalog-sync/$version/$platform
  local binary=$cache/catalog-sync
  # Other jobs can write to the cache, so a cached binary is checked again.
  if has_digest "$binary" "$digest"; then
    [[ -x $binary ]] || chmod 755 "$binary"
    found "$binary"
  fi

  mkdir -p -- "$cache"
  # Downloads into the cache's own folder, so that the last step is a rename: another job on this runner sees the whole
  # binary or none.
  folder=$(mktemp -d -- "$cache/download.XXXXXX")
  trap 'rm -rf -- "$folder"' EXIT
  local download=$folder/catalog-sync
  fetch "$url" "$download" ||
    fail "catalog-sync $version could not be downloaded from $url (curl's status is $?). Does the runner reach that host, by https_proxy if need be? Without a way there, put the file with the SHA-256 $digest at $binary, or name a binary in CATALOG_SYNC_BINARY"
  has_digest "$download" "$digest" ||
    fail "the download from $url is not catalog-sync $version and is not run: $(wc -c <"$download" | tr -d ' ') bytes with another SHA-256 than $digest. A proxy may have cut it off or put a page of its own in its place; otherwise somebody has tampered with it"
  verify_provenance "$download" "$url" "$folder"
  # Without `--`, which the chmod of macOS takes for a file.
  chmod 755 "$download"
  mv -f -- "$download" "$binary"
  found "$binary"
}

if [[ -n ${CATALOG_SYNC_BINARY:-} ]]; then
  [[ -f $CATALOG_SYNC_BINARY && -x $CATALOG_SYNC_BINARY ]] || fail "CATALOG_SYNC_BINARY has to name an executable file: $CATALOG_SYNC_BINARY"
  found "$CATALOG_SYNC_BINARY"
fi

releases=$(sed -e '/^#/d' -e '/^$/d' "$here/manifest")
if [[ -z $version ]]; then
  # Used by a path (`uses: ./`), the action builds the workspace's own code.
  case "$checkout/" in
    "${GITHUB_WORKSPACE:?}"/*) build ;;
  esac
  [[ -n $releases ]] || build
  version=$(head -n 1 <<<"$releases")
  version=${version%% *}
fi
[[ $version != source ]] || build
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "the input version is neither like 1.2.3 nor source: $version"

platform=$(platform)
while read -r of on digest url; do
  if [[ $of == "$version" && $on == "$platform" ]]; then
    release "$version" "$platform" "$digest" "$url"
  fi
done <<<"$releases"
known=$(cut -d ' ' -f 1 <<<"$releases" | uniq | paste -s -d ' ' -)
fail "this commit of the action has no catalog-sync $version for $platform. It has: ${known:-none}. For a newer version, pin a newer commit"
