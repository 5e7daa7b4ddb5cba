//! Live rows that may stand for a share with a node above them.
//!
//! Nothing shows whether `DescribePortfolioShares` lists the accounts and units below a shared node beside the shares
//! themselves. A row that would be taken away is therefore looked up among the nodes that the portfolio is shared with
//! themselves. One that is not among them is left alone, and so is one that could not be looked up.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::desired::{DesiredPortfolio, OuRef};
use crate::model::finding::Warning;
use crate::model::id::{AccountId, Name, OrganizationId, OuId};
use crate::model::live::{Access, HubPlace, Live, Reading};
use crate::model::organization::{Organization, Walk};
use crate::model::portfolio::{NodeKind, Portfolio, Receiver, Share};

/// What a live row stands for.
pub(super) enum Standing {
    /// A share with the receiver itself.
    Own,
    /// A share with a node above it.
    Inherited,
    /// It could not be looked up; the sentence says why.
    Untold(String),
}

/// What a plan would do to a live share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Touch {
    /// It is removed.
    Goes,
    /// It gets other terms.
    Changes,
    /// Nothing.
    Stays,
}

/// The rows of one portfolio.
pub(super) struct Rows<'a> {
    portfolio: &'a Portfolio,
    organization: Option<&'a Organization>,
    access: Option<&'a Access>,
    touches: BTreeMap<&'a Receiver, Touch>,
    /// The shares with units and organizations, which others may inherit.
    nodes: Vec<&'a Receiver>,
    /// Those of them that change.
    touched: Vec<&'a Receiver>,
}

impl<'a> Rows<'a> {
    /// `touch` says what the plan would do to a share.
    pub(super) fn of(
        portfolio: &'a Portfolio,
        place: &HubPlace,
        organization: &Name,
        live: &'a Live,
        touch: impl Fn(&Receiver) -> Touch,
    ) -> Self {
        let is_node = |receiver: &&Receiver| match receiver {
            Receiver::Ou(_) | Receiver::Organization(_) => true,
            Receiver::Account(_) | Receiver::Member(_) => false,
        };
        let touches: BTreeMap<&Receiver, Touch> =
            portfolio.shares.keys().map(|receiver| (receiver, touch(receiver))).collect();
        let nodes: Vec<&Receiver> = portfolio.shares.keys().filter(is_node).collect();
        let touched = nodes.iter().copied().filter(|node| touches.get(node) != Some(&Touch::Stays)).collect();
        let (organization, access) = (live.organization(organization), live.access.get(place));
        Self { portfolio, organization, access, touches, nodes, touched }
    }

    /// What the row of a receiver stands for.
    pub(super) fn standing(&self, receiver: &Receiver) -> Standing {
        let Some(kind) = receiver.node_kind().filter(|_| self.is_in_doubt(receiver)) else { return Standing::Own };
        let own = self.access.and_then(|access| access.own.get(&(self.portfolio.id.clone(), kind)));
        match own {
            Some(Reading::Complete(own)) if own.contains(receiver) => Standing::Own,
            Some(Reading::Complete(_)) => Standing::Inherited,
            Some(Reading::Unreadable(reason)) => Standing::Untold(reason.clone()),
            None => Standing::Untold("it was not looked up".to_owned()),
        }
    }

    /// The kinds of nodes that have to be looked up before anything is touched.
    pub(super) fn questions(&self) -> BTreeSet<NodeKind> {
        if self.touches.values().all(|touch| *touch == Touch::Stays) {
            return BTreeSet::new();
        }
        let in_doubt = self.touches.keys().filter(|receiver| self.is_in_doubt(receiver));
        in_doubt.filter_map(|receiver| receiver.node_kind()).collect()
    }

    /// Whether it matters what a row stands for, and is not plain. A row that would be removed is in doubt wherever it
    /// may be inherited. One that is kept is in doubt where it shows the terms of a share above, which may be all there
    /// is of it, and either of the two changes.
    fn is_in_doubt(&self, receiver: &Receiver) -> bool {
        let has_terms = |node: &Receiver| self.has_terms_of(receiver, node);
        match self.touches.get(receiver) {
            Some(Touch::Goes) => self.may_inherit(receiver, &self.nodes, |_| true),
            Some(Touch::Changes) => self.may_inherit(receiver, &self.nodes, has_terms),
            Some(Touch::Stays) => self.may_inherit(receiver, &self.touched, has_terms),
            None => false,
        }
    }

    fn has_terms_of(&self, receiver: &Receiver, node: &Receiver) -> bool {
        let terms = |receiver| self.portfolio.shares.get(receiver).map(|live| &live.share);
        let (Some(own), Some(above)) = (terms(receiver), terms(node)) else { return false };
        own.tag_options() == above.tag_options()
            && (own.principals().is_none() || own.principals() == above.principals())
    }

    /// Whether a chosen one of some nodes is above a receiver, as far as is known.
    fn may_inherit(&self, receiver: &Receiver, nodes: &[&Receiver], chosen: impl Fn(&Receiver) -> bool) -> bool {
        nodes.iter().any(|node| {
            let is_above = match (node, receiver) {
                (Receiver::Organization(_), Receiver::Member(account)) => {
                    !self.organization.is_some_and(|it| it.strangers.contains(account))
                }
                (Receiver::Organization(_), Receiver::Ou(_)) => true,
                (Receiver::Ou(node), Receiver::Member(account)) => {
                    self.organization.and_then(|it| it.is_member(account, node)) != Some(false)
                }
                (Receiver::Ou(node), Receiver::Ou(unit)) => {
                    node != unit && self.organization.and_then(|it| it.is_at_or_below(unit, node)) != Some(false)
                }
                (_, Receiver::Account(_) | Receiver::Organization(_))
                | (Receiver::Account(_) | Receiver::Member(_), Receiver::Member(_) | Receiver::Ou(_)) => false,
            };
            is_above && chosen(node)
        })
    }
}

/// The shares of an entry through the organization, found by receiver without resolving any path.
pub(super) struct Listed<'a> {
    organizations: BTreeMap<&'a OrganizationId, &'a Share<OuRef>>,
    members: BTreeMap<&'a AccountId, &'a Share<OuRef>>,
    units: BTreeMap<&'a OuId, &'a Share<OuRef>>,
    paths: BTreeMap<&'a str, &'a Share<OuRef>>,
}

impl<'a> Listed<'a> {
    /// `None` as long as the paths of the entry can't be told from others.
    pub(super) fn of(entry: &'a DesiredPortfolio, organization: Option<&Organization>) -> Option<Self> {
        let mut listed = Self {
            organizations: BTreeMap::new(),
            members: BTreeMap::new(),
            units: BTreeMap::new(),
            paths: BTreeMap::new(),
        };
        for share in entry.shares.iter().map(|it| &it.share) {
            let _earlier = match share {
                Share::Member { account, tag_options: _ } => listed.members.insert(account, share),
                Share::Ou { ou: OuRef::Id(ou), tag_options: _, principals: _ } => listed.units.insert(ou, share),
                Share::Ou { ou: OuRef::Path(path), tag_options: _, principals: _ } => listed.paths.insert(path, share),
                Share::Organization { organization, tag_options: _, principals: _ } => {
                    listed.organizations.insert(organization, share)
                }
                Share::Account { account: _, tag_options: _ } => None,
            };
        }
        let is_walked = || organization.is_some_and(|it| it.walk == Walk::Complete);
        (listed.paths.is_empty() || is_walked()).then_some(listed)
    }

    /// What the entry says of a receiver.
    pub(super) fn get(&self, receiver: &Receiver, organization: Option<&Organization>) -> Option<&'a Share<OuRef>> {
        match receiver {
            Receiver::Member(account) => self.members.get(account).copied(),
            Receiver::Ou(ou) => {
                let by_path = || self.paths.get(organization?.path(ou).as_str()).copied();
                self.units.get(ou).copied().or_else(by_path)
            }
            Receiver::Organization(organization) => self.organizations.get(organization).copied(),
            Receiver::Account(_) => None,
        }
    }
}

/// How many receivers a warning names before it counts the rest.
const NAMED: usize = 6;

/// Rows that are left alone although the catalog does not list them.
#[derive(Default)]
pub(super) struct LeftAlone {
    inherited: Vec<Receiver>,
    untold: BTreeMap<String, Vec<Receiver>>,
}

impl LeftAlone {
    /// Notes a row. Says whether it is left alone.
    pub(super) fn notes(&mut self, receiver: &Receiver, standing: Standing) -> bool {
        match standing {
            Standing::Own => return false,
            Standing::Inherited => self.inherited.push(receiver.clone()),
            Standing::Untold(reason) => self.untold.entry(reason).or_default().push(receiver.clone()),
        }
        true
    }

    pub(super) fn count(&self) -> usize {
        self.inherited.len() + self.untold.values().map(Vec::len).sum::<usize>()
    }

    /// One sentence for each cause.
    pub(super) fn warnings(&self) -> Vec<Warning> {
        let warning = |message| Warning { code: "inherited_share".to_owned(), message, source: None };
        let inherited = (!self.inherited.is_empty()).then(|| {
            warning(format!(
                "{}: live through a share with a node above, not through one of its own, so nothing is removed. It \
                 goes with the share above",
                list(&self.inherited)
            ))
        });
        let untold = self.untold.iter().map(|(reason, receivers)| {
            warning(format!(
                "{}: live and not listed, but it may only inherit a share with a node above, and that can't be told \
                 ({reason}). It is left alone: let the role call servicecatalog:ListOrganizationPortfolioAccess, or \
                 remove it in the console",
                list(receivers)
            ))
        });
        inherited.into_iter().chain(untold).collect()
    }
}

fn list(receivers: &[Receiver]) -> String {
    let mut words: Vec<String> = receivers.iter().take(NAMED).map(ToString::to_string).collect();
    if receivers.len() > NAMED {
        words.push(format!("{} more", receivers.len() - NAMED));
    }
    words.join(", ")
}
