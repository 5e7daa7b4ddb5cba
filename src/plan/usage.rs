//! Counts the accounts that hold a licence for a product that a plan denies. A licence says that somebody subscribed.
//! No licence says nothing, since a product may be used without one.

use std::collections::{BTreeMap, BTreeSet};

use super::told::tell;
use crate::model::change::{Plan, Target, TargetState, Work};
use crate::model::desired::Desired;
use crate::model::edit::{ExperienceEdit, ProductEdit};
use crate::model::experience::Listing;
use crate::model::finding::Warning;
use crate::model::id::{AccountId, ProductId};
use crate::model::live::Live;
use crate::model::market_wants::ProductWants;
use crate::model::wants::Wants;

/// Asks who holds licences for the products that a plan denies. A plan that denies none asks nothing.
pub fn usage_wants(plan: &Plan) -> Wants {
    let mut usage: BTreeMap<AccountId, ProductWants> = BTreeMap::new();
    for target in &plan.targets {
        for product in denied(target) {
            let organization = target.organization.clone();
            let of = usage.entry(target.account.clone());
            let of = of.or_insert_with(|| ProductWants { organization, ids: BTreeSet::new() });
            of.ids.insert(product.clone());
        }
    }
    Wants { usage, ..Wants::default() }
}

/// Notes beside each denial how many accounts hold a licence. What can't be told is one warning for each target.
pub fn usage(mut plan: Plan, desired: &Desired, live: &Live) -> Plan {
    for target in &mut plan.targets {
        let Some(usage) = live.usage.get(&target.account) else { continue };
        let is_open = denied(target).any(|product| !usage.holders.contains_key(product));
        let organization = target.organization.to_string();
        if let TargetState::Complete { work: Work::Experience { changes, .. }, left_alone: _ } = &mut target.state {
            for change in changes {
                let product = denial(&change.edit);
                let holders = product.and_then(|product| usage.holders.get(product)).map_or(0, BTreeSet::len);
                change.about.notes.extend(sentence(holders, &organization));
            }
        }
        if is_open && !usage.troubles.is_empty() {
            let troubles: Vec<&str> = usage.troubles.iter().map(String::as_str).collect();
            let message = format!(
                "the number of accounts with a licence is unknown for some denied products: {}",
                troubles.join("; ")
            );
            let warning = Warning { code: "usage_unknown".to_owned(), message, source: None };
            tell(desired, target, vec![warning]);
        }
    }
    plan
}

fn denied(target: &Target) -> impl Iterator<Item = &ProductId> {
    let changes = match target.work() {
        Some(Work::Experience { experience: _, policy: _, changes }) => changes.as_slice(),
        Some(Work::Hub { .. } | Work::Recipient { .. }) | None => &[],
    };
    changes.iter().filter_map(|change| denial(&change.edit))
}

fn denial(edit: &ExperienceEdit) -> Option<&ProductId> {
    match edit {
        ExperienceEdit::Product(ProductEdit { product, before: _, after: Listing::Denied, notes: _ }) => Some(product),
        _ => None,
    }
}

/// An account of the organization may be governed by another experience, so that its licence is renewed all the same.
fn sentence(holders: usize, organization: &str) -> Option<String> {
    match holders {
        0 => None,
        1 => Some(format!(
            "1 account of {organization} holds a licence; its renewals end where this experience governs it"
        )),
        many => Some(format!(
            "{many} accounts of {organization} hold a licence; their renewals end where this experience governs them"
        )),
    }
}
