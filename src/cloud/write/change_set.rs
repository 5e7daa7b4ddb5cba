//! Cutting the changes of an experience into change sets.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::cloud::change_type;
use crate::model::edit::ExperienceEdit;
use crate::model::experience::Listing;
use crate::model::hex::hex;
use crate::model::id::ProductId;

/// How many product ids one Allow or Deny takes, all notes together (AWS Marketplace Catalog API reference, "Working
/// with private marketplace experiences").
const IDS: usize = 50;

/// A change with its place among the target's changes.
pub(super) type Item<'a> = (usize, &'a ExperienceEdit);

/// The changes of one change set: at most a policy to create, an Allow and a Deny, since no type of change may come
/// twice for an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft<'a> {
    pub(super) items: Vec<Item<'a>>,
}

/// As few sets as can be: as many as the longer of the two lists needs. Approvals are in the first ones and denials in
/// the last ones, so that access is given early and taken late. The policy comes with the first products, so that nobody
/// is without them longer than it takes.
pub(super) fn drafts<'a>(open: &[Item<'a>]) -> Vec<Draft<'a>> {
    let mut policy = Vec::new();
    let mut approvals = Vec::new();
    let mut denials = Vec::new();
    for item in open {
        match item.1 {
            ExperienceEdit::Policy { name: _ } => policy.push(*item),
            ExperienceEdit::Product(product) if product.after == Listing::Approved => approvals.push(*item),
            ExperienceEdit::Product(_) => denials.push(*item),
        }
    }
    let number = approvals.len().div_ceil(IDS).max(denials.len().div_ceil(IDS)).max(usize::from(!policy.is_empty()));
    let mut sets: Vec<Vec<Item<'a>>> = vec![Vec::new(); number];
    sets.iter_mut().zip(approvals.chunks(IDS)).for_each(|(set, chunk)| set.extend(chunk));
    // From the end: full ones last.
    sets.iter_mut().rev().zip(denials.rchunks(IDS)).for_each(|(set, chunk)| set.extend(chunk));
    if let Some(first) = sets.first_mut() {
        first.splice(0..0, policy);
    }
    sets.into_iter().map(|items| Draft { items }).collect()
}

impl Draft<'_> {
    /// The changes as AWS wants them: type and details.
    pub(super) fn changes(&self) -> Vec<(&'static str, Value)> {
        let mut changes = Vec::new();
        for (_, edit) in &self.items {
            if let ExperienceEdit::Policy { name } = edit {
                // AWS's schema requires `Configuration`, and `Allow` is its default.
                let configuration = json!({"PolicyResourceRequests": "Allow"});
                let details = json!({"Name": name, "Configuration": configuration});
                changes.push((change_type::CREATE_POLICY, details));
            }
        }
        for (listing, change) in [(Listing::Approved, change_type::ALLOW), (Listing::Denied, change_type::DENY)] {
            let products = self.products(listing);
            if !products.is_empty() {
                changes.push((change, json!({"Products": products})));
            }
        }
        changes
    }

    /// The products that go onto a list, those with the same notes together.
    fn products(&self, listing: Listing) -> Vec<Value> {
        let mut by_notes: BTreeMap<Option<&str>, Vec<&ProductId>> = BTreeMap::new();
        for (_, edit) in &self.items {
            match edit {
                ExperienceEdit::Product(product) if product.after == listing => {
                    by_notes.entry(product.notes.as_deref()).or_default().push(&product.product);
                }
                _ => {}
            }
        }
        by_notes
            .into_iter()
            .map(|(notes, ids)| match notes {
                Some(notes) => json!({"Ids": ids, "Notes": notes}),
                None => json!({"Ids": ids}),
            })
            .collect()
    }

    /// What tells the set from others: the same changes to the same revisions give the same id, in whichever run.
    pub(super) fn id(&self, revisions: &str) -> String {
        let what = json!([revisions, self.changes()]);
        hex(Sha256::digest(what.to_string())).chars().take(32).collect()
    }

    /// Two sets with half of the products each, a new policy before them; `None` where there is but one product.
    pub(super) fn halves(&self) -> Option<Vec<Self>> {
        let is_policy = |item: &&Item<'_>| matches!(item.1, ExperienceEdit::Policy { name: _ });
        let (policy, products): (Vec<_>, Vec<_>) = self.items.iter().partition(is_policy);
        if products.len() < 2 {
            return None;
        }
        let (first, second) = products.split_at(products.len() / 2);
        let parts = [policy, first.to_vec(), second.to_vec()];
        Some(parts.into_iter().filter(|items| !items.is_empty()).map(|items| Draft { items }).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::edit::ProductEdit;

    fn product(number: usize, after: Listing, notes: Option<&str>) -> ExperienceEdit {
        let product = format!("prod-{number:03}").parse().unwrap();
        ExperienceEdit::Product(ProductEdit { product, before: None, after, notes: notes.map(str::to_owned) })
    }

    fn edits(approvals: usize, denials: usize) -> Vec<ExperienceEdit> {
        let approved = (0..approvals).map(|number| product(number, Listing::Approved, None));
        let denied = (approvals..approvals + denials).map(|number| product(number, Listing::Denied, None));
        approved.chain(denied).collect()
    }

    fn types(edits: &[ExperienceEdit]) -> Vec<Vec<&'static str>> {
        let open: Vec<Item<'_>> = edits.iter().enumerate().collect();
        drafts(&open).iter().map(|draft| draft.changes().into_iter().map(|(change, _)| change).collect()).collect()
    }

    const ALLOW: &str = "AllowProductProcurement";
    const DENY: &str = "DenyProductProcurement";

    #[test]
    fn a_few_changes_are_one_set() {
        assert_eq!(types(&edits(50, 50)), [vec![ALLOW, DENY]]);
        assert_eq!(types(&edits(0, 3)), [vec![DENY]]);
        assert!(types(&[]).is_empty());
    }

    #[test]
    fn there_are_as_many_sets_as_the_longer_list_needs() {
        assert_eq!(types(&edits(51, 101)), [vec![ALLOW, DENY], vec![ALLOW, DENY], vec![DENY]]);
        assert_eq!(types(&edits(120, 60)), [vec![ALLOW], vec![ALLOW, DENY], vec![ALLOW, DENY]]);
        assert_eq!(drafts(&edits(500, 500).iter().enumerate().collect::<Vec<_>>()).len(), 10);
    }

    #[test]
    fn denials_come_as_late_as_they_fit() {
        let edits = edits(0, 101);
        let open: Vec<Item<'_>> = edits.iter().enumerate().collect();
        let sizes: Vec<usize> = drafts(&open).iter().map(|draft| draft.items.len()).collect();
        assert_eq!(sizes, [1, 50, 50]);
    }

    #[test]
    fn halves_hold_every_change_once() {
        let mut edits = edits(3, 2);
        edits.insert(0, ExperienceEdit::Policy { name: "P".to_owned() });
        let open: Vec<Item<'_>> = edits.iter().enumerate().collect();
        let halves = drafts(&open)[0].halves().unwrap();
        let places: Vec<Vec<usize>> =
            halves.iter().map(|half| half.items.iter().map(|(index, _)| *index).collect()).collect();
        assert_eq!(places, [vec![0], vec![1, 2], vec![3, 4, 5]]);
        assert_eq!(halves[0].halves(), None);
    }

    #[test]
    fn a_new_policy_opens_the_first_set() {
        let mut edits = edits(51, 0);
        edits.insert(0, ExperienceEdit::Policy { name: "P".to_owned() });
        assert_eq!(types(&edits), [vec!["CreateProcurementPolicy", ALLOW], vec![ALLOW]]);
        assert_eq!(types(&edits[..1]), [vec!["CreateProcurementPolicy"]]);
    }

    #[test]
    fn new_policy_is_sent_with_its_configuration() {
        let edits = [ExperienceEdit::Policy { name: "P".to_owned() }];
        let open: Vec<Item<'_>> = edits.iter().enumerate().collect();
        let details = json!({"Name": "P", "Configuration": {"PolicyResourceRequests": "Allow"}});
        assert_eq!(drafts(&open)[0].changes(), [("CreateProcurementPolicy", details)]);
    }

    #[test]
    fn products_with_the_same_notes_go_together() {
        let edits = [
            product(1, Listing::Approved, Some("SEC-1")),
            product(2, Listing::Approved, None),
            product(3, Listing::Approved, Some("SEC-1")),
        ];
        let open: Vec<Item<'_>> = edits.iter().enumerate().collect();
        let changes = drafts(&open)[0].changes();
        let expected =
            json!({"Products": [{"Ids": ["prod-002"]}, {"Ids": ["prod-001", "prod-003"], "Notes": "SEC-1"}]});
        assert_eq!(changes, [(ALLOW, expected)]);
    }

    #[test]
    fn id_is_that_of_the_changes_and_of_what_they_start_from() {
        let edits = edits(1, 1);
        let open: Vec<Item<'_>> = edits.iter().enumerate().collect();
        let draft = &drafts(&open)[0];
        let id = draft.id("exp-1@5");
        assert_eq!(id.len(), 32);
        assert_eq!(id, draft.id("exp-1@5"));
        assert_ne!(id, draft.id("exp-1@6"));
        assert_ne!(id, drafts(&open[..1])[0].id("exp-1@5"));
    }
}
