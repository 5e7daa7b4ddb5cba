//! Switches for what no source proves about the accounts that receive portfolios. See [`Unproven`](super::Unproven).

use serde::{Deserialize, Serialize};

/// A share of the organization that the account rejected, and then accepts with `AWS_ORGANIZATIONS`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectedShare {
    /// It is there again.
    #[default]
    ComesBack,
    /// `ResourceNotFoundException`: only the owner can make it anew.
    Gone,
}

/// A role, a user or a group that is not in the account. AWS publishes no code for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingPrincipal {
    /// `InvalidParametersException`
    #[default]
    Invalid,
    /// `ResourceNotFoundException`
    NotFound,
}

/// A pattern of the account's own on a portfolio that it imported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportPatterns {
    /// It is taken.
    #[default]
    Allowed,
    /// `InvalidParametersException`
    Refused,
}

/// Patterns that come with a share that has `SharePrincipals`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SharedPatterns {
    /// They count: ten are the most that the list may show.
    #[default]
    Count,
    /// The account has ten of its own beside them.
    DontCount,
}

/// Principals that an account put on an import, when the share goes away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportPrincipals {
    /// They go with it.
    #[default]
    Dropped,
    /// They are there again when the portfolio is shared again.
    Kept,
}
