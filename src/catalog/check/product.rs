//! Checks of the entries of product lists.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::finding::Finding;
use crate::model::id::{Name, ProductId};

use crate::catalog::code::Code;
use crate::catalog::include::{Lists, called, includes};
use crate::catalog::lower::same_name;
use crate::catalog::parsed::{Catalog, File};
use crate::catalog::product_id::{mended, near};
use crate::catalog::read::{At, List};
use crate::catalog::record::Field;
use crate::catalog::report::{Place, finding, shown};
use crate::catalog::schema::{Marketplace, Product};

use super::shared::{repeated, twice};

/// The number of characters that AWS accepts as the notes of a product.
const MOST_NOTES: usize = 50;

/// The number of usual ids that an unusual id is compared with. The next constant limits how many unusual ids are
/// compared, since the time grows with the product of both.
const MOST_COMPARED: usize = 1_000;
const MOST_SUGGESTED: usize = 50;

/// The product lists that could be read.
pub(super) fn lists(catalog: &Catalog) -> impl Iterator<Item = (&Name, &File<Marketplace>, &Marketplace)> {
    catalog.lists.iter().filter_map(|(name, file)| Some((name, file, file.content.as_ref()?)))
}

pub(super) fn listed_once(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (_, file, list) in lists(catalog) {
        for products in [&list.approved, &list.rejected] {
            for (id, place, first) in repeated(ids(products.get())) {
                findings.push(twice(&format!("`{id}`"), place, first, file));
            }
        }
        let approved: BTreeMap<&ProductId, Place> = ids(list.approved.get()).collect();
        for product in list.rejected.get().into_iter().flat_map(|products| &products.value) {
            let id = &product.value.id;
            if let Some(first) = approved.get(&id.value) {
                let message =
                    format!("{} is approved on line {} and rejected here", called(&product.value), first.line);
                let help = "keep it in one of the two lists";
                findings.push(finding(Code::ApprovedAndRejected, file.source(id.place), message, help));
            }
        }
    }
}

fn ids(products: Option<&At<List<Product>>>) -> impl Iterator<Item = (&ProductId, Place)> {
    let products = products.into_iter().flat_map(|products| &products.value);
    products.map(|product| (&product.value.id.value, product.value.id.place))
}

pub(super) fn includes_differ(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (_, file, list) in lists(catalog) {
        for (name, place, first) in repeated(includes(list).iter().map(|include| (&include.value, include.place))) {
            findings.push(twice(&format!("`{name}`"), place, first, file));
        }
    }
}

/// AWS does not document the form of its ids, so an unusual form is only a warning.
pub(super) fn ids_look_like_ids(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    let all = || lists(catalog).flat_map(|(_, _, list)| list.products()).map(|product| product.id.value.as_str());
    let usual: BTreeSet<&str> = all().filter(|id| ProductId::is_usual(id)).take(MOST_COMPARED).collect();
    let mut told = 0;
    for (_, file, list) in lists(catalog) {
        for product in list.products().filter(|product| !ProductId::is_usual(product.id.value.as_str())) {
            told += 1;
            let id = product.id.value.as_str();
            let near =
                || (told <= MOST_SUGGESTED).then(|| near(id, usual.iter().copied())).flatten().map(str::to_owned);
            let help = match mended(id).or_else(near) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => form_help(id),
            };
            let message = format!("{} looks like no product id", shown(id));
            findings.push(finding(Code::OddProductId, file.source(product.id.place), message, help));
        }
    }
}

fn form_help(id: &str) -> String {
    let form = "AWS's are `prod-` and 13 letters or digits, or a UUID";
    match id.strip_prefix("prod-").map(str::len) {
        Some(count) if count != 13 => format!("{form}: this has {count} behind `prod-`"),
        _ => format!("{form}: check it for a typo"),
    }
}

/// Ids are compared exactly. If two differ only in case, at most one is a product, and the other would have no
/// effect.
pub(super) fn ids_differ_in_more_than_case(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    let has_capital = |product: &Product| product.id.value.as_str().bytes().any(|byte| byte.is_ascii_uppercase());
    // AWS's ids have no capitals, and without one nothing can differ in case.
    if !lists(catalog).flat_map(|(_, _, list)| list.products()).any(has_capital) {
        return;
    }
    let mut first: BTreeMap<String, (&ProductId, &str, Place)> = BTreeMap::new();
    for (_, file, list) in lists(catalog) {
        for At { value: id, place } in list.products().map(|product| &product.id) {
            let lower = id.as_str().to_ascii_lowercase();
            let (other, in_file, at) = first.entry(lower).or_insert((id, &file.path, *place));
            if *other != id {
                let message = format!("`{id}` differs from `{other}` ({in_file}:{}) in letter case only", at.line);
                let help = "ids are compared exactly: write both as AWS Marketplace does";
                findings.push(finding(Code::IdCase, file.source(*place), message, help));
            }
        }
    }
}

/// One note that is too long makes AWS refuse the whole change set.
pub(super) fn notes_fit(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (_, file, list) in lists(catalog) {
        for product in list.products() {
            let Some(notes) = product.notes.get() else { continue };
            let count = notes.value.0.chars().count();
            if count > MOST_NOTES {
                let message =
                    format!("the notes of {} have {count} characters, and AWS takes {MOST_NOTES}", called(product));
                let help = format!("shorten them by {}, or put the rest into a comment", count - MOST_NOTES);
                findings.push(finding(Code::NotesTooLong, file.source(notes.place), message, help));
            }
        }
    }
}

pub(super) fn names_agree(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    let mut names: BTreeMap<&ProductId, (&str, &str, Place)> = BTreeMap::new();
    for (_, file, list) in lists(catalog) {
        for product in list.products() {
            let Some(name) = product.name.get() else { continue };
            let (id, here) = (&product.id.value, name.value.0.as_str());
            let (first, in_file, at) = names.entry(id).or_insert((here, &file.path, name.place));
            if *first != here {
                let message = format!("`{id}` is {} here and {} in {in_file}:{}", shown(here), shown(first), at.line);
                let help = "give it one name: the first is shown";
                findings.push(finding(Code::NameConflict, file.source(name.place), message, help));
            }
        }
    }
}

/// The author of a list chooses the names, and a reviewer reads the name before the id. A wrong name could mislead.
pub(super) fn names_differ(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    let mut owners: BTreeMap<String, (&ProductId, &str, Place)> = BTreeMap::new();
    let mut told: BTreeSet<&ProductId> = BTreeSet::new();
    for (_, file, list) in lists(catalog) {
        for product in list.products() {
            let Some(name) = product.name.get() else { continue };
            let (id, name, place) = (&product.id.value, name.value.0.as_str(), name.place);
            let (owner, in_file, at) = owners.entry(same_name(name)).or_insert((id, &file.path, place));
            if *owner != id && told.insert(id) {
                let message = format!("`{owner}` is called {} already, in {in_file}:{}", shown(name), at.line);
                let help =
                    "look both ids up: a name is whatever its author writes, and only the id is approved or denied";
                findings.push(finding(Code::SameName, file.source(place), message, help));
            }
        }
    }
}

pub(super) fn list_is_used(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    let included: Vec<&Name> =
        lists(catalog).flat_map(|(_, _, list)| includes(list)).map(|include| &include.value).collect();
    let included: BTreeSet<&Name> = included.into_iter().collect();
    for (name, file, list) in lists(catalog) {
        if list.experiences.is_none() && !included.contains(name) {
            let (message, help) = match list.mirror {
                Some(_) => (format!("no experience follows the one that `{name}` mirrors"), "add `experiences:`"),
                None => (
                    format!("the product list `{name}` governs no experience, and no other list includes it"),
                    "add `experiences:`, or include it somewhere",
                ),
            };
            findings.push(finding(Code::UnusedList, file.source(Place::START), message, help));
        }
    }
}
