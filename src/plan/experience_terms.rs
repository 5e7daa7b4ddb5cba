//! The before and the after of changes to an experience itself, as JSON. The canonical form needs the fields in
//! alphabetical order.

use serde::{Deserialize, Serialize};

use crate::model::branding::Branding;
use crate::model::edit::NewExperience;
use crate::model::experience::ExperienceStatus;

/// An experience that is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTerms {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    pub(super) experience: String,
    pub(super) policy: String,
    pub(super) user_requests: bool,
}

impl NewTerms {
    pub(super) fn of(new: &NewExperience) -> Self {
        let NewExperience { name, description, policy, user_requests } = new.clone();
        Self { description, experience: name, policy, user_requests }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DescriptionTerms {
    pub(super) experience_description: String,
}

impl DescriptionTerms {
    pub(super) fn of(text: &str) -> Self {
        Self { experience_description: text.to_owned() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestsTerms {
    pub(super) user_requests: bool,
}

impl RequestsTerms {
    pub(super) fn of(user_requests: bool) -> Self {
        Self { user_requests }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatusTerms {
    pub(super) status: ExperienceStatus,
}

impl StatusTerms {
    pub(super) fn of(status: ExperienceStatus) -> Self {
        Self { status }
    }
}

/// A principal of an audience. The key of the change says which one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberTerms {
    in_audience: bool,
}

impl MemberTerms {
    pub(super) fn new() -> Self {
        Self { in_audience: true }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BrandingTerms {
    pub(super) branding: Branding,
}

impl BrandingTerms {
    pub(super) fn of(branding: &Branding) -> Self {
        Self { branding: branding.clone() }
    }
}
