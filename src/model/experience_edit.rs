//! An edit of an experience.

use super::action::{Action, Effect, Kind, Phase};
use super::audience::AudiencePrincipal;
use super::branding::Branding;
use super::experience::{ExperienceStatus, Listing};
use super::id::ProductId;

/// A product that moves onto a list. AWS can take no product off both lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductEdit {
    /// The product.
    pub product: ProductId,
    /// The list it is on.
    pub before: Option<Listing>,
    /// The list it moves to: never the same.
    pub after: Listing,
    /// Sent with the change.
    pub notes: Option<String>,
}

/// An experience that is made, with a procurement policy: without one everything could be bought in it. It is disabled
/// and governs nobody until other edits of its say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewExperience {
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// The name of its procurement policy.
    pub policy: String,
    /// Whether users may ask for products.
    pub user_requests: bool,
}

/// An edit of an experience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExperienceEdit {
    /// The experience is made.
    Create(NewExperience),
    /// Its description changes.
    Describe {
        /// As it is; empty where there is none.
        before: String,
        /// As it becomes.
        after: String,
    },
    /// A procurement policy for an experience that has none. Until then every product can be bought in it,
    /// afterwards the approved ones alone.
    Policy {
        /// The policy's name.
        name: String,
        /// Whether users may ask for products.
        user_requests: bool,
    },
    /// A product of the experience.
    Product(ProductEdit),
    /// Whether users may ask for products becomes this, and was the opposite.
    Requests(bool),
    /// How it looks.
    Brand {
        /// As it is, as far as it changes. `None` where it has no branding.
        before: Option<Branding>,
        /// What is sent: the fields that change. A logo is sent by the address that the catalog gives.
        after: Branding,
    },
    /// A principal leaves its audience.
    Leave(AudiencePrincipal),
    /// A principal joins its audience.
    Join(AudiencePrincipal),
    /// A step from one status to the next: enabled and archived are each one step from disabled.
    Status {
        /// As it is before the step.
        before: ExperienceStatus,
        /// As it is after the step.
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

    /// Denying a product removes something only where the product could be bought.
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

    /// Whoever comes under an experience may lose what could be bought before, and whoever leaves one what could be
    /// bought in it: both take something away, and so does enabling or disabling one.
    pub(super) fn effect(&self) -> Effect {
        match self {
            // One that is archived governs nobody, and neither does one that is disabled.
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

/// The name of what is made for an experience and belongs to it, such as its `policy`. AWS takes 1 to 50 letters, digits,
/// blanks, `_` and `-`: any other character of the experience's name becomes `-`, and the name is cut so that the part
/// fits behind it.
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
