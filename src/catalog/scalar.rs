//! Reads single values by the wanted type and never by YAML's type rules. So an account id keeps its leading zero,
//! and `1e5` or `0x10` is not a number.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::model::desired::{LocalMode, Unlisted};
use crate::model::experience::ExperienceStatus;
use crate::model::id::{AccountId, ExperienceId, Name, OrganizationId, PortfolioId, Region};

use super::code::Code;
use super::read::{Scalar, Value, text};
use super::region::region_help;
use super::report::{Report, alternatives};
use super::yaml::Node;
use crate::model::spelling::nearest;

/// Implements `Value` and an inline JSON Schema for a scalar.
macro_rules! scalars {
    ($($type:ty: $schema:tt;)*) => {$(
        impl Value for $type {
            fn read(node: &Node<'_>, name: &str, report: &mut Report) -> Option<Self> {
                text(node, name, report)
            }
        }

        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )*};
}

pub(super) use scalars;

scalars! {
    // Editors read an unquoted id as a number and drop its leading zeros, so a shorter number may be valid.
    AccountId: {"type": ["string", "integer"], "pattern": "^[0-9]{12}$", "minimum": 0, "maximum": 999_999_999_999_i64};
    OrganizationId: {"type": "string", "pattern": "^o-[a-z0-9]{10,32}$"};
    PortfolioId: {"type": "string", "pattern": "^port-[A-Za-z0-9_-]{1,95}$"};
    ExperienceId: {"type": "string", "pattern": "^exp-[A-Za-z0-9_-]{1,251}$"};
    Region: {"type": "string", "pattern": r"^(us|eu|ap|sa|ca|me|af|il|mx|cn|us-gov|eusc-de)-(north|south|east|west|central|northeast|northwest|southeast|southwest)-[1-9][0-9]?$"};
    Name: {"type": ["string", "integer"], "pattern": "^[a-z0-9-]{1,100}$"};
    Version: {"enum": [1, "1"]};
    Count: {"type": "integer", "minimum": 0, "maximum": 999_999_999};
    Day: {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"};
    UnlistedShares: {"enum": ["remove", "keep"]};
    UnlistedProducts: {"enum": ["deny", "keep"]};
    CopyOrReference: {"enum": ["reference", "copy"]};
    RequiredField: {"enum": ["notes", "until"]};
    WantedStatus: {"enum": ["enabled", "disabled", "archived"]};
}

macro_rules! ids {
    (usual $type:ident $text:ident) => { true };
    (usual $type:ident $text:ident $usual:ident) => { $type::$usual($text) };
    ($($type:ident $(if $usual:ident)?: $help:expr;)*) => {$(
        impl Scalar for $type {
            const CODE: Code = Code::InvalidId;
            const EXPECTED: &'static str = $type::EXPECTED;

            fn parse(text: &str, _plain: bool) -> Result<Self, String> {
                let help: fn(&str) -> String = $help;
                let is_usual = ids!(usual $type text $($usual)?);
                text.parse().ok().filter(|_| is_usual).ok_or_else(|| help(text))
            }
        }
    )*};
}

ids! {
    AccountId: account_help;
    OrganizationId: |_| "write the id that AWS Organizations shows, such as o-a1b2c3d4e5".to_owned();
    // An id without the usual prefix is most likely a name under the wrong key.
    PortfolioId if is_usual: |_| "write the id that Service Catalog shows, such as port-a1b2c3d4e5f6g; \
        a display name goes under `portfolio`".to_owned();
    ExperienceId if is_usual: |_| "write the id that Private Marketplace shows, such as exp-1234abcd; a name goes under `name`"
        .to_owned();
    Region: region_help;
    Name: name_help;
}

fn account_help(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let others = text.chars().filter(|c| !c.is_ascii_digit()).count();
    match (digits.len(), others) {
        (12, _) => format!("write `\"{digits}\"`, the digits alone"),
        (1, 0) => "this has one digit: write all 12".to_owned(),
        (count @ 2..=11, 0) => format!("this has {count} digits: write all 12, a leading zero too"),
        (count, 0) => format!("this has {count} digits: write 12"),
        _ => "write the 12 digits of the account, such as \"111122223333\"".to_owned(),
    }
}

fn name_help(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let plain: String = lower.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    match plain.parse::<Name>() {
        Ok(name) if text.len() <= 100 => format!("for example `{name}`"),
        _ => "use lower-case letters, digits and hyphens".to_owned(),
    }
}

impl Value for bool {
    fn read(node: &Node<'_>, name: &str, report: &mut Report) -> Option<Self> {
        text(node, name, report)
    }
}

impl Scalar for bool {
    const CODE: Code = Code::InvalidBoolean;
    const EXPECTED: &'static str = "true or false";

    fn parse(text: &str, plain: bool) -> Result<Self, String> {
        let word = text.to_ascii_lowercase();
        match text {
            "true" | "True" | "TRUE" if plain => Ok(true),
            "false" | "False" | "FALSE" if plain => Ok(false),
            _ => Err(match word.as_str() {
                "true" | "false" => format!("write `{word}` without quotes"),
                "yes" | "y" | "on" => "write `true`".to_owned(),
                "no" | "n" | "off" => "write `false`".to_owned(),
                _ => "write `true` or `false`".to_owned(),
            }),
        }
    }
}

/// The version of the format.
#[derive(Debug, Clone, Copy)]
pub(super) struct Version;

impl Scalar for Version {
    const CODE: Code = Code::UnsupportedVersion;
    const EXPECTED: &'static str = "a version of the format that this tool knows";

    fn parse(text: &str, _plain: bool) -> Result<Self, String> {
        if text == "1" { Ok(Self) } else { Err("write `version: 1`, or use a newer catalog-sync".to_owned()) }
    }
}

/// A whole number from 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count(pub(super) usize);

impl Scalar for Count {
    const CODE: Code = Code::InvalidNumber;
    const EXPECTED: &'static str = "a whole number";

    fn parse(text: &str, plain: bool) -> Result<Self, String> {
        let digits = text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
        let leading_zero = text.len() > 1 && text.starts_with('0');
        match text.parse() {
            Ok(_) if !plain => Err(format!("write `{text}` without quotes")),
            Ok(number) if digits && !leading_zero => Ok(Self(number)),
            _ => Err("write digits alone, such as `20`, and at most nine of them".to_owned()),
        }
    }
}

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day(pub(super) jiff::civil::Date);

impl Scalar for Day {
    const CODE: Code = Code::InvalidDate;
    const EXPECTED: &'static str = "a date";

    fn parse(text: &str, _plain: bool) -> Result<Self, String> {
        let year_month_day = text.len() == 10
            && text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
        let date = if year_month_day { text.parse().ok() } else { None };
        date.map(Self).ok_or_else(|| "write year, month and day as in `2027-06-30`".to_owned())
    }
}

/// A type whose value is one of several words.
trait Choice: Sized + 'static {
    const WORDS: &'static [&'static str];
    fn of(word: &str) -> Option<Self>;
}

macro_rules! choices {
    ($($(#[$doc:meta])* $type:ident($inner:ty): $expected:literal { $($word:literal => $value:expr,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub(super) struct $type(pub(super) $inner);

        impl Choice for $type {
            const WORDS: &'static [&'static str] = &[$($word),*];

            fn of(word: &str) -> Option<Self> {
                match word { $($word => Some(Self($value)),)* _ => None }
            }
        }

        impl Scalar for $type {
            const CODE: Code = Code::InvalidChoice;
            const EXPECTED: &'static str = $expected;

            fn parse(text: &str, _plain: bool) -> Result<Self, String> {
                Self::of(text).ok_or_else(|| match nearest(text, Self::WORDS.iter().copied()) {
                    Some(word) => format!("did you mean `{word}`?"),
                    None => format!("write {}", alternatives(Self::WORDS)),
                })
            }
        }
    )*};
}

choices! {
    /// A field that every entry must have.
    RequiredField(&'static str): "`notes` or `until`" { "notes" => "notes", "until" => "until", }
    /// What happens to live shares that are not listed.
    UnlistedShares(Unlisted): "`remove` or `keep`" { "remove" => Unlisted::Remove, "keep" => Unlisted::Keep, }
    /// Whether a local portfolio holds the shared products themselves or copies.
    CopyOrReference(LocalMode): "`reference` or `copy`" { "reference" => LocalMode::Reference, "copy" => LocalMode::Copy, }
    /// The desired status of an experience.
    WantedStatus(ExperienceStatus): "`enabled`, `disabled` or `archived`" {
        "enabled" => ExperienceStatus::Enabled,
        "disabled" => ExperienceStatus::Disabled,
        "archived" => ExperienceStatus::Archived,
    }
    /// What happens to live approved products that are not listed.
    UnlistedProducts(Unlisted): "`deny` or `keep`" { "deny" => Unlisted::Remove, "keep" => Unlisted::Keep, }
}
