//! Configuration files of aws-samples/private-marketplace-automation: an experience's products, principals and settings.
//!
//! A file is a change and no state: it adds to what was allowed before. Several files of one experience are read in
//! the order in which they are given (see its `README.md` and `configure_private_marketplace.yaml`).

use std::collections::BTreeMap;

use crate::model::branding::Branding;
use crate::model::draft::{Commented, Draft, ExperienceDraft, ListDraft, ProductDraft};
use crate::model::experience::{ExperienceStatus, Listing};
use crate::model::experience_terms::AudienceRef;
use crate::model::id::{AccountId, Name, OrganizationId, OuId, ProductId};
use crate::model::lists::Selector;
use crate::model::unit_ref::OuRef;
use crate::yaml::Node;

use super::file::{Destination, Trouble};
use super::names::{self, words};
use super::reader::{Reader, get, shown};

const KNOWN: [&str; 7] = [
    "Name",
    "AssociatePrincipals",
    "DisassociatePrincipals",
    "AllowProducts",
    "DenyProducts",
    "Status",
    "PolicyResourceRequests",
];

/// The combined result of the files of one experience.
#[derive(Default)]
struct Experience {
    products: BTreeMap<ProductId, Listing>,
    /// In the order in which they were associated.
    audience: Vec<AudienceRef>,
    status: Option<ExperienceStatus>,
    user_requests: Option<bool>,
}

pub(super) fn read(trees: &[(&str, Node<'_>)], to: Destination<'_>, draft: &mut Draft) -> Result<(), Trouble> {
    let mut experiences: BTreeMap<String, Experience> = BTreeMap::new();
    for (path, root) in trees {
        let Some(name) = root.get("Name").and_then(Node::text) else {
            return Err(Trouble::at(path, root.place, "there is no `Name` here, which is the experience's"));
        };
        let mut reader = Reader::new(path, &mut draft.left_out, &mut draft.altered);
        match words(name, 500) {
            Ok(name) => experiences.entry(name).or_default().read(root, to, &mut reader),
            Err(why) => reader.leave(root.place, &format!("the experience: no file can name it so, since {why}")),
        }
    }
    for (name, experience) in experiences {
        let stem = Name::made_of(&name).or_else(|| Name::made_of("experience"));
        let numbered =
            stem.iter().flat_map(|stem| (2..1_000_usize).filter_map(move |n| format!("{stem}-{n}").parse().ok()));
        let file = stem.clone().into_iter().chain(numbered).find(|file| !draft.lists.contains_key(file));
        let Some(file) = file else {
            draft.left_out.push(format!("experience {}: no name for a file is left", shown(&name)));
            continue;
        };
        draft.lists.insert(file, experience.into_draft(name, to));
    }
    Ok(())
}

impl Experience {
    fn read(&mut self, root: &Node<'_>, to: Destination<'_>, reader: &mut Reader<'_>) {
        let entries = reader.map(root, "the file");
        for (key, listing) in [("AllowProducts", Listing::Approved), ("DenyProducts", Listing::Denied)] {
            for node in reader.list(get(entries, key), key) {
                let Some(id) = product(node, key, reader) else { continue };
                self.products.insert(id, listing);
            }
        }
        for node in reader.list(get(entries, "AssociatePrincipals"), "AssociatePrincipals") {
            let Some(principal) = principal(node, "AssociatePrincipals", to, reader) else { continue };
            if !self.audience.contains(&principal) {
                self.audience.push(principal);
            }
        }
        for node in reader.list(get(entries, "DisassociatePrincipals"), "DisassociatePrincipals") {
            let Some(principal) = principal(node, "DisassociatePrincipals", to, reader) else { continue };
            let before = self.audience.len();
            self.audience.retain(|it| *it != principal);
            if self.audience.len() == before {
                let text = node.text().unwrap_or_default();
                reader.leave(
                    node.place,
                    &format!("DisassociatePrincipals: {}, which no file given before this associates", shown(text)),
                );
            }
        }
        if let Some(node) = get(entries, "Status") {
            match reader.text(Some(node), "Status") {
                Some("Enabled") => self.status = Some(ExperienceStatus::Enabled),
                Some("Disabled") => self.status = Some(ExperienceStatus::Disabled),
                Some(other) => {
                    reader.leave(node.place, &format!("Status: {} is no status that is known", shown(other)));
                }
                None => {}
            }
        }
        if let Some(node) = get(entries, "PolicyResourceRequests") {
            match reader.text(Some(node), "PolicyResourceRequests") {
                Some("Allow") => self.user_requests = Some(true),
                Some("Deny") => self.user_requests = Some(false),
                Some(other) => {
                    reader.leave(
                        node.place,
                        &format!("PolicyResourceRequests: {} is neither Allow nor Deny", shown(other)),
                    );
                }
                None => {}
            }
        }
        reader.others(entries, &KNOWN, "this file");
    }

    fn into_draft(self, name: String, to: Destination<'_>) -> ListDraft {
        let Self { products, audience, status, user_requests } = self;
        let of = |wanted: Listing| {
            let ids = products.iter().filter(move |(_, listing)| **listing == wanted).map(|(id, _)| id.clone());
            ids.map(|id| ProductDraft { id, name: None, notes: None }).collect::<Vec<_>>()
        };
        let kept = "each of its files was a change and no list: list what else is approved, then remove this";
        ListDraft {
            approved: of(Listing::Approved),
            rejected: of(Listing::Denied),
            kept: Some(kept.to_owned()),
            experiences: vec![ExperienceDraft {
                organization: to.name.clone(),
                experience: Commented { value: Selector::Name(name), comment: None },
                description: None,
                status,
                user_requests,
                audience: audience.into_iter().map(|value| Commented { value, comment: None }).collect(),
                branding: Branding::default(),
            }],
        }
    }
}

fn product(node: &Node<'_>, what: &str, reader: &mut Reader<'_>) -> Option<ProductId> {
    let text = reader.text(Some(node), what)?;
    match names::product(text) {
        Ok(id) => Some(id),
        Err(why) => {
            reader.leave(node.place, &format!("{what}: {why}"));
            None
        }
    }
}

/// An organization, OU or account, by its id.
fn principal(node: &Node<'_>, what: &str, to: Destination<'_>, reader: &mut Reader<'_>) -> Option<AudienceRef> {
    let text = reader.text(Some(node), what)?;
    if let Ok(id) = text.parse::<OrganizationId>() {
        if id == to.organization.id {
            return Some(AudienceRef::Organization(id));
        }
        reader.leave(node.place, &format!("{what}: {id} is another organization than {}", to.name));
        return None;
    }
    let found = text.parse::<OuId>().map(|id| AudienceRef::Ou(OuRef::Id(id)));
    let found = found.or_else(|_| text.parse::<AccountId>().map(AudienceRef::Account));
    if found.is_err() {
        reader.leave(node.place, &format!("{what}: {} is no id of an organization, a unit or an account", shown(text)));
    }
    found.ok()
}
