//! The before and the after of a change, as JSON. Fields in alphabetical order, for the canonical form.

use serde::{Deserialize, Serialize};

use crate::model::change::{Action, Delta, Edit, Kind, ProductEdit};
use crate::model::experience::Listing;
use crate::model::portfolio::{Receiver, Share};

/// As it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Before {
    Share(ShareTerms),
    Product { listing: Listing },
}

/// As it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum After {
    Share(ShareTerms),
    Product {
        listing: Listing,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notes: Option<String>,
    },
    Policy {
        name: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShareTerms {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    principals: Option<bool>,
    tag_options: bool,
}

impl ShareTerms {
    fn of(share: &Share) -> Self {
        Self { principals: share.principals(), tag_options: share.tag_options() }
    }

    fn share(&self, receiver: &Receiver) -> Share {
        let Self { principals, tag_options } = *self;
        let principals = principals.unwrap_or_default();
        match receiver.clone() {
            Receiver::Account(account) => Share::Account { account, tag_options },
            Receiver::Member(account) => Share::Member { account, tag_options },
            Receiver::Ou(ou) => Share::Ou { ou, tag_options, principals },
            Receiver::Organization(organization) => Share::Organization { organization, tag_options, principals },
        }
    }
}

/// The before and the after of an edit.
pub(super) fn of(edit: &Edit) -> (Option<Before>, Option<After>) {
    match edit {
        Edit::PortfolioShare(delta) => (
            delta.before().map(|share| Before::Share(ShareTerms::of(share))),
            delta.after().map(|share| After::Share(ShareTerms::of(share))),
        ),
        Edit::ProcurementPolicy { name } => (None, Some(After::Policy { name: name.clone() })),
        Edit::Product(ProductEdit { product: _, before, after, notes }) => (
            before.map(|listing| Before::Product { listing }),
            Some(After::Product { listing: *after, notes: notes.clone() }),
        ),
    }
}

/// The edit that a kind, a key, a before and an after describe; nothing where they describe none.
pub(super) fn edit(
    kind: Kind,
    action: Action,
    key: &str,
    before: Option<&Before>,
    after: Option<&After>,
) -> Option<Edit> {
    let edit = match kind {
        Kind::PortfolioShare => {
            let receiver: Receiver = key.parse().ok()?;
            Edit::PortfolioShare(match (before, after) {
                (None, Some(After::Share(after))) => Delta::Create(after.share(&receiver)),
                (Some(Before::Share(before)), Some(After::Share(after))) => {
                    Delta::Update { before: before.share(&receiver), after: after.share(&receiver) }
                }
                (Some(Before::Share(before)), None) => Delta::Remove(before.share(&receiver)),
                _ => return None,
            })
        }
        Kind::ProcurementPolicy => match (before, after) {
            (None, Some(After::Policy { name })) => Edit::ProcurementPolicy { name: name.clone() },
            _ => return None,
        },
        Kind::ProductApproval | Kind::ProductDenial => {
            let before = match before {
                None => None,
                Some(Before::Product { listing }) => Some(*listing),
                Some(Before::Share(_)) => return None,
            };
            let Some(After::Product { listing, notes }) = after else { return None };
            Edit::Product(ProductEdit { product: key.parse().ok()?, before, after: *listing, notes: notes.clone() })
        }
    };
    (edit.kind() == kind && edit.action() == action && edit.key() == key).then_some(edit)
}
