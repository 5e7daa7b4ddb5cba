//! What is known of a change beside what it does: what caused it, why it is there, what has to be made before it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::because::Because;
use super::edit::Kind;
use super::id::AccountId;
use super::reached::Audience;
use super::target::TargetName;

/// What caused a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// This pull request, or no base was given.
    PullRequest,
    /// Live differed from what the base said already.
    Drift,
    /// The base followed the same experience already: that one has changed since, or somebody has edited the one that
    /// follows it. Which of the two can't be told.
    Mirror,
}

/// Names one change of a plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChangeId {
    /// The target it belongs to.
    pub target: TargetName,
    /// What it is about.
    pub kind: Kind,
    /// Unique with the kind inside the target.
    pub key: String,
}

/// What is known of a change beside what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// What caused it.
    pub origin: Origin,
    /// Why it is in the plan.
    pub because: Because,
    /// The changes that have to be made before it. Where one of them is not made, neither is this.
    pub waits_for: BTreeSet<ChangeId>,
    /// The accounts that lose something by it, with their names as far as these are known. `None` where it takes nothing
    /// away from accounts, or where it was not looked up which it reaches.
    pub takes_from: Option<BTreeMap<AccountId, String>>,
    /// Whom a share through the organization has to reach. `None` for other changes, where it is removed, and where it was
    /// not looked up. A file does not keep it: each run looks anew.
    pub audience: Option<Audience>,
    /// A name for people: an account's, a unit's path, a product's. Empty where there is none.
    pub label: String,
    /// Further sentences for people, such as which accounts an organizational unit's share reaches.
    pub notes: Vec<String>,
}

impl About {
    /// What has this reason, waits for nothing, and has no name yet. It counts as the pull request's until it is told otherwise.
    pub fn new(because: Because) -> Self {
        Self {
            origin: Origin::PullRequest,
            because,
            waits_for: BTreeSet::new(),
            takes_from: None,
            audience: None,
            label: String::new(),
            notes: Vec::new(),
        }
    }
}
