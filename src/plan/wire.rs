//! The versioned JSON form of plans and reports.
//!
//! The structs of [`format`](self::format) define it. The model is turned into them and back, and is never written
//! itself.

mod beside;
mod format;
mod read;

use serde::Serialize;

use super::guard::{Exceeded, LimitOf};
use super::terms;
use crate::model::change::{
    About, Because, ChangeRef, Expiry, IncompleteShare, Mirrored, Plan, Released, Resource, Summary, Target,
    TargetState, Untouched, Work,
};
use crate::model::report::{Outcome, Report, Tally, TargetReport};
pub use beside::Beside;
use format::{
    Document, ReportSummary, State, WireBecause, WireChange, WireIgnored, WireIncomplete, WireLimitOf, WireMirrors,
    WireReason, WireRefused, WireReleased, WireResource, WireResult, WireTarget,
};
pub use format::{FORMAT_VERSION, TOOL};
pub use read::{FormatError, plan_from_json, report_from_json};

/// A plan as JSON.
pub fn plan_to_json(plan: &Plan) -> String {
    planned(plan, None, &Beside::default())
}

/// A plan as JSON, with what a job says beside it.
pub fn plan_to_json_with(plan: &Plan, beside: &Beside) -> String {
    planned(plan, None, beside)
}

/// A plan that takes away more than is allowed, as JSON: how much that is, and in `way_out` how it could be applied.
pub fn refused_plan_to_json(plan: &Plan, exceeded: Exceeded, way_out: &str, beside: &Beside) -> String {
    let Exceeded { removals, limit, of, all: _ } = exceeded;
    let of = match of {
        LimitOf::All => None,
        LimitOf::Portfolios => Some(WireLimitOf::Portfolios),
        LimitOf::Marketplace => Some(WireLimitOf::Marketplace),
    };
    let reason = WireReason::Removals { removals, limit, of };
    planned(plan, Some(WireRefused { reason, way_out: way_out.to_owned() }), beside)
}

fn planned(plan: &Plan, refused: Option<WireRefused>, beside: &Beside) -> String {
    let Plan { digest, catalog, targets, released } = plan;
    text(&Document {
        format_version: FORMAT_VERSION,
        tool: TOOL.to_owned(),
        digest: digest.clone(),
        catalog: catalog.clone(),
        summary: plan.summary(),
        refused,
        drift: beside.is_drift,
        asked: beside.asked.clone(),
        approved: beside.approved.clone(),
        targets: targets.iter().map(|target| wire_target(target, None)).collect(),
        left_out: beside.left_out.iter().map(|target| wire_target(target, None)).collect(),
        released: released.iter().map(wire_released).collect(),
    })
}

/// A report as JSON.
pub fn report_to_json(report: &Report) -> String {
    report_to_json_with(report, &Beside::default())
}

/// A report as JSON, with what a job says beside it.
pub fn report_to_json_with(report: &Report, beside: &Beside) -> String {
    let Report { digest, catalog, targets, released } = report;
    let Tally { applied, failed, skipped, unreadable: _ } = report.tally();
    let plan = Summary::of(targets.iter().map(|report| &report.target));
    let wire = |TargetReport { target, outcomes }: &TargetReport| wire_target(target, Some(outcomes));
    text(&Document {
        format_version: FORMAT_VERSION,
        tool: TOOL.to_owned(),
        digest: digest.clone(),
        catalog: catalog.clone(),
        summary: ReportSummary { plan, applied, failed, skipped },
        refused: None,
        drift: beside.is_drift,
        asked: beside.asked.clone(),
        approved: beside.approved.clone(),
        targets: targets.iter().map(wire).collect(),
        left_out: beside.left_out.iter().map(|target| wire_target(target, None)).collect(),
        released: released.iter().map(wire_released).collect(),
    })
}

/// Writing can't fail: the keys of a document are strings, and its numbers are whole.
fn text(document: &impl Serialize) -> String {
    serde_json::to_string_pretty(document).map(|text| text + "\n").unwrap_or_default()
}

fn wire_target(target: &Target, outcomes: Option<&Vec<Outcome>>) -> WireTarget {
    let Target { name, organization, account, account_name, region, state, warnings, silenced, incomplete_shares } =
        target;
    let mut wire = WireTarget {
        name: name.clone(),
        organization: name.organization().is_none().then(|| organization.clone()),
        account: account.clone(),
        account_name: account_name.clone(),
        region: region.clone(),
        resource: None,
        local: None,
        state: State::Complete,
        reason: None,
        source: None,
        left_alone: 0,
        ignored: Vec::new(),
        other_notes: Vec::new(),
        changes: Vec::new(),
        warnings: warnings.clone(),
        silenced: silenced.clone(),
        incomplete_shares: incomplete_shares.iter().map(wire_incomplete).collect(),
    };
    match state {
        TargetState::Complete { work, left_alone } => {
            wire.resource = Some(wire_resource(work));
            wire.local = wire_local(work);
            let Untouched { unlisted, ignored, other_notes } = left_alone;
            wire.other_notes.clone_from(other_notes);
            wire.left_alone = *unlisted;
            let ignored = ignored.iter().map(|(key, label)| WireIgnored { key: key.clone(), label: label.clone() });
            wire.ignored = ignored.collect();
            wire.changes = work.changes().map(wire_change).collect();
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

fn wire_incomplete(incomplete: &IncompleteShare) -> WireIncomplete {
    let IncompleteShare { receiver, missing } = incomplete;
    WireIncomplete { key: receiver.to_string(), missing: missing.clone() }
}

fn wire_resource(work: &Work) -> WireResource {
    let Resource { id, name } = work.resource();
    let policy = match work {
        Work::Hub { portfolio: _, changes: _ } | Work::Recipient { imported: _, local: _, changes: _ } => None,
        Work::Experience { experience: _, policy, changes: _ } => policy.clone(),
    };
    WireResource { id: id.map(str::to_owned), name: Some(name).filter(|name| !name.is_empty()), policy }
}

/// A recipient's local portfolio.
fn wire_local(work: &Work) -> Option<WireResource> {
    let Work::Recipient { imported: _, local: Some(Resource { id, name }), changes: _ } = work else { return None };
    Some(WireResource { id: id.as_ref().map(ToString::to_string), name: Some(name.clone()), policy: None })
}

fn wire_change(change: ChangeRef<'_>) -> WireChange {
    let ChangeRef { edit, about: About { origin, because, waits_for, takes_from, audience: _, label, notes } } = change;
    let (before, after) = terms::of(edit);
    let (mut base_source, mut until, mut until_on, mut mirrors) = (None, None, None, None);
    let word = match because {
        Because::Listed(_) => WireBecause::Listed,
        Because::Unlisted => WireBecause::Unlisted,
        Because::NoLongerListed(source) => {
            base_source = Some(source.clone());
            WireBecause::NoLongerListed
        }
        Because::Expired(Expiry { day, listing, source: _, is_due: _ }) => {
            (until, until_on) = (Some(day.to_string()), *listing);
            WireBecause::Expired
        }
        Because::Mirrors(Mirrored { account, experience, name, listing, source: _ }) => {
            let (account, experience) = (account.clone(), experience.clone());
            mirrors = Some(WireMirrors { account, experience, name: name.clone(), listing: *listing });
            WireBecause::Mirrors
        }
    };
    WireChange {
        action: edit.action(),
        kind: edit.kind(),
        key: edit.key(),
        label: label.clone(),
        origin: *origin,
        before,
        after,
        source: because.source().cloned(),
        because: word,
        base_source,
        until,
        until_on,
        mirrors,
        takes_away: edit.takes_away(),
        takes_from: takes_from.clone(),
        waits_for: waits_for.iter().cloned().collect(),
        notes: notes.clone(),
        result: None,
        error: None,
        reason: None,
    }
}

fn wire_released(released: &Released) -> WireReleased {
    let Released { target, account, region, resource: Resource { id, name }, keeps, source, unseen } = released;
    WireReleased {
        target: target.clone(),
        account: account.clone(),
        region: region.clone(),
        resource: WireResource { id: id.clone(), name: Some(name.clone()), policy: None },
        keeps: keeps.clone(),
        base_source: source.clone(),
        unseen: *unseen,
    }
}
