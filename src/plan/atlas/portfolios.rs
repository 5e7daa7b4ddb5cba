//! The portfolios of the map with their shares: live, listed and planned.

use std::collections::{BTreeMap, BTreeSet};

use super::after::After;
use super::places::{Places, means};
use super::rows::inherited;
use super::wants::{Scope, listed};
use crate::model::atlas::{
    LiveTerms, MappedLocal, MappedPortfolio, MappedRecipients, MappedShare, NodeAt, ShareAt, Terms,
};
use crate::model::desired::{
    Desired, DesiredLocal, DesiredPortfolio, DesiredProducts, DesiredRecipients, LocalMode, OuRef, Recipients,
    Selector, Unlisted,
};
use crate::model::edit::Effect;
use crate::model::id::{Name, PortfolioId};
use crate::model::live::{Found, HubPlace, Live};
use crate::model::portfolio::{Portfolio, Receiver, Share};
use crate::model::sight::Listed;
use crate::plan::explain::{Known, Lines, kind};
use crate::plan::governed::Governed;
use crate::plan::resolve::hub_place;

/// A portfolio that no file governs. `wanted` is an entry for it that lists nothing and keeps everything.
pub(super) struct Ungoverned {
    wanted: DesiredPortfolio,
    id: PortfolioId,
    name: String,
    trouble: Option<String>,
}

impl Ungoverned {
    /// Portfolios named by a list that was read anyway, if the scope wants them, and portfolios that the plan changes
    /// although no file names them any more.
    pub(super) fn all(scope: Scope<'_>, desired: &Desired, live: &Live, after: &After) -> Vec<Self> {
        let (mut governed, mut open) = (BTreeSet::new(), BTreeMap::new());
        for known in Known::all(desired, live) {
            let place = hub_place(known.wanted);
            match known.id {
                Some(id) => drop(governed.insert((place, id))),
                None => drop(open.insert(place, known.wanted.source.clone())),
            }
        }
        let mut all: BTreeMap<(HubPlace, PortfolioId), Self> = BTreeMap::new();
        let mut add = |place: &HubPlace, id: &PortfolioId, organization: &Name| {
            let key = (place.clone(), id.clone());
            let Some(settings) = desired.settings.organizations.get(organization) else { return };
            if governed.contains(&key) {
                return;
            }
            let name = listed(live.portfolios.get(place)).find(|(known, _)| *known == id).map(|(_, name)| name);
            let found = live.portfolios.get(place).and_then(|shelf| shelf.read.get(id));
            let may_be = open
                .get(place)
                .map(|source| format!("{}:{} may mean it, and that can't be told", source.file, source.line));
            let (own, trouble) = match found {
                Some(Found::There(portfolio)) => (portfolio.name.clone(), may_be),
                Some(Found::Unreadable(reason)) => (None, Some(reason.clone())),
                Some(Found::NotThere) | None => return,
            };
            let wanted = DesiredPortfolio {
                organization: organization.clone(),
                account: place.0.clone(),
                region: place.1.clone(),
                portfolio: Selector::Id(id.clone()),
                source: settings.source.clone(),
                shares: Vec::new(),
                expired: Vec::new(),
                ignored: Vec::new(),
                unlisted: Unlisted::Keep,
                recipients: Vec::new(),
            };
            let name = own.or_else(|| name.map(str::to_owned)).unwrap_or_default();
            all.insert(key, Self { wanted, id: id.clone(), name, trouble });
        };
        if scope.ungoverned {
            for (place, organization) in scope.places(desired) {
                listed(live.portfolios.get(&place)).for_each(|(id, _)| add(&place, id, organization));
            }
        }
        for ((place, id), target) in &after.hubs {
            if let Some(organization) = target.organization() {
                add(place, id, organization);
            }
        }
        all.into_values().collect()
    }
}

/// A portfolio of the map.
pub(super) struct Piece<'a> {
    pub(super) wanted: &'a DesiredPortfolio,
    pub(super) now: Option<&'a Portfolio>,
    pub(super) then: Option<&'a Portfolio>,
    /// Why the portfolio could not be read.
    pub(super) trouble: Option<String>,
    /// The rows that may only inherit: `Some(true)` if they do, `None` if that can't be told.
    pub(super) inherited: BTreeMap<Receiver, Option<bool>>,
    /// The plan's effect on each share.
    pub(super) changes: Option<&'a BTreeMap<Receiver, Effect>>,
    /// The place of each share in `mapped.shares`, by receiver.
    pub(super) at: BTreeMap<Receiver, ShareAt>,
    pub(super) mapped: MappedPortfolio,
}

/// All portfolios of the map.
pub(super) fn pieces<'a>(
    scope: Scope<'_>,
    desired: &'a Desired,
    live: &'a Live,
    after: &'a After,
    ungoverned: &'a [Ungoverned],
    places: &Places<'_>,
) -> Vec<Piece<'a>> {
    let clashes = Governed::of(desired, live).hub_clashes();
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for known in Known::all(desired, live).filter(|known| (scope.wanted)(known.name)) {
        let Known { name: _, wanted, portfolio, id } = known;
        let key = id.clone().map(|id| (hub_place(wanted), id));
        // A portfolio that several files name is shown once.
        if key.as_ref().is_some_and(|key| !seen.insert(key.clone())) {
            continue;
        }
        let trouble = portfolio.as_ref().err().cloned();
        let name = portfolio.ok().and_then(|it| it.name.clone()).unwrap_or_else(|| wanted.portfolio.to_string());
        let mut piece = Piece::of(wanted, id, name, trouble, live, after);
        if let (Some(clash), None) = (key.and_then(|key| clashes.get(&key)), &piece.trouble) {
            piece.mapped.trouble = Some(clash.clone());
        }
        piece.mapped.source = Some(wanted.source.clone());
        piece.lines(places, live);
        all.push(piece);
    }
    for Ungoverned { wanted, id, name, trouble } in ungoverned {
        let mut piece = Piece::of(wanted, Some(id.clone()), name.clone(), None, live, after);
        piece.mapped.trouble.clone_from(trouble);
        piece.trouble = trouble.clone().filter(|_| piece.now.is_none());
        piece.lines(places, live);
        all.push(piece);
    }
    all
}

impl<'a> Piece<'a> {
    fn of(
        wanted: &'a DesiredPortfolio,
        id: Option<PortfolioId>,
        name: String,
        trouble: Option<String>,
        live: &'a Live,
        after: &'a After,
    ) -> Self {
        let place = hub_place(wanted);
        let of = |live: &'a Live| live.portfolio(&place, id.as_ref()?);
        let (now, then) = (of(live), of(&after.live));
        let inherited = now.map(|now| inherited(now, &place, &wanted.organization, live)).unwrap_or_default();
        let changes = id.clone().and_then(|id| after.shares.get(&(place.clone(), id)));
        let mapped = MappedPortfolio {
            organization: wanted.organization.clone(),
            id,
            name,
            owner: wanted.account.clone(),
            region: wanted.region.clone(),
            source: None,
            trouble: trouble.clone(),
            shares: Vec::new(),
            recipients: Vec::new(),
        };
        Self { wanted, now, then, trouble, inherited, changes, at: BTreeMap::new(), mapped }
    }

    /// Fills in the shares and the entries of `recipients`.
    fn lines(&mut self, places: &Places<'_>, live: &Live) {
        let tree = live.organization(&self.wanted.organization);
        let lines = Lines::of(self.wanted, |ou| means(ou, tree), |_| true);
        let rows = |portfolio: Option<&'a Portfolio>| portfolio.into_iter().flat_map(|it| it.shares.keys());
        let receivers: BTreeSet<&Receiver> = rows(self.now).chain(rows(self.then)).chain(lines.listed.keys()).collect();
        let mut shares = Vec::new();
        for receiver in receivers {
            let row = |of: Option<&'a Portfolio>| of.and_then(|it| it.shares.get(receiver));
            let live = row(self.now);
            let listed = || lines.listed.get(receiver).map(|it| terms(&it.share)).unwrap_or_default();
            let own = live.or_else(|| row(self.then)).map_or_else(listed, |row| terms(&row.share));
            let change = self.changes.and_then(|changes| changes.get(receiver)).copied();
            let then = row(self.then).filter(|_| change == Some(Effect::Changes)).map(|row| terms(&row.share));
            let inherited = self.inherited.get(receiver).copied().unwrap_or(Some(false));
            self.at.insert(receiver.clone(), ShareAt(shares.len()));
            shares.push(MappedShare {
                kind: kind(receiver),
                node: places.receiver(receiver),
                receiver: id(receiver),
                live: live.map(|live| LiveTerms { accepted: live.accepted, inherited }),
                terms: own,
                terms_after: then,
                said: self.mapped.source.is_some().then(|| lines.say(receiver)),
                change,
            });
        }
        for (path, share) in lines.untold.iter().chain(&lines.elsewhere) {
            shares.push(MappedShare {
                kind: "ORGANIZATIONAL_UNIT",
                node: None,
                receiver: path.to_string(),
                live: None,
                terms: terms(&share.share),
                terms_after: None,
                said: Some(Listed::Yes(share.source.clone())),
                change: None,
            });
        }
        self.mapped.shares = shares;
        self.mapped.recipients =
            self.wanted.recipients.iter().map(|entry| mapped(entry, places.recipients(&entry.who, tree))).collect();
    }
}

fn terms<O>(share: &Share<O>) -> Terms {
    Terms { principals: share.principals().unwrap_or_default(), tag_options: share.tag_options() }
}

/// A receiver's id alone, without AWS's word for its type.
fn id(receiver: &Receiver) -> String {
    match receiver {
        Receiver::Account(account) | Receiver::Member(account) => account.to_string(),
        Receiver::Ou(unit) => unit.to_string(),
        Receiver::Organization(organization) => organization.to_string(),
    }
}

fn mapped(entry: &DesiredRecipients, node: Option<NodeAt>) -> MappedRecipients {
    let DesiredRecipients { who, except, principals, local, source } = entry;
    let who = match who {
        Recipients::Account(account) => account.to_string(),
        Recipients::Ou(OuRef::Id(unit)) => unit.to_string(),
        Recipients::Ou(OuRef::Path(path)) => path.clone(),
        Recipients::Organization(organization) => organization.to_string(),
    };
    let local = local.as_ref().map(|local| {
        let DesiredLocal { name, products, mode, launch_role, .. } = local;
        MappedLocal {
            name: name.clone(),
            is_copy: *mode == LocalMode::Copy,
            products: match products {
                DesiredProducts::All(_) => None,
                DesiredProducts::Named(named) => Some(named.keys().cloned().collect()),
            },
            launch_role: launch_role.as_ref().map(|it| it.role.clone()),
        }
    });
    MappedRecipients {
        node,
        who,
        except: except.iter().cloned().collect(),
        source: source.clone(),
        principals: principals.iter().map(|it| it.who.to_string()).collect(),
        local,
    }
}
