//! Desired properties of an experience itself, beside its products.

use std::collections::BTreeMap;

use super::branding::Branding;
use super::experience::ExperienceStatus;
use super::finding::Source;
use super::id::{AccountId, OrganizationId};
use super::unit_ref::OuRef;

/// A value of the catalog, with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said<T> {
    /// The value.
    pub value: T,
    /// The place of the value.
    pub source: Source,
}

/// Desired properties of an experience. A `None` is not managed: the live value stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExperienceTerms {
    /// The line of `create: true`, which creates the experience if there is none of its name.
    pub create: Option<Source>,
    /// Its description.
    pub description: Option<Said<String>>,
    /// Its desired status.
    pub status: Option<Said<ExperienceStatus>>,
    /// Whether users may request products.
    pub user_requests: Option<Said<bool>>,
    /// The complete list of principals that it governs.
    pub audience: Option<DesiredAudience>,
    /// Its branding. Missing fields are not managed.
    pub branding: Option<Said<Branding>>,
}

/// An `audience`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredAudience {
    /// The principals, each with its line.
    pub principals: BTreeMap<AudienceRef, Source>,
    /// The line of `audience`.
    pub source: Source,
}

/// A principal of an audience as the catalog names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AudienceRef {
    /// An account.
    Account(AccountId),
    /// The accounts below an organizational unit.
    Ou(OuRef),
    /// The accounts of the organization.
    Organization(OrganizationId),
}
