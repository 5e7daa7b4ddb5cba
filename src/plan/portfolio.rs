//! A portfolio's shares: desired against live.

use std::collections::BTreeMap;

use super::diff::Planned;
use super::{Blocked, labels, select};
use crate::model::change::{Change, Delta, Edit, Origin, Subject};
use crate::model::desired::{Desired, DesiredPortfolio, DesiredShare, OuRef, Unlisted};
use crate::model::finding::Source;
use crate::model::id::{Name, OuId};
use crate::model::live::{Live, Reading};
use crate::model::organization::PathProblem;
use crate::model::portfolio::{LiveShare, Portfolio, Receiver, Share};
use crate::model::target::TargetName;

/// What would change in a portfolio's shares.
pub(super) fn plan(name: &TargetName, wanted: &DesiredPortfolio, live: &Live) -> Result<Planned, Blocked> {
    let portfolio = find(wanted, live)?;
    let resolved = resolve_all(wanted, name.organization(), live)?;
    let edits = edits(&resolved, wanted.unlisted, portfolio);
    let left_alone = match wanted.unlisted {
        Unlisted::Remove => 0,
        Unlisted::Keep => portfolio.shares.keys().filter(|receiver| !resolved.contains_key(receiver)).count(),
    };
    let changes = edits
        .into_iter()
        .map(|edit| {
            let source = resolved.get(&edit.subject().receiver()).map(|(_, source)| (*source).clone());
            change(live, name.organization(), portfolio, edit, source)
        })
        .collect();
    Ok(Planned { subject: subject(portfolio), changes, left_alone })
}

/// The targets whose portfolio another file governs too, once by its id and once by its name, and why that can't be:
/// each would remove the other's shares for ever.
pub(super) fn clashes<'a>(desired: &'a Desired, live: &Live) -> BTreeMap<&'a TargetName, String> {
    let mut governed: BTreeMap<_, Vec<(&TargetName, &DesiredPortfolio)>> = BTreeMap::new();
    for (name, wanted) in &desired.portfolios {
        if let Ok(portfolio) = find(wanted, live) {
            let key = (&wanted.account, &wanted.region, &portfolio.id);
            governed.entry(key).or_default().push((name, wanted));
        }
    }
    let mut clashes = BTreeMap::new();
    for ((_, _, id), targets) in governed.into_iter().filter(|(_, targets)| targets.len() > 1) {
        let places = targets.iter().map(|(_, it)| format!("{}:{}", it.source.file, it.source.line));
        let reason = format!("portfolio {id} is governed more than once: {}", places.collect::<Vec<_>>().join(", "));
        clashes.extend(targets.into_iter().map(|(name, _)| (name, reason.clone())));
    }
    clashes
}

/// Removes the shares that a catalog used to list for a portfolio that it no longer names, where they are live.
/// Nothing where another file names the portfolio now: it was renamed, not dropped.
pub(super) fn clean_up(
    desired: &Desired,
    name: &TargetName,
    gone: &DesiredPortfolio,
    live: &Live,
) -> Option<Result<Planned, Blocked>> {
    let portfolio = match find(gone, live) {
        Ok(portfolio) => portfolio,
        // A portfolio that was deleted took its shares with it.
        Err(Blocked { reason: _, source: Some(_) }) => return None,
        Err(blocked) => return Some(Err(blocked)),
    };
    let adopted = desired.portfolios.values().any(|now| {
        now.account == gone.account
            && now.region == gone.region
            && find(now, live).is_ok_and(|found| found.id == portfolio.id)
    });
    if adopted {
        return None;
    }
    let known = resolve_some(&gone.shares, name.organization(), live);
    let changes = portfolio
        .shares
        .iter()
        .filter(|(receiver, _)| known.contains_key(receiver))
        .map(|(_, live_share)| {
            change(live, name.organization(), portfolio, Delta::Remove(live_share.share.clone()), None)
        })
        .collect();
    Some(Ok(Planned { subject: subject(portfolio), changes, left_alone: 0 }))
}

/// The edits that a catalog asks for, as far as it can be understood: what the base asked for already.
pub(super) fn edits_of(wanted: &DesiredPortfolio, organization: &Name, live: &Live) -> Vec<Edit> {
    let Ok(portfolio) = find(wanted, live) else { return Vec::new() };
    let resolved = resolve_some(&wanted.shares, organization, live);
    edits(&resolved, wanted.unlisted, portfolio).into_iter().map(Edit::PortfolioShare).collect()
}

fn subject(portfolio: &Portfolio) -> Subject {
    Subject::Portfolio { id: portfolio.id.clone(), name: portfolio.name.clone() }
}

fn find<'a>(wanted: &DesiredPortfolio, live: &'a Live) -> Result<&'a Portfolio, Blocked> {
    let DesiredPortfolio { account, region, portfolio, source, shares: _, unlisted: _ } = wanted;
    let shelf = live
        .portfolios
        .get(&(account.clone(), region.clone()))
        .ok_or_else(|| Blocked::unreadable(format!("the portfolios of {account} {region} were not read")))?;
    let shelf = shelf.as_result().map_err(Blocked::unreadable)?;
    select(shelf, portfolio, source, "portfolio", &format!("{account} {region}"))
}

type Resolved<'a> = BTreeMap<Receiver, (Share, &'a Source)>;

fn resolve_all<'a>(wanted: &'a DesiredPortfolio, organization: &Name, live: &Live) -> Result<Resolved<'a>, Blocked> {
    let mut resolved = Resolved::new();
    for DesiredShare { share, source } in &wanted.shares {
        let share = share.map_ou(|ou| resolve(ou, source, organization, live))?;
        if let Some((_, earlier)) = resolved.insert(share.receiver(), (share.clone(), source)) {
            let receiver = share.receiver();
            return Err(Blocked::at(
                source,
                format!("{receiver} is listed twice, the first time in line {}; keep one of them", earlier.line),
            ));
        }
    }
    Ok(resolved)
}

/// Without what can't be resolved: for a catalog as it was, which nobody can mend any more.
fn resolve_some<'a>(shares: &'a [DesiredShare], organization: &Name, live: &Live) -> Resolved<'a> {
    let resolve = |DesiredShare { share, source }: &'a DesiredShare| {
        let share = share.map_ou(|ou| resolve(ou, source, organization, live)).ok()?;
        Some((share.receiver(), (share, source)))
    };
    shares.iter().filter_map(resolve).collect()
}

fn resolve(ou: &OuRef, source: &Source, name: &Name, live: &Live) -> Result<OuId, Blocked> {
    let path = match ou {
        // Asked only where a share with it is to be made: what is live with a unit that is gone can be taken away.
        OuRef::Id(id) if labels::organization(live, name).is_some_and(|it| it.missing.contains(id)) => {
            return Err(Blocked::at(source, format!("organization {name} has no organizational unit {id}")));
        }
        OuRef::Id(id) => return Ok(id.clone()),
        OuRef::Path(path) => path,
    };
    let organization = match live.organizations.get(name) {
        Some(Reading::Complete(organization)) => organization,
        Some(Reading::Unreadable(reason)) => return Err(Blocked::unreadable(reason)),
        None => return Err(Blocked::unreadable(format!("organization {name} was not read"))),
    };
    organization.resolve(path).map_err(|problem| Blocked::at(source, path_sentence(path, name, &problem)))
}

/// How many other paths an error names.
const CANDIDATES: usize = 5;

fn path_sentence(path: &str, organization: &Name, problem: &PathProblem) -> String {
    match problem {
        PathProblem::Missing { candidates } => {
            let missing = format!("organization {organization} has no organizational unit `{path}`");
            let mut others = candidates.iter();
            let Some(first) = others.next() else { return missing };
            let others: Vec<String> = others.take(CANDIDATES).map(|path| format!("`{path}`")).collect();
            match others.as_slice() {
                [] => format!("{missing}; did you mean `{first}`?"),
                others => format!("{missing}; did you mean `{first}`? There is also {}", others.join(", ")),
            }
        }
        PathProblem::Ambiguous { candidates } => {
            let ids: Vec<&str> = candidates.iter().map(OuId::as_str).collect();
            format!(
                "`{path}` names {} organizational units of {organization}: {}. Write the id of the one that is meant",
                ids.len(),
                ids.join(", ")
            )
        }
    }
}

fn edits(resolved: &Resolved, unlisted: Unlisted, portfolio: &Portfolio) -> Vec<Delta<Share>> {
    let mut edits = Vec::new();
    for (receiver, (wanted, _)) in resolved {
        match portfolio.shares.get(receiver) {
            None => edits.push(Delta::Create(wanted.clone())),
            Some(live) if live.share != *wanted => {
                edits.push(Delta::Update { before: live.share.clone(), after: wanted.clone() });
            }
            Some(_) => {}
        }
    }
    if unlisted == Unlisted::Remove {
        let unknown = portfolio.shares.iter().filter(|(receiver, _)| !resolved.contains_key(receiver));
        edits.extend(unknown.map(|(_, live)| Delta::Remove(live.share.clone())));
    }
    edits
}

fn change(
    live: &Live,
    organization: &Name,
    portfolio: &Portfolio,
    edit: Delta<Share>,
    source: Option<Source>,
) -> Change {
    let receiver = edit.subject().receiver();
    let mut notes = Vec::new();
    match &edit {
        Delta::Create(_) => notes.extend(labels::reach(live, organization, &receiver)),
        Delta::Update { before: _, after: _ } => {}
        Delta::Remove(_) => {
            notes.extend(labels::reach(live, organization, &receiver).map(|it| it.replacen("reaches", "reached", 1)));
            if let (Receiver::Account(_), Some(LiveShare { share: _, accepted })) =
                (&receiver, portfolio.shares.get(&receiver))
            {
                let standing = if *accepted { "the recipient had accepted it" } else { "never accepted" };
                notes.push(standing.to_owned());
            }
            notes.extend(labels::stranger(live, organization, &receiver));
        }
    }
    let label = labels::receiver(live, organization, &receiver);
    Change { edit: Edit::PortfolioShare(edit), origin: Origin::PullRequest, source, label, notes }
}
