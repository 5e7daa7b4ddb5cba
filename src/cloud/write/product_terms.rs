//! How a change of an experience stands against what is live.

use super::task::Standing;
use crate::cloud::read::marketplace::Current;
use crate::model::edit::ExperienceEdit;
use crate::model::experience::{ExperienceStatus, Listing};

/// Whether a change's before, or already its after, is what is live.
pub(super) fn standing(edit: &ExperienceEdit, now: &Current, makes_policy: bool) -> Standing {
    let experience = &now.experience;
    if experience.status == ExperienceStatus::Archived {
        return Standing::Conflict(format!("experience {} is archived", experience.id));
    }
    match (edit, &experience.policy) {
        (ExperienceEdit::Policy { name: _ }, Some(_)) => Standing::Done,
        (ExperienceEdit::Policy { name: _ }, None) => Standing::Open,
        (ExperienceEdit::Product(_), None) if !makes_policy => {
            Standing::Conflict(format!("experience {} has no procurement policy any more", experience.id))
        }
        (ExperienceEdit::Product(product), policy) => {
            let live = policy.as_ref().and_then(|policy| policy.listing(&product.product));
            match live {
                live if live == Some(product.after) => Standing::Done,
                live if live == product.before => Standing::Open,
                Some(Listing::Approved) => Standing::Conflict(format!("{} is approved", product.product)),
                Some(Listing::Denied) => Standing::Conflict(format!("{} is denied", product.product)),
                None => Standing::Conflict(format!("{} is on neither list", product.product)),
            }
        }
    }
}
