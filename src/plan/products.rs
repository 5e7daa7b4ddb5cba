//! Names of products: which ones AWS Marketplace is asked for, and what its answers are used for.
//!
//! No change depends on an answer. Names fill in where the catalog has none, and three warnings tell of entries that
//! may be wrong.

use std::collections::{BTreeMap, BTreeSet};

use super::ending;
use super::marketplace;
use super::product_names::{is_of_another, plain};
use super::resolve::Entries;
use super::told::tell;
use crate::model::change::{Plan, Target, TargetState, Untouched, Work};
use crate::model::desired::{Desired, DesiredExperience, own_name};
use crate::model::edit::{Edit, ExperienceEdit};
use crate::model::finding::Warning;
use crate::model::id::{AccountId, Name, ProductId};
use crate::model::live::{Found, Live};
use crate::model::market_wants::ProductWants;
use crate::model::wants::Wants;

/// The most products that a run asks the marketplace for: 17 calls where all of them are on sale.
pub const MOST_PRODUCTS: usize = 500;

/// How many products a plan asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Products {
    /// Those that the plan mentions.
    SpokenOf,
    /// All that the catalog approves in the targets as well, to find those that were withdrawn.
    Approved,
}

/// Which products the marketplace is to be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// At most [`MOST_PRODUCTS`], those without a name first.
    pub wants: Wants,
    /// How many were left out.
    pub left_out: usize,
}

/// The products that a plan needs a name for or looks up. There are none for a plan in step, unless all approved
/// products are to be looked up.
pub fn products(plan: &Plan, desired: &Desired, which: Products) -> Asked {
    let entries = Entries::of(desired);
    let mut seen: BTreeSet<&ProductId> = BTreeSet::new();
    let mut ids: Vec<ProductId> = Vec::new();
    let mut asker: Option<(&AccountId, &Name)> = None;
    for rank in [Rank::Unnamed, Rank::Changed, Rank::Approved] {
        if rank == Rank::Approved && which == Products::SpokenOf {
            continue;
        }
        for target in &plan.targets {
            for id in of_rank(rank, target, desired, &entries) {
                asker.get_or_insert((&target.account, &target.organization));
                if seen.insert(id) {
                    ids.push(id.clone());
                }
            }
        }
    }
    let left_out = ids.len().saturating_sub(MOST_PRODUCTS);
    ids.truncate(MOST_PRODUCTS);
    let mut wants = Wants::default();
    if let Some((account, organization)) = asker {
        let products = ProductWants { organization: organization.clone(), ids: ids.into_iter().collect() };
        wants.products.insert(account.clone(), products);
    }
    Asked { wants, left_out }
}

/// Why a product is asked for. If there are too many, the first ranks are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rank {
    /// The plan mentions it, and it has no name.
    Unnamed,
    /// The plan changes it, and the catalog lists it, perhaps under a wrong name.
    Changed,
    /// The catalog approves it.
    Approved,
}

fn of_rank<'a>(rank: Rank, target: &'a Target, desired: &'a Desired, entries: &Entries<'a>) -> Vec<&'a ProductId> {
    if target.is_unreadable() {
        return Vec::new();
    }
    let entry = || entries.get(&target.name);
    match rank {
        Rank::Unnamed => {
            let unnamed = changed(target).filter(|(_, label)| label.is_empty()).map(|(id, _)| id);
            let is_spoken_of = target.is_spoken_of();
            let entry = entry().filter(|_| is_spoken_of);
            let near = entry.map(|entry| ending::unnamed(desired, entry)).unwrap_or_default();
            let ignored = entry.into_iter().flat_map(|entry| entry.products.ignored().keys());
            let ignored = ignored.filter(|id| is_ignored_without_name(target, id));
            unnamed.chain(near).chain(ignored).collect()
        }
        Rank::Changed => {
            let Some(lists) = entry().and_then(|entry| entry.products.listed()) else { return Vec::new() };
            let is_listed = |id: &ProductId| matches!(marketplace::entry(lists, id), Some((_, false)));
            changed(target).map(|(id, _)| id).filter(|id| is_listed(id)).collect()
        }
        // The catalog can't correct what a mirrored experience approves.
        Rank::Approved => {
            let lists = entry().and_then(|entry| entry.products.listed());
            lists.into_iter().flat_map(|lists| lists.approved.keys()).collect()
        }
    }
}

/// The products that a target's changes are about, with their names.
fn changed(target: &Target) -> impl Iterator<Item = (&ProductId, &str)> {
    target.changes().filter_map(|change| match change.edit {
        Edit::Experience(ExperienceEdit::Product(edit)) => Some((&edit.product, change.about.label.as_str())),
        Edit::Experience(_) | Edit::Hub(_) | Edit::Recipient(_) => None,
    })
}

fn is_ignored_without_name(target: &Target, id: &ProductId) -> bool {
    match &target.state {
        TargetState::Complete { work: _, left_alone: Untouched { unlisted: _, ignored, other_notes: _ } } => {
            ignored.get(id.as_str()).is_some_and(String::is_empty)
        }
        TargetState::Unreadable { reason: _, source: _ } => false,
    }
}

/// Adds what AWS Marketplace told to a plan: missing names, and warnings. The changes stay as they are.
pub fn titled(mut plan: Plan, desired: &Desired, live: &Live, which: Products) -> Plan {
    if live.products.is_empty() {
        return plan;
    }
    let entries = Entries::of(desired);
    let titles = Titles::of(desired, live);
    let mut said = BTreeSet::new();
    for target in &mut plan.targets {
        name(target, live);
    }
    // A list may govern many experiences. Each of its entries is warned of once, in a target that changes it if there
    // is one.
    let all = match which {
        Products::SpokenOf => &[Rank::Changed][..],
        Products::Approved => &[Rank::Changed, Rank::Approved][..],
    };
    for rank in all {
        for target in &mut plan.targets {
            let Some(entry) = entries.get(&target.name) else { continue };
            let ids = of_rank(*rank, target, desired, &entries);
            let found = ids.into_iter().flat_map(|id| titles.warnings(entry, id)).filter(|it| said.insert(it.clone()));
            let found: Vec<Warning> = found.collect();
            if !found.is_empty() {
                tell(desired, target, found);
            }
        }
    }
    plan
}

/// Fills in the names that are missing.
fn name(target: &mut Target, live: &Live) {
    let TargetState::Complete { work, left_alone } = &mut target.state else { return };
    let Work::Experience { experience: _, policy: _, changes } = work else { return };
    for change in changes {
        if let (ExperienceEdit::Product(edit), true) = (&change.edit, change.about.label.is_empty())
            && let Some(title) = live.title(&edit.product)
        {
            change.about.label = title.to_string();
        }
    }
    for (id, label) in left_alone.ignored.iter_mut().filter(|(_, label)| label.is_empty()) {
        let title = id.parse().ok().and_then(|id| live.title(&id).map(ToString::to_string));
        *label = title.unwrap_or_default();
    }
    for other in left_alone.other_notes.iter_mut().filter(|other| other.label.is_empty()) {
        other.label = live.title(&other.key).map(ToString::to_string).unwrap_or_default();
    }
}

struct Titles<'a> {
    desired: &'a Desired,
    live: &'a Live,
    /// The products that bear a name, in the form of [`plain`].
    bearers: BTreeMap<String, BTreeSet<&'a ProductId>>,
}

impl<'a> Titles<'a> {
    fn of(desired: &'a Desired, live: &'a Live) -> Self {
        let mut bearers: BTreeMap<String, BTreeSet<&ProductId>> = BTreeMap::new();
        for id in live.products.keys() {
            if let Some(title) = live.title(id) {
                bearers.entry(plain(&title.name)).or_default().insert(id);
            }
        }
        Self { desired, live, bearers }
    }

    /// Whether another product than `id` bears a name.
    fn is_others(&self, name: &str, id: &ProductId) -> bool {
        self.bearers.get(name).is_some_and(|bearers| bearers.iter().any(|bearer| *bearer != id))
    }

    /// The warnings about a product that an entry lists.
    fn warnings(&self, entry: &DesiredExperience, id: &ProductId) -> Vec<Warning> {
        let Some(lists) = entry.products.listed() else { return Vec::new() };
        let Some((source, false)) = marketplace::entry(lists, id) else { return Vec::new() };
        let is_approved = lists.approved.contains_key(id);
        let name = self.desired.product_names.get(id).map(|name| own_name(name)).unwrap_or_default();
        let warning = |code: &str, message| Warning { code: code.to_owned(), message, source: Some(source.clone()) };
        match self.live.products.get(id) {
            Some(Found::NotThere) if is_approved => {
                let called = format!("{name} {id}");
                let message = format!(
                    "{} is not known to AWS Marketplace: a private or withdrawn product may be unknown to it, any other \
                     id is mistyped",
                    called.trim_start()
                );
                vec![warning("unknown_product", message)]
            }
            Some(Found::There(title)) => {
                let mut warnings = Vec::new();
                if title.is_withdrawn && is_approved {
                    let message = format!(
                        "{title} {id} can't be bought any more: AWS Marketplace has taken it off sale, and an approval \
                         does not bring it back"
                    );
                    warnings.push(warning("withdrawn_product", message));
                }
                if is_of_another(name, title, |name| self.is_others(name, id)) {
                    let message = format!(
                        "{name} {id} is {title} in AWS Marketplace: one of the two is wrong, the name in the catalog or \
                         the id"
                    );
                    warnings.push(warning("name_differs", message));
                }
                warnings
            }
            Some(Found::NotThere | Found::Unreadable(_)) | None => Vec::new(),
        }
    }
}
