//! A plan: what would change, target by target.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use super::about::{About, ChangeId, Origin};
pub use super::because::{Because, Expiry, Mirrored, OtherNotes, Untouched};
use super::edit::{Edit, Effect, ExperienceEdit, Family, HubEdit, Kind, RecipientEdit};
use super::finding::{Source, Warning};
use super::id::{AccountId, ExperienceId, Name, PortfolioId, ProcurementPolicyId, Region};
pub use super::reached::{Audience, GONE, IncompleteShare, REACH_UNKNOWN};
use super::target::TargetName;

/// One change of a family of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<E> {
    /// What is edited.
    pub edit: E,
    /// What else is known of it.
    pub about: About,
}

impl<E: Family> Change<E> {
    /// The change, as code that handles all families sees it.
    pub fn seen(&self) -> ChangeRef<'_> {
        ChangeRef { edit: self.edit.edit(), about: &self.about }
    }
}

/// One change of any family, by reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeRef<'a> {
    /// What is edited.
    pub edit: Edit<'a>,
    /// What else is known of it.
    pub about: &'a About,
}

impl ChangeRef<'_> {
    /// Its name among the changes of a plan.
    pub fn id(&self, target: &TargetName) -> ChangeId {
        ChangeId { target: target.clone(), kind: self.edit.kind(), key: self.edit.key() }
    }
}

/// The AWS resource that changes are made to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Resource<I> {
    /// Its id; `None` where the plan makes it, or where it could not be looked up.
    pub id: Option<I>,
    /// Its name. Empty where it was not asked for.
    pub name: String,
}

/// What is to be done to one resource. Each family has edits and a writer of its own type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// In the account that owns a portfolio.
    Hub {
        /// The portfolio.
        portfolio: Resource<PortfolioId>,
        /// In the order of apply. Empty where it is in step.
        changes: Vec<Change<HubEdit>>,
    },
    /// In an account that receives a portfolio.
    Recipient {
        /// The portfolio, by the id and name that it has where it is owned.
        imported: Resource<PortfolioId>,
        /// The account's own portfolio that holds what it receives. `None` where there is none and none is made.
        local: Option<Resource<PortfolioId>>,
        /// In the order of apply. Empty where it is in step.
        changes: Vec<Change<RecipientEdit>>,
    },
    /// In an experience.
    Experience {
        /// The experience.
        experience: Resource<ExperienceId>,
        /// Its procurement policy, if it has one.
        policy: Option<ProcurementPolicyId>,
        /// In the order of apply. Empty where it is in step.
        changes: Vec<Change<ExperienceEdit>>,
    },
}

impl Work {
    /// The resource: its id where it has one, and its name.
    pub fn resource(&self) -> Resource<&str> {
        match self {
            Self::Hub { portfolio: Resource { id, name }, changes: _ }
            | Self::Recipient { imported: Resource { id, name }, local: _, changes: _ } => {
                Resource { id: id.as_ref().map(PortfolioId::as_str), name: name.clone() }
            }
            Self::Experience { experience: Resource { id, name }, policy: _, changes: _ } => {
                Resource { id: id.as_ref().map(ExperienceId::as_str), name: name.clone() }
            }
        }
    }

    /// The changes, in the order of apply.
    pub fn changes(&self) -> impl Iterator<Item = ChangeRef<'_>> {
        let (hub, recipient, experience) = match self {
            Self::Hub { portfolio: _, changes } => (Some(changes), None, None),
            Self::Recipient { imported: _, local: _, changes } => (None, Some(changes), None),
            Self::Experience { experience: _, policy: _, changes } => (None, None, Some(changes)),
        };
        let hub = hub.into_iter().flatten().map(Change::seen);
        let recipient = recipient.into_iter().flatten().map(Change::seen);
        hub.chain(recipient).chain(experience.into_iter().flatten().map(Change::seen))
    }

    /// What is known of each change, in the order of apply.
    pub fn abouts(&mut self) -> impl Iterator<Item = &mut About> {
        let (hub, recipient, experience) = match self {
            Self::Hub { portfolio: _, changes } => (Some(changes), None, None),
            Self::Recipient { imported: _, local: _, changes } => (None, Some(changes), None),
            Self::Experience { experience: _, policy: _, changes } => (None, None, Some(changes)),
        };
        let hub = hub.into_iter().flatten().map(|change| &mut change.about);
        let recipient = recipient.into_iter().flatten().map(|change| &mut change.about);
        hub.chain(recipient).chain(experience.into_iter().flatten().map(|change| &mut change.about))
    }

    /// Keeps the changes that are wanted.
    pub fn retain(&mut self, mut wanted: impl FnMut(ChangeRef<'_>) -> bool) {
        match self {
            Self::Hub { portfolio: _, changes } => changes.retain(|change| wanted(change.seen())),
            Self::Recipient { imported: _, local: _, changes } => changes.retain(|change| wanted(change.seen())),
            Self::Experience { experience: _, policy: _, changes } => changes.retain(|change| wanted(change.seen())),
        }
    }
}

/// What is to be done in a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetState {
    /// Everything was read.
    Complete {
        /// What is done.
        work: Work,
        /// What is live, not listed, and left alone.
        left_alone: Untouched,
    },
    /// It could not be read, or what the catalog names does not exist or can't be told.
    Unreadable {
        /// Why, in a sentence.
        reason: String,
        /// The line to mend.
        source: Option<Source>,
    },
}

/// A target of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub name: TargetName,
    /// The organization's name in the settings: its way in is taken.
    pub organization: Name,
    /// The account that the calls are made in.
    pub account: AccountId,
    /// The account's name in its organization, where it was asked for.
    pub account_name: Option<String>,
    /// The region that the calls are made in.
    pub region: Region,
    /// What is to be done.
    pub state: TargetState,
    /// What should not go without saying.
    pub warnings: Vec<Warning>,
    /// The warnings that a comment in the catalog silences: counted, and no part of what has to be read.
    pub silenced: Vec<Warning>,
    /// The live shares that did not reach every account, where that was looked up. A state and no change: only a repair
    /// makes one of it.
    pub incomplete_shares: Vec<IncompleteShare>,
}

impl Target {
    /// What is done; `None` in a target that could not be read.
    pub fn work(&self) -> Option<&Work> {
        match &self.state {
            TargetState::Complete { work, left_alone: _ } => Some(work),
            TargetState::Unreadable { reason: _, source: _ } => None,
        }
    }

    /// What would change, in the order of apply; nothing in a target that could not be read.
    pub fn changes(&self) -> impl Iterator<Item = ChangeRef<'_>> {
        self.work().into_iter().flat_map(Work::changes)
    }

    /// Whether anything would change.
    pub fn has_changes(&self) -> bool {
        self.changes().next().is_some()
    }

    /// Whether there is anything to say of it: a change, a warning or an incomplete share.
    pub fn is_spoken_of(&self) -> bool {
        self.has_changes() || !self.warnings.is_empty() || !self.incomplete_shares.is_empty()
    }

    /// Whether it could not be read.
    pub fn is_unreadable(&self) -> bool {
        self.work().is_none()
    }

    /// The same target with the wanted changes alone.
    pub fn only(&self, wanted: impl FnMut(ChangeRef<'_>) -> bool) -> Self {
        let mut target = self.clone();
        if let TargetState::Complete { work, left_alone: _ } = &mut target.state {
            work.retain(wanted);
        }
        target
    }
}

/// A resource that the base governed and the catalog does no longer. Nothing is changed there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Released {
    /// The target's name in the base.
    pub target: TargetName,
    /// The account that the resource is in.
    pub account: AccountId,
    /// The region that it is in.
    pub region: Region,
    /// The resource; without its id where it could not be looked up.
    pub resource: Resource<String>,
    /// How many of each kind stay as they are.
    pub keeps: BTreeMap<Kind, usize>,
    /// The line of the base that governed it.
    pub source: Source,
    /// Whether a review was asked for that is not known to have shown this. Known once a plan is approved.
    pub unseen: bool,
}

/// Which catalog a plan was made from, and whether it was compared with AWS or with the sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogVersion {
    /// `sha256:…` of its files.
    pub digest: String,
    /// The commit that is checked out, where there is one.
    pub revision: Option<String>,
    /// The commit of the base, where one was given.
    pub base: Option<String>,
    /// Whether it was compared with the sandbox, so that nothing of it is about AWS.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sandbox: bool,
}

/// What would change, everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// `sha256:…` of the changes alone, canonical.
    pub digest: String,
    /// Which catalog it was made from.
    pub catalog: CatalogVersion,
    /// Sorted by name.
    pub targets: Vec<Target>,
    /// What the catalog governs no longer, sorted.
    pub released: Vec<Released>,
}

impl Plan {
    /// Every change, with its target.
    pub fn changes(&self) -> impl Iterator<Item = (&Target, ChangeRef<'_>)> {
        self.targets.iter().flat_map(|target| target.changes().map(move |change| (target, change)))
    }

    /// Whether it can't be told of some share whether it reached every account.
    pub fn is_reach_unknown(&self) -> bool {
        self.targets.iter().flat_map(|target| &target.warnings).any(|warning| warning.code == REACH_UNKNOWN)
    }

    /// In how many targets somebody or something is not there any more, or is switched off: see [`GONE`].
    pub fn gone(&self) -> usize {
        let is_gone = |target: &&Target| target.warnings.iter().any(|it| GONE.contains(&it.code.as_str()));
        self.targets.iter().filter(is_gone).count()
    }

    /// Whether a share did not reach every account.
    pub fn has_incomplete_shares(&self) -> bool {
        self.targets.iter().any(|target| !target.incomplete_shares.is_empty())
    }

    /// Whether there is anything for people to look at: a change, or something that is governed no longer.
    pub fn has_changes(&self) -> bool {
        !self.released.is_empty() || self.changes().next().is_some()
    }

    /// The plan in numbers.
    pub fn summary(&self) -> Summary {
        Summary::of(&self.targets)
    }
}

/// A plan in numbers. Every change counts once, by its [`Effect`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How many targets there are.
    pub targets: usize,
    /// How many changes add something.
    pub creates: usize,
    /// How many change something and take nothing away.
    pub updates: usize,
    /// How many take something away.
    pub removes: usize,
    /// How many of all of them are drift.
    pub drift: usize,
    /// How many of all of them are what mirrored experiences bring by themselves.
    #[serde(default, skip_serializing_if = "is_none")]
    pub mirrored: usize,
    /// How many warnings there are.
    pub warnings: usize,
    /// How many targets could not be read.
    pub unreadable: usize,
}

impl Summary {
    /// Some targets in numbers.
    pub fn of<'a>(targets: impl IntoIterator<Item = &'a Target>) -> Self {
        let mut summary = Self::default();
        for target in targets {
            summary.targets += 1;
            summary.warnings += target.warnings.len();
            summary.unreadable += usize::from(target.is_unreadable());
            target.changes().for_each(|change| summary.count(change));
        }
        summary
    }

    /// Counts a change.
    pub fn count(&mut self, change: ChangeRef<'_>) {
        match change.edit.effect() {
            Effect::Gives => self.creates += 1,
            Effect::Changes => self.updates += 1,
            Effect::Takes => self.removes += 1,
        }
        match change.about.origin {
            Origin::PullRequest => {}
            Origin::Drift => self.drift += 1,
            Origin::Mirror => self.mirrored += 1,
        }
    }

    /// How many changes there are.
    pub fn changes(&self) -> usize {
        self.creates + self.updates + self.removes
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_none(number: &usize) -> bool {
    *number == 0
}
