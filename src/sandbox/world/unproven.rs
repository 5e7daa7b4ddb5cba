//! Switches for behaviour of AWS that no source proves. Each value is one possible behaviour, and the first is the
//! sandbox's default. A correct client works under all of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    CopyCarries, ImportPatterns, ImportPrincipals, InheritedConstraints, MissingPrincipal, MissingRole,
    ProductsOfShare, RejectedShare, SharedPatterns, TagOptions, is_default,
};

/// The switches, one for each open question.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Unproven {
    /// Whether changes to a procurement policy must have `Configuration`.
    #[serde(skip_serializing_if = "is_default")]
    pub configuration: Configuration,
    /// When `UpdateProcurementPolicy` may change whether users can request products.
    #[serde(skip_serializing_if = "is_default")]
    pub requests_change: RequestsChange,
    /// When the revision of an experience moves.
    #[serde(skip_serializing_if = "is_default")]
    pub experience_revision: ExperienceRevision,
    /// The effect of a product in `refused_products` on a change set.
    #[serde(skip_serializing_if = "is_default")]
    pub refused_product: RefusedProduct,
    /// A seed for the order in which the changes of a set take effect. If left out, the order of the list.
    #[serde(skip_serializing_if = "is_default")]
    pub change_order: Option<u64>,
    /// How many times `DescribeChangeSet` answers `ResourceNotFoundException` for a new set.
    #[serde(skip_serializing_if = "is_default")]
    pub change_set_unseen: u32,
    /// After how many steps `ListChangeSets` lists a pending change set.
    #[serde(skip_serializing_if = "is_default")]
    pub change_set_unlisted: u32,
    /// For how many requests a new experience is neither listed nor described.
    #[serde(skip_serializing_if = "is_default")]
    pub new_experience_unseen: u32,
    /// The behaviour of `BatchDescribeEntities`.
    #[serde(skip_serializing_if = "is_default")]
    pub batch_describe: BatchDescribe,
    /// The value of `Account.Paths` and `OrganizationalUnit.Path`.
    #[serde(skip_serializing_if = "is_default")]
    pub paths: Paths,
    /// Whether `DescribePortfolioShares` lists accounts and OUs that inherit a share.
    #[serde(skip_serializing_if = "is_default")]
    pub inherited_rows: InheritedRows,
    /// The accounts that `ListPortfolioAccess` with `OrganizationParentId` lists.
    #[serde(skip_serializing_if = "is_default")]
    pub access_below: AccessBelow,
    /// The end of a share action that reached no account.
    #[serde(skip_serializing_if = "is_default")]
    pub nothing_reached: NothingReached,
    /// The answer of `AcceptPortfolioShare` for a share that was accepted before.
    #[serde(skip_serializing_if = "is_default")]
    pub accept_again: AcceptAgain,
    /// The effect of `AcceptPortfolioShare` on a share through the organization that the account rejected.
    #[serde(skip_serializing_if = "is_default")]
    pub rejected_share: RejectedShare,
    /// The error code for a principal that is not in the account.
    #[serde(skip_serializing_if = "is_default")]
    pub missing_principal: MissingPrincipal,
    /// Whether an account can associate patterns with an imported portfolio.
    #[serde(skip_serializing_if = "is_default")]
    pub import_patterns: ImportPatterns,
    /// Whether patterns that come with a share count towards the recipient's quota of ten.
    #[serde(skip_serializing_if = "is_default")]
    pub shared_patterns: SharedPatterns,
    /// Whether a recipient's principals on an imported portfolio survive the end of the share.
    #[serde(skip_serializing_if = "is_default")]
    pub import_principals: ImportPrincipals,
    /// Whether products in local portfolios survive the end of the share that they came with.
    #[serde(skip_serializing_if = "is_default")]
    pub products_of_share: ProductsOfShare,
    /// Whether a local portfolio lists the constraints that its products have in the source portfolio.
    #[serde(skip_serializing_if = "is_default")]
    pub inherited_constraints: InheritedConstraints,
    /// The effect of a missing role on a launch constraint.
    #[serde(skip_serializing_if = "is_default")]
    pub missing_role: MissingRole,
    /// Whether copied versions keep `Active` and `Guidance`.
    #[serde(skip_serializing_if = "is_default")]
    pub copy_carries: CopyCarries,
    /// Whether a portfolio with tag options can be deleted.
    #[serde(skip_serializing_if = "is_default")]
    pub tag_options: TagOptions,
    /// How many idempotency tokens an account and region keeps. If left out, 300.
    #[serde(skip_serializing_if = "is_default")]
    pub tokens_kept: Option<u64>,
}

/// `Configuration` of `CreateProcurementPolicy` and `UpdateProcurementPolicy`. AWS's published schemas require it;
/// its prose example leaves it out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Configuration {
    /// A change without `Configuration` is refused.
    #[default]
    Required,
    /// `Configuration` may be left out. A policy created without it allows requests.
    Optional,
}

/// When the `Configuration` of a policy can be changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestsChange {
    /// At any time.
    #[default]
    Always,
    /// Only while the experience is enabled, as an older text of AWS's says. Otherwise the change set fails.
    WhileEnabled,
}

/// When the revision of an experience (`exp-…@5`) moves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExperienceRevision {
    /// With every change to the experience, its policy, its branding or its audience.
    #[default]
    MovesWithParts,
    /// Only with a change to its own document. Creating a policy or branding is one, because the document lists their
    /// ids.
    MovesAlone,
}

/// The effect of a refused product on a change set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusedProduct {
    /// The whole set fails, and the error names the product.
    #[default]
    FailsSet,
    /// The whole set fails, and the error names no product.
    FailsSetUnnamed,
    /// `StartChangeSet` is refused with a `ValidationException` that names the product.
    RefusedAtStart,
    /// The set succeeds without the product. An error in its `ErrorDetailList` names the product.
    SkipsProduct,
    /// The set succeeds without the product, and no error says so.
    SkipsProductSilently,
}

/// The behaviour of `BatchDescribeEntities`. No public program is known to use it for the entities of a private
/// marketplace.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BatchDescribe {
    /// Globs of entity types (`Experience`, `ProcurementPolicy` …) for which the call is refused.
    #[serde(skip_serializing_if = "is_default")]
    pub refuses: Vec<String>,
    /// Globs of ids that are missing from the answer, without an error.
    #[serde(skip_serializing_if = "is_default")]
    pub leaves_out: Vec<String>,
    /// Globs of ids that come back as an error, with the error's code.
    #[serde(skip_serializing_if = "is_default")]
    pub errors: BTreeMap<String, String>,
}

/// `Account.Paths` and `OrganizationalUnit.Path`. The pattern in AWS's API model allows each of these. No example
/// answer with the fields was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paths {
    /// From the organization down to the account or unit itself: `o-…/r-…/ou-…/111111111111/`.
    #[default]
    ToItself,
    /// From the organization down to the parent of the account or OU: `o-…/r-…/ou-…/`.
    ToParent,
    /// The fields are missing, as in answers from before AWS added them.
    LeftOut,
}

/// Rows of `DescribePortfolioShares` for accounts and OUs that only inherit a share.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InheritedRows {
    /// No such rows.
    #[default]
    None,
    /// `ORGANIZATION_MEMBER_ACCOUNT` rows for the accounts that a share with a node reaches.
    Members,
    /// `ORGANIZATIONAL_UNIT` rows for the OUs below a shared node.
    Units,
    /// Both.
    MembersAndUnits,
}

/// The accounts that `ListPortfolioAccess` lists for a node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessBelow {
    /// Accounts that the share with this very node reaches.
    #[default]
    ThroughShare,
    /// Accounts below the node that any share through the organization reaches.
    AnyShare,
}

/// The end of a share action that failed for every account below the node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NothingReached {
    /// `COMPLETED_WITH_ERRORS`, and the share exists.
    #[default]
    CompletedWithErrors,
    /// `ERROR`, and the share does not exist.
    Error,
}

/// `AcceptPortfolioShare` for a share that was accepted before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AcceptAgain {
    /// No effect and no error.
    #[default]
    Works,
    /// `InvalidParametersException`.
    Refused,
}
