//! Change sets that are under way in a private marketplace.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::id::{AccountId, ExperienceId};

/// A change set that has not ended. It locks the experiences that it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningSet {
    /// Its id.
    pub id: String,
    /// The name that whoever started it chose.
    pub name: Option<String>,
    /// The account that its ARN names. AWS does not tell the user or the role.
    pub account: Option<AccountId>,
    /// When it began.
    pub since: Option<Timestamp>,
    /// The experiences that it changes.
    pub experiences: BTreeSet<ExperienceId>,
    /// What it changes, in its order, or why that could not be read.
    pub changes: Result<Vec<RunningChange>, String>,
}

/// A change of a change set that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningChange {
    /// The experience. `None` where it is a reference inside the set, or something else than an experience.
    pub experience: Option<ExperienceId>,
    /// AWS's word for the type, such as `AllowProductProcurement`.
    pub change_type: String,
    /// How many products it names.
    pub products: usize,
}
