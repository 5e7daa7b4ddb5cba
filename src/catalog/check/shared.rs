//! Helpers of several checks.

use std::collections::BTreeMap;

use crate::catalog::code::Code;
use crate::catalog::parsed::File;
use crate::catalog::read::At;
use crate::catalog::record::Given;
use crate::catalog::report::{Place, alternatives, finding};
use crate::catalog::unit::below_root;
use crate::model::desired::OuRef;
use crate::model::finding::Finding;

/// Keys of a record of which exactly one should be present, each with its place if it is present.
pub(super) type Keys<'k> = [(&'k str, Option<Place>)];

pub(super) fn key<T>(name: &'static str, field: Option<&Given<T>>) -> (&'static str, Option<Place>) {
    (name, field.map(|given| given.key))
}

/// Adds a finding unless exactly one of `keys` is present.
pub(super) fn exactly_one<T>(what: &str, keys: &Keys<'_>, at: Place, file: &File<T>, findings: &mut Vec<Finding>) {
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

/// The repeated items, each with its place and the place of its first occurrence.
pub(super) fn repeated<K: Ord>(items: impl IntoIterator<Item = (K, Place)>) -> Vec<(K, Place, Place)> {
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

/// A finding about a unit path that begins with the root. AWS shows `Root` above every unit, but paths in the catalog
/// begin below it.
pub(super) fn begins_with_root<T>(unit: &At<OuRef>, file: &File<T>) -> Option<Finding> {
    let rest = below_root(&unit.value)?;
    let message = format!("`{}` begins with the root, and names count from below it", unit.value);
    let help = format!("write `{rest}`, unless a unit of the organization is called so itself");
    Some(finding(Code::BeginsWithRoot, file.source(unit.place), message, help))
}

/// A finding about a list entry that is repeated.
pub(super) fn twice<T>(what: &str, place: Place, first: Place, file: &File<T>) -> Finding {
    let message = format!("{what} is here a second time");
    finding(
        Code::DuplicateEntry,
        file.source(place),
        message,
        format!("it is on line {} already: keep one", first.line),
    )
}

/// A list such as "`a`, `b`, `c`", with at most ten words.
pub(super) fn list_of<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    const MOST: usize = 10;
    let words: Vec<&str> = words.into_iter().take(MOST + 1).collect();
    let shown: Vec<String> = words.iter().take(MOST).map(|word| format!("`{word}`")).collect();
    let more = if words.len() > MOST { " and more" } else { "" };
    format!("{}{more}", shown.join(", "))
}
