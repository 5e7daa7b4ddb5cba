//! An edit of what an account does with a portfolio that it receives.

use std::collections::BTreeSet;

use super::action::{Action, Delta, Kind, Phase};
use super::id::{CatalogProductId, ConstraintId, PortfolioId, VersionId};
use super::local::{LaunchRole, LocalPortfolio};
use super::recipient::{AcceptedBy, Principal};

/// An edit of what an account does with a portfolio that it receives, made in that account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecipientEdit {
    /// The share is accepted.
    Accept(AcceptedBy),
    /// The account's own portfolio, with its tag.
    Local(Delta<LocalPortfolio>, Option<PortfolioId>),
    /// A product of the imported portfolio is put into the local one.
    Associate(CatalogProductId),
    /// A product is taken out of the local portfolio.
    Dissociate {
        /// The product.
        product: CatalogProductId,
        /// The constraints that go with it. Launch constraints are edits of their own.
        constraints: BTreeSet<ConstraintId>,
    },
    /// A copy of a product in the local portfolio.
    Copy(CopyEdit),
    /// Whose rights a product of the local portfolio is launched with.
    Launch {
        /// The product.
        product: Held,
        /// The constraint; `None` where it is made.
        constraint: Option<ConstraintId>,
        /// The role.
        role: Delta<LaunchRole>,
    },
    /// A principal may launch from now on.
    Grant(On, Principal),
    /// A principal may launch no longer.
    Revoke(On, Principal),
}

impl RecipientEdit {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Accept(_) => Kind::ShareAcceptance,
            Self::Local(_, _) => Kind::LocalPortfolio,
            Self::Associate(_) | Self::Dissociate { .. } => Kind::ProductAssociation,
            Self::Copy(_) => Kind::ProductCopy,
            Self::Launch { .. } => Kind::LaunchConstraint,
            Self::Grant(_, _) | Self::Revoke(_, _) => Kind::PrincipalAssociation,
        }
    }

    pub(super) fn action(&self) -> Action {
        match self {
            Self::Accept(_) | Self::Associate(_) | Self::Grant(_, _) => Action::Create,
            Self::Local(portfolio, _) => portfolio.action(),
            Self::Copy(copy) => copy.action(),
            Self::Launch { product: _, constraint: _, role } => role.action(),
            Self::Dissociate { .. } | Self::Revoke(_, _) => Action::Remove,
        }
    }

    pub(super) fn key(&self) -> String {
        match self {
            Self::Accept(by) => by.to_string(),
            Self::Local(portfolio, id) => {
                id.as_ref().map_or_else(|| portfolio.subject().name.clone(), ToString::to_string)
            }
            Self::Associate(product) | Self::Dissociate { product, constraints: _ } => product.to_string(),
            Self::Copy(copy) => copy.of().to_string(),
            Self::Launch { product, constraint: _, role: _ } => product.of().to_string(),
            Self::Grant(on, principal) | Self::Revoke(on, principal) => on.key(principal),
        }
    }

    pub(super) fn phase(&self) -> Phase {
        match (self, self.action()) {
            (Self::Accept(_), _) | (Self::Local(_, _), Action::Create | Action::Update) => Phase::Open,
            (_, action) => Phase::of(action),
        }
    }
}

/// Which of a recipient's portfolios a principal may launch from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum On {
    /// The one that it imported.
    Imported,
    /// Its own.
    Local,
}

impl On {
    /// Marks the keys of principals on a local portfolio: the same principal may go from the one and come to the other.
    pub const LOCAL: &'static str = "local/";

    fn key(self, principal: &Principal) -> String {
        match self {
            Self::Imported => principal.arn.clone(),
            Self::Local => format!("{}{}", Self::LOCAL, principal.arn),
        }
    }
}

/// A product of a local portfolio.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Held {
    /// The product itself.
    Itself(CatalogProductId),
    /// A copy.
    Copy {
        /// The product that it was copied from.
        of: CatalogProductId,
        /// The copy; `None` where the plan makes it.
        id: Option<CatalogProductId>,
    },
}

impl Held {
    /// The product as the owner of the shared portfolio knows it.
    pub fn of(&self) -> &CatalogProductId {
        match self {
            Self::Itself(product) | Self::Copy { of: product, id: _ } => product,
        }
    }
}

/// An edit of a copy of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyEdit {
    /// It is made, tagged and put into the local portfolio.
    Make {
        /// The product that is copied.
        of: CatalogProductId,
        /// Its versions.
        versions: BTreeSet<VersionId>,
    },
    /// Versions that the product has got meanwhile are copied into it.
    Renew {
        /// The product that is copied.
        of: CatalogProductId,
        /// The copy.
        copy: CatalogProductId,
        /// The versions that it has.
        before: BTreeSet<VersionId>,
        /// The versions that it has afterwards.
        after: BTreeSet<VersionId>,
    },
    /// One that somebody else made gets the tag.
    Adopt {
        /// The product that is copied.
        of: CatalogProductId,
        /// The copy.
        copy: CatalogProductId,
    },
    /// It is taken out of the local portfolio and deleted.
    Drop {
        /// The product that it was copied from.
        of: CatalogProductId,
        /// The copy.
        copy: CatalogProductId,
        /// The constraints that go with it. Launch constraints are edits of their own.
        constraints: BTreeSet<ConstraintId>,
    },
}

impl CopyEdit {
    /// The product that is copied.
    pub fn of(&self) -> &CatalogProductId {
        match self {
            Self::Make { of, .. } | Self::Renew { of, .. } | Self::Adopt { of, .. } | Self::Drop { of, .. } => of,
        }
    }

    fn action(&self) -> Action {
        match self {
            Self::Make { .. } => Action::Create,
            Self::Renew { .. } | Self::Adopt { .. } => Action::Update,
            Self::Drop { .. } => Action::Remove,
        }
    }
}
