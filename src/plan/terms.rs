//! The before and the after of a change, as JSON. The canonical form needs the fields in alphabetical order.

use serde::{Deserialize, Serialize};

use super::experience_terms::{BrandingTerms, DescriptionTerms, MemberTerms, NewTerms, RequestsTerms, StatusTerms};
use super::local_terms::{self, AssociationTerms, CopyTerms, LaunchTerms, LocalTerms};
use crate::model::edit::{
    Action, Delta, Edit, ExperienceEdit, Family as _, HubEdit, Kind, On, ProductEdit, RecipientEdit,
};
use crate::model::experience::Listing;
use crate::model::local::LaunchRole;
use crate::model::portfolio::{Receiver, Share};
use crate::model::recipient::{AcceptedBy, Principal, PrincipalType};

/// The live state that a change starts from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Before {
    Share(ShareTerms),
    Product { listing: Listing },
    Description(DescriptionTerms),
    Requests(RequestsTerms),
    Status(StatusTerms),
    Member(MemberTerms),
    Branding(BrandingTerms),
    Principal { principal_type: PrincipalType },
    Local(LocalTerms),
    Association(AssociationTerms),
    Copy(CopyTerms),
    Launch(LaunchTerms),
}

/// The state that a change leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum After {
    Share(ShareTerms),
    Product {
        listing: Listing,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notes: Option<String>,
    },
    Policy(PolicyTerms),
    Experience(NewTerms),
    Description(DescriptionTerms),
    Requests(RequestsTerms),
    Status(StatusTerms),
    Member(MemberTerms),
    Branding(BrandingTerms),
    Acceptance {
        accepted_by: AcceptedBy,
    },
    Principal {
        principal_type: PrincipalType,
    },
    Local(LocalTerms),
    Association(AssociationTerms),
    Copy(CopyTerms),
    Launch(LaunchTerms),
}

/// A procurement policy. Unknown fields are refused, since a local portfolio has a name, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyTerms {
    pub(super) name: String,
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub(super) user_requests: bool,
}

/// AWS's default.
fn yes() -> bool {
    true
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
pub(super) fn of(edit: Edit<'_>) -> (Option<Before>, Option<After>) {
    match edit {
        Edit::Hub(HubEdit::Share(delta)) => (
            delta.before().map(|share| Before::Share(ShareTerms::of(share))),
            delta.after().map(|share| After::Share(ShareTerms::of(share))),
        ),
        // A repair has the same terms before and after. That tells it from an update.
        Edit::Hub(HubEdit::Repair(share)) => {
            (Some(Before::Share(ShareTerms::of(share))), Some(After::Share(ShareTerms::of(share))))
        }
        Edit::Recipient(edit) => recipient(edit),
        Edit::Experience(edit) => experience(edit),
    }
}

fn experience(edit: &ExperienceEdit) -> (Option<Before>, Option<After>) {
    match edit {
        ExperienceEdit::Create(new) => (None, Some(After::Experience(NewTerms::of(new)))),
        ExperienceEdit::Describe { before, after } => (
            Some(Before::Description(DescriptionTerms::of(before))),
            Some(After::Description(DescriptionTerms::of(after))),
        ),
        ExperienceEdit::Policy { name, user_requests } => {
            (None, Some(After::Policy(PolicyTerms { name: name.clone(), user_requests: *user_requests })))
        }
        ExperienceEdit::Product(ProductEdit { product: _, before, after, notes }) => (
            before.map(|listing| Before::Product { listing }),
            Some(After::Product { listing: *after, notes: notes.clone() }),
        ),
        ExperienceEdit::Requests(after) => {
            (Some(Before::Requests(RequestsTerms::of(!after))), Some(After::Requests(RequestsTerms::of(*after))))
        }
        ExperienceEdit::Brand { before, after } => (
            before.as_ref().map(|before| Before::Branding(BrandingTerms::of(before))),
            Some(After::Branding(BrandingTerms::of(after))),
        ),
        ExperienceEdit::Leave(_) => (Some(Before::Member(MemberTerms::new())), None),
        ExperienceEdit::Join(_) => (None, Some(After::Member(MemberTerms::new()))),
        ExperienceEdit::Status { before, after } => {
            (Some(Before::Status(StatusTerms::of(*before))), Some(After::Status(StatusTerms::of(*after))))
        }
    }
}

fn recipient(edit: &RecipientEdit) -> (Option<Before>, Option<After>) {
    match edit {
        RecipientEdit::Accept(by) => (None, Some(After::Acceptance { accepted_by: *by })),
        RecipientEdit::Grant(_, Principal { arn: _, kind }) => (None, Some(After::Principal { principal_type: *kind })),
        RecipientEdit::Revoke(_, Principal { arn: _, kind }) => {
            (Some(Before::Principal { principal_type: *kind }), None)
        }
        RecipientEdit::Local(delta, id) => {
            let terms = |portfolio| LocalTerms::of(portfolio, id.as_ref());
            (delta.before().map(terms).map(Before::Local), delta.after().map(terms).map(After::Local))
        }
        RecipientEdit::Associate(_) => (None, Some(After::Association(AssociationTerms::default()))),
        RecipientEdit::Dissociate { product: _, constraints } => {
            (Some(Before::Association(AssociationTerms { constraints: constraints.clone(), in_portfolio: true })), None)
        }
        RecipientEdit::Copy(edit) => {
            let (before, after) = CopyTerms::of(edit);
            (before.map(Before::Copy), after.map(After::Copy))
        }
        RecipientEdit::Launch { product, constraint, role } => {
            let terms = |role: &LaunchRole| LaunchTerms::of(product, constraint.as_ref(), role);
            (role.before().map(terms).map(Before::Launch), role.after().map(terms).map(After::Launch))
        }
    }
}

/// A change as JSON has it.
pub(super) struct Terms<'a> {
    pub(super) kind: Kind,
    pub(super) action: Action,
    pub(super) key: &'a str,
    pub(super) before: Option<&'a Before>,
    pub(super) after: Option<&'a After>,
}

/// An edit that can be read from JSON.
pub(super) trait FromTerms: Sized {
    /// The edit that these terms describe. `None` if they describe none of this family.
    fn read(terms: &Terms<'_>) -> Option<Self>;
}

impl FromTerms for HubEdit {
    fn read(terms: &Terms<'_>) -> Option<Self> {
        let receiver: Receiver = terms.key.parse().ok()?;
        let edit = match (terms.before, terms.after) {
            (None, Some(After::Share(after))) => HubEdit::Share(Delta::Create(after.share(&receiver))),
            (Some(Before::Share(before)), Some(After::Share(after))) if before == after => {
                HubEdit::Repair(after.share(&receiver))
            }
            (Some(Before::Share(before)), Some(After::Share(after))) => {
                HubEdit::Share(Delta::Update { before: before.share(&receiver), after: after.share(&receiver) })
            }
            (Some(Before::Share(before)), None) => HubEdit::Share(Delta::Remove(before.share(&receiver))),
            _ => return None,
        };
        terms.fits(edit.edit()).then_some(edit)
    }
}

impl FromTerms for RecipientEdit {
    fn read(terms: &Terms<'_>) -> Option<Self> {
        let (on, arn) = match terms.key.strip_prefix(On::LOCAL) {
            Some(arn) => (On::Local, arn),
            None => (On::Imported, terms.key),
        };
        let principal = |kind: PrincipalType| Principal { arn: arn.to_owned(), kind };
        let edit = match (terms.before, terms.after) {
            (None, Some(After::Acceptance { accepted_by })) => Self::Accept(*accepted_by),
            (None, Some(After::Principal { principal_type })) => Self::Grant(on, principal(*principal_type)),
            (Some(Before::Principal { principal_type }), None) => Self::Revoke(on, principal(*principal_type)),
            (None, Some(After::Association(_))) => Self::Associate(terms.key.parse().ok()?),
            (Some(Before::Association(AssociationTerms { constraints, in_portfolio: _ })), None) => {
                Self::Dissociate { product: terms.key.parse().ok()?, constraints: constraints.clone() }
            }
            (None | Some(Before::Local(_)), None | Some(After::Local(_))) => {
                let before = terms.before.and_then(|it| if let Before::Local(it) = it { Some(it) } else { None });
                let after = terms.after.and_then(|it| if let After::Local(it) = it { Some(it) } else { None });
                local_terms::local(before, after)?
            }
            (None | Some(Before::Launch(_)), None | Some(After::Launch(_))) => {
                let before = terms.before.and_then(|it| if let Before::Launch(it) = it { Some(it) } else { None });
                let after = terms.after.and_then(|it| if let After::Launch(it) = it { Some(it) } else { None });
                local_terms::launch(terms.key, before, after)?
            }
            (None | Some(Before::Copy(_)), None | Some(After::Copy(_))) => {
                let before = terms.before.and_then(|it| if let Before::Copy(it) = it { Some(it) } else { None });
                let after = terms.after.and_then(|it| if let After::Copy(it) = it { Some(it) } else { None });
                local_terms::copy(terms.key, before, after)?
            }
            _ => return None,
        };
        terms.fits(edit.edit()).then_some(edit)
    }
}

impl Terms<'_> {
    pub(super) fn fits(&self, edit: Edit<'_>) -> bool {
        edit.kind() == self.kind && edit.action() == self.action && edit.key() == self.key
    }
}
