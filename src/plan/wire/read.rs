//! Plans and reports from JSON. What is not of this format is refused with a reason.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Document, FORMAT_VERSION, ReportSummary, State, WireChange, WireResult, WireTarget, digest, terms};
use crate::model::change::{Change, Plan, Summary, Target, TargetState};
use crate::model::report::{Outcome, Report, TargetReport};

/// Why a text is not a plan or a report.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// It is no JSON of the right shape.
    #[error("it is not a plan or report of catalog-sync: {0}")]
    Shape(serde_json::Error),
    /// Another version wrote it.
    #[error("its format_version is {0} and this catalog-sync reads {FORMAT_VERSION}: make it again with this version")]
    Version(u32),
    /// Its parts contradict each other.
    #[error("{0}: someone changed it after it was written")]
    Broken(String),
}

#[derive(Deserialize)]
struct Version {
    format_version: u32,
}

fn document<S: DeserializeOwned>(json: &str) -> Result<Document<S>, FormatError> {
    let Version { format_version } = serde_json::from_str(json).map_err(FormatError::Shape)?;
    if format_version != FORMAT_VERSION {
        return Err(FormatError::Version(format_version));
    }
    serde_json::from_str(json).map_err(FormatError::Shape)
}

/// A plan from JSON. One whose changes do not give its digest is refused.
pub fn plan_from_json(json: &str) -> Result<Plan, FormatError> {
    let Document { format_version: _, tool: _, digest: claimed, catalog, summary: _, targets } =
        document::<Summary>(json)?;
    let mut read = Vec::new();
    for wire in targets {
        let TargetReport { target, outcomes: _ } = target(wire)?;
        read.push(target);
    }
    sealed(&claimed, &read)?;
    Ok(Plan { digest: claimed, catalog, targets: read })
}

/// A report from JSON. One whose changes do not give its digest is refused.
pub fn report_from_json(json: &str) -> Result<Report, FormatError> {
    let Document { format_version: _, tool: _, digest: claimed, catalog, summary: _, targets } =
        document::<ReportSummary>(json)?;
    let targets = targets.into_iter().map(target).collect::<Result<Vec<_>, _>>()?;
    if let Some(report) = targets.iter().find(|it| it.outcomes.len() != it.target.changes().len()) {
        return Err(FormatError::Broken(format!("target {} has changes without a result", report.target.name)));
    }
    let planned: Vec<Target> = targets.iter().map(|report| report.target.clone()).collect();
    sealed(&claimed, &planned)?;
    Ok(Report { digest: claimed, catalog, targets })
}

fn sealed(claimed: &str, targets: &[Target]) -> Result<(), FormatError> {
    if digest(targets) == claimed {
        Ok(())
    } else {
        Err(FormatError::Broken("its changes do not give its digest".to_owned()))
    }
}

fn target(wire: WireTarget) -> Result<TargetReport, FormatError> {
    let WireTarget {
        name,
        account,
        account_name,
        region,
        state,
        reason,
        source,
        subject,
        left_alone,
        changes: wire_changes,
        warnings,
    } = wire;
    let mut outcomes = Vec::new();
    let state = match (state, subject) {
        (State::Unreadable, _) => TargetState::Unreadable { reason: reason.unwrap_or_default(), source },
        (State::Complete, None) => return Err(FormatError::Broken(format!("target {name} has no subject"))),
        (State::Complete, Some(subject)) => {
            let mut changes = Vec::new();
            for wire in wire_changes {
                outcomes.extend(outcome(&wire));
                let key = wire.key.clone();
                let broken = || FormatError::Broken(format!("change {key} of target {name} makes no sense"));
                changes.push(change(wire).ok_or_else(broken)?);
            }
            TargetState::Complete { subject, changes, left_alone }
        }
    };
    Ok(TargetReport { target: Target { name, account, account_name, region, state, warnings }, outcomes })
}

fn change(wire: WireChange) -> Option<Change> {
    let WireChange { action, kind, key, label, origin, before, after, source, notes, result: _, error: _, reason: _ } =
        wire;
    let edit = terms::edit(kind, action, &key, before.as_ref(), after.as_ref())?;
    Some(Change { edit, origin, source, label, notes })
}

fn outcome(wire: &WireChange) -> Option<Outcome> {
    match (wire.result?, &wire.error) {
        (WireResult::Applied, _) => Some(Outcome::Applied),
        (WireResult::Failed, Some(failure)) => Some(Outcome::Failed(failure.clone())),
        (WireResult::Failed, None) => None,
        (WireResult::Skipped, _) => Some(Outcome::Skipped(wire.reason.clone().unwrap_or_default())),
    }
}
