//! A local portfolio: a portfolio of an account's own, which holds what it receives from another one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::id::{CatalogProductId, ConstraintId, Name, VersionId};

/// The key of the tag on everything that is made in a recipient. Its value is the stem of the portfolio's file.
pub const TAG: &str = "catalog-sync";

/// The key of a second tag on copies of products. Its value is the id of the product that was copied: versions alone don't
/// tell it any more once the owner has replaced all of them.
pub const SOURCE_TAG: &str = "catalog-sync-source";

/// A portfolio of an account's own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalPortfolio {
    /// Its display name, which need not be unique.
    pub name: String,
    /// Its provider.
    pub provider: String,
    /// Its description; empty where it has none.
    pub description: String,
    /// The value of its tag [`TAG`]; `None` where it has none, or one that is no stem of a file.
    pub tag: Option<Name>,
}

/// A product in a portfolio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Its name, which need not be unique.
    pub name: String,
    /// Its ARN. It holds the account that owns the product.
    pub arn: String,
}

/// A constraint on a product in a portfolio.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Constraint {
    /// Its id.
    pub id: ConstraintId,
    /// The product.
    pub product: CatalogProductId,
    /// What it constrains.
    pub rule: Rule,
}

/// What a constraint says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// `LAUNCH`: whose rights the product is launched with. `None` where the parameters are none that a launch constraint
    /// has, or where it has failed.
    Launch(Option<LaunchRole>),
    /// `STACKSET`: none can stand beside a launch constraint.
    StackSet,
    /// Another type, by AWS's word.
    Other(String),
}

/// Whose rights a product is launched with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaunchRole {
    /// A role by its name (`LocalRoleName`): launches happen in the account that launches.
    Name(String),
    /// A role by its ARN (`RoleArn`): launches happen in the account that owns the role.
    Arn(String),
}

impl fmt::Display for LaunchRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(role) | Self::Arn(role) => f.write_str(role),
        }
    }
}

/// A product of an account's own, as far as it tells of what it was copied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnProduct {
    /// The value of its tag [`TAG`].
    pub tag: Option<Name>,
    /// The value of its tag [`SOURCE_TAG`].
    pub of: Option<CatalogProductId>,
    /// The versions of other products that its versions were copied from.
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
