//! Running change sets in a private marketplace.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::id::{AccountId, ExperienceId};

/// A change set that has not ended. It locks the experiences that it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningSet {
    /// Its id.
    pub id: String,
    /// The name that its creator chose.
    pub name: Option<String>,
    /// The account that its ARN names. AWS does not tell the user or the role.
    pub account: Option<AccountId>,
    /// The time when it started.
    pub since: Option<Timestamp>,
    /// The experiences that it changes.
    pub experiences: BTreeSet<ExperienceId>,
    /// Its changes in order, or why they could not be read.
    pub changes: Result<Vec<RunningChange>, String>,
}

/// A change of a running change set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningChange {
    /// The experience. `None` if the change refers to another change of the set, or to something that is not an
    /// experience.
    pub experience: Option<ExperienceId>,
    /// AWS's word for the type, such as `AllowProductProcurement`.
    pub change_type: String,
    /// The number of products that it names.
    pub products: usize,
}
