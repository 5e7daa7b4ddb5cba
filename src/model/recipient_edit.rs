//! An edit inside an account that receives a portfolio.

use std::collections::BTreeSet;

use super::action::{Action, Delta, Kind, Phase};
use super::id::{CatalogProductId, ConstraintId, PortfolioId, VersionId};
use super::local::{LaunchRole, LocalPortfolio};
use super::recipient::{AcceptedBy, Principal};

/// An edit inside an account that receives a portfolio, made in that account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecipientEdit {
    /// The share is accepted.
    Accept(AcceptedBy),
    /// The account's own portfolio is created, changed or removed, with its tag. The id is `None` if the plan creates
    /// it.
    Local(Delta<LocalPortfolio>, Option<PortfolioId>),
    /// A product of the imported portfolio is put into the local one.
    Associate(CatalogProductId),
    /// A product is taken out of the local portfolio.
    Dissociate {
        /// The product.
        product: CatalogProductId,
        /// The constraints that are removed with it. Launch constraints are edits of their own.
        constraints: BTreeSet<ConstraintId>,
    },
    /// A copy of a product in the local portfolio is made, changed or removed.
    Copy(CopyEdit),
    /// The launch role of a product of the local portfolio is set, changed or removed.
    Launch {
        /// The product.
        product: Held,
        /// The constraint. `None` if the edit creates it.
        constraint: Option<ConstraintId>,
        /// The role.
        role: Delta<LaunchRole>,
    },
    /// A principal gets the right to launch.
    Grant(On, Principal),
    /// A principal loses the right to launch.
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

/// The portfolio of a recipient that a principal may launch from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum On {
    /// The imported portfolio.
    Imported,
    /// The account's own portfolio.
    Local,
}

impl On {
    /// The prefix in the keys of principals of a local portfolio. One plan may revoke a principal on the imported
    /// portfolio and grant it on the local one, so the keys have to differ.
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
        /// The copy's id. `None` if the plan creates the copy.
        id: Option<CatalogProductId>,
    },
}

impl Held {
    /// The source product in the shared portfolio.
    pub fn of(&self) -> &CatalogProductId {
        match self {
            Self::Itself(product) | Self::Copy { of: product, id: _ } => product,
        }
    }
}

/// An edit of a copy of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyEdit {
    /// The copy is made, tagged and put into the local portfolio.
    Make {
        /// The product that is copied.
        of: CatalogProductId,
        /// Its versions.
        versions: BTreeSet<VersionId>,
    },
    /// New versions of the source product are copied into the copy.
    Renew {
        /// The product that is copied.
        of: CatalogProductId,
        /// The copy.
        copy: CatalogProductId,
        /// The versions of the copy now.
        before: BTreeSet<VersionId>,
        /// The versions of the copy afterwards.
        after: BTreeSet<VersionId>,
    },
    /// A copy that somebody else made gets the tag.
    Adopt {
        /// The product that is copied.
        of: CatalogProductId,
        /// The copy.
        copy: CatalogProductId,
    },
    /// The copy is taken out of the local portfolio and deleted.
    Drop {
        /// The product that it was copied from.
        of: CatalogProductId,
        /// The copy.
        copy: CatalogProductId,
        /// The constraints that are removed with it. Launch constraints are edits of their own.
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
