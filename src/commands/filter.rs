//! `--target`: the targets that a command is limited to.

use std::collections::BTreeSet;

use anyhow::{Result, anyhow};
use glob::Pattern;
use sha2::{Digest as _, Sha256};

use super::exit::UsageError;
use crate::cli::Common;
use crate::model::desired::{Desired, DesiredExperience};
use crate::model::hex::hex;
use crate::model::target::TargetName;

/// Hexadecimal digits of a filter's key.
const KEY: usize = 12;

/// The lines of `--target`, unparsed. A target's name may contain commas and glob characters, so a line can be parsed
/// only when the names are known.
#[derive(Debug, Clone)]
pub(super) struct Filter(Vec<String>);

impl Filter {
    /// From `--target`. Each value is one or several lines.
    pub(super) fn new(common: &Common) -> Self {
        let lines = common.targets.iter().flat_map(|value| value.lines()).map(str::trim);
        Self(lines.filter(|line| !line.is_empty()).map(str::to_owned).collect())
    }

    /// Whether any `--target` was given.
    pub(super) fn is_narrow(&self) -> bool {
        !self.0.is_empty()
    }

    /// A short hash of the lines, independent of their order. `None` without `--target`.
    pub(super) fn key(&self) -> Option<String> {
        let lines: BTreeSet<&str> = self.0.iter().map(String::as_str).collect();
        let hash = Sha256::digest(lines.into_iter().collect::<Vec<_>>().join("\n"));
        self.is_narrow().then(|| hex(hash).chars().take(KEY).collect())
    }

    /// The lines as they were written, for people.
    pub(super) fn words(&self) -> String {
        self.0.join(", ")
    }

    /// Parses the lines, given the known names. A line that is the name of a target selects that target, whatever
    /// characters it contains. Any other line is a comma-separated list of globs. A glob that matches no name is a
    /// usage error, not "in step", even if another one matches.
    pub(super) fn against(&self, names: &BTreeSet<TargetName>) -> Result<Chosen> {
        let known: BTreeSet<String> = names.iter().map(ToString::to_string).collect();
        let mut patterns = Vec::new();
        for line in &self.0 {
            if known.contains(line) {
                patterns.push(One::Name(line.clone()));
                continue;
            }
            for glob in line.split(',').map(str::trim).filter(|glob| !glob.is_empty()) {
                let pattern =
                    Pattern::new(glob).map_err(|error| anyhow!(UsageError(format!("--target {glob}: {error}"))))?;
                patterns.push(One::Glob(pattern));
            }
        }
        let chosen = Chosen { patterns, names: names.clone() };
        for pattern in &chosen.patterns {
            if !names.iter().any(|name| pattern.may_match(name)) {
                return Err(chosen.nothing(pattern.as_str()));
            }
        }
        Ok(chosen)
    }
}

/// The targets that `--target` selects.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    patterns: Vec<One>,
    names: BTreeSet<TargetName>,
}

#[derive(Debug, Clone)]
enum One {
    Name(String),
    Glob(Pattern),
}

impl One {
    fn as_str(&self) -> &str {
        match self {
            Self::Name(name) => name,
            Self::Glob(pattern) => pattern.as_str(),
        }
    }

    fn matches(&self, name: &TargetName) -> bool {
        match self {
            Self::Name(wanted) => {
                name.to_string() == *wanted || name.family().is_some_and(|it| it.to_string() == *wanted)
            }
            Self::Glob(pattern) => pattern.as_str() == name.to_string() || pattern.matches(&name.to_string()),
        }
    }

    /// Whether it matches a target, or could match a member of a family whose members are not known yet.
    fn may_match(&self, name: &TargetName) -> bool {
        if self.matches(name) || !name.is_family() {
            return self.matches(name);
        }
        let text = name.to_string();
        match name {
            TargetName::Recipient { .. } => {
                text.split_once('*').is_some_and(|(before, after)| has_member(self.as_str(), before, after))
            }
            TargetName::Marketplace { .. } | TargetName::Portfolio { .. } => {
                text.strip_suffix('*').is_some_and(|prefix| begins(self.as_str(), prefix))
            }
        }
    }
}

impl Chosen {
    /// Whether a target is selected. A family is selected if one of its members could be: a member that can't be read
    /// is reported under the family's name, and whoever asked for the member has to see it.
    pub(super) fn may_match(&self, name: &TargetName) -> bool {
        self.patterns.is_empty() || self.patterns.iter().any(|pattern| pattern.may_match(name))
    }

    /// Whether a target is selected as a whole. Of a family that means every member.
    pub(super) fn matches_whole(&self, name: &TargetName) -> bool {
        self.patterns.is_empty() || self.patterns.iter().any(|pattern| pattern.matches(name))
    }

    /// Whether a target of a plan is selected. A portfolio that the file named before goes with the file's present
    /// target.
    pub(super) fn matches_planned(&self, name: &TargetName) -> bool {
        self.may_match(name) || self.may_match(&name.in_catalog())
    }

    /// Fails if a pattern asked for a member of a family, and the plan has no such member.
    pub(super) fn found<'a>(&self, planned: impl Iterator<Item = &'a TargetName>) -> Result<()> {
        let planned: Vec<&TargetName> = planned.collect();
        for pattern in &self.patterns {
            let is_known = self.names.iter().any(|name| pattern.matches(name));
            if !is_known && !planned.iter().any(|name| pattern.may_match(name) || pattern.may_match(&name.in_catalog()))
            {
                return Err(self.nothing(pattern.as_str()));
            }
        }
        Ok(())
    }

    fn nothing(&self, pattern: &str) -> anyhow::Error {
        let all: Vec<String> = self.names.iter().map(ToString::to_string).collect();
        anyhow!(UsageError(format!("no target matches {pattern}; there are {}", all.join(", "))))
    }
}

/// Whether a glob can match `prefix` followed by an id: some beginning of the glob matches `prefix`, and the rest has
/// no `/`.
fn begins(glob: &str, prefix: &str) -> bool {
    let ends = glob.char_indices().map(|(at, character)| at + character.len_utf8());
    ends.filter_map(|end| Some((Pattern::new(glob.get(..end)?).ok()?, glob.get(end..)?))).any(|(beginning, rest)| {
        let goes_on = !rest.is_empty() || glob.ends_with('*');
        goes_on && !rest.contains('/') && beginning.matches(prefix)
    })
}

/// Whether a glob can match `before`, an account id and `after`: a beginning of the glob matches `before`, an end
/// matches `after`, and the part between is digits and wildcards.
fn has_member(glob: &str, before: &str, after: &str) -> bool {
    let places = || (0..=glob.len()).filter(|at| glob.is_char_boundary(*at));
    let matches = |part: Option<&str>, text: &str| {
        part.and_then(|part| Pattern::new(part).ok()).is_some_and(|part| part.matches(text))
    };
    let starts: Vec<usize> = places().filter(|at| matches(glob.get(..*at), before)).collect();
    let ends: Vec<usize> = places().filter(|at| matches(glob.get(*at..), after)).collect();
    let is_account = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b"*?[]!-".contains(&b));
    starts.iter().any(|start| ends.iter().any(|end| glob.get(*start..*end).is_some_and(is_account)))
}

/// The targets that a catalog names, without those that only AWS can tell. With a base, includes targets that only the
/// base names: they may need a clean-up.
pub(super) fn names(desired: &Desired, base: Option<&Desired>) -> BTreeSet<TargetName> {
    let of = |catalog: &Desired| -> Vec<TargetName> {
        let experiences = catalog.experiences.iter().map(DesiredExperience::target);
        let covering = catalog.portfolios.iter().filter(|(_, portfolio)| !portfolio.recipients.is_empty());
        let recipients = covering.map(|(name, portfolio)| TargetName::Recipient {
            file: name.file().clone(),
            account: None,
            region: portfolio.region.clone(),
        });
        catalog.portfolios.keys().cloned().chain(recipients).chain(experiences).collect()
    };
    of(desired).into_iter().chain(base.into_iter().flat_map(of)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_begins_with_what_comes_before_the_experience() {
        let prefix = "marketplace/baseline/acme/";
        for glob in
            ["*", "*exp-1", "marketplace/*/exp-1", "market*", "marketplace/baseline/acme/exp-[12]", "m*/acme/[ab]"]
        {
            assert!(begins(glob, prefix), "{glob}");
        }
        for glob in ["portfolio/*", "marketplace/baseline/other/*", "*/other/*", "marketplace/baseline/acme/", ""] {
            assert!(!begins(glob, prefix), "{glob}");
        }
    }

    #[test]
    fn a_glob_may_mean_one_recipient_of_a_family() {
        let there = ["recipient/a/*/eu-west-1", "recipient/a/*/us-east-1", "recipient/b/*/us-east-1"];
        assert_eq!(chosen(&["recipient/a/333333333331/us-east-1"], &there), [there[1]]);
        assert_eq!(chosen(&["recipient/*/333333333331/*"], &there), there);
        assert_eq!(chosen(&["*333333333331*"], &there), there);
        assert_eq!(chosen(&["recipient/b/33333333333[12]/*"], &there), [there[2]]);
        assert_eq!(chosen(&["recipient/a/*"], &there), there[..2]);
        let filter = Filter(vec!["recipient/c/*".to_owned(), "recipient/a/shop/us-east-1".to_owned()]);
        assert!(filter.against(&names(&there)).is_err());
    }

    fn names(names: &[&str]) -> BTreeSet<TargetName> {
        names.iter().map(|name| name.parse().unwrap()).collect()
    }

    fn chosen(given: &[&str], there: &[&str]) -> Vec<String> {
        let there = names(there);
        let chosen = Filter(given.iter().map(|line| (*line).to_owned()).collect()).against(&there).unwrap();
        there.iter().filter(|name| chosen.may_match(name)).map(ToString::to_string).collect()
    }

    #[test]
    fn the_name_of_a_target_means_that_target_whatever_it_holds() {
        let there = [
            "marketplace/a/acme/Tools, EU",
            "marketplace/a/acme/Tools",
            "marketplace/a/acme/All*",
            "marketplace/a/acme/All x",
        ];
        assert_eq!(chosen(&["marketplace/a/acme/Tools, EU"], &there), ["marketplace/a/acme/Tools, EU"]);
        assert_eq!(chosen(&["marketplace/a/acme/All*"], &there), ["marketplace/a/acme/All*"]);
    }

    #[test]
    fn a_pattern_that_matches_nothing_is_wrong_use_beside_one_that_does() {
        let there = names(&["portfolio/a/acme/us-east-1"]);
        let filter = Filter(vec!["portfolio/*,marketplace/*".to_owned()]);
        assert!(filter.against(&there).unwrap_err().to_string().contains("no target matches marketplace/*"));
    }
}
