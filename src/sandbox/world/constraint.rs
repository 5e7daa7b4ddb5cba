//! Constraints on the launch of products.

use serde::{Deserialize, Serialize};

use super::{Lag, is_default};

/// A constraint on a product in a portfolio, made by the portfolio's owner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constraint {
    /// The product.
    pub product: String,
    /// `LAUNCH`, `NOTIFICATION`, `RESOURCE_UPDATE`, `STACKSET` or `TEMPLATE`. Left out: `LAUNCH`.
    #[serde(default = "launch", skip_serializing_if = "is_launch")]
    pub kind: String,
    /// The parameters, in JSON: `{"LocalRoleName": "SCLaunchRole"}`.
    pub parameters: String,
    /// The description.
    #[serde(default, skip_serializing_if = "is_default")]
    pub description: Option<String>,
    /// The status.
    #[serde(default, skip_serializing_if = "is_default")]
    pub status: ConstraintStatus,
    /// How many steps it has been `CREATING`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub looks: u32,
    /// The new parameters of an update, while it is `CREATING`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub next: Option<String>,
    /// Whether it will end `FAILED`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub fails: bool,
    /// Its visibility.
    #[serde(default, skip_serializing_if = "is_default")]
    pub lag: Lag,
}

fn launch() -> String {
    "LAUNCH".to_owned()
}

fn is_launch(kind: &str) -> bool {
    kind == "LAUNCH"
}

impl Constraint {
    /// A launch constraint that is in effect.
    pub fn launch(product: impl Into<String>, parameters: impl Into<String>) -> Self {
        Self {
            product: product.into(),
            kind: launch(),
            parameters: parameters.into(),
            description: None,
            status: ConstraintStatus::Available,
            looks: 0,
            next: None,
            fails: false,
            lag: Lag::default(),
        }
    }
}

/// `Status` of a constraint.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConstraintStatus {
    /// It is in effect.
    #[default]
    Available,
    /// Created or updated, and not in effect yet.
    Creating,
    /// Creating or updating it failed.
    Failed,
}

impl ConstraintStatus {
    /// The word of the API.
    pub(in crate::sandbox) fn word(self) -> &'static str {
        match self {
            Self::Available => "AVAILABLE",
            Self::Creating => "CREATING",
            Self::Failed => "FAILED",
        }
    }
}
