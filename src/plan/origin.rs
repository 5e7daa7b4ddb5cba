//! Whose doing a change is: this pull request's, or drift that was there before.

use std::collections::BTreeMap;

use super::marketplace::{self, Governed};
use super::portfolio;
use crate::model::change::{Change, Edit, Origin};
use crate::model::desired::Desired;
use crate::model::live::Live;
use crate::model::target::TargetName;

/// What the catalog as it was asked for already, by target.
pub(super) struct Before {
    edits: BTreeMap<TargetName, BTreeMap<String, Edit>>,
}

impl Before {
    /// Nothing without a base: every change is then this pull request's.
    pub(super) fn new(base: Option<&Desired>, live: &Live) -> Self {
        let mut edits: BTreeMap<TargetName, BTreeMap<String, Edit>> = BTreeMap::new();
        let Some(base) = base else { return Self { edits } };
        let keyed = |edits: Vec<Edit>| edits.into_iter().map(|edit| (edit.key(), edit)).collect();
        for (name, wanted) in &base.portfolios {
            edits.insert(name.clone(), keyed(portfolio::edits_of(wanted, name.organization(), live)));
        }
        for Governed { name, entry, outcome } in marketplace::govern(base, live) {
            if let Ok(experience) = outcome {
                edits.insert(name, keyed(marketplace::edits(&entry.products, experience)));
            }
        }
        Self { edits }
    }

    /// Marks as drift what was asked for already. Notes alone don't make a change another.
    pub(super) fn attribute(&self, name: &TargetName, changes: &mut [Change]) {
        let Some(before) = self.edits.get(name) else { return };
        for change in changes {
            if before.get(&change.edit.key()).is_some_and(|edit| same(edit, &change.edit)) {
                change.origin = Origin::Drift;
            }
        }
    }
}

fn same(a: &Edit, b: &Edit) -> bool {
    match (a, b) {
        (Edit::Product(a), Edit::Product(b)) => a.product == b.product && a.before == b.before && a.after == b.after,
        _ => a == b,
    }
}
