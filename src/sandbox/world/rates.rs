//! How many requests are taken in a time.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Request rates, each per account and region: `off`, `published`, or a map of one's own.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Rates {
    /// Nobody is ever too fast.
    #[default]
    Off,
    /// What AWS publishes, which is for the Marketplace Catalog only (its API reference, "Quotas").
    Published,
    /// By `service:Operation` (a glob); the first that fits counts.
    Own(BTreeMap<String, Rate>),
}

/// A token bucket.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// How fast it fills.
    pub per_second: f64,
    /// How much it holds.
    pub burst: u32,
}

/// Operations of the Marketplace Catalog with their requests per second.
const PUBLISHED: [(&str, u32); 5] = [
    ("ListEntities", 10),
    ("DescribeEntity", 20),
    ("StartChangeSet", 5),
    ("DescribeChangeSet", 10),
    ("ListChangeSets", 5),
];

impl Rates {
    /// The rate of a call, with the name of its bucket.
    pub(in crate::sandbox) fn of(&self, service: &str, operation: &str) -> Option<(String, Rate)> {
        let action = format!("{service}:{operation}");
        match self {
            Self::Off => None,
            Self::Published => {
                let known = PUBLISHED.iter().find(|(name, _)| action == format!("aws-marketplace:{name}"));
                known.map(|&(_, rate)| (action, Rate { per_second: rate.into(), burst: rate }))
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

    // YAML 1.1 readers take `off` for this.
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
