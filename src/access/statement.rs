//! IAM policies. The fields are in the order in which people read them.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// A text in a policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Text {
    /// A text as it is.
    Plain(String),
    /// A text with pseudo parameters such as `${AWS::AccountId}`, which CloudFormation replaces.
    Sub(String),
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Plain(text) => serializer.serialize_str(text),
            Self::Sub(text) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("Fn::Sub", text)?;
                map.end()
            }
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Plain(text.to_owned())
    }
}

/// One value or several. A single value is written without a list, which is easier to read; IAM accepts both.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Values<T>(pub Vec<T>);

impl<T: Serialize> Serialize for Values<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(serializer),
            several => several.serialize(serializer),
        }
    }
}

/// The principal of a trust policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Principal {
    /// An identity provider.
    Federated(Text),
    /// A role.
    #[serde(rename = "AWS")]
    Aws(Text),
}

/// The conditions of a statement, by operator and then by key.
pub type Condition = BTreeMap<&'static str, BTreeMap<String, Values<Text>>>;

/// A statement that allows something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    effect: Allow,
    /// The actions.
    pub action: Values<String>,
    /// Who may assume the role, in a trust policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<Principal>,
    /// The resources, in a permission policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<Values<Text>>,
    /// The conditions.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub condition: Condition,
}

/// The only effect. Policies need no `Deny`, since IAM refuses everything that is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
enum Allow {
    Allow,
}

impl Statement {
    /// A statement of a trust policy.
    pub(super) fn trust(action: &str, principal: Principal, condition: Condition) -> Self {
        let action = Values(vec![action.to_owned()]);
        Self { effect: Allow::Allow, action, principal: Some(principal), resource: None, condition }
    }

    /// A statement of a permission policy.
    pub fn permission(action: Vec<String>, resource: Vec<Text>, condition: Condition) -> Self {
        let (action, resource) = (Values(action), Some(Values(resource)));
        Self { effect: Allow::Allow, action, principal: None, resource, condition }
    }
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policy {
    version: Version,
    /// The statements.
    pub statement: Vec<Statement>,
}

/// The version of the policy language. Policy variables need this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
enum Version {
    #[serde(rename = "2012-10-17")]
    Current,
}

impl Policy {
    /// A policy with these statements.
    pub fn new(statement: Vec<Statement>) -> Self {
        Self { version: Version::Current, statement }
    }
}
