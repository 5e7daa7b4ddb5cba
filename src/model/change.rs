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

/// One change. `E` is the type of edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<E> {
    /// The edit.
    pub edit: E,
    /// Origin, reason, order and names.
    pub about: About,
}

impl<E: Family> Change<E> {
    /// The change as a [`ChangeRef`], for code that handles all families.
    pub fn seen(&self) -> ChangeRef<'_> {
        ChangeRef { edit: self.edit.edit(), about: &self.about }
    }
}

/// One change of any family, by reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeRef<'a> {
    /// The edit.
    pub edit: Edit<'a>,
    /// Origin, reason, order and names.
    pub about: &'a About,
}

impl ChangeRef<'_> {
    /// The change's id within a plan.
    pub fn id(&self, target: &TargetName) -> ChangeId {
        ChangeId { target: target.clone(), kind: self.edit.kind(), key: self.edit.key() }
    }
}

/// The AWS resource that changes are made to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Resource<I> {
    /// Its id. `None` if the plan creates the resource, or if the id could not be looked up.
    pub id: Option<I>,
    /// Its name. Empty if the name was not read.
    pub name: String,
}

/// The work on one resource. Each family has its own type of edit and its own writer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// In the account that owns a portfolio.
    Hub {
        /// The portfolio.
        portfolio: Resource<PortfolioId>,
        /// In the order of apply. Empty if the target is in step.
        changes: Vec<Change<HubEdit>>,
    },
    /// In an account that receives a portfolio.
    Recipient {
        /// The shared portfolio, with the id and name that it has in the owner's account.
        imported: Resource<PortfolioId>,
        /// The account's own portfolio that holds the received products. `None` if there is none and the plan creates
        /// none.
        local: Option<Resource<PortfolioId>>,
        /// In the order of apply. Empty if the target is in step.
        changes: Vec<Change<RecipientEdit>>,
    },
    /// In an experience.
    Experience {
        /// The experience.
        experience: Resource<ExperienceId>,
        /// Its procurement policy, if it has one.
        policy: Option<ProcurementPolicyId>,
        /// In the order of apply. Empty if the target is in step.
        changes: Vec<Change<ExperienceEdit>>,
    },
}

impl Work {
    /// The resource: its id if known, and its name.
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

    /// The [`About`] of each change, in the order of apply.
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

    /// Keeps the changes for which `wanted` is true.
    pub fn retain(&mut self, mut wanted: impl FnMut(ChangeRef<'_>) -> bool) {
        match self {
            Self::Hub { portfolio: _, changes } => changes.retain(|change| wanted(change.seen())),
            Self::Recipient { imported: _, local: _, changes } => changes.retain(|change| wanted(change.seen())),
            Self::Experience { experience: _, policy: _, changes } => changes.retain(|change| wanted(change.seen())),
        }
    }
}

/// The state of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetState {
    /// Everything was read.
    Complete {
        /// The work.
        work: Work,
        /// Live resources that the catalog does not list and the plan leaves alone.
        left_alone: Untouched,
    },
    /// The target could not be read, or the catalog names a resource that does not exist or is ambiguous.
    Unreadable {
        /// Why, in a sentence.
        reason: String,
        /// The line to fix.
        source: Option<Source>,
    },
}

/// A target of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub name: TargetName,
    /// The organization's name in the settings. Its roles are used for the calls.
    pub organization: Name,
    /// The account in which the calls are made.
    pub account: AccountId,
    /// The account's name in its organization. `None` if it was not read.
    pub account_name: Option<String>,
    /// The region in which the calls are made.
    pub region: Region,
    /// The work, or the reason why it is unknown.
    pub state: TargetState,
    /// Warnings for the reader of the plan.
    pub warnings: Vec<Warning>,
    /// Warnings that a comment in the catalog silences. They are counted and not shown.
    pub silenced: Vec<Warning>,
    /// Live shares that did not reach every account, if that was looked up. They are a state and not a change: only
    /// `--repair-shares` turns them into changes.
    pub incomplete_shares: Vec<IncompleteShare>,
}

impl Target {
    /// The work. `None` if the target could not be read.
    pub fn work(&self) -> Option<&Work> {
        match &self.state {
            TargetState::Complete { work, left_alone: _ } => Some(work),
            TargetState::Unreadable { reason: _, source: _ } => None,
        }
    }

    /// The changes, in the order of apply. Empty if the target could not be read.
    pub fn changes(&self) -> impl Iterator<Item = ChangeRef<'_>> {
        self.work().into_iter().flat_map(Work::changes)
    }

    /// Whether anything would change.
    pub fn has_changes(&self) -> bool {
        self.changes().next().is_some()
    }

    /// Whether output mentions the target: it has a change, a warning or an incomplete share.
    pub fn is_spoken_of(&self) -> bool {
        self.has_changes() || !self.warnings.is_empty() || !self.incomplete_shares.is_empty()
    }

    /// Whether it could not be read.
    pub fn is_unreadable(&self) -> bool {
        self.work().is_none()
    }

    /// A copy of the target with only the changes for which `wanted` is true.
    pub fn only(&self, wanted: impl FnMut(ChangeRef<'_>) -> bool) -> Self {
        let mut target = self.clone();
        if let TargetState::Complete { work, left_alone: _ } = &mut target.state {
            work.retain(wanted);
        }
        target
    }
}

/// A resource that the base governed and the catalog no longer governs. The plan does not change it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Released {
    /// The target's name in the base.
    pub target: TargetName,
    /// The account that the resource is in.
    pub account: AccountId,
    /// The region that it is in.
    pub region: Region,
    /// The resource. Its id is `None` if it could not be looked up.
    pub resource: Resource<String>,
    /// How many things of each kind stay as they are.
    pub keeps: BTreeMap<Kind, usize>,
    /// The line of the base that governed it.
    pub source: Source,
    /// Whether a review was required and is not known to have shown this. Set when a plan is approved.
    pub unseen: bool,
}

/// Which catalog a plan was made from, and whether it was compared with AWS or with the sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogVersion {
    /// `sha256:…` of its files.
    pub digest: String,
    /// The commit that is checked out, if there is one.
    pub revision: Option<String>,
    /// The commit of the base, if one was given.
    pub base: Option<String>,
    /// Whether the plan was compared with the sandbox. Then it says nothing about AWS.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sandbox: bool,
}

/// The changes of all targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// `sha256:…` of the canonical form of the changes alone.
    pub digest: String,
    /// The catalog that it was made from.
    pub catalog: CatalogVersion,
    /// Sorted by name.
    pub targets: Vec<Target>,
    /// Resources that the catalog no longer governs, sorted.
    pub released: Vec<Released>,
}

impl Plan {
    /// Every change, with its target.
    pub fn changes(&self) -> impl Iterator<Item = (&Target, ChangeRef<'_>)> {
        self.targets.iter().flat_map(|target| target.changes().map(move |change| (target, change)))
    }

    /// Whether at least one share's reach is unknown.
    pub fn is_reach_unknown(&self) -> bool {
        self.targets.iter().flat_map(|target| &target.warnings).any(|warning| warning.code == REACH_UNKNOWN)
    }

    /// The number of targets with a warning that something they name is gone or switched off: see [`GONE`].
    pub fn gone(&self) -> usize {
        let is_gone = |target: &&Target| target.warnings.iter().any(|it| GONE.contains(&it.code.as_str()));
        self.targets.iter().filter(is_gone).count()
    }

    /// Whether at least one share did not reach every account.
    pub fn has_incomplete_shares(&self) -> bool {
        self.targets.iter().any(|target| !target.incomplete_shares.is_empty())
    }

    /// Whether there is something to review: a change, or a resource that is no longer governed.
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
    /// The number of targets.
    pub targets: usize,
    /// The number of changes that add something.
    pub creates: usize,
    /// The number of changes that change something and take nothing away.
    pub updates: usize,
    /// The number of changes that take something away.
    pub removes: usize,
    /// The number of changes whose origin is drift.
    pub drift: usize,
    /// The number of changes whose origin is a mirrored experience.
    #[serde(default, skip_serializing_if = "is_none")]
    pub mirrored: usize,
    /// The number of warnings.
    pub warnings: usize,
    /// The number of targets that could not be read.
    pub unreadable: usize,
}

impl Summary {
    /// Counts the changes of these targets.
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

    /// Adds one change to the numbers.
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

    /// The number of changes.
    pub fn changes(&self) -> usize {
        self.creates + self.updates + self.removes
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_none(number: &usize) -> bool {
    *number == 0
}
