//! Cutting the changes of an experience into change sets.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

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

/// As few sets as can be. Every approval comes before the sets that hold denials alone: access is given before it is
/// taken. The policy comes with the first products, so that nobody is without them longer than it takes.
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
    let mut sets: Vec<Vec<Item<'a>>> = approvals.chunks(IDS).map(<[_]>::to_vec).collect();
    let mut denials = denials.chunks(IDS);
    if let Some(last) = sets.last_mut() {
        last.extend(denials.next().into_iter().flatten());
    }
    sets.extend(denials.map(<[_]>::to_vec));
    match sets.first_mut() {
        Some(first) => drop(first.splice(0..0, policy)),
        None if policy.is_empty() => {}
        None => sets.push(policy),
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
                changes.push(("CreateProcurementPolicy", details));
            }
        }
        for (listing, change) in
            [(Listing::Approved, "AllowProductProcurement"), (Listing::Denied, "DenyProductProcurement")]
        {
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

    /// Whether the set makes the policy that all others need.
    pub(super) fn makes_policy(&self) -> bool {
        self.items.iter().any(|(_, edit)| matches!(edit, ExperienceEdit::Policy { name: _ }))
    }

    /// The token that makes a retry safe (64 characters at most). It comes from the changes and from what they start
    /// from, so that the same changes count as new ones at another time; and from the run, since a set that failed
    /// leaves everything as it was and would otherwise answer for every later try.
    pub(super) fn token(&self, revision: &str, run: u64) -> String {
        let what = json!([revision, run, self.changes()]);
        hex(Sha256::digest(what.to_string()))
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
    fn fifty_ids_fill_a_change_and_approvals_come_first() {
        assert_eq!(types(&edits(51, 101)), [vec![ALLOW], vec![ALLOW, DENY], vec![DENY], vec![DENY]]);
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
    fn a_token_is_the_same_for_the_same_try_alone() {
        let edits = edits(1, 1);
        let open: Vec<Item<'_>> = edits.iter().enumerate().collect();
        let draft = &drafts(&open)[0];
        let token = draft.token("exp-1@5", 1);
        assert_eq!(token.len(), 64);
        assert_eq!(token, draft.token("exp-1@5", 1));
        assert_ne!(token, draft.token("exp-1@6", 1));
        assert_ne!(token, draft.token("exp-1@5", 2));
        assert_ne!(token, drafts(&open[..1])[0].token("exp-1@5", 1));
    }
}
