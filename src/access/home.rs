//! The account that a document is for, and its ARNs.

use super::statement::Text;
use super::text;
use crate::model::id::AccountId;

/// Stands for the account id in a document for several accounts, as in the settings.
pub(super) const PLACEHOLDER: &str = "{account}";

/// The account that a document is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    /// One account, of an AWS partition such as `aws` or `aws-us-gov`.
    Account(String, AccountId),
    /// Any account of a partition. `{account}` stands for its id.
    Any(String),
    /// The account in which CloudFormation creates the stack. ARNs use `Fn::Sub`.
    Stack,
}

/// The owner of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// The account that the document is for.
    Own,
    /// Any account.
    AnyAccount,
}

impl Home {
    /// An ARN. `resource` is an IAM pattern already; for CloudFormation it is escaped here.
    pub(super) fn arn(&self, service: &str, region: &str, whose: Whose, resource: &str) -> Text {
        let (partition, own) = match self {
            Self::Account(partition, account) => (partition.as_str(), account.as_str()),
            Self::Any(partition) => (partition.as_str(), PLACEHOLDER),
            Self::Stack => ("${AWS::Partition}", "${AWS::AccountId}"),
        };
        let account = match whose {
            Whose::Own => own,
            Whose::AnyAccount => "*",
        };
        match self {
            Self::Account(..) | Self::Any(_) => {
                Text::Plain(format!("arn:{partition}:{service}:{region}:{account}:{resource}"))
            }
            Self::Stack => {
                let resource = text::for_sub(resource);
                Text::Sub(format!("arn:{partition}:{service}:{region}:{account}:{resource}"))
            }
        }
    }

    /// A text of the settings with the account filled in for `{account}`.
    pub(super) fn filled(&self, template: &str) -> Text {
        match self {
            Self::Account(_, account) => Text::Plain(template.replace(PLACEHOLDER, account.as_str())),
            Self::Stack if template.contains(PLACEHOLDER) => {
                Text::Sub(text::for_sub(template).replace(PLACEHOLDER, "${AWS::AccountId}"))
            }
            Self::Any(_) | Self::Stack => Text::Plain(template.to_owned()),
        }
    }
}
