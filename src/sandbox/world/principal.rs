//! The principals of a portfolio.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Lag, is_default};

/// A principal of a portfolio. In YAML its ARN alone is enough once it is visible.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Principal {
    /// The ARN of a role, a user or a group, or a pattern (`arn:aws:iam:::role/Data*`, without an account), or the
    /// unique id (`AROA…`) of a deleted role.
    pub arn: String,
    /// Its visibility.
    pub lag: Lag,
}

impl Principal {
    /// A visible principal.
    pub fn new(arn: impl Into<String>) -> Self {
        Self { arn: arn.into(), lag: Lag::default() }
    }

    /// `PrincipalType`. Patterns are told by the missing account.
    pub(in crate::sandbox) fn kind(&self) -> &'static str {
        if is_pattern(&self.arn) { "IAM_PATTERN" } else { "IAM" }
    }
}

/// Whether an ARN is a pattern: it has no account.
pub(in crate::sandbox) fn is_pattern(arn: &str) -> bool {
    matches!(*arn.splitn(6, ':').collect::<Vec<_>>(), ["arn", _, "iam", "", "", _])
}

/// The long form of a principal.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FullPrincipal {
    arn: String,
    #[serde(default, skip_serializing_if = "is_default")]
    lag: Lag,
}

impl Serialize for Principal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { arn, lag } = self.clone();
        if is_default(&lag) { serializer.serialize_str(&arn) } else { FullPrincipal { arn, lag }.serialize(serializer) }
    }
}

impl<'de> Deserialize<'de> for Principal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PrincipalVisitor)
    }
}

/// Reads both forms. An untagged enum would not say what is wrong with the form that is there.
struct PrincipalVisitor;

impl<'de> Visitor<'de> for PrincipalVisitor {
    type Value = Principal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the ARN of a principal, or `arn` and `lag`")
    }

    fn visit_str<E: de::Error>(self, arn: &str) -> Result<Principal, E> {
        Ok(Principal::new(arn))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Principal, A::Error> {
        let FullPrincipal { arn, lag } = FullPrincipal::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Principal { arn, lag })
    }
}
