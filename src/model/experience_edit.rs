//! An edit of an experience.

use super::action::{Action, Effect, Kind, Phase};
use super::audience::AudiencePrincipal;
use super::branding::Branding;
use super::experience::{ExperienceStatus, Listing};
use super::id::ProductId;

/// A product that moves onto a list. AWS can't take a product off both lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductEdit {
    /// The product.
    pub product: ProductId,
    /// The list that it is on now.
    pub before: Option<Listing>,
    /// The list that it moves to, always a different one.
    pub after: Listing,
    /// Notes that are sent with the change.
    pub notes: Option<String>,
}

/// A new experience, created together with a procurement policy, since without one everything could be bought in it.
/// It is disabled and governs no account until other edits change that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewExperience {
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// The name of its procurement policy.
    pub policy: String,
    /// Whether users may request products.
    pub user_requests: bool,
}

/// An edit of an experience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExperienceEdit {
    /// The experience is created.
    Create(NewExperience),
    /// Its description changes.
    Describe {
        /// The description now. Empty if there is none.
        before: String,
        /// The description afterwards.
        after: String,
    },
    /// The experience gets its first procurement policy. Until then every product can be bought in it, afterwards
    /// only approved products.
    Policy {
        /// The policy's name.
        name: String,
        /// Whether users may request products.
        user_requests: bool,
    },
    /// A product moves onto a list of the experience.
    Product(ProductEdit),
    /// User requests are turned on (`true`) or off. Before, the setting was the opposite.
    Requests(bool),
    /// The branding changes.
    Brand {
        /// The branding now, with only the fields that change. `None` if there is no branding.
        before: Option<Branding>,
        /// The fields that change, as they are sent. A logo is sent as the address that the catalog gives.
        after: Branding,
    },
    /// A principal leaves its audience.
    Leave(AudiencePrincipal),
    /// A principal joins its audience.
    Join(AudiencePrincipal),
    /// One step between two statuses. `Enabled` and `Archived` are each one step from `Disabled`.
    Status {
        /// The status before the step.
        before: ExperienceStatus,
        /// The status after the step.
        after: ExperienceStatus,
    },
}

impl ExperienceEdit {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Create(_) | Self::Describe { .. } => Kind::Experience,
            Self::Policy { .. } => Kind::ProcurementPolicy,
            Self::Product(product) => match product.after {
                Listing::Approved => Kind::ProductApproval,
                Listing::Denied => Kind::ProductDenial,
            },
            Self::Requests(_) => Kind::UserRequests,
            Self::Brand { .. } => Kind::Branding,
            Self::Leave(_) | Self::Join(_) => Kind::Audience,
            Self::Status { .. } => Kind::ExperienceStatus,
        }
    }

    /// A denial removes something only if the product was approved before.
    pub(super) fn action(&self) -> Action {
        match self {
            Self::Create(_) | Self::Policy { .. } | Self::Brand { before: None, .. } | Self::Join(_) => Action::Create,
            Self::Describe { .. } | Self::Requests(_) | Self::Brand { before: Some(_), .. } | Self::Status { .. } => {
                Action::Update
            }
            Self::Product(product) => match (product.before, product.after) {
                (Some(Listing::Approved), Listing::Denied) => Action::Remove,
                _ => Action::Create,
            },
            Self::Leave(_) => Action::Remove,
        }
    }

    pub(super) fn key(&self) -> String {
        match self {
            Self::Create(_) | Self::Describe { .. } => "experience".to_owned(),
            Self::Policy { .. } => "procurement-policy".to_owned(),
            Self::Product(product) => product.product.to_string(),
            Self::Requests(_) => "user-requests".to_owned(),
            Self::Brand { .. } => "branding".to_owned(),
            Self::Leave(principal) | Self::Join(principal) => principal.to_string(),
            Self::Status { before: _, after } => after.as_str().to_owned(),
        }
    }

    /// An account that joins an audience may lose products that it could buy before. An account that leaves one may
    /// lose the products of that experience. So both take something away, and so does enabling or disabling an
    /// experience.
    pub(super) fn effect(&self) -> Effect {
        match self {
            // Disabled and archived experiences govern no account, so a step between these two takes nothing away.
            Self::Status { before: ExperienceStatus::Archived, .. }
            | Self::Status { after: ExperienceStatus::Archived, .. }
            | Self::Describe { .. }
            | Self::Brand { before: Some(_), .. }
            | Self::Requests(true) => Effect::Changes,
            Self::Product(product) if product.before == Some(Listing::Approved) => Effect::Takes,
            Self::Policy { .. } | Self::Requests(false) | Self::Leave(_) | Self::Join(_) | Self::Status { .. } => {
                Effect::Takes
            }
            Self::Create(_) | Self::Brand { before: None, .. } | Self::Product(_) => Effect::Gives,
        }
    }

    pub(super) fn phase(&self) -> Phase {
        match self {
            Self::Create(_) | Self::Policy { .. } | Self::Status { before: ExperienceStatus::Archived, .. } => {
                Phase::Open
            }
            Self::Product(product) => match product.after {
                Listing::Approved => Phase::Give,
                Listing::Denied => Phase::Take,
            },
            Self::Describe { .. } | Self::Requests(_) | Self::Brand { .. } => Phase::Change,
            Self::Leave(_) => Phase::Leave,
            Self::Join(_) | Self::Status { after: ExperienceStatus::Enabled, .. } => Phase::Enter,
            Self::Status { .. } => Phase::Close,
        }
    }
}

/// The name of a part that is created for an experience, such as its `policy`. AWS accepts 1 to 50 letters, digits,
/// blanks, `_` and `-`. Every other character of the experience's name becomes `-`, and the name is cut so that
/// `part` fits behind it.
pub fn part_name(experience: &str, part: &str) -> String {
    const MOST: usize = 50;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-');
    let clean = experience.trim().chars().map(|c| if fits(c) { c } else { '-' });
    let cut: String = clean.take(MOST.saturating_sub(part.len() + 1)).collect();
    format!("{} {part}", cut.trim_end()).trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use super::part_name;

    #[test]
    fn name_of_a_part_is_one_that_aws_takes() {
        let policy_name = |experience: &str| part_name(experience, "policy");
        assert_eq!(policy_name("Data Science_2-b"), "Data Science_2-b policy");
        assert_eq!(policy_name("R&D: Köln"), "R-D- K-ln policy");
        assert_eq!(policy_name(""), "policy");
        let long = policy_name(&"ü".repeat(50));
        assert_eq!((long.chars().count(), long.ends_with("- policy")), (50, true));
        assert_eq!(policy_name(&format!("{} b", "a".repeat(42))), format!("{} policy", "a".repeat(42)));
    }
}
