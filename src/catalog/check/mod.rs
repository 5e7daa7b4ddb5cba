//! What can be wrong across keys and files: a list of small checks. Each looks at the whole catalog, adds what it
//! finds and stays silent about what could not be read, which was reported already.

mod experience;
mod organization;
mod portfolio;
mod product;
mod settings;
mod share;

use std::collections::BTreeMap;

use crate::model::finding::Finding;

use super::code::Code;
use super::include::Lists;
use super::parsed::{Catalog, File};
use super::record::Given;
use super::report::{Place, alternatives, finding};

/// A check.
pub(super) type Check = fn(&Catalog, &Lists<'_>, &mut Vec<Finding>);

/// All of them.
pub(super) const CHECKS: &[Check] = &[
    settings::organizations_differ,
    settings::accounts_differ,
    settings::roles_fit_their_accounts,
    settings::the_way_leads_to_a_role,
    settings::plan_and_apply_have_roles_of_their_own,
    settings::regions_differ,
    portfolio::names_one_portfolio,
    portfolio::organization_owns_portfolios,
    portfolio::lives_somewhere,
    portfolio::regions_differ,
    portfolio::governed_once,
    portfolio::name_is_no_id,
    share::names_one_receiver,
    share::terms_fit_the_receiver,
    share::stays_in_its_organization,
    share::receivers_differ,
    share::principals_are_shared_by_name,
    product::listed_once,
    product::includes_differ,
    product::until_is_not_near,
    product::ids_look_like_ids,
    product::notes_fit,
    product::names_agree,
    product::names_differ,
    product::list_is_used,
    experience::names_one_experience,
    experience::terms_fit,
    experience::organization_owns_experiences,
    experience::governed_once,
    experience::name_is_no_id,
    experience::something_is_approved,
];

/// The keys of a record of which exactly one should be there, with the place of each that is.
type Keys<'k> = [(&'k str, Option<Place>)];

fn key<T>(name: &'static str, field: Option<&Given<T>>) -> (&'static str, Option<Place>) {
    (name, field.map(|given| given.key))
}

/// Reports where not exactly one of `keys` is there.
fn exactly_one<T>(what: &str, keys: &Keys<'_>, at: Place, file: &File<T>, findings: &mut Vec<Finding>) {
    let given: Vec<(&str, Place)> = keys.iter().filter_map(|(name, place)| Some((*name, (*place)?))).collect();
    let names: Vec<&str> = keys.iter().map(|(name, _)| *name).collect();
    match given.as_slice() {
        [_] => {}
        [] => {
            let message = format!("{what} needs {}", alternatives(&names));
            findings.push(finding(Code::OneOf, file.source(at), message, "add one of them"));
        }
        [(first, _), .., (last, place)] => {
            let message = format!("{what} has `{first}` and `{last}`, which exclude each other");
            let help = format!("keep one of {}", alternatives(&names));
            findings.push(finding(Code::OneOf, file.source(*place), message, help));
        }
    }
}

/// What comes again, with its place and the place where it came first.
fn repeated<K: Ord>(items: impl IntoIterator<Item = (K, Place)>) -> Vec<(K, Place, Place)> {
    let mut first: BTreeMap<K, Place> = BTreeMap::new();
    let mut again = Vec::new();
    for (item, place) in items {
        match first.get(&item) {
            Some(before) => again.push((item, place, *before)),
            None => {
                first.insert(item, place);
            }
        }
    }
    again
}

/// A finding about an entry that is in a list a second time.
fn twice<T>(what: &str, place: Place, first: Place, file: &File<T>) -> Finding {
    let message = format!("{what} is here a second time");
    finding(
        Code::DuplicateEntry,
        file.source(place),
        message,
        format!("it is on line {} already: keep one", first.line),
    )
}

/// "`a`, `b`, `c`", and no more than can be read.
fn list_of<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    const MOST: usize = 10;
    let words: Vec<&str> = words.into_iter().take(MOST + 1).collect();
    let shown: Vec<String> = words.iter().take(MOST).map(|word| format!("`{word}`")).collect();
    let more = if words.len() > MOST { " and more" } else { "" };
    format!("{}{more}", shown.join(", "))
}
