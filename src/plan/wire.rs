//! The versioned JSON form of plans and reports, the canonical bytes of changes, the digest.
//!
//! The structs here are the format: they are made from the model and turned back into it, never the model itself.

mod read;
mod terms;

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use read::{FormatError, plan_from_json, report_from_json};
use terms::{After, Before};

use crate::model::change::{Action, CatalogVersion, Change, Kind, Origin, Plan, Subject, Summary, Target, TargetState};
use crate::model::finding::{Source, Warning};
use crate::model::id::{AccountId, Region};
use crate::model::report::{Failure, Outcome, Report, Tally, TargetReport};
use crate::model::target::TargetName;

/// The version of the format. A reader refuses any other.
pub const FORMAT_VERSION: u32 = 1;

/// What wrote it.
pub const TOOL: &str = concat!("catalog-sync ", env!("CARGO_PKG_VERSION"));

#[derive(Debug, Serialize, Deserialize)]
struct Document<S> {
    format_version: u32,
    tool: String,
    digest: String,
    catalog: CatalogVersion,
    summary: S,
    targets: Vec<WireTarget>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Complete,
    Unreadable,
}

#[derive(Debug, Serialize, Deserialize)]
struct WireTarget {
    name: TargetName,
    account: AccountId,
    account_name: Option<String>,
    region: Region,
    state: State,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<Subject>,
    #[serde(default)]
    left_alone: usize,
    changes: Vec<WireChange>,
    warnings: Vec<Warning>,
}

#[derive(Debug, Serialize, Deserialize)]
struct WireChange {
    action: Action,
    kind: Kind,
    key: String,
    label: String,
    origin: Origin,
    before: Option<Before>,
    after: Option<After>,
    source: Option<Source>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    result: Option<WireResult>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireResult {
    Applied,
    Failed,
    Skipped,
}

/// The numbers of a report: the plan's, and what became of them.
#[derive(Debug, Serialize, Deserialize)]
struct ReportSummary {
    #[serde(flatten)]
    plan: Summary,
    applied: usize,
    failed: usize,
    skipped: usize,
}

/// A plan as JSON.
pub fn plan_to_json(plan: &Plan) -> String {
    let Plan { digest, catalog, targets } = plan;
    text(&Document {
        format_version: FORMAT_VERSION,
        tool: TOOL.to_owned(),
        digest: digest.clone(),
        catalog: catalog.clone(),
        summary: plan.summary(),
        targets: targets.iter().map(|target| wire_target(target, None)).collect(),
    })
}

/// A report as JSON.
pub fn report_to_json(report: &Report) -> String {
    let Report { digest, catalog, targets } = report;
    let Tally { applied, failed, skipped, unreadable: _ } = report.tally();
    let plan = Summary::of(targets.iter().map(|report| &report.target));
    let wire = |TargetReport { target, outcomes }: &TargetReport| wire_target(target, Some(outcomes));
    text(&Document {
        format_version: FORMAT_VERSION,
        tool: TOOL.to_owned(),
        digest: digest.clone(),
        catalog: catalog.clone(),
        summary: ReportSummary { plan, applied, failed, skipped },
        targets: targets.iter().map(wire).collect(),
    })
}

/// Nothing in a document can fail to be written: its keys are strings and its numbers whole.
fn text(document: &impl Serialize) -> String {
    serde_json::to_string_pretty(document).map(|text| text + "\n").unwrap_or_default()
}

fn wire_target(target: &Target, outcomes: Option<&Vec<Outcome>>) -> WireTarget {
    let Target { name, account, account_name, region, state, warnings } = target;
    let mut wire = WireTarget {
        name: name.clone(),
        account: account.clone(),
        account_name: account_name.clone(),
        region: region.clone(),
        state: State::Complete,
        reason: None,
        source: None,
        subject: None,
        left_alone: 0,
        changes: Vec::new(),
        warnings: warnings.clone(),
    };
    match state {
        TargetState::Complete { subject, changes, left_alone } => {
            wire.subject = Some(subject.clone());
            wire.left_alone = *left_alone;
            wire.changes = changes.iter().map(wire_change).collect();
        }
        TargetState::Unreadable { reason, source } => {
            wire.state = State::Unreadable;
            wire.reason = Some(reason.clone());
            wire.source.clone_from(source);
        }
    }
    for (change, outcome) in wire.changes.iter_mut().zip(outcomes.into_iter().flatten()) {
        match outcome {
            Outcome::Applied => change.result = Some(WireResult::Applied),
            Outcome::Failed(failure) => {
                change.result = Some(WireResult::Failed);
                change.error = Some(failure.clone());
            }
            Outcome::Skipped(reason) => {
                change.result = Some(WireResult::Skipped);
                change.reason = Some(reason.clone());
            }
        }
    }
    wire
}

fn wire_change(change: &Change) -> WireChange {
    let Change { edit, origin, source, label, notes } = change;
    let (before, after) = terms::of(edit);
    WireChange {
        action: edit.action(),
        kind: edit.kind(),
        key: edit.key(),
        label: label.clone(),
        origin: *origin,
        before,
        after,
        source: source.clone(),
        notes: notes.clone(),
        result: None,
        error: None,
        reason: None,
    }
}

/// What a change is, and nothing of how it is worded, where it stands or whose doing it is.
#[derive(Serialize)]
struct Canonical<'a> {
    target: &'a TargetName,
    kind: Kind,
    key: String,
    action: Action,
    before: Option<Before>,
    after: Option<After>,
}

/// A change in canonical form: one line of JSON, its fields in a fixed order. Equal changes give equal text.
pub fn canonical(target: &TargetName, change: &Change) -> String {
    let Change { edit, origin: _, source: _, label: _, notes: _ } = change;
    let (before, after) = terms::of(edit);
    let canonical = Canonical { target, kind: edit.kind(), key: edit.key(), action: edit.action(), before, after };
    serde_json::to_string(&canonical).unwrap_or_default()
}

/// How many bytes of a change's hash are kept: enough that nobody finds another change with the same.
const FINGERPRINT: usize = 16;

/// A change in short, where many have to be kept in little room: the beginning of the hash of its canonical form.
pub fn fingerprint(target: &TargetName, change: &Change) -> String {
    let mut fingerprint = String::new();
    for byte in Sha256::digest(canonical(target, change).as_bytes()).iter().take(FINGERPRINT) {
        // Writing to a string does not fail.
        let _ = write!(fingerprint, "{byte:02x}");
    }
    fingerprint
}

/// `sha256:…` of the canonical changes, sorted, each on its line.
pub fn digest(targets: &[Target]) -> String {
    let changes =
        targets.iter().flat_map(|target| target.changes().iter().map(|change| canonical(&target.name, change)));
    digest_of(changes.collect())
}

/// `sha256:…` of canonical changes in whatever order.
pub fn digest_of(mut changes: Vec<String>) -> String {
    changes.sort_unstable();
    changes.dedup();
    let mut hash = Sha256::new();
    for change in changes {
        hash.update(change.as_bytes());
        hash.update(b"\n");
    }
    let mut digest = "sha256:".to_owned();
    for byte in hash.finalize() {
        // Writing to a string does not fail.
        let _ = write!(digest, "{byte:02x}");
    }
    digest
}
