//! Collects portfolios region by region, then makes one file per portfolio for all regions in which it is the same.

use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::desired::Recipients;
use crate::model::draft::{Commented, Draft, PortfolioDraft, RecipientDraft};
use crate::model::id::{AccountId, Name, PortfolioId, Region};
use crate::model::lists::Selector;
use crate::model::portfolio::Share;
use crate::model::recipient::PrincipalRef;
use crate::model::unit_ref::OuRef;

use super::file::Destination;
use super::names::Node;

/// The most principal patterns that AWS accepts in a portfolio.
const PATTERNS: usize = 10;

/// A portfolio in a region.
pub(super) type Key = (Selector<PortfolioId>, Region);

/// The options of a share.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Terms {
    pub(super) tag_options: bool,
    pub(super) principals: bool,
    /// For accounts: shared as a member of the organization.
    pub(super) through_organization: bool,
}

/// The portfolios collected so far.
pub(super) struct Gathered<'s> {
    to: Destination<'s>,
    made: BTreeMap<Selector<PortfolioId>, BTreeMap<Region, Content>>,
    /// Display names of portfolios that are selected by id.
    names: BTreeMap<PortfolioId, String>,
    /// Why every portfolio keeps live shares that are not listed.
    kept: Option<String>,
}

/// A portfolio in one region. The entries are sorted like those of other files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Content {
    shares: BTreeMap<Rank, Commented<Share<OuRef>>>,
    kept: Option<String>,
    /// With the place that each entry comes from.
    recipients: BTreeMap<Rank, (Commented<RecipientDraft>, String)>,
}

/// Sorts entries: those that reach most accounts come first.
type Rank = (u8, String);

impl<'s> Gathered<'s> {
    pub(super) fn new(to: Destination<'s>) -> Self {
        Self { to, made: BTreeMap::new(), names: BTreeMap::new(), kept: None }
    }

    fn at(&mut self, (portfolio, region): &Key) -> &mut Content {
        let begun = || Content { kept: self.kept.clone(), ..Content::default() };
        self.made.entry(portfolio.clone()).or_default().entry(region.clone()).or_insert_with(begun)
    }

    /// Makes sure that there is a file for a portfolio.
    pub(super) fn portfolio(&mut self, key: &Key) {
        self.at(key);
    }

    /// Sets the display name of a portfolio that is selected by id.
    pub(super) fn name(&mut self, id: &PortfolioId, name: &str) {
        self.names.insert(id.clone(), name.to_owned());
    }

    /// Keeps live shares that are not listed, and notes the reason. The first reason stays.
    pub(super) fn keep(&mut self, key: &Key, why: &str) {
        self.at(key).kept.get_or_insert_with(|| why.to_owned());
    }

    /// Like [`Self::keep`], for every portfolio, those that are added later included.
    pub(super) fn keep_all(&mut self, why: &str) {
        self.kept.get_or_insert_with(|| why.to_owned());
        for content in self.made.values_mut().flat_map(BTreeMap::values_mut) {
            content.kept.get_or_insert_with(|| why.to_owned());
        }
    }

    fn owner(&self) -> Option<&AccountId> {
        self.to.organization.service_catalog_account.as_ref()
    }

    /// Adds a share.
    ///
    /// # Errors
    ///
    /// A sentence that says why the file can't have it.
    pub(super) fn share(&mut self, key: &Key, with: Node, terms: Terms, comment: Option<&str>) -> Result<(), String> {
        let Terms { tag_options, principals, through_organization } = terms;
        let share = match with {
            Node::Account(account) if self.owner() == Some(&account) => {
                return Err(format!("a share with {account}, which owns the portfolio, does nothing"));
            }
            Node::Account(account) if through_organization => Share::Member { account, tag_options },
            Node::Account(account) => Share::Account { account, tag_options },
            Node::Ou(ou) => Share::Ou { ou, tag_options, principals },
            Node::Everyone => {
                let organization = self.to.organization.id.clone();
                Share::Organization { organization, tag_options, principals }
            }
        };
        let comment = comment.map(str::to_owned);
        match self.at(key).shares.entry(receiver(&share)) {
            Slot::Vacant(slot) => {
                slot.insert(Commented { value: share, comment });
                Ok(())
            }
            Slot::Occupied(other) if other.get().value == share => Ok(()),
            Slot::Occupied(_) => Err("the same share stands before this with other terms, which were taken".to_owned()),
        }
    }

    /// Adds an entry of `recipients`, with the place that it comes from.
    ///
    /// # Errors
    ///
    /// A sentence that says why the file can't have it.
    pub(super) fn recipient(
        &mut self,
        key: &Key,
        spot: &str,
        draft: RecipientDraft,
        comment: Option<&str>,
    ) -> Result<(), String> {
        let patterns = draft.principals.iter().filter(|it| !matches!(it, PrincipalRef::Named(_))).count();
        if patterns > PATTERNS {
            return Err(format!("{patterns} patterns of principals, and AWS takes {PATTERNS} in a portfolio"));
        }
        if let Recipients::Account(account) = &draft.who
            && self.owner() == Some(account)
        {
            return Err(format!("{account} owns the portfolio, and who may launch there is not for a catalog to say"));
        }
        let comment = comment.map(str::to_owned);
        match self.at(key).recipients.entry(rank(&draft.who)) {
            Slot::Vacant(slot) => {
                slot.insert((Commented { value: draft, comment }, spot.to_owned()));
                Ok(())
            }
            Slot::Occupied(other) if other.get().0.value == draft => Ok(()),
            Slot::Occupied(_) => Err("an earlier entry for the same accounts differs, and was taken".to_owned()),
        }
    }

    /// Makes the files.
    pub(super) fn into_drafts(self, draft: &mut Draft) {
        let Self { to, made, names, kept: _ } = self;
        let several = to.settings.organizations.values().filter(|it| it.service_catalog_account.is_some()).count();
        for (portfolio, regions) in made {
            let mut groups: Vec<(Vec<Region>, Content)> = Vec::new();
            for (region, mut content) in regions {
                content.finish(&mut draft.left_out);
                match groups.iter_mut().find(|(_, other)| other.is_like(&content)) {
                    Some((regions, _)) => regions.push(region),
                    None => groups.push((vec![region], content)),
                }
            }
            let (called, comment) = match &portfolio {
                Selector::Name(name) => (name.clone(), None),
                Selector::Id(id) => {
                    let name = names.get(id).cloned();
                    (name.clone().unwrap_or_else(|| id.to_string()), name)
                }
            };
            let is_split = groups.len() > 1;
            for (regions, Content { shares, kept, recipients }) in groups {
                let apart = regions.first().filter(|_| is_split);
                let Some(file) = file_name(&called, apart, draft) else {
                    draft.left_out.push(format!("portfolio {called}: no name for a file can be made of that"));
                    continue;
                };
                let same: BTreeSet<&Region> = to.settings.regions.iter().collect();
                let is_default = regions.iter().collect::<BTreeSet<_>>() == same;
                let portfolio = Commented { value: portfolio.clone(), comment: comment.clone() };
                draft.portfolios.insert(
                    file,
                    PortfolioDraft {
                        portfolio,
                        organization: to.name.clone(),
                        names_organization: several > 1,
                        regions: if is_default { Vec::new() } else { regions },
                        shares: shares.into_values().collect(),
                        kept,
                        recipients: recipients.into_values().map(|(entry, _)| entry).collect(),
                    },
                );
            }
        }
    }
}

impl Content {
    /// Leaves out entries for accounts that no share reaches.
    fn finish(&mut self, left_out: &mut Vec<String>) {
        let shares = &self.shares;
        let has_node = shares.keys().any(|(rank, _)| *rank < MEMBER);
        let with = |account: &AccountId| {
            [MEMBER, ACCOUNT].into_iter().any(|rank| shares.contains_key(&(rank, account.to_string())))
        };
        self.recipients.retain(|_, (entry, spot)| {
            let Recipients::Account(account) = &entry.value.who else { return true };
            let is_reached = has_node || with(account);
            if !is_reached {
                left_out
                    .push(format!("{spot}: what happens in {account}, since no share that was taken over reaches it"));
            }
            is_reached
        });
    }

    fn is_like(&self, other: &Self) -> bool {
        let entries = |content: &Self| content.recipients.values().map(|(entry, _)| entry.clone()).collect::<Vec<_>>();
        (&self.shares, &self.kept) == (&other.shares, &other.kept) && entries(self) == entries(other)
    }
}

/// The ranks of shares with accounts. Shares with OUs and the organization rank before them.
const MEMBER: u8 = 2;
const ACCOUNT: u8 = 3;

/// The rank of a share, by its receiver.
fn receiver(share: &Share<OuRef>) -> Rank {
    match share {
        Share::Organization { organization, .. } => (0, organization.to_string()),
        Share::Ou { ou, .. } => (1, ou.to_string()),
        Share::Member { account, .. } => (MEMBER, account.to_string()),
        Share::Account { account, .. } => (ACCOUNT, account.to_string()),
    }
}

fn rank(who: &Recipients) -> Rank {
    match who {
        Recipients::Organization(id) => (0, id.to_string()),
        Recipients::Ou(ou) => (1, ou.to_string()),
        Recipients::Account(account) => (2, account.to_string()),
    }
}

/// A file name made from a portfolio's name, and not used by another draft.
fn file_name(called: &str, apart: Option<&Region>, draft: &Draft) -> Option<Name> {
    let stem = Name::made_of(called).or_else(|| Name::made_of("portfolio"))?;
    let stem = apart.map_or_else(|| stem.to_string(), |region| format!("{stem}-{region}"));
    let numbered = (2..10_000_usize).map(|number| format!("{stem}-{number}"));
    let mut all = std::iter::once(stem.clone()).chain(numbered).filter_map(|name| name.parse().ok());
    all.find(|name| !draft.portfolios.contains_key(name))
}
