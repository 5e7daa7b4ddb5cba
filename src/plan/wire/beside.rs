//! What a job of a matrix writes into its file beside its plan or its report, for the job that gathers the files.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::format::{FORMAT_VERSION, WireTarget};
use super::read::{FormatError, target};
use crate::model::change::Target;
use crate::model::report::TargetReport;
use crate::model::target::TargetName;

/// What a file holds beside its plan or its report. Files of commands outside of `ci` may hold nothing of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// The targets that the job was asked for and has answered for, including those that it had nothing to say of.
    pub asked: BTreeSet<TargetName>,
    /// Whether the plan is a comparison for the issue about drift.
    pub is_drift: bool,
    /// Of an apply: the targets whose changes were approved. The changes of all others were refused.
    pub approved: BTreeSet<TargetName>,
    /// Of an apply: drift that was left as it is, by target. All other changes are left out.
    pub left_out: Vec<Target>,
}

impl Beside {
    /// Joins what two files hold.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        let Self { asked, is_drift, approved, left_out } = other;
        self.asked.extend(asked);
        self.is_drift |= is_drift;
        self.approved.extend(approved);
        self.left_out.extend(left_out);
        self
    }

    /// Reads it from a plan or a report as JSON. A file without these fields gives the default.
    ///
    /// # Errors
    ///
    /// If the text is of another version or another shape.
    pub fn from_json(json: &str) -> Result<Self, FormatError> {
        #[derive(Deserialize)]
        struct Document {
            format_version: u32,
            #[serde(default)]
            asked: BTreeSet<TargetName>,
            #[serde(default)]
            drift: bool,
            #[serde(default)]
            approved: BTreeSet<TargetName>,
            #[serde(default)]
            left_out: Vec<WireTarget>,
        }
        let Document { format_version, asked, drift, approved, left_out } =
            serde_json::from_str(json).map_err(FormatError::Shape)?;
        if format_version != FORMAT_VERSION {
            return Err(FormatError::Version(format_version));
        }
        let left_out = left_out.into_iter().map(|wire| target(wire).map(|TargetReport { target, outcomes: _ }| target));
        Ok(Self { asked, is_drift: drift, approved, left_out: left_out.collect::<Result<_, _>>()? })
    }
}
