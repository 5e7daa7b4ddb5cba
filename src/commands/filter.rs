//! `--target`: which targets a command is about.

use std::collections::BTreeSet;

use anyhow::{Result, anyhow};
use glob::Pattern;

use crate::cli::Common;
use crate::model::desired::{Desired, DesiredExperience, DesiredPortfolio, ExperienceSelector, Selector};
use crate::model::target::TargetName;
use crate::plan;

/// Which targets a command is about.
pub(super) struct Filter(Vec<Pattern>);

/// Wrong use of the command line, told from what goes wrong later.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

impl Filter {
    /// From `--target`.
    pub(super) fn new(common: &Common) -> Result<Self> {
        let pattern = |glob: &String| {
            Pattern::new(glob).map_err(|error| anyhow!(UsageError(format!("--target {glob}: {error}"))))
        };
        common.targets.iter().map(pattern).collect::<Result<_>>().map(Self)
    }

    /// Exactly these.
    pub(super) fn matches(&self, name: &TargetName) -> bool {
        let name = name.to_string();
        self.0.is_empty() || self.0.iter().any(|glob| glob.as_str() == name || glob.matches(&name))
    }

    /// Whether a target can match that stands for all live experiences before it is known which there are. What could
    /// not be read keeps that name, and has to be seen by who asked for one of them.
    pub(super) fn may_match(&self, name: &TargetName) -> bool {
        let text = name.to_string();
        let all_live = text.strip_suffix('*').filter(|prefix| prefix.ends_with('/'));
        self.matches(name) || all_live.is_some_and(|prefix| self.0.iter().any(|glob| begins(glob.as_str(), prefix)))
    }

    /// The targets that are wanted, as far as the catalog alone can tell: of the catalog as it is, and of those that
    /// it used to name. That there is none is wrong use, not "in step".
    pub(super) fn wanted(&self, desired: &Desired, base: Option<&Desired>) -> Result<BTreeSet<TargetName>> {
        let all = names(desired, base);
        let wanted: BTreeSet<TargetName> = all.iter().filter(|name| self.may_match(name)).cloned().collect();
        if wanted.is_empty() && !self.0.is_empty() {
            return Err(self.nothing(&all));
        }
        Ok(wanted)
    }

    /// Refuses where what was asked for by name is none of the experiences there turned out to be.
    pub(super) fn found(
        &self,
        desired: &Desired,
        base: Option<&Desired>,
        planned: &BTreeSet<TargetName>,
    ) -> Result<()> {
        let all = names(desired, base);
        if self.0.is_empty() || !planned.is_empty() || all.iter().any(|name| self.matches(name)) {
            return Ok(());
        }
        Err(self.nothing(&all))
    }

    fn nothing(&self, all: &BTreeSet<TargetName>) -> anyhow::Error {
        let globs: Vec<&str> = self.0.iter().map(Pattern::as_str).collect();
        let all: Vec<String> = all.iter().map(ToString::to_string).collect();
        anyhow!(UsageError(format!("no target matches {}; there are {}", globs.join(", "), all.join(", "))))
    }
}

/// Whether a glob can match an id after `prefix`: some beginning of the glob matches just the prefix, and what is left
/// goes no deeper.
fn begins(glob: &str, prefix: &str) -> bool {
    let ends = glob.char_indices().map(|(at, character)| at + character.len_utf8());
    ends.filter_map(|end| Some((Pattern::new(glob.get(..end)?).ok()?, glob.get(end..)?))).any(|(beginning, rest)| {
        let goes_on = !rest.is_empty() || glob.ends_with('*');
        goes_on && !rest.contains('/') && beginning.matches(prefix)
    })
}

/// The targets as far as the catalog alone can tell; with a base, those too that are to be cleaned up after.
pub(super) fn names(desired: &Desired, base: Option<&Desired>) -> BTreeSet<TargetName> {
    let experiences = desired.experiences.iter().map(DesiredExperience::target);
    let gone = base.into_iter().flat_map(|base| plan::gone(desired, base)).cloned();
    desired.portfolios.keys().cloned().chain(experiences).chain(gone).collect()
}

/// Leaves out of a catalog what has no bearing on the targets that are wanted. What may govern the same portfolio or
/// experience under another name stays: whether it does, only AWS knows, and one must not undo the other.
pub(super) fn narrow(desired: &mut Desired, base: Option<&mut Desired>, wanted: &BTreeSet<TargetName>) {
    let mut gone = Vec::new();
    if let Some(base) = base {
        base.portfolios.retain(|name, _| wanted.contains(name));
        base.experiences.retain(|entry| wanted.contains(&entry.target()));
        gone.extend(base.portfolios.values().cloned());
    }
    let portfolios: Vec<DesiredPortfolio> =
        desired.portfolios.iter().filter(|(name, _)| wanted.contains(name)).map(|(_, it)| it.clone()).collect();
    let kept = |it: &DesiredPortfolio| portfolios.iter().chain(&gone).any(|wanted| same_portfolio(it, wanted));
    desired.portfolios.retain(|name, it| wanted.contains(name) || kept(it));
    let experiences: Vec<DesiredExperience> =
        desired.experiences.iter().filter(|entry| wanted.contains(&entry.target())).cloned().collect();
    let kept = |it: &DesiredExperience| experiences.iter().any(|wanted| same_experience(it, wanted));
    desired.experiences.retain(|entry| wanted.contains(&entry.target()) || kept(entry));
}

/// Whether two selectors may choose the same portfolio.
fn same_portfolio(a: &DesiredPortfolio, b: &DesiredPortfolio) -> bool {
    a.account == b.account && a.region == b.region && same(&a.portfolio, &b.portfolio)
}

/// Whether two entries may govern the same experience.
fn same_experience(a: &DesiredExperience, b: &DesiredExperience) -> bool {
    a.account == b.account
        && match (&a.selector, &b.selector) {
            (ExperienceSelector::One(a), ExperienceSelector::One(b)) => same(a, b),
            (ExperienceSelector::AllLive { except }, ExperienceSelector::One(Selector::Id(id)))
            | (ExperienceSelector::One(Selector::Id(id)), ExperienceSelector::AllLive { except }) => {
                !except.contains(id)
            }
            _ => true,
        }
}

fn same<I: PartialEq>(a: &Selector<I>, b: &Selector<I>) -> bool {
    a == b || matches!((a, b), (Selector::Id(_), Selector::Name(_)) | (Selector::Name(_), Selector::Id(_)))
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
}
