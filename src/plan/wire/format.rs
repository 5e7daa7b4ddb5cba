//! The format: the structs that a plan and a report are made of as JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::change::{CatalogVersion, ChangeId, Origin, OtherNotes, Summary};
use crate::model::edit::{Action, Kind};
use crate::model::experience::Listing;
use crate::model::finding::{Source, Warning};
use crate::model::id::{AccountId, ExperienceId, Name, ProcurementPolicyId, Region};
use crate::model::report::Failure;
use crate::model::target::TargetName;
use crate::plan::terms::{After, Before};

/// The version of the format. A reader refuses any other.
pub const FORMAT_VERSION: u32 = 1;

/// The program and the version that wrote a document.
pub const TOOL: &str = concat!("catalog-sync ", env!("CARGO_PKG_VERSION"));

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Document<S> {
    pub(super) format_version: u32,
    pub(super) tool: String,
    pub(super) digest: String,
    pub(super) catalog: CatalogVersion,
    pub(super) summary: S,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) refused: Option<WireRefused>,
    /// Whether it is a comparison for the issue about drift.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) drift: bool,
    /// The targets that the job was asked for.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) asked: BTreeSet<TargetName>,
    /// In a report: the targets whose changes were approved.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) approved: BTreeSet<TargetName>,
    pub(super) targets: Vec<WireTarget>,
    /// In a report: drift that was left as it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) left_out: Vec<WireTarget>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) released: Vec<WireReleased>,
}

/// Why an apply of the plan would be refused. Only for readers: an apply decides by itself.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireRefused {
    #[serde(flatten)]
    pub(super) reason: WireReason,
    pub(super) way_out: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub(super) enum WireReason {
    Removals {
        removals: usize,
        limit: usize,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<WireLimitOf>,
    },
}

/// The removals that a limit counts, if it does not count all of them.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum WireLimitOf {
    Portfolios,
    Marketplace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    Complete,
    Unreadable,
}

/// `id` is null if the plan makes the resource, or if it could not be looked up. `name` is null if it was not asked
/// for, since there was nothing to say of the resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct WireResource {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) policy: Option<ProcurementPolicyId>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireTarget {
    pub(super) name: TargetName,
    /// The organization's name in the settings, if the target's name does not hold it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) organization: Option<Name>,
    pub(super) account: AccountId,
    pub(super) account_name: Option<String>,
    pub(super) region: Region,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) resource: Option<WireResource>,
    /// A recipient's local portfolio, if it has one or gets one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) local: Option<WireResource>,
    pub(super) state: State,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<Source>,
    #[serde(default)]
    pub(super) left_alone: usize,
    /// Live shares and products that `ignore` names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) ignored: Vec<WireIgnored>,
    /// Products that differ in their notes alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) other_notes: Vec<OtherNotes>,
    pub(super) changes: Vec<WireChange>,
    pub(super) warnings: Vec<Warning>,
    /// The warnings that comments in the catalog silence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) silenced: Vec<Warning>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) incomplete_shares: Vec<WireIncomplete>,
}

/// A share or product that `ignore` names.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireIgnored {
    pub(super) key: String,
    pub(super) label: String,
}

/// A share with a node that did not reach every account below it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireIncomplete {
    pub(super) key: String,
    pub(super) missing: BTreeSet<AccountId>,
}

/// Why a change is in the plan, as a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum WireBecause {
    Listed,
    Unlisted,
    NoLongerListed,
    Expired,
    Mirrors,
}

/// The experience that a changed one follows.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireMirrors {
    pub(super) account: AccountId,
    pub(super) experience: ExperienceId,
    pub(super) name: String,
    /// The list that the product is on there. Missing if it is on neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) listing: Option<Listing>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireChange {
    pub(super) action: Action,
    pub(super) kind: Kind,
    pub(super) key: String,
    pub(super) label: String,
    pub(super) origin: Origin,
    pub(super) before: Option<Before>,
    pub(super) after: Option<After>,
    pub(super) source: Option<Source>,
    pub(super) because: WireBecause,
    /// The line of the base that listed it, if the catalog no longer does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) base_source: Option<Source>,
    /// The last day of the entry, if that has passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<String>,
    /// The list that a product was on until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) until_on: Option<Listing>,
    /// The mirrored experience, if the change follows one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) mirrors: Option<WireMirrors>,
    pub(super) takes_away: bool,
    /// The accounts that lose something by it, with their names. Missing if that was not looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) takes_from: Option<BTreeMap<AccountId, String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) waits_for: Vec<ChangeId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) notes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) result: Option<WireResult>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<Failure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum WireResult {
    Applied,
    Failed,
    Skipped,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireReleased {
    pub(super) target: TargetName,
    pub(super) account: AccountId,
    pub(super) region: Region,
    pub(super) resource: WireResource,
    pub(super) keeps: BTreeMap<Kind, usize>,
    pub(super) base_source: Source,
    /// In a report: true if the review is not known to have shown it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) unseen: bool,
}

/// The numbers of a report: those of its plan, and those of the results.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ReportSummary {
    #[serde(flatten)]
    pub(super) plan: Summary,
    pub(super) applied: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
}
