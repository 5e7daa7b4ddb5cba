//! The state inside an account that receives a portfolio: the accepted share, and the principals that may launch
//! there.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::id::{AccountId, Region};

/// How AWS interprets a principal of a portfolio (`PrincipalType`, Service Catalog API reference).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PrincipalType {
    /// One user, group or role, by its ARN.
    #[serde(rename = "IAM")]
    Iam,
    /// Every principal whose name matches, in every account: an ARN without an account id, which may contain
    /// wildcards.
    #[serde(rename = "IAM_PATTERN")]
    Pattern,
}

/// A principal that may launch from a portfolio, as AWS stores it. Removing it needs exactly this text and type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Principal {
    /// The ARN or the pattern. A bare id (`AROA…`) if the role was deleted or was just created.
    pub arn: String,
    /// How AWS interprets it.
    pub kind: PrincipalType,
}

impl Principal {
    /// Whether AWS shows a bare id instead of an ARN: the role was deleted, or was created a moment ago.
    pub fn is_bare_id(&self) -> bool {
        self.kind == PrincipalType::Iam && !self.arn.starts_with("arn:")
    }

    /// Its display name. If the catalog names it, `who` is that name.
    pub fn label(&self, who: Option<&PrincipalRef>) -> String {
        match who {
            Some(who) => who.to_string(),
            None if self.kind == PrincipalType::Pattern => format!("pattern {}", self.short()),
            None => self.short().to_owned(),
        }
    }

    /// Its short name: `role/DataEngineer` instead of the ARN.
    pub fn short(&self) -> &str {
        self.arn.splitn(6, ':').nth(5).unwrap_or(&self.arn)
    }
}

/// A principal as the catalog names it, without an account. Each recipient fills in its own account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PrincipalRef {
    /// `role/NAME`, `user/NAME` or `group/NAME`, including the path if there is one.
    Named(String),
    /// A pattern of such names.
    Pattern(String),
    /// The role that IAM Identity Center creates for a permission set.
    PermissionSet(String),
}

impl PrincipalRef {
    /// The principal in one account.
    ///
    /// The name of a permission set's role ends with sixteen letters and digits, so the pattern has sixteen `?`. A
    /// `*` there would match the roles of every other set whose name begins in the same way (Service Catalog API
    /// reference, `AssociatePrincipalWithPortfolio`).
    pub fn within(&self, account: &AccountId, region: &Region) -> Principal {
        let partition = region.partition();
        match self {
            Self::Named(name) => {
                Principal { arn: format!("arn:{partition}:iam::{account}:{name}"), kind: PrincipalType::Iam }
            }
            Self::Pattern(pattern) => {
                Principal { arn: format!("arn:{partition}:iam:::{pattern}"), kind: PrincipalType::Pattern }
            }
            Self::PermissionSet(set) => Principal {
                arn: format!(
                    "arn:{partition}:iam:::role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_{set}_????????????????"
                ),
                kind: PrincipalType::Pattern,
            },
        }
    }
}

impl fmt::Display for PrincipalRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::Pattern(pattern) => write!(f, "pattern {pattern}"),
            Self::PermissionSet(set) => write!(f, "permission set {set}"),
        }
    }
}

/// The type of share by which an account accepts a portfolio (`PortfolioShareType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AcceptedBy {
    /// A share from account to account (`IMPORTED`).
    Imported,
    /// A share through the organization (`AWS_ORGANIZATIONS`). It arrives accepted, unless it was rejected in the
    /// account.
    AwsOrganizations,
}

impl AcceptedBy {
    /// AWS's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Imported => "IMPORTED",
            Self::AwsOrganizations => "AWS_ORGANIZATIONS",
        }
    }
}

impl fmt::Display for AcceptedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_set_s_pattern_matches_no_other_set() {
        let account: AccountId = "333333333333".parse().unwrap();
        let pattern = |region: &str| {
            PrincipalRef::PermissionSet("Data".to_owned()).within(&account, &region.parse().unwrap()).arn
        };
        assert_eq!(
            pattern("eu-west-1"),
            "arn:aws:iam:::role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Data_????????????????"
        );
        assert!(pattern("us-gov-west-1").starts_with("arn:aws-us-gov:iam:::"));
    }

    #[test]
    fn a_name_becomes_the_arn_in_each_account() {
        let role = PrincipalRef::Named("role/data/Engineer".to_owned());
        let principal = role.within(&"033333333333".parse().unwrap(), &"us-east-1".parse().unwrap());
        assert_eq!(principal.arn, "arn:aws:iam::033333333333:role/data/Engineer");
        assert_eq!(principal.short(), "role/data/Engineer");
        assert!(!principal.is_bare_id());
        assert!(Principal { arn: "AROAEXAMPLE".to_owned(), kind: PrincipalType::Iam }.is_bare_id());
    }
}
