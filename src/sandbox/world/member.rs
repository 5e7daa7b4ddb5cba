//! The accounts of an organization, as AWS Organizations lists them.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::is_default;

/// An account of an organization. In YAML its name alone is enough, unless it has another status or a joining time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Member {
    /// The display name.
    pub name: String,
    /// The status.
    pub status: AccountStatus,
    /// When it joined, such as `2026-05-01T00:00:00Z`. If left out, the start of the world's calendar.
    pub joined: Option<String>,
}

/// The long form of a member.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FullMember {
    name: String,
    #[serde(default, skip_serializing_if = "is_default")]
    status: AccountStatus,
    #[serde(default, skip_serializing_if = "is_default")]
    joined: Option<String>,
}

impl Serialize for Member {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { name, status, joined } = self.clone();
        match (status, &joined) {
            (AccountStatus::Active, None) => serializer.serialize_str(&name),
            _ => FullMember { name, status, joined }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MemberVisitor)
    }
}

/// Reads both forms. An untagged enum would not say what is wrong with the form that is there.
struct MemberVisitor;

impl<'de> Visitor<'de> for MemberVisitor {
    type Value = Member;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an account's name, or `name`, `status` and `joined`")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Member, E> {
        Ok(Member { name: name.to_owned(), ..Member::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Member, A::Error> {
        let FullMember { name, status, joined } = FullMember::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Member { name, status, joined })
    }
}

/// `State` of an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccountStatus {
    /// In use.
    #[default]
    Active,
    /// Created, but not usable before its sign-up is complete.
    PendingActivation,
    /// Closed, and kept for 90 days.
    Suspended,
    /// About to be closed.
    PendingClosure,
    /// Closed permanently, but still listed for a while.
    Closed,
}

impl AccountStatus {
    /// The word of the API.
    pub(in crate::sandbox) fn word(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::PendingActivation => "PENDING_ACTIVATION",
            Self::Suspended => "SUSPENDED",
            Self::PendingClosure => "PENDING_CLOSURE",
            Self::Closed => "CLOSED",
        }
    }

    /// Whether a role of the account can be assumed.
    pub(in crate::sandbox) fn can_be_entered(self) -> bool {
        match self {
            Self::Active | Self::PendingClosure => true,
            Self::PendingActivation | Self::Suspended | Self::Closed => false,
        }
    }
}
