//! Finds live rows that may only inherit a share with a node above them.
//!
//! Nothing shows whether `DescribePortfolioShares` lists the accounts and units below a shared node beside the shares
//! themselves. A row that would be removed is therefore looked up among the nodes that the portfolio itself is shared
//! with. A row that is not among them is left alone, and so is one that could not be looked up.

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

/// The effect of a plan on a live share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Touch {
    /// It is removed.
    Goes,
    /// It gets other terms.
    Changes,
    /// It stays as it is.
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
    /// The nodes among them whose shares go or change.
    touched: Vec<&'a Receiver>,
    /// The shares with units and organizations that the plan makes.
    made: Vec<Share>,
}

impl<'a> Rows<'a> {
    /// `touch` gives the plan's effect on a live share. `made` are the shares with units and organizations that the
    /// plan makes.
    pub(super) fn of(
        portfolio: &'a Portfolio,
        place: &HubPlace,
        organization: &Name,
        live: &'a Live,
        touch: impl Fn(&Receiver) -> Touch,
        made: Vec<Share>,
    ) -> Self {
        let is_node = |receiver: &&Receiver| match receiver {
            Receiver::Ou(_) | Receiver::Organization(_) => true,
            Receiver::Account(_) | Receiver::Member(_) => false,
        };
        let touches: BTreeMap<&Receiver, Touch> =
            portfolio.shares.keys().map(|receiver| (receiver, touch(receiver))).collect();
        let nodes: Vec<&Receiver> = portfolio.shares.keys().filter(is_node).collect();
        // A row that would go and only inherits is left alone, so nothing below it changes either.
        let is_touched = |node: &&Receiver| match touches.get(*node) {
            Some(Touch::Goes) => !live.only_inherits(place, &portfolio.id, node),
            Some(Touch::Changes) => true,
            Some(Touch::Stays) | None => false,
        };
        let touched = nodes.iter().copied().filter(is_touched).collect();
        let (organization, access) = (live.organization(organization), live.access.get(place));
        Self { portfolio, organization, access, touches, nodes, touched, made }
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

    /// The kinds of rows that have to be looked up before a share is touched.
    pub(super) fn questions(&self) -> BTreeSet<NodeKind> {
        if self.made.is_empty() && self.touches.values().all(|touch| *touch == Touch::Stays) {
            return BTreeSet::new();
        }
        let in_doubt = self.touches.keys().filter(|receiver| self.is_in_doubt(receiver));
        in_doubt.filter_map(|receiver| receiver.node_kind()).collect()
    }

    /// Whether a row has to be looked up. One that would be removed is in doubt if a node above it has a share. Any
    /// other one is in doubt only if its terms are those of a share above, so that it may inherit them, and if the row
    /// or that share changes or the plan makes a share above it with other terms.
    fn is_in_doubt(&self, receiver: &Receiver) -> bool {
        let has_terms = |node: &Receiver| self.has_terms_of(receiver, node);
        match self.touches.get(receiver) {
            Some(Touch::Goes) => self.may_inherit(receiver, &self.nodes, |_| true),
            Some(Touch::Changes) => self.may_inherit(receiver, &self.nodes, has_terms),
            Some(Touch::Stays) => {
                self.may_inherit(receiver, &self.touched, has_terms)
                    || (self.is_outdone(receiver) && self.may_inherit(receiver, &self.nodes, has_terms))
            }
            None => false,
        }
    }

    fn has_terms_of(&self, receiver: &Receiver, node: &Receiver) -> bool {
        let share = |receiver| self.portfolio.shares.get(receiver).map(|live| &live.share);
        share(receiver).zip(share(node)).is_some_and(|(own, above)| has_terms(own, above))
    }

    /// Whether the plan makes a share above a receiver on other terms than those of its row.
    fn is_outdone(&self, receiver: &Receiver) -> bool {
        let Some(own) = self.portfolio.shares.get(receiver).map(|live| &live.share) else { return false };
        self.made.iter().any(|made| !has_terms(own, made) && self.is_above(&made.receiver(), receiver))
    }

    /// Whether one of these nodes, for which `chosen` is true, is above a receiver.
    fn may_inherit(&self, receiver: &Receiver, nodes: &[&Receiver], chosen: impl Fn(&Receiver) -> bool) -> bool {
        nodes.iter().any(|node| self.is_above(node, receiver) && chosen(node))
    }

    /// Whether a node is above a receiver. True if that is not known.
    fn is_above(&self, node: &Receiver, receiver: &Receiver) -> bool {
        match (node, receiver) {
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
        }
    }
}

/// Whether the terms of a share allow that it is inherited from another one.
fn has_terms(own: &Share, above: &Share) -> bool {
    own.tag_options() == above.tag_options() && (own.principals().is_none() || own.principals() == above.principals())
}

/// The shares of an entry through the organization, found by receiver without resolving any path.
pub(super) struct Listed<'a> {
    organizations: BTreeMap<&'a OrganizationId, &'a Share<OuRef>>,
    members: BTreeMap<&'a AccountId, &'a Share<OuRef>>,
    units: BTreeMap<&'a OuId, &'a Share<OuRef>>,
    paths: BTreeMap<&'a str, &'a Share<OuRef>>,
}

impl<'a> Listed<'a> {
    /// The shares that an entry lists. If the entry is gone, those that have ended are among them, since both are
    /// cleaned up. `None` if the entry has paths and their units are not all read yet.
    pub(super) fn of(entry: &'a DesiredPortfolio, is_gone: bool, organization: Option<&Organization>) -> Option<Self> {
        let mut listed = Self {
            organizations: BTreeMap::new(),
            members: BTreeMap::new(),
            units: BTreeMap::new(),
            paths: BTreeMap::new(),
        };
        let expired = entry.expired.iter().filter(|_| is_gone);
        for share in entry.shares.iter().chain(expired).map(|it| &it.share) {
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

    /// The shares with units and organizations that are not live yet.
    pub(super) fn made(&self, portfolio: &Portfolio, organization: Option<&Organization>) -> Vec<Share> {
        let live = portfolio.shares.keys().filter(|receiver| match receiver {
            Receiver::Ou(_) | Receiver::Organization(_) => self.get(receiver, organization).is_some(),
            Receiver::Account(_) | Receiver::Member(_) => false,
        });
        let listed = self.organizations.len() + self.units.len() + self.paths.len();
        if live.count() == listed {
            return Vec::new();
        }
        let all = self.organizations.values().chain(self.units.values()).chain(self.paths.values());
        let unit = |ou: &OuRef| match ou {
            OuRef::Id(ou) => Ok(ou.clone()),
            OuRef::Path(path) => organization.and_then(|it| it.resolve(path).ok()).ok_or(()),
        };
        let resolved = all.filter_map(|share| share.map_ou(unit).ok());
        resolved.filter(|share| !portfolio.shares.contains_key(&share.receiver())).collect()
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
    /// Records a row that is left alone. Returns false for a share of its own.
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
                "{}: no share of its own, but a share with a unit or organization above reaches it. Nothing is \
                 removed; it ends with the share above",
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
