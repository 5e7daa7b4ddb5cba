//! The action, kind, phase and effect of an edit.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The creation, update or removal of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delta<T> {
    /// The value is missing and is created.
    Create(T),
    /// The value exists and changes.
    Update {
        /// The value now.
        before: T,
        /// The value afterwards.
        after: T,
    },
    /// The value exists and is removed.
    Remove(T),
}

impl<T> Delta<T> {
    /// The value before the edit. `None` if it is created.
    pub fn before(&self) -> Option<&T> {
        match self {
            Self::Create(_) => None,
            Self::Update { before, after: _ } | Self::Remove(before) => Some(before),
        }
    }

    /// The value after the edit. `None` if it is removed.
    pub fn after(&self) -> Option<&T> {
        match self {
            Self::Create(after) | Self::Update { before: _, after } => Some(after),
            Self::Remove(_) => None,
        }
    }

    /// The value that identifies the edit: the new one, or the old one if it is removed.
    pub fn subject(&self) -> &T {
        match self {
            Self::Create(value) | Self::Update { before: _, after: value } | Self::Remove(value) => value,
        }
    }

    /// The action.
    pub fn action(&self) -> Action {
        match self {
            Self::Create(_) => Action::Create,
            Self::Update { before: _, after: _ } => Action::Update,
            Self::Remove(_) => Action::Remove,
        }
    }
}

/// What an edit does to its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Creates it.
    Create,
    /// Changes it.
    Update,
    /// Removes it.
    Remove,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Remove => "remove",
        })
    }
}

/// What an edit means for the people in the accounts, the worst first. `safety.max_removals`, the numbers of a plan
/// and the renderers all use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Somebody loses something.
    Takes,
    /// Something changes, and nobody loses anything.
    Changes,
    /// Something is added.
    Gives,
}

/// The position of an edit among the edits of its target. Access is granted before it is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Creates what other edits need.
    Open,
    /// Grants.
    Give,
    /// Changes.
    Change,
    /// Takes away.
    Take,
    /// Removes a principal from an audience, so that another experience can govern it.
    Leave,
    /// Adds a principal to an audience or enables an experience, once everything in it is ready.
    Enter,
    /// Disables or archives an experience.
    Close,
}

impl Phase {
    /// The phase of an edit that grants, changes or takes away.
    pub(super) fn of(action: Action) -> Self {
        match action {
            Action::Create => Self::Give,
            Action::Update => Self::Change,
            Action::Remove => Self::Take,
        }
    }
}

/// The kind of thing that an edit is about. In a recipient each kind depends on the kinds before it, so edits are
/// made in this order, and removals in the opposite order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A share of a portfolio.
    PortfolioShare,
    /// The acceptance of a share by a recipient.
    ShareAcceptance,
    /// A portfolio of a recipient's own.
    LocalPortfolio,
    /// A product in a local portfolio.
    ProductAssociation,
    /// A copy of a product in a local portfolio.
    ProductCopy,
    /// The launch role of a product in a local portfolio.
    LaunchConstraint,
    /// A principal that may launch from a portfolio.
    PrincipalAssociation,
    /// An experience itself.
    Experience,
    /// The policy that holds an experience's product lists.
    ProcurementPolicy,
    /// A product that can be bought.
    ProductApproval,
    /// A product that can't be bought.
    ProductDenial,
    /// Whether users may request products.
    UserRequests,
    /// The branding of an experience.
    Branding,
    /// The audience of an experience.
    Audience,
    /// The status of an experience: enabled, disabled or archived.
    ExperienceStatus,
}

impl Kind {
    /// The word in the JSON of plans and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PortfolioShare => "portfolio_share",
            Self::ShareAcceptance => "share_acceptance",
            Self::LocalPortfolio => "local_portfolio",
            Self::ProductAssociation => "product_association",
            Self::ProductCopy => "product_copy",
            Self::LaunchConstraint => "launch_constraint",
            Self::PrincipalAssociation => "principal_association",
            Self::Experience => "experience",
            Self::ProcurementPolicy => "procurement_policy",
            Self::ProductApproval => "product_approval",
            Self::ProductDenial => "product_denial",
            Self::UserRequests => "user_requests",
            Self::Branding => "branding",
            Self::Audience => "audience",
            Self::ExperienceStatus => "experience_status",
        }
    }
}
