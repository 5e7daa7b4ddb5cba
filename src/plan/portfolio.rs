//! A portfolio's shares: desired against live.

use std::collections::BTreeMap;

use super::ignored::Spared;
use super::inherited::{LeftAlone, Rows, Standing, Touch};
use super::planned::{Blocked, Planned};
use super::reach::{self, Reach, Repairs};
use super::units::{UnitProblem, resolve_unit};
use super::{coverage, labels, resolve};
use crate::model::change::{About, Because, Change, Expiry, Resource, Untouched, Work};
use crate::model::desired::{DesiredPortfolio, DesiredShare, Unlisted, Until};
use crate::model::edit::{Delta, HubEdit};
use crate::model::finding::Source;
use crate::model::id::{Name, PortfolioId};
use crate::model::live::Live;
use crate::model::portfolio::{LiveShare, Portfolio, Receiver, Share};

/// Plans the changes of a portfolio's shares. `before` says whether the base lists a receiver.
pub(super) fn plan(
    organization: &Name,
    wanted: &DesiredPortfolio,
    id: &PortfolioId,
    live: &Live,
    before: impl Fn(&Receiver) -> bool,
    repairs: Repairs,
) -> Result<Planned, Blocked> {
    let portfolio = resolve::portfolio(wanted, id, live)?;
    let asked = Asked::of(organization, wanted, live)?;
    let touch = |receiver: &Receiver| asked.touch(portfolio, receiver);
    let made = made(&asked.resolved, portfolio);
    let rows = Rows::of(portfolio, &resolve::hub_place(wanted), organization, live, touch, made);
    let (edits, left) = asked.edits(portfolio, &rows, before);
    let Asked { resolved, expired, spared, unlisted: _ } = &asked;
    let unlisted = || portfolio.shares.keys().filter(|receiver| !resolved.contains_key(receiver));
    let label = |receiver: &Receiver| (receiver.to_string(), labels::receiver(live, organization, receiver));
    let ignored: BTreeMap<String, String> = unlisted().filter(|it| spared.names(it)).map(label).collect();
    let held: Vec<&Receiver> = unlisted().filter(|it| asked.may_be_spared(it)).collect();
    let left_alone = Untouched {
        unlisted: match wanted.unlisted {
            Unlisted::Remove => left.count() + held.len(),
            Unlisted::Keep => unlisted().count() - ignored.len(),
        },
        ignored,
        other_notes: Vec::new(),
    };
    let line = |receiver: &Receiver| resolved.get(receiver).map(|listed| listed.source);
    let Reach { incomplete: incomplete_shares, warnings } = reach::compare(organization, wanted, portfolio, live, line);
    let repaired = incomplete_shares.iter().filter(|_| repairs == Repairs::Yes).filter_map(|it| {
        // A share that changes anyway is looked at again after that change.
        let share = resolved.get(&it.receiver).map(|listed| &listed.share);
        let is_open = !edits.iter().any(|edit| edit.subject().receiver() == it.receiver);
        share.filter(|_| is_open).cloned()
    });
    let repaired: Vec<Share> = repaired.collect();
    // In the accounts that `recipients` cover, the plan itself accepts the share.
    let covered = coverage::covered(wanted, live).unwrap_or_default();
    let changes = edits.into_iter().map(HubEdit::Share).chain(repaired.into_iter().map(HubEdit::Repair));
    let changes = changes
        .map(|edit| {
            let is_removed = matches!(&edit, HubEdit::Share(Delta::Remove(_)));
            let receiver = edit.share().receiver();
            let entry = if is_removed { expired.get(&receiver) } else { resolved.get(&receiver) };
            let because = entry.map_or(Because::Unlisted, |entry| entry.because(is_removed));
            let mut change = change(live, organization, portfolio, edit, because);
            if let Some(Until { day, is_near: _ }) = entry.filter(|_| !is_removed).and_then(|entry| entry.until) {
                change.about.notes.insert(0, format!("until {day}"));
            }
            if let Some(notes) = entry.and_then(|entry| entry.notes) {
                change.about.notes.insert(0, format!("notes: {notes}"));
            }
            if let Receiver::Account(account) = &receiver
                && covered.contains_key(account)
            {
                change.about.notes.retain(|note| note != TO_ACCEPT);
            }
            if receiver.is_of_organization() && !is_removed {
                change.about.audience = reach::audience(live, organization, &wanted.account, &receiver);
            }
            change
        })
        .collect();
    Ok(Planned {
        work: work(portfolio, changes),
        left_alone,
        warnings: [left.warnings(), spared.warnings(&held), warnings].concat(),
        incomplete_shares,
    })
}

/// The edits that a catalog asks for, with the shares that it lists or listed. An error if some of it can't be
/// understood.
pub(super) fn asked<'a>(
    organization: &Name,
    wanted: &'a DesiredPortfolio,
    id: &PortfolioId,
    live: &Live,
) -> Result<(Vec<HubEdit>, Asked<'a>), Blocked> {
    let portfolio = resolve::portfolio(wanted, id, live)?;
    let asked = Asked::of(organization, wanted, live)?;
    let touch = |receiver: &Receiver| asked.touch(portfolio, receiver);
    let made = made(&asked.resolved, portfolio);
    let rows = Rows::of(portfolio, &resolve::hub_place(wanted), organization, live, touch, made);
    let (edits, _) = asked.edits(portfolio, &rows, |_| false);
    Ok((edits.into_iter().map(HubEdit::Share).collect(), asked))
}

pub(super) fn work(portfolio: &Portfolio, changes: Vec<Change<HubEdit>>) -> Work {
    let Portfolio { id, name, shares: _ } = portfolio;
    Work::Hub { portfolio: Resource { id: Some(id.clone()), name: name.clone().unwrap_or_default() }, changes }
}

/// A share of a catalog, its unit resolved.
pub(super) struct Listed<'a> {
    share: Share,
    notes: Option<&'a str>,
    until: Option<Until>,
    pub(super) source: &'a Source,
}

impl Listed<'_> {
    fn because(&self, is_removed: bool) -> Because {
        let source = self.source.clone();
        match self.until {
            Some(Until { day, is_near: _ }) if is_removed => {
                Because::Expired(Expiry { day, listing: None, source, is_due: false })
            }
            _ => Because::Listed(source),
        }
    }
}

/// What a catalog says of a portfolio's shares, by receiver.
pub(super) struct Asked<'a> {
    resolved: BTreeMap<Receiver, Listed<'a>>,
    /// Entries whose `until` has passed.
    expired: BTreeMap<Receiver, Listed<'a>>,
    spared: Spared<'a>,
    unlisted: Unlisted,
}

impl<'a> Asked<'a> {
    fn of(organization: &Name, wanted: &'a DesiredPortfolio, live: &Live) -> Result<Self, Blocked> {
        let resolved = resolve_all(wanted, organization, live)?;
        let spared = Spared::of(wanted, organization, live);
        if let Some((receiver, listed)) = resolved.iter().find(|(receiver, _)| spared.names(receiver)) {
            let reason = format!("{receiver} is listed here and left alone by `ignore`: keep one of the two");
            return Err(Blocked::at(listed.source, reason));
        }
        let mut expired = BTreeMap::new();
        for entry in &wanted.expired {
            let (share, listed) = match listed(entry, organization, live) {
                Ok(listed) => (listed.share.receiver(), listed),
                Err(UnitProblem::Unreadable(reason)) => return Err(Blocked::unreadable(reason)),
                // The entry counts as not listed, so its unit does not matter.
                Err(UnitProblem::Unknown(_)) => continue,
            };
            if !resolved.contains_key(&share) {
                expired.insert(share, listed);
            }
        }
        Ok(Self { resolved, expired, spared, unlisted: wanted.unlisted })
    }

    /// The line for a receiver, and whether its `until` has passed.
    pub(super) fn entry(&self, receiver: &Receiver) -> Option<(&'a Source, bool)> {
        let over = || self.expired.get(receiver).map(|expired| (expired.source, true));
        self.resolved.get(receiver).map(|listed| (listed.source, false)).or_else(over)
    }

    /// Whether `ignore` may mean a live share that no other line names.
    fn may_be_spared(&self, receiver: &Receiver) -> bool {
        self.entry(receiver).is_none() && !self.spared.names(receiver) && self.spared.may_mean(receiver)
    }

    /// The catalog's effect on a live share.
    fn touch(&self, portfolio: &Portfolio, receiver: &Receiver) -> Touch {
        let live = portfolio.shares.get(receiver).map(|live| &live.share);
        match (self.resolved.get(receiver), self.unlisted) {
            (Some(wanted), _) if Some(&wanted.share) == live => Touch::Stays,
            (Some(_), _) => Touch::Changes,
            (None, Unlisted::Remove) if self.spared.names(receiver) || self.may_be_spared(receiver) => Touch::Stays,
            (None, Unlisted::Remove) => Touch::Goes,
            (None, Unlisted::Keep) => Touch::Stays,
        }
    }

    /// The edits, and the rows that are left alone because they may only inherit. `before` says whether the base lists
    /// a receiver: if it does, the catalog made the share.
    fn edits(
        &self,
        portfolio: &Portfolio,
        rows: &Rows<'_>,
        before: impl Fn(&Receiver) -> bool,
    ) -> (Vec<Delta<Share>>, LeftAlone) {
        let (mut edits, mut left) = (Vec::new(), LeftAlone::default());
        for (receiver, Listed { share: wanted, .. }) in &self.resolved {
            let is_inherited = matches!(rows.standing(receiver), Standing::Inherited);
            match portfolio.shares.get(receiver).filter(|_| !is_inherited) {
                None => edits.push(Delta::Create(wanted.clone())),
                Some(live) if live.share != *wanted => {
                    edits.push(Delta::Update { before: live.share.clone(), after: wanted.clone() });
                }
                Some(_) => {}
            }
        }
        for (receiver, live) in &portfolio.shares {
            if self.touch(portfolio, receiver) != Touch::Goes {
                continue;
            }
            let standing = match rows.standing(receiver) {
                Standing::Untold(_) if before(receiver) => Standing::Own,
                standing => standing,
            };
            if !left.notes(receiver, standing) {
                edits.push(Delta::Remove(live.share.clone()));
            }
        }
        (edits, left)
    }
}

fn listed<'a>(entry: &'a DesiredShare, organization: &Name, live: &Live) -> Result<Listed<'a>, UnitProblem> {
    let DesiredShare { share, notes, until, source } = entry;
    let share = share.map_ou(|ou| resolve_unit(ou, organization, live))?;
    Ok(Listed { share, notes: notes.as_deref(), until: *until, source })
}

fn resolve_all<'a>(
    wanted: &'a DesiredPortfolio,
    organization: &Name,
    live: &Live,
) -> Result<BTreeMap<Receiver, Listed<'a>>, Blocked> {
    let mut resolved: BTreeMap<Receiver, Listed<'a>> = BTreeMap::new();
    let mut unknown: Vec<(String, &Source)> = Vec::new();
    for entry in &wanted.shares {
        let listed = match listed(entry, organization, live) {
            Ok(listed) => listed,
            Err(UnitProblem::Unreadable(reason)) => return Err(Blocked::unreadable(reason)),
            Err(UnitProblem::Unknown(sentence)) => {
                unknown.push((sentence, &entry.source));
                continue;
            }
        };
        let receiver = listed.share.receiver();
        if let Some(earlier) = resolved.insert(receiver.clone(), listed) {
            let line = earlier.source.line;
            let reason = format!("{receiver} is listed twice, the first time in line {line}; keep one of them");
            return Err(Blocked::at(&entry.source, reason));
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

/// The shares with units and organizations that are not live yet.
fn made(resolved: &BTreeMap<Receiver, Listed<'_>>, portfolio: &Portfolio) -> Vec<Share> {
    let made = resolved.iter().filter(|(receiver, _)| !portfolio.shares.contains_key(receiver));
    let nodes = made.filter(|(receiver, _)| match receiver {
        Receiver::Ou(_) | Receiver::Organization(_) => true,
        Receiver::Account(_) | Receiver::Member(_) => false,
    });
    nodes.map(|(_, listed)| listed.share.clone()).collect()
}

/// The note beside a new share from account to account.
const TO_ACCEPT: &str = "the recipient has to accept it";

/// The change for an edit, with the notes that people should read.
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
                notes.push(TO_ACCEPT.to_owned());
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
    Change { edit, about: About { label, notes, ..About::new(because) } }
}
