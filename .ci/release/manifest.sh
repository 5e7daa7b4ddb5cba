#!/usr/bin/env bash
# Prints the manifest of a release: the notes and lines of an older manifest, read from standard input, with the lines
# of this version before those of other versions.
#
#   manifest.sh VERSION REPOSITORY FOLDER PLATFORM… <older
#
# FOLDER contains the binaries as catalog-sync-VERSION-PLATFORM. The release of REPOSITORY (OWNER/REPO) will have them
# under the same names.
set -euo pipefail

version=$1 repository=$2 folder=$3
shift 3
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || { echo "a version is like 1.2.3: $version" >&2; exit 2; }
[[ $repository =~ ^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$ ]] || { echo "a repository is like owner/name: $repository" >&2; exit 2; }
[[ $# -gt 0 ]] || { echo "for which platforms?" >&2; exit 2; }

lines=
for platform in "$@"; do
  file=$folder/catalog-sync-$version-$platform
  [[ -s $file ]] || { echo "there is no $file, or it is empty" >&2; exit 1; }
  digest=$(sha256sum <"$file" | cut -d ' ' -f 1)
  lines+="$version $platform $digest ${GITHUB_SERVER_URL:-https://github.com}/$repository/releases/download/v$version/${file##*/}"$'\n'
done

older=$(cat)
grep '^#' <<<"$older" || true
printf '%s' "$lines"
sed -e '/^#/d' -e '/^$/d' -e "/^${version//./\\.} /d" <<<"$older"
