//! By which shares a portfolio reaches one account, live and listed, and which would be left without one of them.

use std::collections::{BTreeMap, BTreeSet};

use super::above::{Above, Below};
use super::lines::{Lines, Means};
use crate::model::desired::{DesiredPortfolio, OuRef};
use crate::model::id::{AccountId, Name, PortfolioId};
use crate::model::live::{HubPlace, Live, Reading};
use crate::model::portfolio::{LiveShare, NodeKind, Portfolio, Receiver};
use crate::model::sight::{Listed, Liveness, State, Way, Without};
use crate::plan::recipient::Shared;
use crate::plan::resolve::hub_place;

/// A portfolio together with one account.
#[derive(Clone, Copy)]
pub(in crate::plan) struct Beside<'a> {
    pub(in crate::plan) account: &'a AccountId,
    pub(in crate::plan) above: &'a Above<'a>,
    pub(in crate::plan) wanted: &'a DesiredPortfolio,
    /// The portfolio, where it could be read.
    pub(in crate::plan) portfolio: Option<&'a Portfolio>,
    pub(in crate::plan) live: &'a Live,
}

/// A live share that reaches an account or may reach it.
#[derive(Clone, Copy)]
pub(in crate::plan) struct Reaching<'a> {
    pub(in crate::plan) receiver: &'a Receiver,
    pub(in crate::plan) live: &'a LiveShare,
    /// Whether it surely does.
    pub(in crate::plan) is_told: bool,
}

/// AWS's word for a kind of receiver.
pub(in crate::plan) fn kind(receiver: &Receiver) -> &'static str {
    match receiver {
        Receiver::Account(_) => "ACCOUNT",
        Receiver::Member(_) => "ORGANIZATION_MEMBER_ACCOUNT",
        Receiver::Ou(_) => "ORGANIZATIONAL_UNIT",
        Receiver::Organization(_) => "ORGANIZATION",
    }
}

/// Whether a row is a share of its own, rather than inherited from a share with a node above. `None` if that can't be
/// told.
pub(in crate::plan) fn is_own(
    receiver: &Receiver,
    portfolio: &PortfolioId,
    place: &HubPlace,
    live: &Live,
) -> Option<bool> {
    let Some(kind) = receiver.node_kind() else { return Some(true) };
    match live.access.get(place)?.own.get(&(portfolio.clone(), kind))? {
        Reading::Complete(own) => Some(own.contains(receiver)),
        Reading::Unreadable(_) => None,
    }
}

impl<'a> Beside<'a> {
    /// The portfolio as it is shared now, with what a file asks for; `None` where it could not be read.
    pub(super) fn shared(self, file: &'a Name) -> Option<Shared<'a>> {
        let Self { account: _, above: _, wanted, portfolio, live } = self;
        let (made, taken) = (BTreeMap::new(), BTreeSet::new());
        Some(Shared { file, wanted, portfolio: portfolio?, live, made, taken })
    }

    /// The live shares that reach the account or may reach it. They are looked up by the account and the units above
    /// it, since a portfolio may have very many shares.
    pub(in crate::plan) fn reaching(self) -> Vec<Reaching<'a>> {
        let Self { account, above, wanted: _, portfolio, live: _ } = self;
        let Some(portfolio) = portfolio else { return Vec::new() };
        let shares = &portfolio.shares;
        let found = |receiver: Receiver| {
            let (receiver, live) = shares.get_key_value(&receiver)?;
            Some(Reaching { receiver, live, is_told: true })
        };
        let own = [Receiver::Account(account.clone()), Receiver::Member(account.clone())];
        let mut reaching: Vec<Reaching<'a>> = own.into_iter().filter_map(found).collect();
        let rest = |is_it: fn(&Receiver) -> bool, is_told| {
            let rows = shares.iter().filter(move |(receiver, _)| is_it(receiver));
            rows.map(move |(receiver, live)| Reaching { receiver, live, is_told })
        };
        match above.units() {
            Some(units) => reaching.extend(units.iter().filter_map(|unit| found(Receiver::Ou(unit.clone())))),
            None => reaching.extend(rest(|it| matches!(it, Receiver::Ou(_)), false)),
        }
        let is_member = above.is_member();
        if is_member != Some(false) {
            // Receivers are sorted: organizations come last.
            let of_organization =
                |(receiver, _): &(&Receiver, &LiveShare)| matches!(receiver, Receiver::Organization(_));
            let last = shares.iter().rev().take_while(of_organization);
            reaching.extend(last.map(|(receiver, live)| Reaching { receiver, live, is_told: is_member.is_some() }));
        }
        reaching
    }

    /// Every live or listed share that reaches the account or may reach it. The caller fills in `without`.
    pub(super) fn ways(self) -> Vec<Way> {
        let Self { account: _, above, wanted, portfolio, live: _ } = self;
        let means = |ou: &OuRef| match above.below(ou) {
            Below::At(_, unit) => Means::One(unit),
            Below::No => Means::Elsewhere,
            Below::Untold => Means::Untold,
        };
        let lines = Lines::of(wanted, means, |receiver| above.is_reached(receiver) != Some(false));
        let mut ways = Vec::new();
        for Reaching { receiver, live: LiveShare { share, accepted }, is_told } in self.reaching() {
            let inherited = self.stands(receiver).map(|is_own| !is_own);
            let live = Liveness::Live { share: share.clone(), accepted: *accepted, inherited };
            ways.push(self.way(receiver, is_told, live, lines.say(receiver)));
        }
        let is_live = |receiver: &Receiver| portfolio.is_some_and(|it| it.shares.contains_key(receiver));
        let missing = if portfolio.is_some() { Liveness::Missing } else { Liveness::CantTell };
        for (receiver, share) in lines.listed.iter().filter(|(receiver, _)| !is_live(receiver)) {
            let is_told = above.is_reached(receiver).is_some();
            ways.push(self.way(receiver, is_told, missing.clone(), Listed::Yes(share.source.clone())));
        }
        ways.sort_by_key(|way| self.nearness(way.receiver.as_ref()));
        ways.extend(lines.untold.into_iter().map(|(path, share)| Way {
            receiver: None,
            kind: "ORGANIZATIONAL_UNIT",
            label: path.to_string(),
            untold: Some(above.reason()),
            live: Liveness::CantTell,
            listed: Listed::Yes(share.source.clone()),
            without: None,
        }));
        ways
    }

    fn way(&self, receiver: &Receiver, is_told: bool, live: Liveness, listed: Listed) -> Way {
        Way {
            receiver: Some(receiver.clone()),
            kind: kind(receiver),
            label: self.above.label(receiver),
            untold: (!is_told).then(|| self.above.reason()),
            live,
            listed,
            without: None,
        }
    }

    fn nearness(&self, receiver: Option<&Receiver>) -> (u8, usize) {
        match receiver {
            Some(Receiver::Account(_)) => (0, 0),
            Some(Receiver::Member(_)) => (1, 0),
            Some(Receiver::Ou(unit)) => (2, usize::MAX - self.above.depth(unit).unwrap_or_default()),
            Some(Receiver::Organization(_)) => (3, 0),
            None => (4, 0),
        }
    }

    /// The live shares through the organization that reach the account or may reach it.
    fn through(&self) -> impl Iterator<Item = &'a Receiver> {
        self.reaching().into_iter().map(|it| it.receiver).filter(|it| it.is_of_organization())
    }

    /// The kinds of rows that may only inherit. The row furthest up can't.
    pub(super) fn in_doubt(self) -> impl Iterator<Item = NodeKind> {
        let mut through: Vec<&Receiver> = self.through().collect();
        through.sort_by_key(|receiver| self.nearness(Some(receiver)));
        through.pop();
        through.into_iter().filter_map(Receiver::node_kind)
    }

    /// Whether a live row is a share of its own; `None` where that can't be told.
    fn stands(&self, receiver: &Receiver) -> Option<bool> {
        let is_last = self.through().max_by_key(|it| self.nearness(Some(it))) == Some(receiver);
        if is_last { Some(true) } else { is_own(receiver, &self.portfolio?.id, &hub_place(self.wanted), self.live) }
    }

    /// What the account is left with if one live share is removed.
    pub(super) fn without(self, ways: &[Way], at: &Way, state: &State) -> Option<Without> {
        match &at.live {
            Liveness::Live { inherited: Some(true), .. } | Liveness::Missing | Liveness::CantTell => return None,
            Liveness::Live { .. } => {}
        }
        match state {
            State::Owns | State::Suspended => return None,
            State::Waits | State::Rejected | State::HasNot => return Some(Without::Nothing),
            State::CantTell(reason) => return Some(Without::CantTell(reason.clone())),
            State::Has => {}
        }
        let (mut keeps, mut may, mut waits) = (Vec::new(), None, false);
        for other in ways.iter().filter(|other| !std::ptr::eq(*other, at)) {
            let (Liveness::Live { accepted, inherited: Some(false) | None, .. }, Some(receiver)) =
                (&other.live, &other.receiver)
            else {
                continue;
            };
            match (&other.untold, receiver, self.stands(receiver)) {
                (Some(reason), _, _) => may = Some(reason.clone()),
                (None, Receiver::Account(_), _) if !accepted => waits = true,
                (None, _, Some(true)) => keeps.push(receiver.clone()),
                (None, _, Some(false)) => {}
                (None, _, None) => {
                    may = Some(format!(
                        "{receiver} may only inherit a share with a node above, and that could not be read"
                    ));
                }
            }
        }
        let is_own = |receiver: &Receiver| matches!(receiver, Receiver::Account(_));
        let hides =
            at.receiver.as_ref().is_some_and(is_own) && matches!(&at.live, Liveness::Live { accepted: true, .. });
        Some(match (keeps.is_empty(), may) {
            (false, _) if hides => Without::KeepsUnlessRejected(keeps),
            (false, _) => Without::Keeps(keeps),
            (true, Some(reason)) => Without::CantTell(reason),
            (true, None) if waits => Without::Waits,
            (true, None) => Without::Loses,
        })
    }
}
