//! Facts about a change beside the edit itself: its origin, its reason, and the changes that must be made before it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::because::Because;
use super::edit::Kind;
use super::id::AccountId;
use super::reached::Audience;
use super::target::TargetName;

/// The origin of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Caused by this pull request, or no base was given.
    PullRequest,
    /// The live state already differed from the base.
    Drift,
    /// The base already mirrored the same experience. Either that experience has changed since, or somebody edited
    /// the following one. The two can't be told apart.
    Mirror,
}

/// Identifies one change of a plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChangeId {
    /// The target it belongs to.
    pub target: TargetName,
    /// The kind of thing that it is about.
    pub kind: Kind,
    /// The key of the change. Kind and key together are unique within the target.
    pub key: String,
}

/// Facts about a change beside the edit itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Its origin.
    pub origin: Origin,
    /// The reason why it is in the plan.
    pub because: Because,
    /// The changes that must be made before it. If one of them is not made, this one is not made either.
    pub waits_for: BTreeSet<ChangeId>,
    /// The accounts that lose something by it, with their names if known. `None` if no account loses anything, or if
    /// the accounts were not looked up.
    pub takes_from: Option<BTreeMap<AccountId, String>>,
    /// The accounts that a share through the organization has to reach. `None` for other changes, for removals, and
    /// if they were not looked up. Plan files don't hold it, since each run looks it up again.
    pub audience: Option<Audience>,
    /// A name for people: an account's name, a unit's path or a product's name. Empty if there is none.
    pub label: String,
    /// Further sentences for people, such as which accounts an organizational unit's share reaches.
    pub notes: Vec<String>,
}

impl About {
    /// A change with this reason that waits for no other and has no label. Its origin is the pull request until it is
    /// set otherwise.
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
