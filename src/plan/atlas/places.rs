//! The trees of all organizations as one list of nodes. A node comes after its parent.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::atlas::{MappedOrganization, Node, NodeAt, OrganizationAt, Resident, ViewAt, Who};
use crate::model::desired::{Desired, OuRef, Recipients};
use crate::model::id::{AccountId, Name, OrganizationId, OuId};
use crate::model::live::{Live, Reading};
use crate::model::organization::{Account, Organization, PathProblem};
use crate::model::portfolio::Receiver;
use crate::plan::explain::{Above, Means};

/// All nodes, and the place of each root, unit and account among them.
#[derive(Default)]
pub(super) struct Places<'a> {
    pub(super) organizations: Vec<MappedOrganization>,
    nodes: Vec<Sketch<'a>>,
    roots: BTreeMap<&'a OrganizationId, NodeAt>,
    units: BTreeMap<&'a OuId, NodeAt>,
    accounts: BTreeMap<&'a AccountId, NodeAt>,
    /// Sentences about what could not be read of the organizations.
    pub(super) untold: BTreeSet<String>,
}

/// A node before its view is known.
struct Sketch<'a> {
    organization: OrganizationAt,
    up: Option<NodeAt>,
    name: &'a str,
    what: What<'a>,
}

enum What<'a> {
    Root(&'a OrganizationId),
    Unit(&'a OuId),
    Account(&'a AccountId, &'a Account, Option<String>),
}

/// An account, and why its unit is not known, if it is not.
type Placed<'a> = (&'a AccountId, &'a Account, Option<String>);

/// An account of the tree, and its organization.
#[derive(Clone, Copy)]
pub(super) struct Living<'a> {
    pub(super) node: NodeAt,
    pub(super) id: &'a AccountId,
    pub(super) home: &'a Name,
}

impl<'a> Places<'a> {
    pub(super) fn of(desired: &'a Desired, live: &'a Live) -> Self {
        let mut places = Self::default();
        for name in desired.settings.organizations.keys() {
            match live.organizations.get(name) {
                Some(Reading::Complete(tree)) => places.enter(name, tree, live),
                Some(Reading::Unreadable(reason)) => drop(places.untold.insert(reason.clone())),
                None => drop(places.untold.insert(format!("organization {name} was not read"))),
            }
        }
        places
    }

    fn enter(&mut self, name: &'a Name, tree: &'a Organization, live: &'a Live) {
        let organization = OrganizationAt(self.organizations.len());
        let root = self.push(Sketch { organization, up: None, name: name.as_str(), what: What::Root(&tree.id) });
        self.roots.insert(&tree.id, root);
        self.organizations.push(MappedOrganization { name: name.clone(), id: tree.id.clone(), root });
        let mut accounts: BTreeMap<Option<OuId>, Vec<Placed<'_>>> = BTreeMap::new();
        for (id, account) in &tree.accounts {
            let above = Above::of(id, name, live);
            let (unit, untold) = match above.units() {
                Some(units) => (units.last().cloned(), None),
                None => (None, Some(above.reason())),
            };
            accounts.entry(unit).or_default().push((id, account, untold));
        }
        let mut below: BTreeMap<Option<&OuId>, Vec<(&str, &OuId)>> = BTreeMap::new();
        for (id, unit) in &tree.units {
            let parent = unit.parent.as_ref().filter(|parent| tree.units.contains_key(parent));
            below.entry(parent).or_default().push((&unit.name, id));
        }
        for units in below.values_mut() {
            units.sort_unstable();
        }
        let mut left: Vec<(Option<&OuId>, NodeAt)> = vec![(None, root)];
        while let Some((at, node)) = left.pop() {
            for (name, id) in below.get(&at).into_iter().flatten() {
                let unit = self.push(Sketch { organization, up: Some(node), name, what: What::Unit(id) });
                self.units.insert(id, unit);
                left.push((Some(id), unit));
            }
            self.people(accounts.remove(&at.cloned()), organization, node);
        }
        // The accounts that are left are in units that could not be listed. They go below the root.
        for (unit, mut rest) in accounts {
            let untold = unit.map(|unit| format!("it is in unit {unit}, which could not be listed"));
            for (_, _, why) in &mut rest {
                *why = why.take().or_else(|| untold.clone());
            }
            self.people(Some(rest), organization, root);
        }
        self.gaps(name, tree, live);
    }

    fn people(&mut self, accounts: Option<Vec<Placed<'a>>>, organization: OrganizationAt, node: NodeAt) {
        let mut accounts = accounts.unwrap_or_default();
        accounts.sort_by_key(|(id, account, _)| (&account.name, *id));
        for (id, account, untold) in accounts {
            let what = What::Account(id, account, untold);
            let at = self.push(Sketch { organization, up: Some(node), name: &account.name, what });
            self.accounts.entry(id).or_insert(at);
        }
    }

    fn gaps(&mut self, name: &Name, tree: &Organization, live: &Live) {
        let why = live.troubles.join("; ");
        let why = if why.is_empty() { why } else { format!(" ({why})") };
        if !tree.whole {
            self.untold.insert(format!("the accounts of organization {name} could not be listed{why}"));
        }
        let is_listed = |unit: Option<&OuId>| tree.listed.contains(&unit.cloned());
        if !is_listed(None) || !tree.units.keys().all(|unit| is_listed(Some(unit))) {
            self.untold.insert(format!("the units of organization {name} could not all be listed{why}"));
        }
    }

    fn push(&mut self, sketch: Sketch<'a>) -> NodeAt {
        self.nodes.push(sketch);
        NodeAt(self.nodes.len() - 1)
    }

    /// Every account, in the order of the nodes.
    pub(super) fn living(&self) -> Vec<Living<'_>> {
        let all = self.nodes.iter().enumerate();
        let living = all.filter_map(|(at, sketch)| match &sketch.what {
            What::Account(id, _, _) => {
                let home = &self.organizations.get(sketch.organization.0)?.name;
                Some(Living { node: NodeAt(at), id, home })
            }
            What::Root(_) | What::Unit(_) => None,
        });
        living.collect()
    }

    /// The node of a receiver. `None` if it is in no tree that was read.
    pub(super) fn receiver(&self, receiver: &Receiver) -> Option<NodeAt> {
        match receiver {
            Receiver::Account(account) | Receiver::Member(account) => self.accounts.get(account),
            Receiver::Ou(unit) => self.units.get(unit),
            Receiver::Organization(organization) => self.roots.get(organization),
        }
        .copied()
    }

    /// The node of the account, unit or organization that an entry of `recipients` names. `None` if it can't be told.
    pub(super) fn recipients(&self, who: &Recipients, tree: Option<&Organization>) -> Option<NodeAt> {
        match who {
            Recipients::Account(account) => self.accounts.get(account).copied(),
            Recipients::Organization(organization) => self.roots.get(organization).copied(),
            Recipients::Ou(OuRef::Id(unit)) => self.units.get(unit).copied(),
            Recipients::Ou(path) => match means(path, tree) {
                Means::One(unit) => self.units.get(&unit).copied(),
                Means::Elsewhere | Means::Untold => None,
            },
        }
    }

    /// The nodes of the map. `views` gives each account's view now, and after the plan if that is another.
    pub(super) fn nodes(&self, views: &BTreeMap<NodeAt, (ViewAt, Option<ViewAt>)>) -> Vec<Node> {
        let node = |(at, Sketch { organization, up, name, what }): (usize, &Sketch<'_>)| {
            let who = match what {
                What::Root(id) => Who::Root((*id).clone()),
                What::Unit(id) => Who::Unit((*id).clone()),
                What::Account(id, account, untold) => {
                    let (now, after) = views.get(&NodeAt(at)).copied().unwrap_or((ViewAt(0), None));
                    let Account { name: _, email, status, joined: _, above: _ } = account;
                    let (id, email, untold) = ((*id).clone(), email.clone(), untold.clone());
                    Who::Account(Box::new(Resident { id, email, status: *status, untold, now, after }))
                }
            };
            Node { organization: *organization, up: *up, name: (*name).to_owned(), who }
        };
        self.nodes.iter().enumerate().map(node).collect()
    }
}

/// The unit that the catalog names. The map reads whole trees, so a path that is not found means no unit here.
pub(super) fn means(ou: &OuRef, tree: Option<&Organization>) -> Means {
    match (ou, tree) {
        (OuRef::Id(unit), _) => Means::One(unit.clone()),
        (OuRef::Path(_), None) => Means::Untold,
        (OuRef::Path(path), Some(tree)) => match tree.resolve(path) {
            Ok(unit) => Means::One(unit),
            Err(PathProblem::Missing { candidates: _ }) => Means::Elsewhere,
            Err(PathProblem::Unreadable(_) | PathProblem::Ambiguous { candidates: _ }) => Means::Untold,
        },
    }
}
