//! The account in which a document stands, and the ARNs that it has there.

use super::statement::Text;
use super::text;
use crate::model::id::AccountId;

/// What stands in a document in place of the account, where it is meant for several; as in the settings.
const PLACEHOLDER: &str = "{account}";

/// The account in which a document stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    /// One account, of an AWS partition such as `aws` or `aws-us-gov`.
    Account(String, AccountId),
    /// Any account of a partition: `{account}` stands for its id.
    Any(String),
    /// The account in which CloudFormation makes the stack. ARNs are then `Fn::Sub`.
    Stack,
}

/// Whose a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// Of the account in which the document stands.
    Own,
    /// Of whatever account.
    AnyAccount,
}

impl Home {
    /// An ARN. `resource` is a pattern of IAM already; CloudFormation reads nothing into it.
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

    /// A text of the settings in which `{account}` stands for this account.
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
