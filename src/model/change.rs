//! A plan: what would change, target by target. A change carries its before and its after, and there is no change
//! that changes nothing.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::experience::Listing;
use super::finding::{Source, Warning};
use super::id::{AccountId, ExperienceId, PortfolioId, ProcurementPolicyId, ProductId, Region};
use super::portfolio::Share;
use super::target::TargetName;

/// A value that comes, changes or goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delta<T> {
    /// It is not there and should be.
    Create(T),
    /// It is there and should be otherwise.
    Update {
        /// As it is.
        before: T,
        /// As it should be.
        after: T,
    },
    /// It is there and should not be.
    Remove(T),
}

impl<T> Delta<T> {
    /// As it is.
    pub fn before(&self) -> Option<&T> {
        match self {
            Self::Create(_) => None,
            Self::Update { before, after: _ } | Self::Remove(before) => Some(before),
        }
    }

    /// As it should be.
    pub fn after(&self) -> Option<&T> {
        match self {
            Self::Create(after) | Self::Update { before: _, after } => Some(after),
            Self::Remove(_) => None,
        }
    }

    /// The value that says what this is about: the one to come, or else the one to go.
    pub fn subject(&self) -> &T {
        match self {
            Self::Create(value) | Self::Update { before: _, after: value } | Self::Remove(value) => value,
        }
    }

    /// What is done.
    pub fn action(&self) -> Action {
        match self {
            Self::Create(_) => Action::Create,
            Self::Update { before: _, after: _ } => Action::Update,
            Self::Remove(_) => Action::Remove,
        }
    }
}

/// What a change does, for those who count. In the order of apply: access is granted before it is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Something is given.
    Create,
    /// Something changes.
    Update,
    /// Something is taken away.
    Remove,
}

/// What a change is about. In the order of apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A share of a portfolio.
    PortfolioShare,
    /// The policy that holds an experience's product lists.
    ProcurementPolicy,
    /// A product that can be bought.
    ProductApproval,
    /// A product that can't.
    ProductDenial,
}

impl Kind {
    /// The word that machines read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PortfolioShare => "portfolio_share",
            Self::ProcurementPolicy => "procurement_policy",
            Self::ProductApproval => "product_approval",
            Self::ProductDenial => "product_denial",
        }
    }
}

/// A product that moves onto a list. The service can take none off both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductEdit {
    /// The product.
    pub product: ProductId,
    /// The list it is on.
    pub before: Option<Listing>,
    /// The list it should be on: never the same.
    pub after: Listing,
    /// Sent with the change.
    pub notes: Option<String>,
}

/// What is edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// A share of the target's portfolio.
    PortfolioShare(Delta<Share>),
    /// A procurement policy for an experience that has none. Until then every product can be bought in it,
    /// afterwards the approved ones alone.
    ProcurementPolicy {
        /// The policy's name.
        name: String,
    },
    /// A product in the target's experience.
    Product(ProductEdit),
}

impl Edit {
    /// What it is about.
    pub fn kind(&self) -> Kind {
        match self {
            Self::PortfolioShare(_) => Kind::PortfolioShare,
            Self::ProcurementPolicy { name: _ } => Kind::ProcurementPolicy,
            Self::Product(product) => match product.after {
                Listing::Approved => Kind::ProductApproval,
                Listing::Denied => Kind::ProductDenial,
            },
        }
    }

    /// What it does. A denial takes something away only where the product could be bought.
    pub fn action(&self) -> Action {
        match self {
            Self::PortfolioShare(share) => share.action(),
            Self::ProcurementPolicy { name: _ } => Action::Create,
            Self::Product(product) => match (product.before, product.after) {
                (Some(Listing::Approved), Listing::Denied) => Action::Remove,
                _ => Action::Create,
            },
        }
    }

    /// What it is about, unique with the kind inside its target.
    pub fn key(&self) -> String {
        match self {
            Self::PortfolioShare(share) => share.subject().receiver().to_string(),
            Self::ProcurementPolicy { name: _ } => "procurement-policy".to_owned(),
            Self::Product(product) => product.product.to_string(),
        }
    }
}

/// Who made a change necessary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// This pull request, or nobody knows: there was no base.
    PullRequest,
    /// It was so before: live differs from what the base already said.
    Drift,
}

/// One thing that would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What.
    pub edit: Edit,
    /// Who made it necessary.
    pub origin: Origin,
    /// The line that asks for it; none where the catalog says nothing of it.
    pub source: Option<Source>,
    /// A name for people: an account's, a unit's path, a product's. Empty where there is none.
    pub label: String,
    /// What else people should see beside it, such as whom an organizational unit's share reaches.
    pub notes: Vec<String>,
}

/// The AWS resource that a target's changes are made to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A portfolio.
    Portfolio {
        /// Its id.
        id: PortfolioId,
        /// Its display name.
        name: String,
    },
    /// An experience.
    Experience {
        /// Its id.
        id: ExperienceId,
        /// Its name.
        name: String,
        /// Its procurement policy, if it has one.
        policy: Option<ProcurementPolicyId>,
    },
}

/// What is to be done in a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetState {
    /// Everything was read.
    Complete {
        /// What the changes are made to.
        subject: Subject,
        /// In the order of apply. Empty where the target is in step.
        changes: Vec<Change>,
        /// How much else is live here and left alone: shares or products that are kept unlisted.
        left_alone: usize,
    },
    /// It could not be read, or what the catalog names is not there.
    Unreadable {
        /// Why, in a sentence.
        reason: String,
        /// The line that names what is not there.
        source: Option<Source>,
    },
}

/// A target of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub name: TargetName,
    /// The account that the calls are made in.
    pub account: AccountId,
    /// The account's name in its organization, where it was asked for.
    pub account_name: Option<String>,
    /// The region that the calls are made in.
    pub region: Region,
    /// What is to be done.
    pub state: TargetState,
    /// What should not go without saying.
    pub warnings: Vec<Warning>,
}

impl Target {
    /// What would change; nothing in a target that could not be read.
    pub fn changes(&self) -> &[Change] {
        match &self.state {
            TargetState::Complete { subject: _, changes, left_alone: _ } => changes,
            TargetState::Unreadable { reason: _, source: _ } => &[],
        }
    }

    /// Whether it could not be read.
    pub fn is_unreadable(&self) -> bool {
        matches!(self.state, TargetState::Unreadable { reason: _, source: _ })
    }
}

/// Which catalog a plan was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogVersion {
    /// `sha256:…` of its files.
    pub digest: String,
    /// The commit that is checked out, where there is one.
    pub revision: Option<String>,
    /// The commit of the base, where one was given.
    pub base: Option<String>,
}

/// What would change, everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// `sha256:…` of the changes alone, canonical.
    pub digest: String,
    /// Which catalog it was made from.
    pub catalog: CatalogVersion,
    /// Sorted by name.
    pub targets: Vec<Target>,
}

/// A plan in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How many targets there are.
    pub targets: usize,
    /// How many changes give something.
    pub creates: usize,
    /// How many change something.
    pub updates: usize,
    /// How many take something away.
    pub removes: usize,
    /// How many of all of them are drift.
    pub drift: usize,
    /// How many warnings there are.
    pub warnings: usize,
    /// How many targets could not be read.
    pub unreadable: usize,
}

impl Summary {
    /// How many changes there are.
    pub fn changes(&self) -> usize {
        self.creates + self.updates + self.removes
    }
}

impl Plan {
    /// Every change, with its target.
    pub fn changes(&self) -> impl Iterator<Item = (&Target, &Change)> {
        self.targets.iter().flat_map(|target| target.changes().iter().map(move |change| (target, change)))
    }

    /// The plan in numbers.
    pub fn summary(&self) -> Summary {
        Summary::of(&self.targets)
    }
}

impl Summary {
    /// Some targets in numbers.
    pub fn of<'a>(targets: impl IntoIterator<Item = &'a Target>) -> Self {
        let mut summary = Self::default();
        for target in targets {
            summary.targets += 1;
            summary.warnings += target.warnings.len();
            summary.unreadable += usize::from(target.is_unreadable());
            for change in target.changes() {
                match change.edit.action() {
                    Action::Create => summary.creates += 1,
                    Action::Update => summary.updates += 1,
                    Action::Remove => summary.removes += 1,
                }
                summary.drift += usize::from(change.origin == Origin::Drift);
            }
        }
        summary
    }
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
