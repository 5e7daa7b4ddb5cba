//! Switches for the behaviour of AWS that no source proves. Each value is one way that AWS may behave; the first is
//! what the sandbox does unless the world says otherwise. A client that is right has to be right under all of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    CopyCarries, ImportPatterns, ImportPrincipals, InheritedConstraints, MissingPrincipal, MissingRole,
    ProductsOfShare, RejectedShare, SharedPatterns, TagOptions, is_default,
};

/// One switch for each thing that is not proven.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Unproven {
    /// Whether the changes to a procurement policy must hold `Configuration`.
    #[serde(skip_serializing_if = "is_default")]
    pub configuration: Configuration,
    /// When `UpdateProcurementPolicy` may change whether users can request products.
    #[serde(skip_serializing_if = "is_default")]
    pub requests_change: RequestsChange,
    /// When the revision of an experience moves.
    #[serde(skip_serializing_if = "is_default")]
    pub experience_revision: ExperienceRevision,
    /// What becomes of a change set that holds a product of `refused_products`.
    #[serde(skip_serializing_if = "is_default")]
    pub refused_product: RefusedProduct,
    /// A seed for the order in which the changes of a set take effect. Left out: the order of the list.
    #[serde(skip_serializing_if = "is_default")]
    pub change_order: Option<u64>,
    /// How many times `DescribeChangeSet` answers `ResourceNotFoundException` for a set that was just started.
    #[serde(skip_serializing_if = "is_default")]
    pub change_set_unseen: u32,
    /// How many looks a change set that is under way has had before `ListChangeSets` lists it.
    #[serde(skip_serializing_if = "is_default")]
    pub change_set_unlisted: u32,
    /// For how many requests an experience that a change set has made is neither listed nor described.
    #[serde(skip_serializing_if = "is_default")]
    pub new_experience_unseen: u32,
    /// What `BatchDescribeEntities` answers.
    #[serde(skip_serializing_if = "is_default")]
    pub batch_describe: BatchDescribe,
    /// What `Account.Paths` and `OrganizationalUnit.Path` hold.
    #[serde(skip_serializing_if = "is_default")]
    pub paths: Paths,
    /// Whether `DescribePortfolioShares` lists what inherits a share.
    #[serde(skip_serializing_if = "is_default")]
    pub inherited_rows: InheritedRows,
    /// What `ListPortfolioAccess` with `OrganizationParentId` lists.
    #[serde(skip_serializing_if = "is_default")]
    pub access_below: AccessBelow,
    /// How a share action ends that reached no account at all.
    #[serde(skip_serializing_if = "is_default")]
    pub nothing_reached: NothingReached,
    /// What `AcceptPortfolioShare` answers for a share that was accepted before.
    #[serde(skip_serializing_if = "is_default")]
    pub accept_again: AcceptAgain,
    /// What `AcceptPortfolioShare` does with a share of the organization that the account rejected.
    #[serde(skip_serializing_if = "is_default")]
    pub rejected_share: RejectedShare,
    /// The code for a principal that is not in the account.
    #[serde(skip_serializing_if = "is_default")]
    pub missing_principal: MissingPrincipal,
    /// Whether an account can put patterns on a portfolio that it imported.
    #[serde(skip_serializing_if = "is_default")]
    pub import_patterns: ImportPatterns,
    /// Whether patterns that come with a share count towards an account's ten.
    #[serde(skip_serializing_if = "is_default")]
    pub shared_patterns: SharedPatterns,
    /// What becomes of an account's principals on an import when the share goes.
    #[serde(skip_serializing_if = "is_default")]
    pub import_principals: ImportPrincipals,
    /// What becomes of products in local portfolios when the share that they came by goes.
    #[serde(skip_serializing_if = "is_default")]
    pub products_of_share: ProductsOfShare,
    /// Whether a local portfolio lists the constraints that its products have in the portfolio that they come from.
    #[serde(skip_serializing_if = "is_default")]
    pub inherited_constraints: InheritedConstraints,
    /// What becomes of a launch constraint whose role is not in the account.
    #[serde(skip_serializing_if = "is_default")]
    pub missing_role: MissingRole,
    /// What copies of versions have of `Active` and `Guidance`.
    #[serde(skip_serializing_if = "is_default")]
    pub copy_carries: CopyCarries,
    /// Whether a portfolio with tag options can be deleted.
    #[serde(skip_serializing_if = "is_default")]
    pub tag_options: TagOptions,
    /// How many requests with idempotency tokens an account and region remembers. Left out: 300.
    #[serde(skip_serializing_if = "is_default")]
    pub tokens_kept: Option<u64>,
}

/// `Configuration` of `CreateProcurementPolicy` and `UpdateProcurementPolicy`. AWS's published schemas require it;
/// its prose example leaves it out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Configuration {
    /// A change without it is refused.
    #[default]
    Required,
    /// It may be left out; a policy made so takes requests.
    Optional,
}

/// When the `Configuration` of a policy can be changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestsChange {
    /// At any time.
    #[default]
    Always,
    /// While the experience is enabled, as an older text of AWS's says. Otherwise the change set fails.
    WhileEnabled,
}

/// When the revision of an experience (`exp-…@5`) moves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExperienceRevision {
    /// With every change to it, and to its policy, branding or audience.
    #[default]
    MovesWithParts,
    /// With a change to its own document only. Making a policy or a branding is one: the document lists their ids.
    MovesAlone,
}

/// What becomes of a change set that holds a product that AWS does not take.
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

/// What `BatchDescribeEntities` answers. No public program is known to use it for the entities of a private
/// marketplace.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BatchDescribe {
    /// The call is refused for these entity types (`Experience`, `ProcurementPolicy` …), globs.
    #[serde(skip_serializing_if = "is_default")]
    pub refuses: Vec<String>,
    /// These ids, globs, are in the answer neither as details nor as errors.
    #[serde(skip_serializing_if = "is_default")]
    pub leaves_out: Vec<String>,
    /// These ids, globs, come back as an error with this code.
    #[serde(skip_serializing_if = "is_default")]
    pub errors: BTreeMap<String, String>,
}

/// `Account.Paths` and `OrganizationalUnit.Path`. The pattern of AWS's model allows each of these ways; no answer that
/// holds one was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paths {
    /// From the organization down to the account or unit itself: `o-…/r-…/ou-…/111111111111/`.
    #[default]
    ToItself,
    /// From the organization down to what the account or unit is in: `o-…/r-…/ou-…/`.
    ToParent,
    /// The fields are left out, as in answers of before they were added.
    LeftOut,
}

/// Rows of `DescribePortfolioShares` beside those of the shares themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InheritedRows {
    /// There are none.
    #[default]
    None,
    /// `ORGANIZATION_MEMBER_ACCOUNT` rows for the accounts that a share with a node reaches.
    Members,
    /// `ORGANIZATIONAL_UNIT` rows for the units below a node that is shared with.
    Units,
    /// Both.
    MembersAndUnits,
}

/// The accounts that `ListPortfolioAccess` lists for a node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessBelow {
    /// Those below the node that the share with this very node reaches.
    #[default]
    ThroughShare,
    /// Those below the node that any share through the organization reaches.
    AnyShare,
}

/// The end of a share action that reached no account although there are some.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NothingReached {
    /// `COMPLETED_WITH_ERRORS`, and the share stands.
    #[default]
    CompletedWithErrors,
    /// `ERROR`, and there is no share.
    Error,
}

/// A share that is accepted once more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AcceptAgain {
    /// Nothing happens, without an error.
    #[default]
    Works,
    /// `InvalidParametersException`.
    Refused,
}
