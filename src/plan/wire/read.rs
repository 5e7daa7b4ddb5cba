//! Reads plans and reports from JSON. Anything else is refused with a reason.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::format::{
    Document, FORMAT_VERSION, ReportSummary, State, WireBecause, WireChange, WireIgnored, WireIncomplete, WireMirrors,
    WireReleased, WireResource, WireResult, WireTarget,
};
use crate::model::change::{
    About, Because, Change, Expiry, IncompleteShare, Mirrored, Plan, Released, Resource, Summary, Target, TargetState,
    Untouched, Work,
};
use crate::model::report::{Outcome, Report, TargetReport};
use crate::model::target::TargetName;
use crate::plan::canonical::digest;
use crate::plan::terms::{FromTerms, Terms};

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

/// Reads a plan from JSON. A plan whose digest is not that of its changes is refused.
pub fn plan_from_json(json: &str) -> Result<Plan, FormatError> {
    let Document { digest: claimed, catalog, targets, released, .. } = document::<Summary>(json)?;
    let mut read = Vec::new();
    for wire in targets {
        let TargetReport { target, outcomes: _ } = target(wire)?;
        read.push(target);
    }
    sealed(&claimed, &read)?;
    let released = released.into_iter().map(released_of).collect();
    Ok(Plan { digest: claimed, catalog, targets: read, released })
}

/// Reads a report from JSON. A report whose digest is not that of its changes is refused.
pub fn report_from_json(json: &str) -> Result<Report, FormatError> {
    let Document { digest: claimed, catalog, targets, released, .. } = document::<ReportSummary>(json)?;
    let targets = targets.into_iter().map(target).collect::<Result<Vec<_>, _>>()?;
    if let Some(report) = targets.iter().find(|it| it.outcomes.len() != it.target.changes().count()) {
        return Err(FormatError::Broken(format!("target {} has changes without a result", report.target.name)));
    }
    let planned: Vec<Target> = targets.iter().map(|report| report.target.clone()).collect();
    sealed(&claimed, &planned)?;
    let released = released.into_iter().map(released_of).collect();
    Ok(Report { digest: claimed, catalog, targets, released })
}

fn sealed(claimed: &str, targets: &[Target]) -> Result<(), FormatError> {
    if digest(targets) == claimed {
        Ok(())
    } else {
        Err(FormatError::Broken("its digest does not match its changes".to_owned()))
    }
}

pub(super) fn target(wire: WireTarget) -> Result<TargetReport, FormatError> {
    let WireTarget {
        name,
        organization,
        account,
        account_name,
        region,
        resource,
        local,
        state,
        reason,
        source,
        left_alone,
        ignored,
        other_notes,
        changes,
        warnings,
        silenced,
        incomplete_shares,
    } = wire;
    let Some(organization) = name.organization().cloned().or(organization) else {
        return Err(FormatError::Broken(format!("target {name} has no organization")));
    };
    let incomplete_shares = incomplete_shares.into_iter().map(incomplete).collect::<Result<Vec<_>, _>>()?;
    let ignored = ignored.into_iter().map(|WireIgnored { key, label }| (key, label)).collect();
    let outcomes = changes.iter().filter_map(outcome).collect();
    let state = match (state, resource) {
        (State::Unreadable, _) => TargetState::Unreadable { reason: reason.unwrap_or_default(), source },
        (State::Complete, None) => return Err(FormatError::Broken(format!("target {name} has no resource"))),
        (State::Complete, Some(resource)) => TargetState::Complete {
            work: work(&name, resource, local, changes)?,
            left_alone: Untouched { unlisted: left_alone, ignored, other_notes },
        },
    };
    Ok(TargetReport {
        target: Target {
            name,
            organization,
            account,
            account_name,
            region,
            state,
            warnings,
            silenced,
            incomplete_shares,
        },
        outcomes,
    })
}

fn incomplete(wire: WireIncomplete) -> Result<IncompleteShare, FormatError> {
    let WireIncomplete { key, missing } = wire;
    let receiver =
        key.parse().map_err(|_| FormatError::Broken(format!("{key} is no account, unit or organization")))?;
    Ok(IncompleteShare { receiver, missing })
}

fn work(
    name: &TargetName,
    resource: WireResource,
    local: Option<WireResource>,
    wire: Vec<WireChange>,
) -> Result<Work, FormatError> {
    let WireResource { id, name: resource_name, policy } = resource;
    let resource_name = resource_name.unwrap_or_default();
    let broken = |_| FormatError::Broken(format!("target {name} has a resource with an invalid id"));
    Ok(match name {
        TargetName::Portfolio { file: _, organization: _, region: _, former: _ } => Work::Hub {
            portfolio: Resource { id: id.map(|id| id.parse()).transpose().map_err(broken)?, name: resource_name },
            changes: changes(name, wire)?,
        },
        TargetName::Recipient { file: _, account: _, region: _ } => Work::Recipient {
            imported: Resource { id: id.map(|id| id.parse()).transpose().map_err(broken)?, name: resource_name },
            local: match local {
                Some(WireResource { id, name, policy: _ }) => Some(Resource {
                    id: id.map(|id| id.parse()).transpose().map_err(broken)?,
                    name: name.unwrap_or_default(),
                }),
                None => None,
            },
            changes: changes(name, wire)?,
        },
        TargetName::Marketplace { file: _, organization: _, experience: _ } => Work::Experience {
            experience: Resource { id: id.map(|id| id.parse()).transpose().map_err(broken)?, name: resource_name },
            policy,
            changes: changes(name, wire)?,
        },
    })
}

fn changes<E: FromTerms>(name: &TargetName, wire: Vec<WireChange>) -> Result<Vec<Change<E>>, FormatError> {
    let change = |wire: WireChange| {
        let broken = format!("change {} of target {name} does not fit its kind", wire.key);
        change(wire).ok_or(FormatError::Broken(broken))
    };
    wire.into_iter().map(change).collect()
}

fn change<E: FromTerms>(wire: WireChange) -> Option<Change<E>> {
    let WireChange {
        action,
        kind,
        key,
        label,
        origin,
        before,
        after,
        source,
        because,
        base_source,
        until,
        until_on,
        mirrors,
        takes_away: _,
        takes_from,
        waits_for,
        notes,
        result: _,
        error: _,
        reason: _,
    } = wire;
    let because = match because {
        WireBecause::Listed => Because::Listed(source?),
        WireBecause::Unlisted => Because::Unlisted,
        WireBecause::NoLongerListed => Because::NoLongerListed(base_source?),
        WireBecause::Expired => {
            Because::Expired(Expiry { day: until?.parse().ok()?, listing: until_on, source: source?, is_due: false })
        }
        WireBecause::Mirrors => {
            let WireMirrors { account, experience, name, listing } = mirrors?;
            Because::Mirrors(Mirrored { account, experience, name, listing, source: source? })
        }
    };
    let edit = E::read(&Terms { kind, action, key: &key, before: before.as_ref(), after: after.as_ref() })?;
    let about =
        About { origin, because, waits_for: waits_for.into_iter().collect(), takes_from, audience: None, label, notes };
    Some(Change { edit, about })
}

fn released_of(wire: WireReleased) -> Released {
    let WireReleased { target, account, region, resource, keeps, base_source, unseen } = wire;
    let WireResource { id, name, policy: _ } = resource;
    Released {
        target,
        account,
        region,
        resource: Resource { id, name: name.unwrap_or_default() },
        keeps,
        source: base_source,
        unseen,
    }
}

fn outcome(wire: &WireChange) -> Option<Outcome> {
    match (wire.result?, &wire.error) {
        (WireResult::Applied, _) => Some(Outcome::Applied),
        (WireResult::Failed, Some(failure)) => Some(Outcome::Failed(failure.clone())),
        (WireResult::Failed, None) => None,
        (WireResult::Skipped, _) => Some(Outcome::Skipped(wire.reason.clone().unwrap_or_default())),
    }
}
