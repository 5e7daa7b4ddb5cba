//! Switches for unproven behaviour in accounts that receive portfolios. See [`Unproven`](super::Unproven).

use serde::{Deserialize, Serialize};

/// `AcceptPortfolioShare` with `AWS_ORGANIZATIONS`, after the account rejected the share.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectedShare {
    /// The account has the portfolio again.
    #[default]
    ComesBack,
    /// `ResourceNotFoundException`. Only the owner can create the share anew.
    Gone,
}

/// The error for a role, user or group that is not in the account. AWS documents no code for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingPrincipal {
    /// `InvalidParametersException`
    #[default]
    Invalid,
    /// `ResourceNotFoundException`
    NotFound,
}

/// A recipient's own patterns on an imported portfolio.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportPatterns {
    /// Accepted.
    #[default]
    Allowed,
    /// `InvalidParametersException`
    Refused,
}

/// Patterns that a share with `SharePrincipals` brings along.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SharedPatterns {
    /// They count: at most ten patterns in total.
    #[default]
    Count,
    /// They don't count: at most ten of the recipient's own.
    DontCount,
}

/// A recipient's principals on an imported portfolio, when the share ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportPrincipals {
    /// They are dropped.
    #[default]
    Dropped,
    /// They are back when the portfolio is shared again.
    Kept,
}

/// Imported products in a local portfolio, when their share ends. AWS documents only the case that the owner takes the
/// product out of the shared portfolio: then it disappears.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductsOfShare {
    /// They stay, with their constraints.
    #[default]
    Stay,
    /// They disappear, with their constraints.
    Leave,
}

/// Constraints of the source portfolio in `ListConstraintsForPortfolio` of a local portfolio. AWS's documentation says
/// both that they are listed and that they are not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InheritedConstraints {
    /// They are not listed.
    #[default]
    Hidden,
    /// They are listed, with the id of the source portfolio.
    WithSource,
    /// They are listed, with the id of the local portfolio. Only `Owner` tells them apart from the local ones.
    WithLocal,
}

/// A launch constraint whose role is not in the account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingRole {
    /// `InvalidParametersException`
    #[default]
    Refused,
    /// The constraint ends `FAILED`.
    Fails,
    /// The role is not checked.
    Taken,
}

/// `Active` and `Guidance` of copied versions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyCarries {
    /// As in the source.
    #[default]
    Both,
    /// Active, with the default guidance.
    Neither,
}

/// `DeletePortfolio` for a portfolio with tag options.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagOptions {
    /// `ResourceInUseException`
    #[default]
    Block,
    /// The portfolio is deleted.
    Go,
}
