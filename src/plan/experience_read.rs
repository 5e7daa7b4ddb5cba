//! Edits of experiences from JSON.

use super::experience_terms::NewTerms;
use super::terms::{After, Before, FromTerms, PolicyTerms, Terms};
use crate::model::edit::{ExperienceEdit, Family as _, Kind, NewExperience, ProductEdit};
use crate::model::experience::ExperienceStatus;

impl FromTerms for ExperienceEdit {
    fn read(terms: &Terms<'_>) -> Option<Self> {
        let edit = match (terms.kind, terms.before, terms.after) {
            (Kind::ProcurementPolicy, None, Some(After::Policy(PolicyTerms { name, user_requests }))) => {
                ExperienceEdit::Policy { name: name.clone(), user_requests: *user_requests }
            }
            (Kind::ProductApproval | Kind::ProductDenial, before, Some(After::Product { listing, notes })) => {
                let before = match before {
                    None => None,
                    Some(Before::Product { listing }) => Some(*listing),
                    Some(_) => return None,
                };
                let (after, notes) = (*listing, notes.clone());
                ExperienceEdit::Product(ProductEdit { product: terms.key.parse().ok()?, before, after, notes })
            }
            _ => own(terms)?,
        };
        terms.fits(edit.edit()).then_some(edit)
    }
}

/// The edit of an experience itself that these terms describe. `None` if they describe none.
fn own(terms: &Terms<'_>) -> Option<ExperienceEdit> {
    let edit = match (terms.kind, terms.before, terms.after) {
        (Kind::Experience, None, Some(After::Experience(new))) => {
            let NewTerms { description, experience, policy, user_requests } = new.clone();
            ExperienceEdit::Create(NewExperience { name: experience, description, policy, user_requests })
        }
        (Kind::Experience, Some(Before::Description(before)), Some(After::Description(after))) => {
            let (before, after) = (before.experience_description.clone(), after.experience_description.clone());
            ExperienceEdit::Describe { before, after }
        }
        (Kind::UserRequests, Some(Before::Requests(before)), Some(After::Requests(after)))
            if before.user_requests != after.user_requests =>
        {
            ExperienceEdit::Requests(after.user_requests)
        }
        (Kind::Branding, None, Some(After::Branding(after))) => {
            ExperienceEdit::Brand { before: None, after: after.branding.clone() }
        }
        (Kind::Branding, Some(Before::Branding(before)), Some(After::Branding(after))) => {
            ExperienceEdit::Brand { before: Some(before.branding.clone()), after: after.branding.clone() }
        }
        (Kind::Audience, None, Some(After::Member(_))) => ExperienceEdit::Join(terms.key.parse().ok()?),
        (Kind::Audience, Some(Before::Member(_)), None) => ExperienceEdit::Leave(terms.key.parse().ok()?),
        (Kind::ExperienceStatus, Some(Before::Status(before)), Some(After::Status(after))) => {
            let step = (before.status, after.status);
            let ((ExperienceStatus::Disabled, other) | (other, ExperienceStatus::Disabled)) = step else { return None };
            if other == ExperienceStatus::Disabled {
                return None;
            }
            ExperienceEdit::Status { before: step.0, after: step.1 }
        }
        _ => return None,
    };
    Some(edit)
}
