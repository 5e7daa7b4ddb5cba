//! By which shares a portfolio reaches one account, live and listed, and which would be left without one of them.

use std::collections::{BTreeMap, BTreeSet};

use super::above::{Above, Below};
use crate::model::desired::{DesiredPortfolio, Ignored, OuRef, Unlisted};
use crate::model::finding::Source;
use crate::model::id::{AccountId, Name};
use crate::model::live::{Live, Reading};
use crate::model::portfolio::{LiveShare, NodeKind, Portfolio, Receiver, Share};
use crate::model::sight::{Listed, Liveness, State, Way, Without};
use crate::plan::recipient::Shared;
use crate::plan::resolve::hub_place;

/// A portfolio beside one account.
#[derive(Clone, Copy)]
pub(super) struct Beside<'a> {
    pub(super) account: &'a AccountId,
    pub(super) above: &'a Above<'a>,
    pub(super) wanted: &'a DesiredPortfolio,
    /// The portfolio, where it could be read.
    pub(super) portfolio: Option<&'a Portfolio>,
    pub(super) live: &'a Live,
}

/// The receiver of a share that the catalog lists, and whether it reaches the account.
enum Named {
    One(Receiver),
    /// A path of which it can't be told which unit it means.
    Untold(String),
    Elsewhere,
}

fn kind(receiver: &Receiver) -> &'static str {
    match receiver {
        Receiver::Account(_) => "ACCOUNT",
        Receiver::Member(_) => "ORGANIZATION_MEMBER_ACCOUNT",
        Receiver::Ou(_) => "ORGANIZATIONAL_UNIT",
        Receiver::Organization(_) => "ORGANIZATION",
    }
}

impl<'a> Beside<'a> {
    /// The portfolio as it is shared now, with what a file asks for; `None` where it could not be read.
    pub(super) fn shared(self, file: &'a Name) -> Option<Shared<'a>> {
        let Self { account: _, above: _, wanted, portfolio, live } = self;
        let (made, taken) = (BTreeMap::new(), BTreeSet::new());
        Some(Shared { file, wanted, portfolio: portfolio?, live, made, taken })
    }

    /// Every share that reaches the account, or may. What becomes of it without one of them is said afterwards.
    pub(super) fn ways(self) -> Vec<Way> {
        let Self { account: _, above, wanted, portfolio, live: _ } = self;
        let mut ways = Vec::new();
        let (mut listed, mut expired, mut untold) = (Vec::new(), Vec::new(), Vec::new());
        for share in &wanted.shares {
            match self.named(&share.share) {
                Named::One(receiver) => listed.push((receiver, &share.source)),
                Named::Untold(path) => untold.push((path, &share.source)),
                Named::Elsewhere => {}
            }
        }
        for share in &wanted.expired {
            match self.named(&share.share) {
                Named::One(receiver) => expired.push((receiver, &share.source)),
                Named::Untold(_) | Named::Elsewhere => {}
            }
        }
        let line = |all: &[(Receiver, &Source)], receiver: &Receiver| {
            all.iter().find(|(known, _)| known == receiver).map(|(_, source)| (*source).clone())
        };
        let shares = portfolio.into_iter().flat_map(|portfolio| &portfolio.shares);
        for (receiver, LiveShare { share, accepted }) in shares {
            let is_reached = above.is_reached(receiver);
            if is_reached == Some(false) {
                continue;
            }
            let is_ou = matches!(receiver, Receiver::Ou(_));
            let on_list = if let Some(source) = line(&listed, receiver) {
                Listed::Yes(source)
            } else if is_ou && !untold.is_empty() {
                Listed::CantTell
            } else {
                self.unlisted(receiver, line(&expired, receiver))
            };
            let inherited = self.stands(receiver).map(|is_own| !is_own);
            let live = Liveness::Live { share: share.clone(), accepted: *accepted, inherited };
            ways.push(self.way(receiver, is_reached, live, on_list));
        }
        let is_live = |receiver: &Receiver| portfolio.is_some_and(|it| it.shares.contains_key(receiver));
        let missing = if portfolio.is_some() { Liveness::Missing } else { Liveness::CantTell };
        for (receiver, source) in listed.iter().filter(|(receiver, _)| !is_live(receiver)) {
            let is_reached = above.is_reached(receiver);
            ways.push(self.way(receiver, is_reached, missing.clone(), Listed::Yes((*source).clone())));
        }
        ways.sort_by_key(|way| self.nearness(way.receiver.as_ref()));
        ways.extend(untold.into_iter().map(|(path, source)| Way {
            receiver: None,
            kind: "ORGANIZATIONAL_UNIT",
            label: path,
            untold: Some(above.reason()),
            live: Liveness::CantTell,
            listed: Listed::Yes(source.clone()),
            without: None,
        }));
        ways
    }

    fn way(&self, receiver: &Receiver, is_reached: Option<bool>, live: Liveness, listed: Listed) -> Way {
        Way {
            receiver: Some(receiver.clone()),
            kind: kind(receiver),
            label: self.above.label(receiver),
            untold: is_reached.is_none().then(|| self.above.reason()),
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

    fn named(&self, share: &Share<OuRef>) -> Named {
        let receiver = match share {
            Share::Account { account, tag_options: _ } => Receiver::Account(account.clone()),
            Share::Member { account, tag_options: _ } => Receiver::Member(account.clone()),
            Share::Organization { organization, .. } => Receiver::Organization(organization.clone()),
            Share::Ou { ou: OuRef::Id(unit), .. } => Receiver::Ou(unit.clone()),
            Share::Ou { ou: path @ OuRef::Path(_), .. } => match self.above.below(path) {
                Below::At(_, unit) => Receiver::Ou(unit),
                Below::No => return Named::Elsewhere,
                Below::Untold => return Named::Untold(path.to_string()),
            },
        };
        if self.above.is_reached(&receiver) == Some(false) { Named::Elsewhere } else { Named::One(receiver) }
    }

    fn unlisted(&self, receiver: &Receiver, expired: Option<Source>) -> Listed {
        let mut is_untold = false;
        for ignored in &self.wanted.ignored {
            let is_it = match (&ignored.who, receiver) {
                (Ignored::Account(of), Receiver::Account(account) | Receiver::Member(account)) => of == account,
                (Ignored::Organization(of), Receiver::Organization(organization)) => of == organization,
                (Ignored::Ou(OuRef::Id(of)), Receiver::Ou(unit)) => of == unit,
                (Ignored::Ou(path), Receiver::Ou(unit)) => match self.above.below(path) {
                    Below::At(_, of) => of == *unit,
                    Below::No => false,
                    Below::Untold => {
                        is_untold = true;
                        false
                    }
                },
                _ => false,
            };
            if is_it {
                return Listed::Ignored(ignored.source.clone());
            }
        }
        match (expired, self.wanted.unlisted) {
            _ if is_untold => Listed::CantTell,
            (_, Unlisted::Keep) => Listed::Kept,
            (Some(source), Unlisted::Remove) => Listed::Expired(source),
            (None, Unlisted::Remove) => Listed::No,
        }
    }

    /// The live shares through the organization that reach the account, or may.
    fn through(&self) -> impl Iterator<Item = &'a Receiver> {
        let shares = self.portfolio.into_iter().flat_map(|portfolio| portfolio.shares.keys());
        let above = self.above;
        shares.filter(move |it| it.is_of_organization() && above.is_reached(it) != Some(false))
    }

    /// The kinds of rows that may stand for a share with a node above alone: all but the one furthest up.
    pub(super) fn in_doubt(self) -> impl Iterator<Item = NodeKind> {
        let mut through: Vec<&Receiver> = self.through().collect();
        through.sort_by_key(|receiver| self.nearness(Some(receiver)));
        through.pop();
        through.into_iter().filter_map(Receiver::node_kind)
    }

    /// Whether a live row is a share of its own; `None` where that can't be told.
    fn stands(&self, receiver: &Receiver) -> Option<bool> {
        let Some(kind) = receiver.node_kind().filter(|kind| self.in_doubt().any(|it| it == *kind)) else {
            return Some(true);
        };
        let is_last = self.through().max_by_key(|it| self.nearness(Some(it))) == Some(receiver);
        let (portfolio, access) = (self.portfolio?, self.live.access.get(&hub_place(self.wanted)));
        match access.and_then(|it| it.own.get(&(portfolio.id.clone(), kind))) {
            _ if is_last => Some(true),
            Some(Reading::Complete(own)) => Some(own.contains(receiver)),
            Some(Reading::Unreadable(_)) | None => None,
        }
    }

    /// What becomes of the account where one of the live shares is taken away.
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
