//! What an edit does, to what kind of thing, when among the others, and what that means for people.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value that comes, changes or goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delta<T> {
    /// It is missing and is made.
    Create(T),
    /// It exists and becomes different.
    Update {
        /// As it is.
        before: T,
        /// As it becomes.
        after: T,
    },
    /// It exists and is removed.
    Remove(T),
}

impl<T> Delta<T> {
    /// The value as it is; `None` for one that is made.
    pub fn before(&self) -> Option<&T> {
        match self {
            Self::Create(_) => None,
            Self::Update { before, after: _ } | Self::Remove(before) => Some(before),
        }
    }

    /// The value as it becomes; `None` for one that is removed.
    pub fn after(&self) -> Option<&T> {
        match self {
            Self::Create(after) | Self::Update { before: _, after } => Some(after),
            Self::Remove(_) => None,
        }
    }

    /// The value that identifies the edit: the new one, or the old one where it is removed.
    pub fn subject(&self) -> &T {
        match self {
            Self::Create(value) | Self::Update { before: _, after: value } | Self::Remove(value) => value,
        }
    }

    /// Which of the three it is.
    pub fn action(&self) -> Action {
        match self {
            Self::Create(_) => Action::Create,
            Self::Update { before: _, after: _ } => Action::Update,
            Self::Remove(_) => Action::Remove,
        }
    }
}

/// What an edit does to the thing that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Makes it.
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
/// and the renderers all count by this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Somebody loses something.
    Takes,
    /// Something changes, and nobody loses anything.
    Changes,
    /// Something is added.
    Gives,
}

/// When an edit is made among the edits of its target. Access is granted before it is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Makes what the others need.
    Open,
    /// Grants.
    Give,
    /// Changes.
    Change,
    /// Takes away.
    Take,
    /// Lets somebody go who is taken over by another target.
    Leave,
    /// Lets somebody in, once everything is ready for them.
    Enter,
    /// Ends the whole.
    Close,
}

impl Phase {
    /// When an edit is made that grants, changes or takes away.
    pub(super) fn of(action: Action) -> Self {
        match action {
            Action::Create => Self::Give,
            Action::Update => Self::Change,
            Action::Remove => Self::Take,
        }
    }
}

/// What an edit is about. In a recipient each depends on those before it: so they are made in this order, and taken away
/// in the opposite one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A share of a portfolio.
    PortfolioShare,
    /// That a recipient has accepted a share.
    ShareAcceptance,
    /// A portfolio of a recipient's own.
    LocalPortfolio,
    /// A product in a local portfolio.
    ProductAssociation,
    /// A copy of a product in a local portfolio.
    ProductCopy,
    /// Whose rights a product of a local portfolio is launched with.
    LaunchConstraint,
    /// Who may launch from a portfolio.
    PrincipalAssociation,
    /// An experience itself.
    Experience,
    /// The policy that holds an experience's product lists.
    ProcurementPolicy,
    /// A product that can be bought.
    ProductApproval,
    /// A product that can't be bought.
    ProductDenial,
    /// Whether users may ask for products.
    UserRequests,
    /// How an experience looks.
    Branding,
    /// Whom an experience governs.
    Audience,
    /// Whether an experience governs anyone.
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
