#!/usr/bin/env bash
# Checks what a release says of itself, before anything is built.
#
#   papers.sh                 what must hold at any time: Cargo.toml, Cargo.lock, CHANGELOG.md and the manifest agree
#   papers.sh check VERSION   and they say that VERSION is to be released, which no tag and no manifest knows yet
#   papers.sh notes VERSION   prints what CHANGELOG.md says of VERSION, for the release's page
#   papers.sh version         prints the version in Cargo.toml
#
# Works on the folder that it is started in. Every complaint is printed; the exit status is 1 where there is one.
set -euo pipefail

mode=${1:-}
asked=${2:-}
complaints=0

complain() {
  echo "$1" >&2
  complaints=$((complaints + 1))
}

# The first `version = "…"` after a line: a section's heading, or a package's name.
version_in() {
  awk -F '"' -v after="$2" '$0 == after { seen = 1 } seen && /^version = "/ { print $2; exit }' "$1"
}

# The text below a heading of CHANGELOG.md, without blank lines around it.
section() {
  awk -v heading="$1" '
    /^## / { inside = ($0 == heading || index($0, heading " - ") == 1); next }
    inside { text = text $0 "\n" }
    END { gsub(/^\n+|\n+$/, "", text); print text }' CHANGELOG.md
}

case $mode in
  version)
    version_in Cargo.toml '[package]'
    exit
    ;;
  notes)
    notes=$(section "## $asked")
    [[ -n $notes ]] || { echo "CHANGELOG.md says nothing of $asked" >&2; exit 1; }
    echo "$notes"
    exit
    ;;
  check) [[ $asked =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || { echo "a version is like 1.2.3: $asked" >&2; exit 2; } ;;
  "") ;;
  *)
    sed -n '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac

version=$(version_in Cargo.toml '[package]')
locked=$(version_in Cargo.lock 'name = "catalog-sync"')
[[ $locked == "$version" ]] || complain "Cargo.toml has version $version, Cargo.lock has ${locked:-none} of catalog-sync: cargo check writes it"

# Each heading is `## Unreleased`, which only the first may be, or `## VERSION - YYYY-MM-DD`, the newest first.
today=$(date -u +%F)
newest=
previous=
while IFS= read -r heading; do
  if [[ $heading == "## Unreleased" ]]; then
    [[ -z $newest && -z $previous ]] || complain "CHANGELOG.md: \"$heading\" stands below a release"
    newest=${newest:-Unreleased}
  elif [[ $heading =~ ^\#\#\ ([0-9]+\.[0-9]+\.[0-9]+)\ -\ ([0-9]{4}-[0-9]{2}-[0-9]{2})$ ]]; then
    on=${BASH_REMATCH[2]}
    of=${BASH_REMATCH[1]}
    [[ $on < $today || $on == "$today" ]] || complain "CHANGELOG.md: \"$heading\" is a day to come (today is $today, UTC)"
    if [[ -n $previous ]]; then
      [[ $of != "$previous" && $(printf '%s\n' "$of" "$previous" | sort -V | tail -n 1) == "$previous" ]] ||
        complain "CHANGELOG.md: $of stands below $previous; the newest stands first"
    elif [[ $(printf '%s\n' "$of" "$version" | sort -V | tail -n 1) != "$version" ]]; then
      complain "CHANGELOG.md says that $of is released, and Cargo.toml still has $version"
    fi
    newest=${newest:-$of}
    previous=$of
  else
    complain "CHANGELOG.md: \"$heading\" is neither \"## Unreleased\" nor like \"## 1.2.3 - 2026-11-27\""
  fi
done < <(grep '^## ' CHANGELOG.md)
[[ -n $newest ]] || complain "CHANGELOG.md has no section"

while read -r of platform digest url further; do
  [[ $of =~ ^[0-9]+\.[0-9]+\.[0-9]+$ && $platform =~ ^(linux|macos)-(x64|arm64)$ && $digest =~ ^[0-9a-f]{64}$ &&
    $url == https://* && -z $further ]] || complain "action/manifest: not VERSION PLATFORM SHA-256 URL: $of $platform $digest $url $further"
done < <(sed -e '/^#/d' -e '/^$/d' action/manifest)

if [[ $mode == check ]]; then
  [[ $version == "$asked" ]] || complain "Cargo.toml has version $version, not $asked"
  if [[ $newest != "$asked" ]]; then
    complain "the first section of CHANGELOG.md is \"$newest\", not \"$asked\": rename \"## Unreleased\" to \"## $asked - $today\""
  elif [[ -z $(section "## $asked") ]]; then
    complain "CHANGELOG.md says nothing of $asked"
  fi
  ! grep -q "^$asked " action/manifest || complain "action/manifest knows $asked already"
  # If Git does not know the tag, the release workflow fails later when it pushes the tag.
  ! git rev-parse --quiet --verify "refs/tags/v$asked" >/dev/null 2>&1 ||
    complain "the tag v$asked is there already. Where that release stopped in the middle, run the failed jobs of its own run again (docs/releasing.md)"
fi

[[ $complaints == 0 ]]
