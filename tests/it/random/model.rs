//! The model of share changes: it looks at everything for every share.

use std::collections::{BTreeMap, BTreeSet};

use catalog_sync::model::desired::{OuRef, Selector};
use catalog_sync::model::portfolio::{Receiver, Share};

use super::world::{Case, Entry, PORTFOLIOS, UNITS, id, rows};

/// The portfolio that an entry means.
enum Means {
    One(usize),
    /// Unknown: one of these portfolios.
    Doubt(BTreeSet<usize>),
    Nothing,
}

fn means(case: &Case, entry: &Entry) -> Means {
    match &entry.selector {
        Selector::Id(portfolio) => {
            PORTFOLIOS.iter().position(|it| *it == portfolio.as_str()).map_or(Means::Nothing, Means::One)
        }
        Selector::Name(_) if case.unlisted => Means::Doubt((0..PORTFOLIOS.len()).collect()),
        Selector::Name(name) => {
            let bearing: BTreeSet<usize> = (0..PORTFOLIOS.len()).filter(|at| case.names[*at] == name).collect();
            match bearing.len() {
                1 => Means::One(*bearing.first().unwrap()),
                0 => Means::Doubt((0..PORTFOLIOS.len()).collect()),
                _ => Means::Doubt(bearing),
            }
        }
    }
}

/// The shares of an entry; `None` for a share with an OU that can't be resolved.
fn resolved(case: &Case, entry: &Entry) -> Vec<Option<Share>> {
    let unit = |ou: &OuRef| match ou {
        OuRef::Id(ou) => Some(ou.clone()),
        OuRef::Path(_) if case.no_walk => None,
        OuRef::Path(path) => {
            let names: Vec<&str> = path.split('/').collect();
            let at = UNITS.iter().position(|(_, name, _)| name == names.last().unwrap())?;
            let above = UNITS.iter().position(|(_, name, _)| names.len() > 1 && *name == names[0]);
            let is_renamed = |at: usize| case.renamed.contains(&at);
            (!is_renamed(at) && !above.is_some_and(is_renamed)).then(|| id(UNITS[at].0))
        }
    };
    entry.shares.iter().map(|share| share.map_ou(|ou| unit(ou).ok_or(())).ok()).collect()
}

/// The share changes of one portfolio.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) created: BTreeMap<Receiver, bool>,
    pub(super) removed: BTreeSet<Receiver>,
}

pub(super) fn expected(case: &Case, portfolio: usize) -> Expected {
    let mut expected = Expected::default();
    if case.unread[portfolio] {
        return expected;
    }
    let live: BTreeSet<Receiver> = case.live[portfolio].iter().map(Share::receiver).collect();
    let of = |files: &BTreeMap<String, Entry>| -> Vec<Entry> {
        files
            .values()
            .filter(|entry| matches!(means(case, entry), Means::One(at) if at == portfolio))
            .cloned()
            .collect()
    };
    let head = of(&case.head);
    match head.as_slice() {
        [entry] => {
            let shares = resolved(case, entry);
            if shares.iter().any(Option::is_none) {
                return expected;
            }
            let wanted: BTreeSet<Receiver> = shares.iter().flatten().map(Share::receiver).collect();
            expected.created = wanted.difference(&live).map(|receiver| (receiver.clone(), true)).collect();
            if !entry.keep {
                expected.removed = live.difference(&wanted).cloned().collect();
            }
        }
        [] => {
            let in_doubt = case.head.values().any(|entry| match means(case, entry) {
                Means::Doubt(may) => may.contains(&portfolio),
                Means::One(_) | Means::Nothing => false,
            });
            let base = case.base.as_ref().map(of).unwrap_or_default();
            let Some(before) = base.first().filter(|_| !in_doubt) else { return expected };
            let shares = resolved(case, before);
            let known: BTreeSet<Receiver> = shares.iter().flatten().map(Share::receiver).collect();
            let unexplained =
                rows(case, portfolio).keys().any(|it| matches!(it, Receiver::Ou(_)) && !known.contains(it));
            let untold = shares.iter().any(Option::is_none);
            if untold && (unexplained || case.no_walk) {
                return expected;
            }
            expected.removed = live.intersection(&known).cloned().collect();
        }
        _ => {}
    }
    expected
}
