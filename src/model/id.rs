//! Identifiers, parsed where they enter the program. A value of one of these types is well formed. It need not exist
//! in AWS.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A text that does not have the form of an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{value}` is not {expected}")]
pub struct InvalidId {
    /// The text as it was written.
    pub value: String,
    /// The expected form, with its article: "an AWS account id (12 digits)".
    pub expected: &'static str,
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The form of such an identifier, with its article.
            pub const EXPECTED: &'static str = $expected;

            /// The identifier as AWS writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(value: &str) -> Result<Self, InvalidId> {
                let valid: fn(&str) -> bool = $valid;
                if valid(value) {
                    Ok(Self(value.to_owned()))
                } else {
                    Err(InvalidId { value: value.to_owned(), expected: $expected })
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(value: String) -> Result<Self, InvalidId> {
                value.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier!(
    /// An AWS account id: 12 digits, leading zeros kept.
    AccountId,
    "an AWS account id (12 digits)",
    |value| value.len() == 12 && value.bytes().all(|byte| byte.is_ascii_digit())
);
identifier!(
    /// An AWS Organizations organization id, `o-` and 10 to 32 lower-case letters or digits.
    OrganizationId,
    "an organization id (o-…, 10 to 32 letters or digits)",
    |value| value.strip_prefix("o-").is_some_and(|rest| (10..=32).contains(&rest.len()) && lower_alphanumeric(rest))
);
identifier!(
    /// An organizational unit's id, `ou-ROOT-UNIT`.
    OuId,
    "an organizational unit id (ou-…-…)",
    |value| {
        let unit = value.strip_prefix("ou-").and_then(|rest| rest.split_once('-'));
        unit.is_some_and(|(root, unit)| {
            (4..=32).contains(&root.len())
                && lower_alphanumeric(root)
                && (8..=32).contains(&unit.len())
                && lower_alphanumeric(unit)
        })
    }
);
identifier!(
    /// A Service Catalog portfolio id, mostly `port-…`. Ids in AWS's answers are checked against the service's own
    /// pattern (Service Catalog API reference, `Id`). The catalog's files need the usual form, see
    /// [`PortfolioId::is_usual`].
    PortfolioId,
    "a portfolio id (port-…)",
    |value| (1..=100).contains(&value.len()) && word(value)
);
identifier!(
    /// A Private Marketplace experience id, mostly `exp-…`. Ids in AWS's answers are checked against the service's
    /// own pattern (Marketplace Catalog API reference, `EntityId`). The catalog's files need the usual form, see
    /// [`ExperienceId::is_usual`].
    ExperienceId,
    "an experience id (exp-…)",
    |value| (1..=255).contains(&value.len()) && word(value)
);
identifier!(
    /// A Private Marketplace procurement policy id, `procpolicy-…`.
    ProcurementPolicyId,
    "a procurement policy id",
    |value| !value.is_empty() && value.len() <= 255 && word(value)
);
identifier!(
    /// The id of the branding settings of a Private Marketplace experience, `brandsettings-…`.
    BrandingId,
    "a branding settings id",
    |value| (1..=255).contains(&value.len()) && word(value)
);
identifier!(
    /// An AWS Marketplace product id: UUID-like or `prod-…`. Compared exactly.
    ProductId,
    "a product id (prod-… or a UUID)",
    |value| !value.is_empty() && value.len() <= 255 && word(value)
);
identifier!(
    /// The id of a request for a product in a private marketplace, as AWS's events give it: mostly a UUID. It becomes
    /// part of a branch name.
    RequestId,
    "a request's id (a UUID)",
    |value| (1..=100).contains(&value.len()) && word(value)
);
identifier!(
    /// A Service Catalog product id, mostly `prod-…` (Service Catalog API reference, `Id`). It is not an AWS
    /// Marketplace product id.
    CatalogProductId,
    "a Service Catalog product id (prod-…)",
    |value| (1..=100).contains(&value.len()) && word(value)
);
identifier!(
    /// A version of a Service Catalog product, mostly `pa-…`: AWS calls it a provisioning artifact (Service Catalog API
    /// reference, `Id`).
    VersionId,
    "a provisioning artifact id (pa-…)",
    |value| (1..=100).contains(&value.len()) && word(value)
);
identifier!(
    /// A constraint of a product in a portfolio, mostly `cons-…` (Service Catalog API reference, `Id`).
    ConstraintId,
    "a constraint id (cons-…)",
    |value| (1..=100).contains(&value.len()) && word(value)
);
identifier!(
    /// An AWS region code, such as `us-east-1`. It becomes part of the host name that credentials are sent to, so
    /// each part must be a word that AWS uses. A new region in a known area needs no new version of this tool. The
    /// isolated partitions (`us-iso-…`) are left out because GitHub does not reach them.
    Region,
    "an AWS region (such as us-east-1)",
    |value| {
        let Some((area, number)) = value.rsplit_once('-') else { return false };
        let Some((area, direction)) = area.rsplit_once('-') else { return false };
        AREAS.contains(&area)
            && DIRECTIONS.contains(&direction)
            && matches!(number.as_bytes(), [b'1'..=b'9'] | [b'1'..=b'9', b'0'..=b'9'])
    }
);
identifier!(
    /// A file name's stem or an organization's name in the catalog: `a-z`, `0-9` and `-`.
    Name,
    "a name of lower-case letters, digits and hyphens",
    |value| {
        !value.is_empty()
            && value.len() <= 100
            && value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    }
);

/// The first parts of region codes: the continents and countries of AWS's partitions (SDK reference,
/// `partitions.json`).
const AREAS: [&str; 12] = ["us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx", "cn", "us-gov", "eusc-de"];
const DIRECTIONS: [&str; 9] =
    ["north", "south", "east", "west", "central", "northeast", "northwest", "southeast", "southwest"];

fn lower_alphanumeric(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

fn word(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

impl PortfolioId {
    /// Whether `text` has the usual form of a Service Catalog portfolio id. Any other text can be a display name.
    pub fn is_usual(text: &str) -> bool {
        begins(text, "port-") && text.parse::<Self>().is_ok()
    }
}

impl ProductId {
    /// Whether `text` has the usual form of an AWS Marketplace product id: `prod-` and 13 letters or digits, or a
    /// UUID.
    pub fn is_usual(text: &str) -> bool {
        if let Some(rest) = text.strip_prefix("prod-") {
            return rest.len() == 13 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
        }
        let parts: Vec<&str> = text.split('-').collect();
        parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
            && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
    }
}

impl ExperienceId {
    /// Whether `text` has the usual form of a Private Marketplace experience id. Any other text can be a name.
    pub fn is_usual(text: &str) -> bool {
        begins(text, "exp-") && text.parse::<Self>().is_ok()
    }
}

/// Whether `text` begins with `prefix` and goes on after it.
fn begins(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty())
}

impl AccountId {
    /// A placeholder for an account that is not known yet. AWS assigns this id to no account.
    pub fn nobody() -> Self {
        Self("000000000000".to_owned())
    }
}

impl Name {
    /// A placeholder that equals no organization of the settings, since names there are never empty.
    pub fn nobody() -> Self {
        Self(String::new())
    }

    /// The file name for something that people call `text`: its letters and digits in lower case, with hyphens
    /// between. `None` if `text` has no letter or digit.
    pub fn made_of(text: &str) -> Option<Self> {
        const LONGEST: usize = 60;
        let mut made = String::new();
        for c in text.chars() {
            if c.is_ascii_alphanumeric() {
                made.push(c.to_ascii_lowercase());
            } else if !made.is_empty() && !made.ends_with('-') {
                made.push('-');
            }
        }
        made.truncate(LONGEST);
        made.trim_matches('-').parse().ok()
    }
}

impl Region {
    /// The region's partition, as it stands in ARNs (AWS General Reference, "Amazon Resource Names").
    pub fn partition(&self) -> &'static str {
        match self.as_str() {
            region if region.starts_with("cn-") => "aws-cn",
            region if region.starts_with("us-gov-") => "aws-us-gov",
            region if region.starts_with("eusc-") => "aws-eusc",
            _ => "aws",
        }
    }

    /// The region of the Private Marketplace API. It is always `us-east-1`, whatever region is configured (AWS
    /// Marketplace Catalog API reference, "Endpoints").
    pub fn marketplace() -> Self {
        Self("us-east-1".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_id_keeps_its_leading_zeros() {
        assert_eq!("033333333333".parse::<AccountId>().map(|id| id.to_string()), Ok("033333333333".to_owned()));
    }

    #[test]
    fn what_is_refused_is_shown() {
        let error = "1234".parse::<AccountId>().unwrap_err();
        assert_eq!(error.to_string(), "`1234` is not an AWS account id (12 digits)");
        for bad in ["", "o-", "o-ABCDEFGHIJ", "o-short"] {
            assert!(bad.parse::<OrganizationId>().is_err(), "{bad}");
        }
        for bad in ["ou-", "ou-root", "ou-root-1", "r-root", "Workloads"] {
            assert!(bad.parse::<OuId>().is_err(), "{bad}");
        }
        for bad in ["us-east", "US-EAST-1", "useast1", "us--1", "us-east-1 "] {
            assert!(bad.parse::<Region>().is_err(), "{bad}");
        }
        for host in [
            "evil-example-1",
            "us-east-1.example.com",
            "us-east-1/x",
            "us-east-1@x",
            "us-iso-east-1",
            "fips-us-east-1",
            "us-east-01",
            "us-east-100",
            "us-evil-1",
            "xn--us-east-1",
        ] {
            assert!(host.parse::<Region>().is_err(), "{host}");
        }
    }

    #[test]
    fn ids_in_answers_need_not_have_the_usual_form() {
        assert!("1a_2B-c".parse::<PortfolioId>().is_ok() && !PortfolioId::is_usual("1a_2B-c"));
        assert!("Base".parse::<ExperienceId>().is_ok() && !ExperienceId::is_usual("Base"));
        assert!(PortfolioId::is_usual("port-a1b2c3") && ExperienceId::is_usual("exp-1234abcd"));
        for bad in ["", "two words", "a/b", &"x".repeat(256)] {
            assert!(bad.parse::<PortfolioId>().is_err() && bad.parse::<ExperienceId>().is_err(), "{bad}");
        }
        assert!(!PortfolioId::is_usual("port-") && !ExperienceId::is_usual("exp-"));
    }

    #[test]
    fn product_ids_of_the_marketplace_are_usual() {
        for usual in
            ["prod-4xk6p2ab3cdef", "1a2b3c4d-1111-2222-3333-444455556666", "1A2B3C4D-1111-2222-3333-444455556666"]
        {
            assert!(ProductId::is_usual(usual), "{usual}");
        }
        for odd in
            ["prod-4xk6p2ab3cde", "prod-4xk6p2ab3cdefg", "prod-", "1a2b3c4d11112222", "prodview-4xk6p2ab3cdef", ""]
        {
            assert!(!ProductId::is_usual(odd), "{odd}");
        }
    }

    #[test]
    fn good_ones_pass() {
        assert!("ou-acme-prod0001".parse::<OuId>().is_ok());
        for region in ["us-gov-west-1", "ap-southeast-7", "cn-northwest-1", "eusc-de-east-1", "il-central-1"] {
            assert!(region.parse::<Region>().is_ok(), "{region}");
        }
        assert!("1a2b3c4d-1111-2222-3333-444455556666".parse::<ProductId>().is_ok());
        assert!("prod-4xk6p2ab3cdef".parse::<ProductId>().is_ok());
    }
}
