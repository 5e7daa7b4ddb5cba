//! The effects of earlier applies on this run: the base of each target, whether a newer commit was applied already,
//! and which merges were never applied.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};

use super::job::{Hub, Job};
use crate::catalog::source;
use crate::commands::catalog::{self, Catalog};
use crate::commands::filter;
use crate::github::Error;
use crate::github::commits::{self, MOST};
use crate::github::deployment;
use crate::github::history::{Attempt, Base, Commits, History, Place, history};
use crate::model::id::{Name, Region};
use crate::model::target::TargetName;
use crate::model::trust::Before;
use crate::plan::{self, Earlier, Reviewed};

/// The commits whose pull requests are looked up if no apply was ever recorded.
const FIRST: usize = 50;

/// The effects of earlier applies on this run.
#[derive(Debug, Default)]
pub(super) struct Past {
    histories: BTreeMap<Name, History>,
    places: BTreeMap<String, Place>,
    /// The runs that applied a commit or tried to, by commit.
    runs: BTreeMap<String, String>,
    /// The branch's commit before the push.
    before: Option<String>,
    /// Sentences for people about what could not be determined.
    pub(super) notes: Vec<String>,
    /// Reviewed changes that earlier runs did not finish.
    pub(super) left: Reviewed,
    /// Whether a person started the run. It then applies what that person could see.
    pub(super) by_hand: bool,
    /// The organizations for which another job of this run has made a deployment.
    pub(super) begun: BTreeSet<Name>,
    /// The organizations in which the catalog differs from the one that was applied last.
    pub(super) differing: BTreeSet<Name>,
    /// The commits since the oldest base, with this one. `None` if there are too many to look at each.
    pub(super) commits: Option<Vec<String>>,
}

impl Past {
    /// Without GitHub: the commit before the push counts as applied.
    pub(super) fn untold(before: Option<&str>) -> Self {
        Self { before: before.map(str::to_owned), ..Self::default() }
    }

    /// Reads the deployments. `before`: the commit that counts as applied if no apply was ever recorded, either the
    /// one before the push, or this one, in which case everything that differs is drift. The result decides what is
    /// applied, so a failed request ends the run.
    pub(super) async fn of(
        job: &Job,
        hub: &Hub,
        before: Option<&str>,
        sha: &str,
        organizations: impl Iterator<Item = &Name>,
    ) -> Result<Self, Error> {
        let Hub { client, me } = hub;
        let branch = job.default_branch.as_deref().unwrap_or_default();
        let (folder, mut attempts) = (job.folder(), BTreeMap::new());
        for organization in organizations {
            let of_it = deployment::attempts(client, me, organization.as_str(), &folder).await?;
            attempts.insert(organization.clone(), of_it);
        }
        let recorded = attempts.values().flatten().flat_map(|attempt| {
            let Attempt { sha, run: _, base, is_part: _, carried: _, left: _ } = attempt;
            [Some(sha.clone()), base.clone()].into_iter().flatten()
        });
        let mut places = BTreeMap::new();
        for recorded in recorded.chain(before.map(str::to_owned)).collect::<BTreeSet<String>>() {
            let place = commits::place(client, &recorded, sha, branch).await?;
            places.insert(recorded, place);
        }
        // After a force push the commit before it may have left the branch. Then it says nothing of what was applied.
        let before =
            before.filter(|before| matches!(places.get(*before), Some(Place::Older | Place::Here))).map(str::to_owned);
        let known = Commits { places, before, line: Vec::new() };
        let bases: BTreeSet<Base> = attempts.values().flat_map(|of_it| owned(history(of_it, &known).bases())).collect();
        let runs = attempts.values().flatten().rev().filter_map(|it| Some((it.sha.clone(), it.run.clone()?))).collect();
        let (places, before) = (known.places.clone(), known.before.clone());
        let tried = attempts.values().flatten();
        let tried = tried.filter(|it| matches!(places.get(&it.sha), Some(Place::Here | Place::Older)));
        let left = Reviewed::from_record(tried.flat_map(|it| it.left.clone()));
        let run = job.environment.run().map(|(_, url)| url);
        let is_this = |it: &Attempt| it.is_part && it.sha == sha && it.run == run;
        let begun = attempts.iter().filter(|(_, of_it)| of_it.iter().any(is_this)).map(|(name, _)| name.clone());
        let begun = begun.collect();
        let mut past = Self { places, runs, before, left, begun, ..Self::default() };
        past.commits = past.line(hub, sha, &bases).await?;
        let known = Commits { line: past.commits.clone().unwrap_or_default(), ..known };
        past.histories = attempts.into_iter().map(|(name, of_it)| (name, history(&of_it, &known))).collect();
        past.note(&bases);
        Ok(past)
    }

    /// The commits since the oldest base. `None` if there are too many.
    async fn line(&self, hub: &Hub, sha: &str, bases: &BTreeSet<Base>) -> Result<Option<Vec<String>>, Error> {
        let mut line = vec![sha.to_owned()];
        let starts = bases.iter().filter_map(|base| match base {
            Base::Commit(commit) => Some(commit),
            Base::Diverged(_) | Base::Unknown => None,
        });
        for start in starts.chain(&self.before).collect::<BTreeSet<_>>() {
            if start == sha {
                continue;
            }
            match commits::between(&hub.client, start, sha).await? {
                Some(found) if found.len() > line.len() => line = found,
                Some(_) => {}
                None => return Ok(None),
            }
        }
        Ok(Some(line))
    }

    fn note(&mut self, bases: &BTreeSet<Base>) {
        for base in bases {
            if let Base::Diverged(sha) = base {
                self.notes.push(format!(
                    "The commit {sha} was applied last, and the default branch does not hold it any more. What only \
                     its catalog listed can't be told and is not cleaned up: compare it with this one by hand."
                ));
            }
        }
        if self.commits.is_none() {
            self.notes.push(format!(
                "There are more than {MOST} commits since the last apply that went well: what their pull requests \
                 have shown is not looked up, and their comments still say what was the case before."
            ));
        }
    }

    /// Whether an apply of this catalog was ever recorded.
    pub(super) fn is_recorded(&self) -> bool {
        self.histories.values().any(|history| history.is_recorded)
    }

    /// The newest apply of a commit after this one.
    pub(super) fn overtaken(&self) -> Option<&Attempt> {
        self.histories.values().find_map(|history| history.overtaken.as_ref())
    }

    /// The commits up to this one that are not known to be applied everywhere, oldest first.
    pub(super) fn pending(&self) -> Vec<String> {
        let pending: BTreeSet<&String> = self.histories.values().flat_map(|history| &history.pending).collect();
        let line = self.commits.iter().flatten();
        line.filter(|commit| pending.contains(commit)).cloned().collect()
    }

    /// The last run that tried to apply a commit.
    pub(super) fn run(&self, commit: &str) -> Option<&str> {
        self.runs.get(commit).map(String::as_str)
    }

    /// The commits whose pull requests may have shown what is to be applied, newest last: those since the oldest base.
    /// If no apply was ever recorded, the last commits of the branch.
    pub(super) async fn looked_back_on(&self, hub: &Hub, sha: &str) -> Result<Vec<String>, Error> {
        let line = self.commits.clone().unwrap_or_default();
        if self.is_recorded() || line.len() >= FIRST {
            return Ok(line);
        }
        commits::up_to(&hub.client, sha, FIRST).await
    }

    fn base(&self, organization: Option<&Name>, target: &TargetName) -> Base {
        let history = organization.and_then(|name| self.histories.get(name));
        let fallback = || self.before.clone().map_or(Base::Unknown, Base::Commit);
        history.map_or_else(fallback, |history| history.base(target).clone())
    }

    /// Compares each target of the catalog with what was applied last, and finds the organizations that differ. The
    /// limits are guarded by the settings before the push.
    pub(super) fn rebase(&mut self, job: &mut Job, catalog: Catalog) -> Result<Catalog> {
        let Catalog { desired, base: _, earlier: _, before, mut version } = catalog;
        let common = &job.common;
        let candidates = self.histories.values().flat_map(|history| owned(history.bases()));
        let candidates: BTreeSet<Base> = candidates.chain(self.before.clone().map(Base::Commit)).collect();
        let mut bases: BTreeMap<Base, catalog::Base> = BTreeMap::new();
        let mut settings = before;
        for base in candidates {
            let Base::Commit(commit) = &base else { continue };
            source::ensure_commit(&common.catalog, commit).with_context(|| {
                format!("the commit {commit} that was applied last is not here: give actions/checkout `fetch-depth: 0`")
            })?;
            let read = catalog::as_of(common, commit)?;
            if self.before.as_ref() == Some(commit) {
                settings = read.settings.clone();
            }
            bases.insert(base, read);
        }
        let desired_of = |base: &Base| bases.get(base).and_then(|read| read.desired.as_ref());
        let known =
            bases.values().filter_map(|read| read.desired.as_ref()).map(|base| filter::names(&desired, Some(base)));
        let names: BTreeSet<TargetName> = known.chain([filter::names(&desired, None)]).flatten().collect();
        if !job.common.targets.is_empty() {
            let chosen = job.filter.against(&names)?;
            job.chosen = Some(names.iter().filter(|name| chosen.matches_whole(name)).cloned().collect());
        }
        // A recipient's name has no organization: it is the one of the portfolio.
        let organizations: BTreeMap<(&Name, &Region), &Name> = [&desired]
            .into_iter()
            .chain(bases.values().filter_map(|read| read.desired.as_ref()))
            .flat_map(|catalog| &catalog.portfolios)
            .map(|(name, it)| ((name.file(), &it.region), &it.organization))
            .collect();
        let organization_of = |name: &TargetName| match name {
            TargetName::Recipient { file, account: _, region } => organizations.get(&(file, region)).copied().cloned(),
            TargetName::Portfolio { .. } | TargetName::Marketplace { .. } => name.organization().cloned(),
        };
        let mut groups: BTreeMap<Base, BTreeSet<TargetName>> = BTreeMap::new();
        for name in names {
            let organization = organization_of(&name);
            groups.entry(self.base(organization.as_ref(), &name)).or_default().insert(name);
        }
        for (base, targets) in &groups {
            let all: BTreeSet<Name> = targets.iter().filter_map(organization_of).collect();
            let differing = match desired_of(base) {
                Some(base) => &plan::differing(base, &desired) & &all,
                None => all,
            };
            self.differing.extend(differing);
            let has_errors = bases.get(base).is_some_and(|it| it.desired.is_none() && it.settings != Before::Nothing);
            if let (Base::Commit(commit), true) = (base, has_errors) {
                self.notes.push(format!(
                    "The catalog of {commit}, which was applied last, has errors for this version: what only it listed \
                     can't be told and is not cleaned up."
                ));
            }
        }
        // The plan's base is that of most targets.
        let most = groups.iter().max_by_key(|(_, targets)| targets.len()).map(|(base, _)| base.clone());
        if let Some(Base::Commit(commit)) = &most {
            version.base = Some(commit.clone());
        }
        let base = most.as_ref().and_then(desired_of).cloned();
        let others = groups.into_iter().filter(|(base, _)| Some(base) != most.as_ref());
        let earlier = others.map(|(base, targets)| Earlier { desired: desired_of(&base).cloned(), targets });
        let earlier = earlier.collect();
        Ok(Catalog { earlier, desired, base, before: settings, version })
    }

    /// The oldest base among the targets of an organization.
    pub(super) fn oldest_base(&self, organization: &Name) -> Option<String> {
        let bases = self.histories.get(organization).map(|history| owned(history.bases())).unwrap_or_default();
        let line = self.commits.iter().flatten().collect::<Vec<_>>();
        // The line begins after the oldest base, so a commit that is not in it is that base.
        let age = |sha: &String| line.iter().position(|commit| *commit == sha).map_or(0, |at| at + 1);
        let commits = bases.into_iter().filter_map(|base| match base {
            Base::Commit(commit) => Some(commit),
            Base::Diverged(_) | Base::Unknown => None,
        });
        commits.min_by_key(age).filter(|sha| self.places.contains_key(sha))
    }
}

fn owned(bases: BTreeSet<&Base>) -> Vec<Base> {
    bases.into_iter().cloned().collect()
}
