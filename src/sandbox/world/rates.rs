//! Request rates.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Request rates: `off`, `published`, or a map. Organizations counts the calls of all accounts of an organization
/// together. The other services count per account and region.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Rates {
    /// No call is throttled.
    #[default]
    Off,
    /// The rates that AWS publishes for the Marketplace Catalog (its API reference, "Quotas") and for Organizations
    /// (its user guide, "Quotas"). AWS publishes none for Service Catalog and STS.
    Published,
    /// Rates by a glob of `service:Operation`. The first match counts.
    Own(BTreeMap<String, Rate>),
}

/// A token bucket.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Tokens added per second.
    pub per_second: f64,
    /// The most tokens that it holds.
    pub burst: u32,
}

/// Operation, requests per second, and burst.
const PUBLISHED: [(&str, u32, u32); 16] = [
    ("aws-marketplace:ListEntities", 10, 10),
    ("aws-marketplace:DescribeEntity", 20, 20),
    ("aws-marketplace:StartChangeSet", 5, 5),
    ("aws-marketplace:DescribeChangeSet", 10, 10),
    ("aws-marketplace:ListChangeSets", 5, 5),
    ("aws-marketplace:GetListing", 5, 5),
    ("aws-marketplace:GetProduct", 5, 5),
    ("aws-marketplace:SearchListings", 10, 10),
    ("organizations:DescribeOrganization", 1, 2),
    ("organizations:ListRoots", 1, 2),
    ("organizations:DescribeOrganizationalUnit", 2, 2),
    ("organizations:ListParents", 5, 8),
    ("organizations:ListAccountsForParent", 5, 8),
    ("organizations:ListOrganizationalUnitsForParent", 5, 8),
    ("organizations:ListAccounts", 8, 12),
    ("organizations:DescribeAccount", 20, 30),
];

impl Rates {
    /// The rate of a call, and the name of its bucket. `None` if the call is not limited.
    pub(in crate::sandbox) fn of(&self, service: &str, operation: &str) -> Option<(String, Rate)> {
        let action = format!("{service}:{operation}");
        match self {
            Self::Off => None,
            Self::Published => {
                let known = PUBLISHED.iter().find(|(name, _, _)| action == *name);
                known.map(|&(_, rate, burst)| (action, Rate { per_second: rate.into(), burst }))
            }
            Self::Own(rates) => {
                let fits = |pattern: &str| crate::sandbox::codec::matches(pattern, &action);
                rates.iter().find(|(pattern, _)| fits(pattern)).map(|(pattern, rate)| (pattern.clone(), *rate))
            }
        }
    }
}

impl Serialize for Rates {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Off => serializer.serialize_str("off"),
            Self::Published => serializer.serialize_str("published"),
            Self::Own(rates) => rates.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Rates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RatesVisitor)
    }
}

struct RatesVisitor;

impl<'de> Visitor<'de> for RatesVisitor {
    type Value = Rates;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`off`, `published`, or rates by `service:Operation`")
    }

    // YAML 1.1 parsers read `off` as a boolean.
    fn visit_bool<E: de::Error>(self, on: bool) -> Result<Rates, E> {
        Ok(if on { Rates::Published } else { Rates::Off })
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<Rates, E> {
        match word {
            "off" => Ok(Rates::Off),
            "published" => Ok(Rates::Published),
            other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Rates, A::Error> {
        BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(Rates::Own)
    }
}
