#!/usr/bin/env bash
# Publishes a release: the commit that users pin the action to, the draft with its files, the tag, and then the release
# itself. Every step first checks what exists, so that a second run continues where the first one stopped.
#
#   publish.sh VERSION COMMIT REPOSITORY FOLDER PLATFORM…
#
# COMMIT is the commit that was built. FOLDER contains the binaries as catalog-sync-VERSION-PLATFORM, and all other
# files of the release. Needs git with the remote `origin`, and gh with a token that may write contents.
set -euo pipefail

version=$1 commit=$2 repository=$3 folder=$4
shift 4
tag=v$version
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() {
  echo "::error title=release::$1" >&2
  exit 1
}

# gh hands git the token, so that the token is in no configuration and no URL.
remote() {
  git -c credential.helper= -c credential.helper='!gh auth git-credential' "$@"
}

# 0. Verify the provenance of each binary by the workflow's name, as users do.
for platform in "$@"; do
  file=$folder/catalog-sync-$version-$platform
  gh attestation verify "$file" --repo "$repository" --deny-self-hosted-runners --bundle "$file.intoto.jsonl" \
    --cert-identity "https://github.com/$repository/.github/workflows/build.yml@refs/heads/main" ||
    fail "the provenance of ${file##*/} does not verify: nothing is released"
done

# 1. The commit: the one that was built, with the manifest added. It is on no branch, since main is protected and a
# binary built from this commit would differ; only the tag refers to it. The same files always give the same commit.
remote fetch --quiet --force origin 'refs/tags/v*:refs/tags/v*' refs/heads/main:refs/remotes/origin/main
git merge-base --is-ancestor "$commit" refs/remotes/origin/main || fail "$commit is not on main: nothing else is released"
earlier=$(git tag --list 'v[0-9]*.[0-9]*.[0-9]*' --sort=-version:refname | { grep -vx "$tag" || true; } | head -n 1)
manifest=$(
  {
    git show "$commit:action/manifest" | { grep '^#' || true; }
    [[ -z $earlier ]] || git show "$earlier:action/manifest" | { grep -v '^#' || true; }
  } | "$here/manifest.sh" "$version" "$repository" "$folder" "$@"
)
index=$(mktemp -u)
trap 'rm -f "$index"' EXIT
export GIT_INDEX_FILE=$index
git read-tree "$commit"
git update-index --cacheinfo "100644,$(git hash-object -w --stdin <<<"$manifest"),action/manifest"
tree=$(git write-tree)
unset GIT_INDEX_FILE
on=$(git show --no-patch --format=%cI "$commit")
released=$(
  export GIT_AUTHOR_NAME='github-actions[bot]' GIT_AUTHOR_EMAIL='41898282+github-actions[bot]@users.noreply.github.com'
  export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
  export GIT_AUTHOR_DATE=$on GIT_COMMITTER_DATE=$on
  git commit-tree "$tree" -p "$commit" -m "Release $version" -m "$commit with the SHA-256 of its binaries in action/manifest."
)
echo "$tag is to be $released, which is $commit with its manifest"

# 2. The draft and its files, which are not public yet.
drafts=$(gh release list --repo "$repository" --limit 1000 --json tagName,isDraft --jq ".[] | select(.tagName == \"$tag\") | .isDraft")
must_be_immutable() {
  local immutable
  immutable=$(gh api "repos/$repository/releases/tags/$tag" --jq .immutable)
  [[ $immutable == true ]] || fail "$tag is published and can still be changed: turn on Settings → General → Releases → immutable releases, and raise the version"
}
case $drafts in
  false)
    there=$(remote ls-remote origin "refs/tags/$tag" | cut -f 1)
    [[ $there == "$released" ]] || fail "$tag is published, and is ${there:-no tag} rather than $released: it was made of other binaries. A release is never replaced; raise the version"
    must_be_immutable
    echo "$tag is published already"
    exit
    ;;
  true) ;;
  "")
    # Relative links do not work on the release's page.
    "$here/papers.sh" notes "$version" |
      sed -E "s#\]\(([A-Za-z][A-Za-z0-9_./-]*\.md)#](${GITHUB_SERVER_URL:-https://github.com}/$repository/blob/$tag/\1#g" >"$folder.notes"
    gh release create "$tag" --repo "$repository" --draft --target "$commit" --title "$version" --notes-file "$folder.notes"
    ;;
  *) fail "there are several drafts of $tag: delete all but one, or all" ;;
esac
(cd "$folder" && rm -f SHA256SUMS && sha256sum -- * >../SHA256SUMS && mv ../SHA256SUMS .)
gh release upload "$tag" --repo "$repository" --clobber "$folder"/*

# 3. The tag. A tag of another commit is left alone.
there=$(remote ls-remote origin "refs/tags/$tag" | cut -f 1)
[[ -z $there || $there == "$released" ]] || fail "the tag $tag is $there rather than $released: it was made of other binaries, in a run that did not come to its end. Nothing is published. Run the failed jobs of that run again, or delete the tag and the draft and run this again"
[[ -n $there ]] || remote push --quiet origin "$released:refs/tags/$tag"

# 4. Publish. From then on the release is immutable.
latest=$(printf '%s\n' "$tag" "${earlier:-v0.0.0}" | sort -V | tail -n 1)
gh release edit "$tag" --repo "$repository" --draft=false --latest="$([[ $latest == "$tag" ]] && echo true || echo false)"
must_be_immutable
