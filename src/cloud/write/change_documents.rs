//! The changes of a set as AWS requires them: types and details.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::experience_sets::Draft;
use crate::cloud::change_type;
use crate::model::branding::Branding;
use crate::model::edit::{ExperienceEdit, NewExperience, part_name};
use crate::model::experience::{ExperienceStatus, Listing};
use crate::model::hex::hex;
use crate::model::id::ProductId;

/// The type of a change, and its details.
pub(super) type Document = (&'static str, Value);

impl Draft<'_> {
    /// The changes, each type once. `experience` is its name.
    pub(super) fn changes(&self, experience: &str) -> Vec<Document> {
        let mut changes: Vec<Document> = self.items.iter().filter_map(|(_, edit)| document(edit, experience)).collect();
        // A policy that has an edit of its own is not created twice.
        if !changes.iter().any(|(change, _)| *change == change_type::CREATE_POLICY) {
            changes.extend(self.items.iter().filter_map(|(_, edit)| policy_of_new(edit)));
        }
        for (listing, change) in [(Listing::Approved, change_type::ALLOW), (Listing::Denied, change_type::DENY)] {
            let products = self.products(listing);
            if !products.is_empty() {
                changes.push((change, json!({"Products": products})));
            }
        }
        for change in [change_type::DISASSOCIATE, change_type::ASSOCIATE] {
            let principals: Vec<String> = self.items.iter().filter_map(|(_, edit)| principal(edit, change)).collect();
            if !principals.is_empty() {
                changes.push((change, json!({"Principals": principals})));
            }
        }
        changes
    }

    /// The products that are added to a list, grouped by their notes.
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

    /// An id for the set. The same changes to the same revisions give the same id in every run.
    pub(super) fn id(&self, experience: &str, revisions: &str) -> String {
        digest(&json!([revisions, self.changes(experience)]))
    }
}

/// The first 32 hexadecimal digits of a digest, enough to tell sets apart.
pub(super) fn digest(what: &Value) -> String {
    hex(Sha256::digest(what.to_string())).chars().take(32).collect()
}

/// The change type of an edit.
pub(super) fn type_of(edit: &ExperienceEdit) -> &'static str {
    match edit {
        ExperienceEdit::Create(_) => change_type::CREATE_EXPERIENCE,
        ExperienceEdit::Policy { .. } => change_type::CREATE_POLICY,
        ExperienceEdit::Product(product) => match product.after {
            Listing::Approved => change_type::ALLOW,
            Listing::Denied => change_type::DENY,
        },
        ExperienceEdit::Requests(_) => change_type::UPDATE_POLICY,
        ExperienceEdit::Brand { before: None, after: _ } => change_type::CREATE_BRANDING,
        ExperienceEdit::Brand { before: Some(_), after: _ } => change_type::UPDATE_BRANDING,
        ExperienceEdit::Leave(_) => change_type::DISASSOCIATE,
        ExperienceEdit::Join(_) => change_type::ASSOCIATE,
        ExperienceEdit::Status { before: ExperienceStatus::Archived, after: _ } => change_type::REVIVE,
        ExperienceEdit::Status { before: _, after: ExperienceStatus::Archived } => change_type::RESTRICT,
        ExperienceEdit::Describe { .. } | ExperienceEdit::Status { .. } => change_type::UPDATE_EXPERIENCE,
    }
}

/// The policy that is created with a new experience. Without a policy, every product could be bought.
fn policy_of_new(edit: &ExperienceEdit) -> Option<Document> {
    let ExperienceEdit::Create(NewExperience { name: _, description: _, policy, user_requests }) = edit else {
        return None;
    };
    Some((change_type::CREATE_POLICY, json!({"Name": policy, "Configuration": requests(*user_requests)})))
}

/// The change of a single edit. `None` for products and principals, which are grouped.
fn document(edit: &ExperienceEdit, experience: &str) -> Option<Document> {
    let details = match edit {
        ExperienceEdit::Product(_) | ExperienceEdit::Leave(_) | ExperienceEdit::Join(_) => return None,
        ExperienceEdit::Create(new) => match &new.description {
            Some(description) => json!({"Name": new.name, "Description": description}),
            None => json!({"Name": new.name}),
        },
        ExperienceEdit::Describe { before: _, after } => json!({"Description": after}),
        // AWS's schema requires `Configuration`, and `Allow` is its default.
        ExperienceEdit::Policy { name, user_requests } => {
            json!({"Name": name, "Configuration": requests(*user_requests)})
        }
        // With a name, the change would rename the policy.
        ExperienceEdit::Requests(after) => json!({"Configuration": requests(*after)}),
        ExperienceEdit::Brand { before: None, after } => {
            json!({"Name": part_name(experience, "branding"), "Configuration": look(after)})
        }
        ExperienceEdit::Brand { before: Some(_), after } => json!({"Configuration": look(after)}),
        ExperienceEdit::Status { before, after } => match (before, after) {
            (ExperienceStatus::Archived, _) | (_, ExperienceStatus::Archived) => json!({}),
            (_, ExperienceStatus::Enabled) => json!({"Status": "Enabled"}),
            (_, ExperienceStatus::Disabled) => json!({"Status": "Disabled"}),
        },
    };
    Some((type_of(edit), details))
}

fn requests(are_taken: bool) -> Value {
    json!({"PolicyResourceRequests": if are_taken { "Allow" } else { "Deny" }})
}

fn look(branding: &Branding) -> Value {
    let Branding { information, logo_url, theme_color, title } = branding;
    let fields = [("Information", information), ("LogoUrl", logo_url), ("ThemeColor", theme_color), ("Title", title)];
    let given = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_ref()?))));
    Value::Object(given.collect::<Map<String, Value>>())
}

fn principal(edit: &ExperienceEdit, change: &str) -> Option<String> {
    match edit {
        ExperienceEdit::Leave(principal) if change == change_type::DISASSOCIATE => Some(principal.to_string()),
        ExperienceEdit::Join(principal) if change == change_type::ASSOCIATE => Some(principal.to_string()),
        _ => None,
    }
}

/// Whether AWS allows a character in the names of a private marketplace.
fn fits(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-')
}

/// Replaces the characters of a text that a change set's name can't hold.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if fits(c) { c } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::edit::ProductEdit;

    fn product(number: usize, notes: Option<&str>) -> ExperienceEdit {
        let product = format!("prod-{number:03}").parse().unwrap();
        let (after, notes) = (Listing::Approved, notes.map(str::to_owned));
        ExperienceEdit::Product(ProductEdit { product, before: None, after, notes })
    }

    fn draft(edits: &[ExperienceEdit]) -> Draft<'_> {
        Draft { items: edits.iter().enumerate().collect() }
    }

    #[test]
    fn requests_are_sent_alone_and_a_new_policy_with_its_name() {
        let policy = ExperienceEdit::Policy { name: "P".to_owned(), user_requests: false };
        let deny = json!({"PolicyResourceRequests": "Deny"});
        let details = json!({"Name": "P", "Configuration": deny});
        assert_eq!(draft(&[policy]).changes("N"), [("CreateProcurementPolicy", details)]);
        let requests = draft(&[ExperienceEdit::Requests(false)]).changes("N");
        assert_eq!(requests, [("UpdateProcurementPolicy", json!({"Configuration": deny}))]);
    }

    #[test]
    fn branding_is_sent_as_far_as_it_is_given() {
        let after = Branding { title: Some("T".to_owned()), ..Branding::default() };
        let changed = ExperienceEdit::Brand { before: Some(Branding::default()), after: after.clone() };
        let configuration = json!({"Title": "T"});
        let details = json!({"Configuration": configuration});
        assert_eq!(draft(&[changed]).changes("N"), [("UpdateBrandingSettings", details)]);
        let details = json!({"Name": "R-D branding", "Configuration": configuration});
        let made = ExperienceEdit::Brand { before: None, after };
        assert_eq!(draft(&[made]).changes("R&D"), [("CreateBrandingSettings", details)]);
    }

    #[test]
    fn products_with_the_same_notes_go_together() {
        let edits = [product(1, Some("SEC-1")), product(2, None), product(3, Some("SEC-1"))];
        let expected =
            json!({"Products": [{"Ids": ["prod-002"]}, {"Ids": ["prod-001", "prod-003"], "Notes": "SEC-1"}]});
        assert_eq!(draft(&edits).changes("N"), [("AllowProductProcurement", expected)]);
    }

    #[test]
    fn id_is_that_of_the_changes_and_of_what_they_start_from() {
        let edits = [product(1, None), product(2, None)];
        let id = draft(&edits).id("N", "exp-1@5");
        assert_eq!(id.len(), 32);
        assert_eq!(id, draft(&edits).id("N", "exp-1@5"));
        assert_ne!(id, draft(&edits).id("N", "exp-1@6"));
        assert_ne!(id, draft(&edits[..1]).id("N", "exp-1@5"));
    }
}
