//! Merges product lists with the lists that they include.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::finding::Finding;
use crate::model::id::{Name, ProductId};

use super::code::Code;
use super::parsed::{Catalog, File};
use super::read::At;
use super::record::Field;
use super::report::{finding, shown, suggestion};
use super::schema::{Marketplace, Product};
use super::until::is_over;

/// The limit for the entries of all lists including their includes. Nested includes could multiply them without
/// bound.
const MAX_ENTRIES: usize = 2_000_000;

/// The meaning of an entry for its product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Approved,
    Rejected,
    /// The product is left alone.
    Ignored,
    /// The entry's `until` has passed, so the product counts as not listed.
    Over {
        /// Whether the entry was in `approved`.
        approved: bool,
    },
}

impl Verdict {
    /// Whether the product counts as listed.
    fn counts(self) -> bool {
        match self {
            Self::Approved | Self::Rejected | Self::Ignored => true,
            Self::Over { approved: _ } => false,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Approved | Self::Over { approved: true } => "approved",
            Self::Rejected | Self::Over { approved: false } => "rejected",
            Self::Ignored => "ignored",
        }
    }
}

/// The verdict on a product, with the entry and the file that it comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decision<'c> {
    pub(super) verdict: Verdict,
    pub(super) product: &'c Product,
    pub(super) file: &'c File<Marketplace>,
}

/// A list merged with the lists that it includes.
pub(super) type Effective<'c> = BTreeMap<&'c ProductId, Decision<'c>>;

/// Every list that could be resolved. Lists in a cycle, and lists that include an unresolved one, are missing.
pub(super) type Lists<'c> = BTreeMap<&'c Name, Effective<'c>>;

/// Resolves every list, included lists first, and reports invalid includes.
pub(super) fn resolve<'c>(catalog: &'c Catalog, findings: &mut Vec<Finding>) -> Lists<'c> {
    let mut lists = Lists::new();
    let mut entries = 0;
    for name in order(catalog, findings) {
        let Some(file) = catalog.lists.get(name) else { continue };
        let Some(list) = &file.content else { continue };
        let Some(effective) = effective(catalog, file, list, &lists, findings) else { continue };
        entries += effective.len();
        if entries > MAX_ENTRIES {
            let message = format!("the product lists, with what they include, come to more than {MAX_ENTRIES} entries");
            let source = file.source(super::report::Place::START);
            findings.push(finding(Code::TooLarge, source, message, "include less, or split the catalog"));
            break;
        }
        lists.insert(name, effective);
    }
    lists
}

fn effective<'c>(
    catalog: &'c Catalog,
    file: &'c File<Marketplace>,
    list: &'c Marketplace,
    lists: &Lists<'c>,
    findings: &mut Vec<Finding>,
) -> Option<Effective<'c>> {
    let mut merged = own(catalog, file, list);
    let decided: BTreeSet<&ProductId> = merged.keys().copied().collect();
    for include in includes(list) {
        let included = lists.get(&include.value)?;
        for (id, decision) in included {
            match merged.entry(id) {
                Entry::Vacant(slot) => {
                    slot.insert(*decision);
                }
                Entry::Occupied(first) if decided.contains(id) => {
                    overrides(first.get(), decision, &include.value, findings);
                }
                // An expired entry of an included list has no effect here, so another included list may decide.
                Entry::Occupied(mut first) if !first.get().verdict.counts() => {
                    first.insert(*decision);
                }
                Entry::Occupied(first) if decision.verdict.counts() && first.get().verdict != decision.verdict => {
                    findings.push(disagree(file, include, first.get(), decision));
                }
                Entry::Occupied(_) => {}
            }
        }
    }
    Some(merged)
}

/// The file's own entries. An expired one overrides included entries too: it means "not listed". A product on several
/// lists, which is an error, keeps its first entry.
fn own<'c>(catalog: &Catalog, file: &'c File<Marketplace>, list: &'c Marketplace) -> Effective<'c> {
    let mut own = Effective::new();
    for (approved, products) in [(true, &list.approved), (false, &list.rejected)] {
        for product in products.get().iter().flat_map(|products| &products.value) {
            let verdict = match product.value.until.get() {
                Some(until) if is_over(until.value, catalog.today) => Verdict::Over { approved },
                _ if approved => Verdict::Approved,
                _ => Verdict::Rejected,
            };
            own.entry(&product.value.id.value).or_insert(Decision { verdict, product: &product.value, file });
        }
    }
    for ignored in list.ignore.get().iter().flat_map(|ignored| &ignored.value) {
        let product = &ignored.value.0;
        own.entry(&product.id.value).or_insert(Decision { verdict: Verdict::Ignored, product, file });
    }
    own
}

/// The lists that a list includes.
pub(super) fn includes(list: &Marketplace) -> &[At<Name>] {
    list.include.get().map_or(&[], |include| include.value.as_slice())
}

fn overrides(own: &Decision<'_>, included: &Decision<'_>, include: &Name, findings: &mut Vec<Finding>) {
    // The opposite, rejecting an included approval, gets no warning, since the plan shows the removal prominently.
    if own.verdict == Verdict::Approved && included.verdict == Verdict::Rejected {
        let message = format!("{} is approved here although `{include}` rejects it", called(own.product));
        let help = format!("fine if it is meant as an exception; {} says why not", stands(included));
        findings.push(finding(Code::OverridesInclude, own.file.source(own.product.id.place), message, help));
    }
}

fn disagree(file: &File<Marketplace>, include: &At<Name>, first: &Decision<'_>, second: &Decision<'_>) -> Finding {
    let verb = |decision: &Decision<'_>| decision.verdict.word();
    let message = format!(
        "included lists disagree on {}: {} by {}, {} by {}",
        called(first.product),
        verb(first),
        stands(first),
        verb(second),
        stands(second)
    );
    let help = "list it here under `approved`, `rejected` or `ignore`: own entries win";
    finding(Code::IncludesDisagree, file.source(include.place), message, help)
}

/// A product's name in a message.
pub(super) fn called(product: &Product) -> String {
    let id = &product.id.value;
    match product.name.get() {
        Some(name) => format!("{} ({})", shown(id.as_str()), shown(&name.value.0)),
        None => shown(id.as_str()),
    }
}

fn stands(decision: &Decision<'_>) -> String {
    format!("{}:{}", decision.file.path, decision.product.id.place.line)
}

/// The lists, each after those it includes. Lists in a cycle, or that include one in a cycle, are left out.
fn order<'c>(catalog: &'c Catalog, findings: &mut Vec<Finding>) -> Vec<&'c Name> {
    let mut waiting: BTreeMap<&Name, usize> = BTreeMap::new();
    let mut included_by: BTreeMap<&Name, Vec<&Name>> = BTreeMap::new();
    for (name, file) in &catalog.lists {
        let known: BTreeSet<&Name> = known_includes(catalog, file, findings).into_iter().collect();
        waiting.insert(name, known.len());
        for include in known {
            included_by.entry(include).or_default().push(name);
        }
    }
    let mut order: Vec<&Name> = waiting.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect();
    let mut next = 0;
    while let Some(name) = order.get(next).copied() {
        next += 1;
        for above in included_by.get(name).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(above) {
                *count -= 1;
                if *count == 0 {
                    order.push(above);
                }
            }
        }
    }
    waiting.retain(|_, count| *count > 0);
    report_cycles(catalog, &waiting.keys().copied().collect(), findings);
    order
}

fn known_includes<'c>(catalog: &'c Catalog, file: &'c File<Marketplace>, findings: &mut Vec<Finding>) -> Vec<&'c Name> {
    let mut known = Vec::new();
    for include in file.content.iter().flat_map(includes) {
        if catalog.lists.contains_key(&include.value) {
            known.push(&include.value);
        } else {
            let near = suggestion(findings, include.value.as_str(), catalog.lists.keys().map(Name::as_str));
            let help =
                near.unwrap_or_else(|| format!("an included list is a file: marketplace/{}.yaml", include.value));
            let message = format!("there is no product list `{}` to include", include.value);
            findings.push(finding(Code::UnknownInclude, file.source(include.place), message, help));
        }
    }
    known
}

/// Follows the first unresolved include of each unresolved list until a list repeats. The lists in between are a
/// cycle.
fn report_cycles(catalog: &Catalog, stuck: &BTreeSet<&Name>, findings: &mut Vec<Finding>) {
    let mut seen: BTreeSet<&Name> = BTreeSet::new();
    for start in stuck {
        let mut path: Vec<(&Name, &At<Name>)> = Vec::new();
        let mut here = *start;
        while seen.insert(here) {
            let includes = catalog.lists.get(here).and_then(|file| file.content.as_ref()).map_or(&[][..], includes);
            let Some(next) = includes.iter().find(|include| stuck.contains(&include.value)) else { break };
            path.push((here, next));
            here = &next.value;
        }
        let Some(from) = path.iter().position(|(name, _)| *name == here) else { continue };
        let cycle = path.get(from..).unwrap_or_default();
        if let Some(((name, include), file)) = cycle.first().and_then(|step| Some((step, catalog.lists.get(step.0)?))) {
            let mut names: Vec<String> = cycle.iter().map(|(name, _)| format!("`{name}`")).collect();
            names.push(format!("`{name}`"));
            let message = format!("product lists include each other: {}", names.join(" → "));
            let help = "take one of these includes out; what both need goes into a list of its own";
            findings.push(finding(Code::IncludeCycle, file.source(include.place), message, help));
        }
    }
}
