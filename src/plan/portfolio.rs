//! A portfolio's shares: desired against live.

use std::collections::{BTreeMap, BTreeSet};

use super::inherited::{LeftAlone, Rows, Standing, Touch};
use super::planned::{Blocked, Planned};
use super::reach::{self, Reach, Repairs};
use super::{labels, resolve};
use crate::model::change::{About, Because, Change, Origin, Resource, Work};
use crate::model::desired::{DesiredPortfolio, DesiredShare, OuRef, Unlisted};
use crate::model::edit::{Delta, HubEdit};
use crate::model::finding::Source;
use crate::model::id::{Name, OuId, PortfolioId};
use crate::model::live::{Live, Reading};
use crate::model::organization::PathProblem;
use crate::model::portfolio::{LiveShare, Portfolio, Receiver, Share};

/// What would change in a portfolio's shares. `before` says whether the base lists a receiver.
pub(super) fn plan(
    organization: &Name,
    wanted: &DesiredPortfolio,
    id: &PortfolioId,
    live: &Live,
    before: impl Fn(&Receiver) -> bool,
    repairs: Repairs,
) -> Result<Planned, Blocked> {
    let portfolio = resolve::portfolio(wanted, id, live)?;
    let resolved = resolve_all(wanted, organization, live)?;
    let touch = |receiver: &Receiver| touch(&resolved, wanted.unlisted, portfolio, receiver);
    let rows = Rows::of(portfolio, &resolve::hub_place(wanted), organization, live, touch, made(&resolved, portfolio));
    let (edits, left) = edits(&resolved, wanted.unlisted, portfolio, &rows, before);
    let left_alone = match wanted.unlisted {
        Unlisted::Remove => left.count(),
        Unlisted::Keep => portfolio.shares.keys().filter(|receiver| !resolved.contains_key(receiver)).count(),
    };
    let line = |receiver: &Receiver| resolved.get(receiver).map(|(_, source)| *source);
    let Reach { incomplete: incomplete_shares, warnings } = reach::compare(organization, wanted, portfolio, live, line);
    let repaired = incomplete_shares.iter().filter(|_| repairs == Repairs::Yes).filter_map(|it| {
        // A share that changes anyway is looked at again afterwards.
        let share = resolved.get(&it.receiver).map(|(share, _)| share);
        let is_open = !edits.iter().any(|edit| edit.subject().receiver() == it.receiver);
        share.filter(|_| is_open).cloned()
    });
    let repaired: Vec<Share> = repaired.collect();
    let changes = edits.into_iter().map(HubEdit::Share).chain(repaired.into_iter().map(HubEdit::Repair));
    let changes = changes
        .map(|edit| {
            let is_removed = matches!(&edit, HubEdit::Share(Delta::Remove(_)));
            let listed = line(&edit.share().receiver()).filter(|_| !is_removed);
            let because = listed.map_or(Because::Unlisted, |source| Because::Listed(source.clone()));
            let mut change = change(live, organization, portfolio, edit, because);
            let receiver = change.edit.share().receiver();
            if receiver.is_of_organization() && !is_removed {
                change.about.audience = reach::audience(live, organization, &wanted.account, &receiver);
            }
            change
        })
        .collect();
    Ok(Planned {
        work: work(portfolio, changes),
        left_alone,
        warnings: [left.warnings(), warnings].concat(),
        incomplete_shares,
    })
}

/// The edits that a catalog asks for, with the line of each share that it lists; nothing where some of it can't be
/// understood.
pub(super) fn asked<'a>(
    organization: &Name,
    wanted: &'a DesiredPortfolio,
    id: &PortfolioId,
    live: &Live,
) -> Result<(Vec<HubEdit>, Resolved<'a>), Blocked> {
    let portfolio = resolve::portfolio(wanted, id, live)?;
    let resolved = resolve_all(wanted, organization, live)?;
    let touch = |receiver: &Receiver| touch(&resolved, wanted.unlisted, portfolio, receiver);
    let rows = Rows::of(portfolio, &resolve::hub_place(wanted), organization, live, touch, made(&resolved, portfolio));
    let (edits, _) = edits(&resolved, wanted.unlisted, portfolio, &rows, |_| false);
    Ok((edits.into_iter().map(HubEdit::Share).collect(), resolved))
}

pub(super) fn work(portfolio: &Portfolio, changes: Vec<Change<HubEdit>>) -> Work {
    let Portfolio { id, name, shares: _ } = portfolio;
    Work::Hub { portfolio: Resource { id: Some(id.clone()), name: name.clone().unwrap_or_default() }, changes }
}

/// The shares of a catalog by receiver, each with its line.
pub(super) type Resolved<'a> = BTreeMap<Receiver, (Share, &'a Source)>;

fn resolve_all<'a>(wanted: &'a DesiredPortfolio, organization: &Name, live: &Live) -> Result<Resolved<'a>, Blocked> {
    let mut resolved = Resolved::new();
    let mut unknown: Vec<(String, &Source)> = Vec::new();
    for DesiredShare { share, source } in &wanted.shares {
        let share = match share.map_ou(|ou| resolve_unit(ou, organization, live)) {
            Ok(share) => share,
            Err(UnitProblem::Unreadable(reason)) => return Err(Blocked::unreadable(reason)),
            Err(UnitProblem::Unknown(sentence)) => {
                unknown.push((sentence, source));
                continue;
            }
        };
        if let Some((_, earlier)) = resolved.insert(share.receiver(), (share.clone(), source)) {
            let receiver = share.receiver();
            return Err(Blocked::at(
                source,
                format!("{receiver} is listed twice, the first time in line {}; keep one of them", earlier.line),
            ));
        }
    }
    match unknown.as_slice() {
        [] => Ok(resolved),
        [(sentence, source)] => Err(Blocked::at(source, sentence.clone())),
        [(_, first), ..] => {
            let all = unknown.iter().map(|(sentence, source)| format!("line {}: {sentence}", source.line));
            Err(Blocked::at(first, all.collect::<Vec<_>>().join("; ")))
        }
    }
}

/// Why a unit of the catalog is no single unit of the organization.
pub(super) enum UnitProblem {
    /// The tree could not be read; the sentence says why.
    Unreadable(String),
    /// None, or several; the sentence says which.
    Unknown(String),
}

/// The unit that a catalog names.
pub(super) fn resolve_unit(ou: &OuRef, name: &Name, live: &Live) -> Result<OuId, UnitProblem> {
    let path = match ou {
        // Known only once names were asked for. A new share with a unit that is gone can't be made; a share that is
        // live with it can be removed.
        OuRef::Id(id) if live.organization(name).is_some_and(|it| it.missing.contains(id)) => {
            let sentence = format!("organization {name} has no organizational unit {id}");
            return Err(UnitProblem::Unknown(sentence));
        }
        OuRef::Id(id) => return Ok(id.clone()),
        OuRef::Path(path) => path,
    };
    let organization = match live.organizations.get(name) {
        Some(Reading::Complete(organization)) => organization,
        Some(Reading::Unreadable(reason)) => return Err(UnitProblem::Unreadable(reason.clone())),
        None => return Err(UnitProblem::Unreadable(format!("organization {name} was not read"))),
    };
    organization.resolve(path).map_err(|problem| path_problem(path, name, problem))
}

/// How many other paths an error names.
const CANDIDATES: usize = 5;

fn path_problem(path: &str, organization: &Name, problem: PathProblem) -> UnitProblem {
    match problem {
        PathProblem::Unreadable(reason) => UnitProblem::Unreadable(reason),
        PathProblem::Missing { candidates } => {
            let missing = format!("organization {organization} has no organizational unit `{path}`");
            let mut others = candidates.iter();
            let sentence = match others.next() {
                None => missing,
                Some(first) => {
                    let others: Vec<String> = others.take(CANDIDATES).map(|path| format!("`{path}`")).collect();
                    match others.as_slice() {
                        [] => format!("{missing}; did you mean `{first}`?"),
                        others => format!("{missing}; did you mean `{first}`? There is also {}", others.join(", ")),
                    }
                }
            };
            UnitProblem::Unknown(sentence)
        }
        PathProblem::Ambiguous { candidates } => {
            let ids: Vec<&str> = candidates.iter().map(OuId::as_str).collect();
            let sentence = format!(
                "`{path}` names {} organizational units of {organization}: {}. Write the id of the one that is meant",
                ids.len(),
                ids.join(", ")
            );
            UnitProblem::Unknown(sentence)
        }
    }
}

/// The shares with units and organizations that are not live yet.
fn made(resolved: &Resolved, portfolio: &Portfolio) -> Vec<Share> {
    let made = resolved.iter().filter(|(receiver, _)| !portfolio.shares.contains_key(receiver));
    let nodes = made.filter(|(receiver, _)| match receiver {
        Receiver::Ou(_) | Receiver::Organization(_) => true,
        Receiver::Account(_) | Receiver::Member(_) => false,
    });
    nodes.map(|(_, (share, _))| share.clone()).collect()
}

/// What the catalog does to a live share.
fn touch(resolved: &Resolved, unlisted: Unlisted, portfolio: &Portfolio, receiver: &Receiver) -> Touch {
    let live = portfolio.shares.get(receiver).map(|live| &live.share);
    match (resolved.get(receiver), unlisted) {
        (Some((wanted, _)), _) if Some(wanted) == live => Touch::Stays,
        (Some(_), _) => Touch::Changes,
        (None, Unlisted::Remove) => Touch::Goes,
        (None, Unlisted::Keep) => Touch::Stays,
    }
}

/// What changes, and which rows are left alone because they may stand for a share with a node above. `before` says
/// whether the base lists a receiver: then the share is one that the catalog made.
fn edits(
    resolved: &Resolved,
    unlisted: Unlisted,
    portfolio: &Portfolio,
    rows: &Rows<'_>,
    before: impl Fn(&Receiver) -> bool,
) -> (Vec<Delta<Share>>, LeftAlone) {
    let (mut edits, mut left) = (Vec::new(), LeftAlone::default());
    for (receiver, (wanted, _)) in resolved {
        let is_inherited = matches!(rows.standing(receiver), Standing::Inherited);
        match portfolio.shares.get(receiver).filter(|_| !is_inherited) {
            None => edits.push(Delta::Create(wanted.clone())),
            Some(live) if live.share != *wanted => {
                edits.push(Delta::Update { before: live.share.clone(), after: wanted.clone() });
            }
            Some(_) => {}
        }
    }
    if unlisted == Unlisted::Remove {
        for (receiver, live) in portfolio.shares.iter().filter(|(receiver, _)| !resolved.contains_key(receiver)) {
            let standing = match rows.standing(receiver) {
                Standing::Untold(_) if before(receiver) => Standing::Own,
                standing => standing,
            };
            if !left.notes(receiver, standing) {
                edits.push(Delta::Remove(live.share.clone()));
            }
        }
    }
    (edits, left)
}

/// An edit with what people should know of it.
pub(super) fn change(
    live: &Live,
    organization: &Name,
    portfolio: &Portfolio,
    edit: HubEdit,
    because: Because,
) -> Change<HubEdit> {
    let receiver = edit.share().receiver();
    let mut notes = Vec::new();
    match &edit {
        HubEdit::Share(Delta::Create(_)) => {
            if let Receiver::Account(_) = &receiver {
                notes.push("the recipient has to accept it".to_owned());
            }
            notes.extend(labels::reach(live, organization, &receiver));
        }
        HubEdit::Share(Delta::Update { before: _, after: _ }) | HubEdit::Repair(_) => {}
        HubEdit::Share(Delta::Remove(_)) => {
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
    let about = About {
        origin: Origin::PullRequest,
        because,
        waits_for: BTreeSet::new(),
        takes_from: None,
        audience: None,
        label,
        notes,
    };
    Change { edit, about }
}
