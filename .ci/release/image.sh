#!/usr/bin/env bash
# Builds the container image of a release for two processors and pushes it. An image that is in the registry already is
# left as it is. Writes its name and digest as outputs.
#
#   image.sh VERSION IMAGE FOLDER
#
# FOLDER contains the static binaries at any depth, as catalog-sync-VERSION-linux-x64 and …-linux-arm64. Needs docker
# with buildx, and TOKEN for the registry of IMAGE.
set -euo pipefail

version=$1 image=$2 folder=$3
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

docker login "${image%%/*}" --username "${GITHUB_ACTOR:?}" --password-stdin <<<"${TOKEN:?}"
if docker buildx imagetools inspect "$image:$version" >/dev/null 2>&1; then
  echo "$image:$version is there already"
else
  context=$(mktemp -d)
  trap 'rm -rf "$context"' EXIT
  # The CA certificates of this machine, which are as recent as the machine.
  cp /etc/ssl/certs/ca-certificates.crt "$context/"
  made=()
  for pair in amd64:x64 arm64:arm64; do
    processor=${pair%:*}
    mkdir "$context/linux-$processor"
    find "$folder" -name "catalog-sync-$version-linux-${pair#*:}" -exec cp {} "$context/linux-$processor/catalog-sync" \;
    # Uploading and downloading an artifact loses the executable bit.
    chmod 755 "$context/linux-$processor/catalog-sync"
    docker buildx build --platform "linux/$processor" --provenance=false --load --file "$root/Dockerfile" \
      --label "org.opencontainers.image.version=$version" \
      --label "org.opencontainers.image.revision=${GITHUB_SHA:?}" \
      --label "org.opencontainers.image.source=${GITHUB_SERVER_URL:?}/${GITHUB_REPOSITORY:?}" \
      --tag "$image:$version-$processor" "$context"
    made+=("$image:$version-$processor")
  done
  said=$(docker run --rm --platform linux/amd64 --network none --read-only "$image:$version-amd64" --version)
  [[ $said == "catalog-sync $version" ]] || { echo "::error::the image says \"$said\"" >&2; exit 1; }
  for name in "${made[@]}"; do
    docker push --quiet "$name"
  done
  docker buildx imagetools create --tag "$image:$version" --tag "$image:latest" "${made[@]}"
fi
digest=$(docker buildx imagetools inspect "$image:$version" --format '{{json .Manifest}}' | jq --raw-output .digest)
[[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || { echo "::error::$image:$version has no digest: $digest" >&2; exit 1; }
printf 'name=%s\ndigest=%s\n' "$image" "$digest" >>"${GITHUB_OUTPUT:?}"
