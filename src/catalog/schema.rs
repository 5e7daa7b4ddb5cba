//! The format of the catalog's files: each key with its type and its meaning. `read` reads the files by these
//! records, and `json_schema` shows them to editors.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::model::desired::OuRef;
use crate::model::id::{AccountId, ExperienceId, Name, OrganizationId, PortfolioId, ProductId, Region};

use super::local::LocalPortfolio;
use super::principal::Principal;
use super::read::{At, List, Map, Value, text};
use super::record::{Given, Required, record};
use super::report::Report;
use super::scalar::{Count, Day, RequiredField, UnlistedProducts, UnlistedShares, Version, WantedStatus};
use super::text::{Color, ExternalId, RoleTemplate, Text, WebAddress};
use super::yaml::{Content, Node};

record! {
    /// Organizations, access and safety: `settings.yaml`.
    Settings: "the settings" {
        /// The version of the format: 1.
        version: Required<Version>,
        /// The AWS organizations, by the names that the other files use.
        organizations: Required<Map<Organization>>,
        /// How to get into the accounts. Without it the starting credentials serve as they are.
        access: Option<Given<Access>>,
        /// Where portfolios live unless their file says otherwise.
        regions: Option<Given<List<Region>>>,
        /// Limits.
        safety: Option<Given<Safety>>,
        /// What every entry has to say.
        require: Option<Given<Require>>,
    }
}

record! {
    /// An AWS organization.
    Organization: "an organization" {
        /// Its id in AWS, such as o-a1b2c3d4e5.
        id: Required<OrganizationId>,
        /// Owns the portfolios: the management account or a delegated administrator of Service Catalog.
        service_catalog_account: Option<Given<AccountId>>,
        /// Owns the experiences: the management account or a delegated administrator of Private Marketplace.
        marketplace_account: Option<Given<AccountId>>,
        /// Overrides the catalog's `access`, field by field.
        access: Option<Given<Access>>,
    }
}

record! {
    /// How to get into an account.
    #[schemars(extend("anyOf" = [
        {"required": ["shared_role"], "properties": {"shared_role": {"const": true}}},
        {"properties": {"role": {"pattern": r"\{mode\}"}, "through": {"pattern": r"\{mode\}"}}},
    ]))]
    Access: "`access`" {
        /// The role to be in each account: an ARN in which `{account}` and `{mode}` (plan or apply) are put in.
        role: Option<Given<RoleTemplate>>,
        /// A role to assume first, `role` then from it.
        through: Option<Given<RoleTemplate>>,
        /// Sent when a role is assumed from another role.
        external_id: Option<Given<ExternalId>>,
        /// The audience of the OIDC token. Default sts.amazonaws.com.
        audience: Option<Given<Text<255>>>,
        /// Allows a `role` or `through` without `{mode}`: pull requests are then planned with a role that can write.
        /// Counts in a pull request only where its base says it too. Default false.
        shared_role: Option<Given<bool>>,
    }
}

record! {
    /// Limits that stop a plan which goes too far.
    Safety: "`safety`" {
        /// A plan that removes or denies more than this needs --allow-removals. Default 20. One number for all together,
        /// or one for portfolios and one for product lists.
        max_removals: Option<Given<MaxRemovals>>,
    }
}

record! {
    /// Limits by kind.
    RemovalsByKind: "`max_removals`" {
        /// How many shares a plan may take away. Default 20.
        portfolios: Option<Given<Count>>,
        /// How many products a plan may deny. Default 20.
        marketplace: Option<Given<Count>>,
    }
}

record! {
    /// Fields that every entry has to have.
    Require: "`require`" {
        /// In every entry of `approved` and `rejected`.
        products: Option<Given<List<RequiredField>>>,
        /// In every entry of `shares`.
        shares: Option<Given<List<RequiredField>>>,
    }
}

record! {
    /// A Service Catalog portfolio and with whom it is shared: `portfolios/NAME.yaml`.
    #[schemars(extend(
        "oneOf" = [{"required": ["portfolio"]}, {"required": ["id"]}],
        "dependencies" = {"id": {"properties": {"regions": {"maxItems": 1}}}},
    ))]
    #[expect(clippy::struct_field_names, reason = "the field is the key in the file")]
    Portfolio: "a portfolio" {
        /// Its display name in the owning account.
        portfolio: Option<Given<Text<100>>>,
        /// Its id, in place of its name; then it lives in one region.
        id: Option<Given<PortfolioId>>,
        /// Whose it is. May be left out where only one organization has a service_catalog_account.
        organization: Option<Given<Name>>,
        /// Where it lives. Default: the regions of the settings.
        #[schemars(extend("minItems" = 1, "maxItems" = 100))]
        regions: Option<Given<List<Region>>>,
        /// With whom it is shared. The whole truth: a live share that is not listed is removed.
        shares: Required<List<Share>>,
        /// What becomes of live shares that are not listed: `remove` (default) or `keep`.
        unlisted_shares: Option<Given<UnlistedShares>>,
        /// Receivers whose live shares are left alone, on whatever terms they are.
        ignore: Option<Given<List<IgnoredShare>>>,
        /// What happens inside the accounts that receive it. The nearest entry wins: an account's, then that of the
        /// nearest unit, then the organization's.
        recipients: Option<Given<List<Recipients>>>,
    }
}

record! {
    /// What happens inside some of the accounts that receive the portfolio: the share is accepted there, and the
    /// principals may launch. Accounts under no entry are left to their own administrators.
    #[schemars(extend(
        "oneOf" = [{"required": ["account"]}, {"required": ["ou"]}, {"required": ["organization"]}],
        "dependencies" = {"except": {"not": {"required": ["account"]}}},
    ))]
    Recipients: "an entry of `recipients`" {
        /// This account.
        account: Option<Given<AccountId>>,
        /// The active accounts below this organizational unit: names from the root down, or an ou-… id.
        ou: Option<Given<OuRef>>,
        /// The active accounts of the organization, by its name in the settings.
        organization: Option<Given<Name>>,
        /// But not these accounts. An entry further up may still cover them.
        except: Option<Given<List<AccountId>>>,
        /// A portfolio of the account's own that holds what it receives.
        local_portfolio: Option<Given<LocalPortfolio>>,
        /// Who may launch: from the local portfolio where there is one, else from the imported one. The whole truth: whoever
        /// else may is taken off.
        principals: Option<Given<List<Principal>>>,
    }
}

record! {
    /// A receiver whose live shares are left alone: an account, an organizational unit or the organization.
    #[schemars(extend("oneOf" = [{"required": ["account"]}, {"required": ["ou"]}, {"required": ["organization"]}]))]
    IgnoredShare: "an entry of `ignore`" {
        /// This account, shared with by itself or as a member of the organization.
        account: Option<Given<AccountId>>,
        /// This organizational unit: names from the root down, or an ou-… id.
        ou: Option<Given<OuRef>>,
        /// The organization, by its name in the settings.
        organization: Option<Given<Name>>,
    }
}

record! {
    /// A share of the portfolio: with an account, an organizational unit or the organization.
    #[schemars(extend(
        "oneOf" = [{"required": ["account"]}, {"required": ["ou"]}, {"required": ["organization"]}],
        "dependencies" = {"principals": {"not": {"required": ["account"]}}, "through_organization": ["account"]},
    ))]
    Share: "a share" {
        /// With this account.
        account: Option<Given<AccountId>>,
        /// Share with the account as a member of the organization: it arrives accepted. Default false.
        through_organization: Option<Given<bool>>,
        /// With the accounts below this organizational unit: names from the root down, or an ou-… id.
        ou: Option<Given<OuRef>>,
        /// With everyone in the organization, by its name in the settings.
        organization: Option<Given<Name>>,
        /// Whether TagOptions are shared. Default false.
        tag_options: Option<Given<bool>>,
        /// Whether principals are shared by name; only with an OU or the organization. Default false.
        principals: Option<Given<bool>>,
        /// For people, such as a ticket: shown in plans.
        notes: Option<Given<Text<500>>>,
        /// The last day (UTC) the entry counts; from the day after it counts as not listed.
        until: Option<Given<Day>>,
    }
}

record! {
    /// A product list and the experiences it governs: `marketplace/NAME.yaml`.
    #[schemars(extend("dependencies" = {"mirror": {"not": {"anyOf": [
        {"required": ["include"]}, {"required": ["approved"]}, {"required": ["rejected"]},
    ]}}}))]
    Marketplace: "a product list" {
        /// A live experience that the experiences below follow, in place of `include`, `approved` and `rejected`.
        mirror: Option<Given<Mirror>>,
        /// Other product lists, by their file names. Own entries win over included ones.
        include: Option<Given<List<Name>>>,
        /// The products that can be bought.
        approved: Option<Given<List<Product>>>,
        /// The products that can't be bought.
        rejected: Option<Given<List<Product>>>,
        /// What a live approved product becomes that is in neither list, or is not approved in the mirrored experience:
        /// `deny` (default) or `keep`.
        unlisted: Option<Given<UnlistedProducts>>,
        /// Products that are left alone, on whatever list they are. Included like other entries.
        ignore: Option<Given<List<IgnoredProduct>>>,
        /// The experiences that the list governs. Without any it only serves to be included.
        experiences: Option<Given<List<Experience>>>,
    }
}

record! {
    /// An experience that people curate in the console. What is approved and denied in it counts as listed here.
    #[schemars(extend("oneOf" = [{"required": ["id"]}, {"required": ["name"]}]))]
    Mirror: "`mirror`" {
        /// The organization, by its name in the settings.
        organization: Required<Name>,
        /// The experience's id.
        id: Option<Given<ExperienceId>>,
        /// The experience's name, in place of its id. It has to be unique among the organization's experiences that are
        /// not archived.
        name: Option<Given<Text<500>>>,
    }
}

record! {
    /// A product in long form.
    ProductEntry: "a product" {
        /// Its id: prod-… or a UUID.
        id: Required<ProductId>,
        /// Its name, for people: shown wherever the id is.
        name: Option<Given<Text<500>>>,
        /// Sent with the change, such as a ticket: at most 50 characters.
        #[schemars(extend("maxLength" = 50))]
        notes: Option<Given<Text<2000>>>,
        /// The last day (UTC) the entry counts; from the day after the product counts as not listed, whatever an
        /// included list says.
        until: Option<Given<Day>>,
    }
}

record! {
    /// Which experiences of an organization the list governs.
    #[schemars(extend(
        "oneOf" = [{"required": ["id"]}, {"required": ["name"]}, {"required": ["all_live"]}],
        "dependencies" = {
            "except": ["all_live"],
            "all_live": {"not": {"anyOf": [
                {"required": ["create"]}, {"required": ["description"]}, {"required": ["status"]},
                {"required": ["audience"]},
            ]}},
        },
        "if" = {"required": ["create"], "properties": {"create": {"const": true}}},
        "then" = {"required": ["name"], "properties": {"name": {"pattern": "^[A-Za-z0-9 _-]{1,50}$"}}},
    ))]
    Experience: "an entry of `experiences`" {
        /// The organization, by its name in the settings.
        organization: Required<Name>,
        /// The experience's id.
        id: Option<Given<ExperienceId>>,
        /// The experience's name, in place of its id. It has to be unique among the organization's experiences that are
        /// not archived.
        name: Option<Given<Text<500>>>,
        /// Every enabled, unarchived experience of the organization.
        #[schemars(extend("const" = true))]
        all_live: Option<Given<bool>>,
        /// With all_live: but not these.
        except: Option<Given<List<ExperienceId>>>,
        /// Whether an experience of the name is made where there is none. Default false.
        create: Option<Given<bool>>,
        /// What it is for. Left out: not managed.
        description: Option<Given<Text<255>>>,
        /// Whether it governs anyone: `enabled`, `disabled` or `archived`. Left out: not managed.
        status: Option<Given<WantedStatus>>,
        /// Whether users may ask for products that are not approved. Left out: not managed.
        user_requests: Option<Given<bool>>,
        /// Whom it governs. The whole truth: whoever else it governs leaves it. Left out: not managed.
        audience: Option<Given<List<AudienceEntry>>>,
        /// How it looks. Left out: not managed.
        branding: Option<Given<Branding>>,
    }
}

record! {
    /// Whom an experience governs: an account, an organizational unit or the organization.
    #[schemars(extend("oneOf" = [{"required": ["account"]}, {"required": ["ou"]}, {"required": ["organization"]}]))]
    AudienceEntry: "an entry of `audience`" {
        /// This account.
        account: Option<Given<AccountId>>,
        /// The accounts below this organizational unit: names from the root down, or an ou-… id.
        ou: Option<Given<OuRef>>,
        /// The accounts of the organization, by its name in the settings.
        organization: Option<Given<Name>>,
    }
}

record! {
    /// How an experience looks. Keys that are left out are not managed.
    #[schemars(extend("minProperties" = 1))]
    Branding: "`branding`" {
        /// At most 50 characters.
        title: Option<Given<Text<50>>>,
        /// At most 1,000 characters, such as where to ask for more products.
        information: Option<Given<Text<1000>>>,
        /// `#` and six digits from 0 to f.
        theme_color: Option<Given<Color>>,
        /// A png or svg of up to 500 kB. AWS makes a copy of it: sent again where this address changes.
        logo_url: Option<Given<WebAddress>>,
    }
}

/// One limit for all kinds together, or a limit for each kind.
#[derive(Debug)]
pub(super) enum MaxRemovals {
    Together(Count),
    ByKind(RemovalsByKind),
}

impl Value for MaxRemovals {
    fn read(node: &Node<'_>, name: &str, report: &mut Report) -> Option<Self> {
        match node.content {
            Content::Mapping(_) => RemovalsByKind::read(node, name, report).map(Self::ByKind),
            Content::Scalar { text: _, plain: _ } | Content::Sequence(_) | Content::Lost => {
                text(node, name, report).map(Self::Together)
            }
        }
    }
}

impl JsonSchema for MaxRemovals {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "MaxRemovals".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [Count::json_schema(generator), generator.subschema_for::<RemovalsByKind>()]})
    }
}

/// A product, in long or short form.
#[derive(Debug)]
pub(super) struct Product {
    pub(super) id: At<ProductId>,
    pub(super) name: Option<Given<Text<500>>>,
    pub(super) notes: Option<Given<Text<2000>>>,
    pub(super) until: Option<Given<Day>>,
}

impl Value for Product {
    fn read(node: &Node<'_>, name: &str, report: &mut Report) -> Option<Self> {
        if let Content::Scalar { text: _, plain: _ } = node.content {
            let id = At { value: text(node, name, report)?, place: node.place };
            return Some(Self { id, name: None, notes: None, until: None });
        }
        let ProductEntry { id, name, notes, until } = ProductEntry::read(node, name, report)?;
        Some(Self { id: id.0?, name, notes, until })
    }
}

impl JsonSchema for Product {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Product".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [ProductId::json_schema(generator), generator.subschema_for::<ProductEntry>()]})
    }
}

/// A product under `ignore`, given only by its id.
#[derive(Debug)]
pub(super) struct IgnoredProduct(pub(super) Product);

impl Value for IgnoredProduct {
    fn read(node: &Node<'_>, name: &str, report: &mut Report) -> Option<Self> {
        let id = At { value: text(node, name, report)?, place: node.place };
        Some(Self(Product { id, name: None, notes: None, until: None }))
    }
}

impl JsonSchema for IgnoredProduct {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "IgnoredProduct".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        ProductId::json_schema(generator)
    }
}
