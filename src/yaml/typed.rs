//! Reads serde's types from a tree of YAML.
//!
//! serde-saphyr reads types directly, and its reader is compiled anew for each of the world's hundred types, which is
//! most of a megabyte in the binary. This one is small, because a tree is a simple thing to read from.

use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{self, DeserializeOwned, Deserializer, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use super::{Broken, Content, Entry, Node, Place, parse};

/// Reads a value of a type.
///
/// # Errors
///
/// If the text is not YAML, is empty, exceeds the limits of [`parse`], or does not fit the type.
pub(crate) fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, Broken> {
    let start = Place { line: 1, column: 1 };
    let root = parse(text)?;
    T::deserialize(At(&root)).map_err(|Misfit { place, what }| Broken { place: place.unwrap_or(start), what })
}

/// Why a value does not fit a type. The place is added by the innermost value that has one.
#[derive(Debug)]
struct Misfit {
    place: Option<Place>,
    what: String,
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Misfit {}

impl de::Error for Misfit {
    fn custom<T: std::fmt::Display>(what: T) -> Self {
        Self { place: None, what: what.to_string() }
    }
}

/// Adds a place to an error that has none yet.
fn placed<T>(read: Result<T, Misfit>, at: Place) -> Result<T, Misfit> {
    read.map_err(|Misfit { place, what }| Misfit { place: place.or(Some(at)), what })
}

/// A value that is read.
#[derive(Clone, Copy)]
struct At<'n>(&'n Node<'n>);

impl<'n> At<'n> {
    /// The text of a scalar of any type but null.
    fn text<'de, V: Visitor<'de>>(self, visitor: &V) -> Result<&'n str, Misfit> {
        self.0.text().ok_or_else(|| self.wrong(visitor))
    }

    /// A scalar that stands for another type than a text, as numbers and booleans do.
    fn scalar<'de, V: Visitor<'de>, T: std::str::FromStr>(self, visitor: &V) -> Result<T, Misfit> {
        let is_plain = matches!(self.0.content, Content::Text { plain: true, text: _ });
        let read = self.0.text().filter(|_| is_plain).and_then(|text| text.parse().ok());
        read.ok_or_else(|| self.wrong(visitor))
    }

    /// The error for a value of another type than the visitor's.
    fn wrong<'de, V: Visitor<'de>>(self, visitor: &V) -> Misfit {
        let found = match &self.0.content {
            Content::Odd(what) => return de::Error::custom(what),
            Content::Text { .. } if self.0.is_null() => Unexpected::Unit,
            Content::Text { text, plain: _ } => Unexpected::Str(text),
            Content::List(_) => Unexpected::Seq,
            Content::Map(_) => Unexpected::Map,
        };
        de::Error::invalid_type(found, visitor)
    }
}

/// The key of an entry.
#[derive(Clone, Copy)]
struct Key<'n>(&'n Entry<'n>);

/// The entries of a mapping, as serde takes them.
fn members<'de, 'n>(entries: &'n [Entry<'n>]) -> MapDeserializer<'de, impl Iterator<Item = (Key<'n>, At<'n>)>, Misfit> {
    MapDeserializer::new(entries.iter().map(|entry| (Key(entry), At(&entry.value))))
}

impl IntoDeserializer<'_, Misfit> for At<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl IntoDeserializer<'_, Misfit> for Key<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Key<'_> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        placed(visitor.visit_str(&self.0.key), self.0.place)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Misfit> {
        placed(visitor.visit_newtype_struct(self), self.0.place)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let text = StrDeserializer::<Misfit>::new(&self.0.key);
        placed(text.deserialize_enum(name, variants, visitor), self.0.place)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq
        tuple tuple_struct map struct identifier ignored_any
    }
}

/// A method that parses a scalar.
macro_rules! scalars {
    ($($method:ident $visit:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
            let read = self.scalar(&visitor).and_then(|value| visitor.$visit(value));
            placed(read, self.0.place)
        }
    )* };
}

impl<'de> Deserializer<'de> for At<'_> {
    type Error = Misfit;

    /// Reads a value as YAML's core schema would. A plain text may be null, a boolean or a number.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match &self.0.content {
            Content::Odd(_) => placed(Err(self.wrong(&visitor)), self.0.place),
            Content::List(_) => self.deserialize_seq(visitor),
            Content::Map(_) => self.deserialize_map(visitor),
            Content::Text { .. } if self.0.is_null() => placed(visitor.visit_unit(), self.0.place),
            Content::Text { text, plain: true } => {
                let read = match text.as_ref() {
                    "true" => visitor.visit_bool(true),
                    "false" => visitor.visit_bool(false),
                    text if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => {
                        visitor.visit_str(text)
                    }
                    text => match (text.parse(), text.parse(), text.parse()) {
                        (Ok(number), _, _) => visitor.visit_u64(number),
                        (_, Ok(number), _) => visitor.visit_i64(number),
                        (_, _, Ok(number)) => visitor.visit_f64(number),
                        _ => visitor.visit_str(text),
                    },
                };
                placed(read, self.0.place)
            }
            Content::Text { text, plain: false } => placed(visitor.visit_str(text), self.0.place),
        }
    }

    scalars! {
        deserialize_bool visit_bool
        deserialize_i8 visit_i8
        deserialize_i16 visit_i16
        deserialize_i32 visit_i32
        deserialize_i64 visit_i64
        deserialize_u8 visit_u8
        deserialize_u16 visit_u16
        deserialize_u32 visit_u32
        deserialize_u64 visit_u64
        deserialize_f32 visit_f32
        deserialize_f64 visit_f64
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let read = self.text(&visitor).and_then(|text| visitor.visit_str(text));
        placed(read, self.0.place)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let read = match &self.0.content {
            Content::List(items) => visitor.visit_seq(SeqDeserializer::new(items.iter().map(At))),
            _ if self.0.is_null() => visitor.visit_seq(SeqDeserializer::new([].iter().map(At))),
            _ => Err(self.wrong(&visitor)),
        };
        placed(read, self.0.place)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let entries = match &self.0.content {
            Content::Map(entries) => &entries[..],
            _ if self.0.is_null() => &[],
            _ => return placed(Err(self.wrong(&visitor)), self.0.place),
        };
        placed(visitor.visit_map(members(entries)), self.0.place)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.deserialize_map(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Misfit> {
        placed(visitor.visit_newtype_struct(self), self.0.place)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let read = match &self.0.content {
            Content::Map(entries) => visitor.visit_enum(MapAccessDeserializer::new(members(entries))),
            _ => self
                .text(&visitor)
                .and_then(|text| StrDeserializer::<Misfit>::new(text).deserialize_enum(name, variants, visitor)),
        };
        placed(read, self.0.place)
    }

    forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Thing {
        name: String,
        count: Option<u32>,
        rate: f64,
        is_on: bool,
        kinds: Vec<Kind>,
        more: BTreeMap<String, Thing>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Plain,
        Sized(u8),
    }

    fn error(text: &str) -> String {
        let Broken { place: Place { line, column }, what } = from_str::<Thing>(text).expect_err("it does not fit");
        format!("{line}:{column}: {what}")
    }

    #[test]
    fn types_are_read() {
        let text =
            "{name: 007, count: 3, rate: 1.5, is_on: true, kinds: [plain, {sized: 4}], more: {\"1\": {count: ~}}}";
        let thing: Thing = from_str(text).unwrap();
        let more = BTreeMap::from([("1".to_owned(), Thing::default())]);
        let kinds = vec![Kind::Plain, Kind::Sized(4)];
        assert_eq!(thing, Thing { name: "007".to_owned(), count: Some(3), rate: 1.5, is_on: true, kinds, more });
        // Nothing stands for an empty mapping or list.
        assert_eq!(from_str::<Thing>("kinds:\nmore:\n").unwrap(), Thing::default());
    }

    #[test]
    fn value_of_any_type_is_read_by_the_core_schema() {
        let text = "[~, true, no, 12, -3, 2.5, 12a, '12', -a, null, 0x1]";
        let read: Value = from_str(text).unwrap();
        assert_eq!(read, json!([null, true, "no", 12, -3, 2.5, "12a", "12", "-a", null, "0x1"]));
    }

    #[test]
    fn anchors_and_merge_keys_are_followed() {
        let thing: Thing = from_str("more:\n  a: &a {count: 1}\n  b: *a\n  c: {<<: *a, name: c}\n").unwrap();
        assert_eq!(thing.more["b"].count, Some(1));
        assert_eq!((thing.more["c"].count, thing.more["c"].name.as_str()), (Some(1), "c"));
    }

    #[test]
    fn error_names_the_place() {
        assert_eq!(error("more:\n  a: {count: many}\n"), "2:14: invalid type: string \"many\", expected u32");
        assert_eq!(error("more:\n  a: {count: -1}\n"), "2:14: invalid type: string \"-1\", expected u32");
        assert_eq!(error("more:\n  a: {count: '1'}\n"), "2:14: invalid type: string \"1\", expected u32");
        assert_eq!(error("name: [a]"), "1:7: invalid type: sequence, expected a string");
        assert_eq!(error("name: ~"), "1:7: invalid type: unit value, expected a string");
        assert_eq!(error("kinds: [plane]"), "1:9: unknown variant `plane`, expected `plain` or `sized`");
        assert_eq!(error("kinds: [{sized: 300}]"), "1:17: invalid type: string \"300\", expected u8");
        assert!(error("more: {a: {nam: x}}").starts_with("1:12: unknown field `nam`"));
        assert_eq!(error("name: a\nname: b\n"), "1:7: a key that stands twice, in lines 1 and 2");
        assert_eq!(error("name: !Ref x\n"), "1:12: `!Ref …`, a tag that is not understood here");
        assert!(error("name: [").starts_with("1:"));
        assert_eq!(error("# nothing\n"), "1:1: this file says nothing");
    }
}
