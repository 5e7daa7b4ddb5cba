//! A local portfolio: an account's own portfolio that holds the products it receives from a shared one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::id::{CatalogProductId, ConstraintId, Name, VersionId};

/// The key of the tag on everything that this tool creates in a recipient. The value is the stem of the portfolio's
/// file.
pub const TAG: &str = "catalog-sync";

/// The key of a second tag on copies of products. The value is the id of the source product. The versions alone can't
/// identify it once the owner has replaced all of them.
pub const SOURCE_TAG: &str = "catalog-sync-source";

/// An account's own portfolio.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalPortfolio {
    /// Its display name, not necessarily unique.
    pub name: String,
    /// Its provider.
    pub provider: String,
    /// Its description. Empty if it has none.
    pub description: String,
    /// The value of its tag [`TAG`]. `None` without the tag, or if the value can't be a file's stem.
    pub tag: Option<Name>,
}

/// A product in a portfolio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Its name, not necessarily unique.
    pub name: String,
    /// Its ARN, which contains the account that owns the product.
    pub arn: String,
}

/// A constraint on a product in a portfolio.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Constraint {
    /// Its id.
    pub id: ConstraintId,
    /// The product.
    pub product: CatalogProductId,
    /// The rule.
    pub rule: Rule,
}

/// The type and the parameters of a constraint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// `LAUNCH`: the launch role of the product. `None` if the parameters have an unknown form, or if AWS could not
    /// make the constraint.
    Launch(Option<LaunchRole>),
    /// `STACKSET`. AWS allows no launch constraint beside it.
    StackSet,
    /// Another type, in AWS's word.
    Other(String),
}

/// The role with whose rights a product is launched.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaunchRole {
    /// A role by its name (`LocalRoleName`). Products are launched in the account of the user.
    Name(String),
    /// A role by its ARN (`RoleArn`). Products are launched in the account that owns the role.
    Arn(String),
}

impl fmt::Display for LaunchRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(role) | Self::Arn(role) => f.write_str(role),
        }
    }
}

/// An account's own product, with the facts that identify its source product.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnProduct {
    /// The value of its tag [`TAG`].
    pub tag: Option<Name>,
    /// The value of its tag [`SOURCE_TAG`].
    pub of: Option<CatalogProductId>,
    /// The versions of other products from which its versions were copied.
    pub copied: BTreeSet<VersionId>,
}

/// A version of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its name.
    pub name: String,
    /// Whether it can be launched.
    pub is_active: bool,
}

/// The versions of a product.
pub type Versions = BTreeMap<VersionId, Version>;
