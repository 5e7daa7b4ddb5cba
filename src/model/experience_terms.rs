//! What an entry of `experiences` says of the experience itself, beside its products.

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
    /// Where it stands.
    pub source: Source,
}

/// What an entry says of the experience itself. What is `None` is not managed: whatever is live stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExperienceTerms {
    /// The line of `create: true`: an experience of the name is made where there is none.
    pub create: Option<Source>,
    /// Its description.
    pub description: Option<Said<String>>,
    /// Whether it governs anyone.
    pub status: Option<Said<ExperienceStatus>>,
    /// Whether users may ask for products.
    pub user_requests: Option<Said<bool>>,
    /// Whom it governs: all of them, and nobody else.
    pub audience: Option<DesiredAudience>,
    /// How it looks. The fields that are missing are not managed.
    pub branding: Option<Said<Branding>>,
}

/// An `audience`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredAudience {
    /// Whom, each with its line.
    pub principals: BTreeMap<AudienceRef, Source>,
    /// The line of `audience`.
    pub source: Source,
}

/// Whom an experience should govern, as the catalog names them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AudienceRef {
    /// An account.
    Account(AccountId),
    /// The accounts below an organizational unit.
    Ou(OuRef),
    /// The accounts of the organization.
    Organization(OrganizationId),
}
