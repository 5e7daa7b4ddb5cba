//! Records: mappings with known keys, each declared once with [`record!`].

use super::code::Code;
use super::read::{At, Value, null_value, wrong_type};
use super::report::{Place, Report, shown};
use super::yaml::{Content, Entry, Node};
use crate::model::spelling::nearest;

/// The value of a required key. `None` if the key is missing or its value is invalid, which was reported already.
#[derive(Debug)]
pub(super) struct Required<T>(pub(super) Option<At<T>>);

/// An optional key that is present. `value` is `None` if it is invalid, which was reported already. This
/// distinguishes an invalid value from a missing key.
#[derive(Debug)]
pub(super) struct Given<T> {
    pub(super) key: Place,
    pub(super) value: Option<At<T>>,
}

/// A type that is read from a mapping with known keys. Implemented by [`record!`].
pub(super) trait Record: Sized {
    /// Its name in messages, with its article.
    const WHAT: &'static str;
    /// The keys that it may have.
    const KEYS: &'static [&'static str];

    fn read_fields(fields: &Fields<'_, '_>, report: &mut Report) -> Self;
}

/// A field of a record. Its type says whether the key is required.
pub(super) trait Field: Sized {
    type Of;

    fn read(fields: &Fields<'_, '_>, key: &'static str, report: &mut Report) -> Self;

    /// The value, if it is present and valid.
    fn get(&self) -> Option<&At<Self::Of>>;
}

/// The entries of a record in a file.
pub(super) struct Fields<'n, 't> {
    what: &'static str,
    place: Place,
    entries: &'n [Entry<'t>],
    slips: Vec<(&'static str, &'n Entry<'t>)>,
}

impl<'n, 't> Fields<'n, 't> {
    /// The entry of a key, or else the misspelt entry that most likely means it. The misspelling was reported
    /// already. Its value is still checked, and the key is not reported as missing.
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

/// Reads a record and reports unknown keys.
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

/// Reports an unknown key and returns the key that was most likely meant.
fn unknown_key<R: Record>(entry: &Entry<'_>, report: &mut Report) -> Option<&'static str> {
    let meant = nearest(&entry.key, R::KEYS.iter().copied());
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

/// Declares a record: its struct, how it is read, and its JSON Schema. Each field is a `Required<T>` or an
/// `Option<Given<T>>`. Editors show its doc comment.
macro_rules! record {
    ($(#[$meta:meta])* $name:ident: $what:literal { $($(#[$doc:meta])* $field:ident: $type:ty,)* }) => {
        #[derive(Debug, schemars::JsonSchema)]
        #[schemars(deny_unknown_fields)]
        $(#[$meta])*
        pub(super) struct $name {
            $($(#[$doc])* pub(super) $field: $type,)*
        }

        impl $crate::catalog::record::Record for $name {
            const WHAT: &'static str = $what;
            const KEYS: &'static [&'static str] = &[$(stringify!($field)),*];

            fn read_fields(
                fields: &$crate::catalog::record::Fields<'_, '_>,
                report: &mut $crate::catalog::report::Report,
            ) -> Self {
                Self { $($field: $crate::catalog::record::Field::read(fields, stringify!($field), report),)* }
            }
        }

        impl $crate::catalog::read::Value for $name {
            fn read(
                node: &$crate::catalog::yaml::Node<'_>,
                name: &str,
                report: &mut $crate::catalog::report::Report,
            ) -> Option<Self> {
                $crate::catalog::record::read_record(node, name, report)
            }
        }
    };
}
pub(super) use record;
