//! The `local_portfolio` of a recipient in the catalog's files.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::code::Code;
use super::read::{At, List, Scalar, Value, text, wrong_type};
use super::record::{Given, Required, record};
use super::report::Report;
use super::scalar::{CopyOrReference, UnlistedShares, scalars};
use super::text::Text;
use super::yaml::{Content, Node};
use crate::model::id::AccountId;
use crate::model::local::LaunchRole;

record! {
    /// A portfolio of the account's own that holds what it receives. It is made where it is missing, carries the tag
    /// `catalog-sync` with this file's name, and is brought exactly to what stands here.
    LocalPortfolio: "a local portfolio" {
        /// Its display name. Left out: that of the shared portfolio.
        name: Option<Given<Text<100>>>,
        /// Who provides it, for the people in the account: AWS wants one.
        provider: Required<Text<50>>,
        /// What it is, for the people in the account. Left out: it is left as it is.
        description: Option<Given<Text<2000>>>,
        /// Which products of the shared portfolio are in it: `all` (default) or a list of their names.
        products: Option<Given<Products>>,
        /// What becomes of products that the account's administrator added: `keep` (default) or `remove`.
        unlisted_products: Option<Given<UnlistedShares>>,
        /// Whether a portfolio of that name without the tag is taken over. Default false: it is an error.
        adopt: Option<Given<bool>>,
        /// `reference` (default): the products themselves, which stay in step. `copy`: copies of the account's own, into
        /// which new versions are copied.
        mode: Option<Given<CopyOrReference>>,
        /// Whose rights its products are launched with: the name of a role in the account, or a role's ARN. Left out: those
        /// of whoever launches.
        launch_role: Option<Given<Launcher>>,
    }
}

/// A product's name within AWS's length limit.
pub(super) type ProductName = Text<8191>;

/// The products of the shared portfolio that a local one holds.
#[derive(Debug)]
pub(super) enum Products {
    /// All of them.
    All,
    /// The products with these names.
    Named(List<ProductName>),
}

impl Value for Products {
    fn read(node: &Node<'_>, name: &str, report: &mut Report) -> Option<Self> {
        match &node.content {
            Content::Scalar { text, plain: _ } if text == "all" => Some(Self::All),
            Content::Sequence(items) if items.is_empty() => {
                let help = "name a product, or write `all`; without `local_portfolio` there is no portfolio to fill";
                report.add(Code::NullValue, node.place, format!("{name} is empty"), help);
                None
            }
            Content::Sequence(_) => List::read(node, name, report).map(Self::Named),
            Content::Scalar { text: _, plain: _ } | Content::Mapping(_) | Content::Lost => {
                wrong_type(
                    node,
                    name,
                    "`all` or a list of product names",
                    "write `all`, or each name on a line of its own, beginning with `- `",
                    report,
                );
                None
            }
        }
    }
}

impl JsonSchema for Products {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Products".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let name = ProductName::json_schema(generator);
        json_schema!({"anyOf": [{"enum": ["all"]}, {"type": "array", "items": name, "minItems": 1}]})
    }
}

impl Products {
    /// The listed names.
    pub(super) fn names(&self) -> impl Iterator<Item = &At<ProductName>> {
        let names = match self {
            Self::All => None,
            Self::Named(names) => Some(names),
        };
        names.into_iter().flatten()
    }
}

/// A `launch_role`.
#[derive(Debug, Clone)]
pub(super) struct Launcher(pub(super) LaunchRole);

scalars! {
    Launcher: {"type": ["string", "number"], "pattern": r"^([A-Za-z0-9_+=,.@-]{1,64}|arn:aws[a-z-]*:iam::[0-9]{12}:role/([\x21-\x2e\x30-\x7e]+/)*[A-Za-z0-9_+=,.@-]{1,64})$"};
}

impl Scalar for Launcher {
    const CODE: Code = Code::InvalidId;
    const EXPECTED: &'static str = "the name of a role in the account, or a role's ARN";

    fn parse(text: &str, _plain: bool) -> Result<Self, String> {
        let fits = |name: &str| {
            let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
            (1..=64).contains(&name.len()) && name.bytes().all(is_name)
        };
        if text.starts_with("arn:") {
            let parts: Vec<&str> = text.splitn(6, ':').collect();
            let role = match parts.as_slice() {
                [_, partition, "iam", "", account, role]
                    if partition.starts_with("aws")
                        && partition.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
                        && account.parse::<AccountId>().is_ok() =>
                {
                    role.strip_prefix("role/")
                }
                _ => None,
            };
            let is_role = role.is_some_and(|role| {
                let name = role.rsplit('/').next().unwrap_or(role);
                let is_path = !role.starts_with('/') && !role.contains("//");
                is_path && role.bytes().all(|byte| byte.is_ascii_graphic()) && fits(name)
            });
            let wrong = || "an ARN of a role is `arn:aws:iam::123456789012:role/NAME`".to_owned();
            return is_role.then(|| Self(LaunchRole::Arn(text.to_owned()))).ok_or_else(wrong);
        }
        match text.rsplit_once('/') {
            Some((_, name)) => Err(format!("write `{name}`: a launch role is named without its path")),
            None if fits(text) => Ok(Self(LaunchRole::Name(text.to_owned()))),
            None => Err("a role's name has 1 to 64 letters, digits and `_+=,.@-`".to_owned()),
        }
    }
}
