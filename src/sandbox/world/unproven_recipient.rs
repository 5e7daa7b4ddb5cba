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

/// Products that an account put into a portfolio of its own, when the share that they came by goes. AWS's documentation
/// tells only of a product that the owner takes out of the portfolio: it goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductsOfShare {
    /// They stay, with their constraints.
    #[default]
    Stay,
    /// They go, with their constraints.
    Leave,
}

/// Constraints of the portfolio that a product comes from, in `ListConstraintsForPortfolio` of a local portfolio. AWS's
/// documentation says both that they are there and that they are not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InheritedConstraints {
    /// They are not listed.
    #[default]
    Hidden,
    /// They are, with the id of the portfolio that they are from.
    WithSource,
    /// They are, with the id of the local portfolio. Only the owner tells them apart.
    WithLocal,
}

/// A launch constraint whose role the account does not have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingRole {
    /// `InvalidParametersException`
    #[default]
    Refused,
    /// It ends `FAILED`.
    Fails,
    /// Nobody looks.
    Taken,
}

/// `Active` and `Guidance` of versions that are copied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyCarries {
    /// They are those of the source.
    #[default]
    Both,
    /// Copies are active and without guidance.
    Neither,
}

/// `DeletePortfolio` where the portfolio has tag options.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagOptions {
    /// `ResourceInUseException`
    #[default]
    Block,
    /// It works.
    Go,
}
