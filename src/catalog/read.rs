//! Tree → typed values, and every mistake on the way. A reader never stops at the first: what can't be read is
//! reported and missing from the result, and the rest is read on.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::model::id::Name;

use super::code::Code;
use super::report::{Place, Report, nearest, shown};
use super::schema::not_yet;
use super::yaml::{Content, Entry, Node};

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) place: Place,
}

/// The value of a key that has to be there. It is empty where it was missing or wrong, which was reported then.
#[derive(Debug)]
pub(super) struct Required<T>(pub(super) Option<At<T>>);

/// A key that is there and need not be. It has no value where that was wrong, which was reported then: so what is
/// wrong is not taken for what is missing.
#[derive(Debug)]
pub(super) struct Given<T> {
    pub(super) key: Place,
    pub(super) value: Option<At<T>>,
}

/// A list, with a place for each entry.
pub(super) type List<T> = Vec<At<T>>;

/// A mapping whose keys are names that the catalog's authors choose. A name whose value is wrong is still a name.
#[derive(Debug)]
pub(super) struct Map<T>(pub(super) BTreeMap<Name, Named<T>>);

/// What stands under a name, and where the name stands.
#[derive(Debug)]
pub(super) struct Named<T> {
    pub(super) key: Place,
    pub(super) value: Option<T>,
}

/// What can be read from a node. `name` is what a message calls it, such as the key in backticks.
pub(super) trait Value: Sized {
    fn read(node: &Node<'_>, name: &str, report: &mut Report) -> Option<Self>;
}

/// What is read from a single text.
pub(super) trait Scalar: Sized {
    /// The kind of finding when it is something else.
    const CODE: Code;
    /// What it should be, with its article.
    const EXPECTED: &'static str;

    /// The value, or what to write instead.
    fn parse(text: &str, plain: bool) -> Result<Self, String>;
}

/// What is read from a mapping whose keys the format knows. Made by [`record!`].
pub(super) trait Record: Sized {
    /// What a message calls it, with its article.
    const WHAT: &'static str;
    /// The keys it may have.
    const KEYS: &'static [&'static str];

    fn read_fields(fields: &Fields<'_, '_>, report: &mut Report) -> Self;
}

/// A field of a record. Its type decides whether the key has to be there.
pub(super) trait Field: Sized {
    type Of;

    fn read(fields: &Fields<'_, '_>, key: &'static str, report: &mut Report) -> Self;

    /// The value, where it was there and right.
    fn get(&self) -> Option<&At<Self::Of>>;
}

/// The keys of a record in a file.
pub(super) struct Fields<'n, 't> {
    what: &'static str,
    place: Place,
    entries: &'n [Entry<'t>],
    slips: Vec<(&'static str, &'n Entry<'t>)>,
}

impl<'n, 't> Fields<'n, 't> {
    /// The entry of a key, or else the one that was most likely meant to be: it was reported, and what stands below
    /// it can be checked all the same, without a second finding that the key is missing.
    fn get(&self, key: &str) -> Option<&'n Entry<'t>> {
        let exact = self.entries.iter().find(|entry| entry.key == key);
        exact.or_else(|| self.slips.iter().find(|(meant, _)| *meant == key).map(|(_, entry)| *entry))
    }
}

impl<T: Value> Field for Option<Given<T>> {
    type Of = T;

    fn read(fields: &Fields<'_, '_>, key: &'static str, report: &mut Report) -> Self {
        let entry = fields.get(key)?;
        let value = if entry.value.is_null() {
            null_value(&format!("`{key}`"), entry.place, report);
            None
        } else {
            At::read(&entry.value, &format!("`{key}`"), report)
        };
        Some(Given { key: entry.place, value })
    }

    fn get(&self) -> Option<&At<T>> {
        self.as_ref()?.value.as_ref()
    }
}

impl<T: Value> Field for Required<T> {
    type Of = T;

    fn read(fields: &Fields<'_, '_>, key: &'static str, report: &mut Report) -> Self {
        let given: Option<Given<T>> = Field::read(fields, key, report);
        if given.is_none() {
            let message = format!("`{key}` is missing in {}", fields.what);
            report.add(Code::MissingKey, fields.place, message, format!("add `{key}: …`"));
        }
        Self(given.and_then(|given| given.value))
    }

    fn get(&self) -> Option<&At<T>> {
        self.0.as_ref()
    }
}

fn null_value(name: &str, place: Place, report: &mut Report) {
    let help = "give it a value or take the line out; an empty list is `[]`, and text that looks empty needs quotes";
    report.add(Code::NullValue, place, format!("{name} has no value"), help);
}

impl<T: Value> Value for At<T> {
    fn read(node: &Node<'_>, name: &str, report: &mut Report) -> Option<Self> {
        Some(Self { value: T::read(node, name, report)?, place: node.place })
    }
}

impl<T: Value> Value for List<T> {
    fn read(node: &Node<'_>, name: &str, report: &mut Report) -> Option<Self> {
        let Content::Sequence(items) = &node.content else {
            let help = "write each entry on a line of its own, beginning with `- `";
            wrong_type(node, name, "a list", help, report);
            return None;
        };
        let called = format!("an entry of {name}");
        let mut list = Vec::with_capacity(items.len());
        for item in items {
            if item.is_null() {
                let help = "write the entry behind the `-`, or take the line out";
                report.add(Code::NullValue, item.place, format!("{called} is empty"), help);
            } else {
                list.extend(At::read(item, &called, report));
            }
        }
        Some(list)
    }
}

impl<T: Value> Value for Map<T> {
    fn read(node: &Node<'_>, name: &str, report: &mut Report) -> Option<Self> {
        let Content::Mapping(entries) = &node.content else {
            wrong_type(node, name, "a mapping", "write `name:` and, indented below it, what belongs to it", report);
            return None;
        };
        if entries.is_empty() {
            report.add(Code::NullValue, node.place, format!("{name} is empty"), "there has to be at least one");
        }
        let mut map = BTreeMap::new();
        for entry in entries {
            let key = scalar::<Name>(&entry.key, false, &format!("a key of {name}"), entry.place, report);
            let called = shown(&entry.key);
            let value = if entry.value.is_null() {
                null_value(&called, entry.place, report);
                None
            } else {
                T::read(&entry.value, &called, report)
            };
            map.extend(key.map(|key| (key, Named { key: entry.place, value })));
        }
        Some(Self(map))
    }
}

/// Reads a record, and reports the keys that it does not have.
pub(super) fn read_record<R: Record>(node: &Node<'_>, name: &str, report: &mut Report) -> Option<R> {
    let Content::Mapping(entries) = &node.content else {
        let help = format!("write keys with values: {}", known_keys(R::KEYS));
        wrong_type(node, name, "a mapping", &help, report);
        return None;
    };
    let mut slips = Vec::new();
    for entry in entries.iter().filter(|entry| !R::KEYS.contains(&entry.key.as_ref())) {
        slips.extend(unknown_key::<R>(entry, report).map(|meant| (meant, entry)));
    }
    Some(R::read_fields(&Fields { what: R::WHAT, place: node.place, entries, slips }, report))
}

/// Reports a key that the record does not have, and gives the one that was meant.
fn unknown_key<R: Record>(entry: &Entry<'_>, report: &mut Report) -> Option<&'static str> {
    let promises = || not_yet(R::WHAT);
    if let Some((_, purpose)) = promises().find(|(key, _)| *key == entry.key) {
        let message = format!("`{}` in {} is not handled by this version yet ({purpose})", entry.key, R::WHAT);
        report.add(Code::NotYet, entry.place, message, "take it out until a version says that it handles it");
        return None;
    }
    let meant = nearest(&entry.key, R::KEYS.iter().copied().chain(promises().map(|(key, _)| key)));
    let help = match meant {
        Some(key) => format!("did you mean `{key}`?"),
        None => format!("known here: {}", known_keys(R::KEYS)),
    };
    report.add(Code::UnknownKey, entry.place, format!("unknown key {} in {}", shown(&entry.key), R::WHAT), help);
    meant
}

fn known_keys(keys: &[&str]) -> String {
    let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    keys.join(", ")
}

/// Reads the value of a node that should be a single text.
pub(super) fn text<T: Scalar>(node: &Node<'_>, name: &str, report: &mut Report) -> Option<T> {
    let Content::Scalar { text, plain } = &node.content else {
        wrong_type(node, name, T::EXPECTED, "write a single value here", report);
        return None;
    };
    scalar(text, *plain, name, node.place, report)
}

fn scalar<T: Scalar>(text: &str, plain: bool, name: &str, place: Place, report: &mut Report) -> Option<T> {
    match T::parse(text, plain) {
        Ok(value) => Some(value),
        Err(help) => {
            report.add(T::CODE, place, format!("{name}: {} is not {}", shown(text), T::EXPECTED), help);
            None
        }
    }
}

fn wrong_type(node: &Node<'_>, name: &str, expected: &str, help: &str, report: &mut Report) {
    let found = match &node.content {
        Content::Lost => return,
        Content::Scalar { text, plain: _ } => Cow::Owned(format!("the text {}", shown(text))),
        Content::Sequence(_) => Cow::Borrowed("a list"),
        Content::Mapping(_) => Cow::Borrowed("a mapping"),
    };
    report.add(Code::WrongType, node.place, format!("{name} should be {expected}, not {found}"), help);
}

// The schema of a placed value is the value's own.
macro_rules! schema_of_inner {
    ($wrapper:ident, $inner:ty) => {
        impl<T: JsonSchema> JsonSchema for $wrapper<T> {
            fn inline_schema() -> bool {
                <$inner>::inline_schema()
            }
            fn schema_name() -> Cow<'static, str> {
                <$inner>::schema_name()
            }
            fn schema_id() -> Cow<'static, str> {
                <$inner>::schema_id()
            }
            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                <$inner>::json_schema(generator)
            }
        }
    };
}
schema_of_inner!(At, T);
schema_of_inner!(Required, T);
schema_of_inner!(Given, T);

impl<T: JsonSchema> JsonSchema for Map<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("MapOf{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "propertyNames": Name::json_schema(generator),
            "additionalProperties": generator.subschema_for::<T>(),
        })
    }
}

/// Declares a record once: a struct, how it is read and its JSON Schema. A field is `Required<T>` or
/// `Option<Given<T>>`; its doc comment is what an editor shows.
macro_rules! record {
    ($(#[$meta:meta])* $name:ident: $what:literal { $($(#[$doc:meta])* $field:ident: $type:ty,)* }) => {
        #[derive(Debug, schemars::JsonSchema)]
        #[schemars(deny_unknown_fields)]
        $(#[$meta])*
        pub(super) struct $name {
            $($(#[$doc])* pub(super) $field: $type,)*
        }

        impl $crate::catalog::read::Record for $name {
            const WHAT: &'static str = $what;
            const KEYS: &'static [&'static str] = &[$(stringify!($field)),*];

            fn read_fields(
                fields: &$crate::catalog::read::Fields<'_, '_>,
                report: &mut $crate::catalog::report::Report,
            ) -> Self {
                Self { $($field: $crate::catalog::read::Field::read(fields, stringify!($field), report),)* }
            }
        }

        impl $crate::catalog::read::Value for $name {
            fn read(
                node: &$crate::catalog::yaml::Node<'_>,
                name: &str,
                report: &mut $crate::catalog::report::Report,
            ) -> Option<Self> {
                $crate::catalog::read::read_record(node, name, report)
            }
        }
    };
}
pub(super) use record;
