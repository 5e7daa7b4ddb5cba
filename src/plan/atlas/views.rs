//! Works out what each account sees. Accounts of one unit that nothing names individually see the same, so their view
//! is made once.

use std::collections::{BTreeMap, BTreeSet};

use super::after::After;
use super::experiences::Shops;
use super::places::{Living, Places};
use super::portfolios::Piece;
use super::wants::Scope;
use crate::model::atlas::{Governance, PortfolioAt, RecipientsAt, SeenPortfolio, View, ViewAt};
use crate::model::audience::AudiencePrincipal;
use crate::model::desired::{Desired, Recipients};
use crate::model::edit::Effect;
use crate::model::id::{AccountId, Name, OuId};
use crate::model::live::{Live, Reading};
use crate::model::market_sight::Weight;
use crate::model::portfolio::{Portfolio, Receiver};
use crate::model::sight::State;
use crate::plan::explain::{Above, Acceptance, Beside, Entries, Reaching, Verdict, live_ties, state, verdict};

/// What the views are made from.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) scope: Scope<'a>,
    pub(super) desired: &'a Desired,
    pub(super) live: &'a Live,
    pub(super) after: &'a After,
    pub(super) places: &'a Places<'a>,
    pub(super) pieces: &'a [Piece<'a>],
    pub(super) shops: &'a Shops,
}

/// Before the plan (`Now`) or after it (`Then`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Now,
    Then,
}

/// Every distinct view, with its place.
#[derive(Default)]
struct Kept {
    all: Vec<View>,
    at: BTreeMap<View, ViewAt>,
}

impl Kept {
    fn keep(&mut self, view: View) -> ViewAt {
        let all = &mut self.all;
        *self.at.entry(view).or_insert_with_key(|view| {
            all.push(view.clone());
            ViewAt(all.len() - 1)
        })
    }
}

/// Accounts with the same key see the same: organization, units from the root down, and whether it is suspended.
type Class<'a> = (&'a Name, Option<Vec<OuId>>, bool);

/// The views, and for each account's node its view now, and after the plan if that is another.
pub(super) type Views = (Vec<View>, BTreeMap<crate::model::atlas::NodeAt, (ViewAt, Option<ViewAt>)>);

impl<'a> Ground<'a> {
    pub(super) fn views(self) -> Views {
        let (mut kept, mut whose) = (Kept::default(), BTreeMap::new());
        let mut known: BTreeMap<Class<'_>, (ViewAt, Option<ViewAt>)> = BTreeMap::new();
        let (named, differs) = (self.named(), self.after.differs(self.live));
        for living in self.places.living() {
            let above = Above::of(living.id, living.home, self.live);
            let class = (living.home, above.units().map(<[OuId]>::to_vec), above.is_suspended());
            let is_alike = !named.contains(living.id);
            if let (Some(same), true) = (known.get(&class), is_alike) {
                whose.insert(living.node, *same);
                continue;
            }
            let now = kept.keep(self.view(living, &above, When::Now));
            let then = differs.then(|| kept.keep(self.view(living, &above, When::Then))).filter(|then| *then != now);
            whose.insert(living.node, (now, then));
            if is_alike {
                known.insert(class, (now, then));
            }
        }
        (kept.all, whose)
    }

    /// The accounts that something names individually, so that their view may be their own.
    fn named(&self) -> BTreeSet<&'a AccountId> {
        let mut named: BTreeSet<&AccountId> = BTreeSet::new();
        for piece in self.pieces {
            named.insert(&piece.wanted.account);
            for receiver in [piece.now, piece.then].into_iter().flatten().flat_map(|it| it.shares.keys()) {
                if let Receiver::Account(account) | Receiver::Member(account) = receiver {
                    named.insert(account);
                }
            }
            for entry in &piece.wanted.recipients {
                named.extend(&entry.except);
                if let Recipients::Account(account) = &entry.who {
                    named.insert(account);
                }
            }
        }
        for audiences in self.live.audiences.values().chain(self.after.live.audiences.values()) {
            let Reading::Complete(audiences) = audiences else { continue };
            for principal in audiences.values().flatten() {
                if let AudiencePrincipal::Account(account) = principal {
                    named.insert(account);
                }
            }
        }
        // What was read inside an account holds for that account alone.
        named.extend(self.live.received.keys().map(|(account, _)| account));
        named
    }

    fn view(&self, living: Living<'_>, above: &Above<'_>, when: When) -> View {
        let live = match when {
            When::Now => self.live,
            When::Then => &self.after.live,
        };
        let outside = self.desired.settings.organizations.keys().filter(|name| *name != living.home);
        let outside: BTreeMap<&Name, Above<'_>> =
            outside.map(|name| (name, Above::outside(living.id, name, live))).collect();
        let mut portfolios = Vec::new();
        for (at, piece) in self.pieces.iter().enumerate() {
            let above = outside.get(&piece.wanted.organization).unwrap_or(above);
            portfolios.extend(seen(piece, PortfolioAt(at), living.id, above, live, when));
        }
        View { portfolios, market: self.market(living, above, live) }
    }

    fn market(&self, living: Living<'_>, above: &Above<'_>, live: &Live) -> Governance {
        let Some(seller) = self.scope.seller(living.home, self.desired) else { return Governance::NotLooked };
        if above.is_member().is_none() {
            return Governance::CantTell(above.reason());
        }
        let audiences = match live.audiences.get(seller) {
            Some(Reading::Complete(audiences)) => audiences,
            Some(Reading::Unreadable(reason)) => return Governance::CantTell(reason.clone()),
            None => return Governance::CantTell(format!("the audiences of {seller} were not read")),
        };
        let mut ties = live_ties(above, live, seller, audiences);
        match verdict(&mut ties) {
            Verdict::Free => Governance::Free,
            Verdict::CantTell(reason) => Governance::CantTell(reason),
            Verdict::Governed(id) => {
                let by = ties.iter().find(|tie| tie.weight == Weight::Counts).and_then(|tie| tie.principal.as_ref());
                let by = by.and_then(|by| self.places.receiver(&by.receiver()));
                match self.shops.at.get(&(seller.clone(), id.clone())) {
                    Some(at) => Governance::Governed(*at, by),
                    None => Governance::CantTell(format!("experience {id} was not read")),
                }
            }
        }
    }
}

/// How an account has a portfolio. `None` if it does not have it.
fn seen(
    piece: &Piece<'_>,
    at: PortfolioAt,
    account: &AccountId,
    above: &Above<'_>,
    live: &Live,
    when: When,
) -> Option<SeenPortfolio> {
    let portfolio: Option<&Portfolio> = match when {
        When::Now => piece.now,
        When::Then => piece.then,
    };
    let beside = Beside { account, above, wanted: piece.wanted, portfolio, live };
    let is_made = |receiver: &Receiver| {
        let effect = piece.changes.and_then(|changes| changes.get(receiver));
        when == When::Then && matches!(effect, Some(Effect::Gives | Effect::Changes))
    };
    let standing = |it: &Reaching<'_>| match piece.inherited.get(it.receiver) {
        Some(_) if is_made(it.receiver) => Some(false),
        Some(inherited) => *inherited,
        None => Some(false),
    };
    let mut reaching = beside.reaching();
    reaching.retain(|it| standing(it) != Some(true));
    // The reason is left empty, since the map shows the portfolio's own trouble.
    let mut found = state(beside, &reaching, Some(""), Acceptance::OfOwner);
    // A row that may only inherit could go with the share above it, so it does not prove access after the plan.
    let is_certain = |it: &Reaching<'_>| {
        let counts = it.receiver.is_of_organization() || it.live.accepted;
        it.is_told && counts && standing(it) == Some(false)
    };
    if when == When::Then && found == State::Has && !reaching.iter().any(is_certain) {
        let reason = "its row may only inherit a share with a node above, and that could not be read";
        found = State::CantTell(reason.to_owned());
    }
    if found == State::HasNot {
        return None;
    }
    let shares = reaching.iter().filter_map(|it| piece.at.get(it.receiver)).copied();
    let shares = if found == State::Owns { Vec::new() } else { shares.collect() };
    let counts = Entries::of(piece.wanted, account, above).counts.ok().flatten();
    let recipients = counts.and_then(|entry| piece.wanted.recipients.iter().position(|it| std::ptr::eq(it, entry)));
    Some(SeenPortfolio { portfolio: at, state: found, shares, recipients: recipients.map(RecipientsAt) })
}
