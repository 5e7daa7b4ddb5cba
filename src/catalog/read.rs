//! Reads the tree into typed values and reports every mistake. Reading goes on after a mistake: the invalid value is
//! reported and missing in the result, and the rest is read.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::model::id::Name;

use super::code::Code;
use super::report::{Place, Report, shown};
use super::yaml::{Content, Node};

/// A value with its place.
#[derive(Debug, Clone)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) place: Place,
}

/// A list with a place for each entry.
pub(super) type List<T> = Vec<At<T>>;

/// A mapping whose keys are names chosen by the catalog's authors. A name with an invalid value is still present.
#[derive(Debug)]
pub(super) struct Map<T>(pub(super) BTreeMap<Name, Named<T>>);

/// The value of a name, and the place of the name.
#[derive(Debug)]
pub(super) struct Named<T> {
    pub(super) key: Place,
    pub(super) value: Option<T>,
}

/// A type that can be read from a node. `name` is used in messages, such as the key in backticks.
pub(super) trait Value: Sized {
    fn read(node: &Node<'_>, name: &str, report: &mut Report) -> Option<Self>;
}

/// A type that can be read from a single scalar.
pub(super) trait Scalar: Sized {
    /// The code of the finding if the text is invalid.
    const CODE: Code;
    /// The expected value in messages, with its article.
    const EXPECTED: &'static str;

    /// Recognizes a mistake that has its own code, before `parse` is tried. Returns the code, the message and the
    /// help.
    fn known_mistake(_text: &str) -> Option<(Code, String, String)> {
        None
    }

    /// The value, or the help that says what to write instead.
    fn parse(text: &str, plain: bool) -> Result<Self, String>;
}

pub(super) fn null_value(name: &str, place: Place, report: &mut Report) {
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

/// Reads a node that should be a single scalar.
pub(super) fn text<T: Scalar>(node: &Node<'_>, name: &str, report: &mut Report) -> Option<T> {
    let Content::Scalar { text, plain } = &node.content else {
        wrong_type(node, name, T::EXPECTED, "write a single value here", report);
        return None;
    };
    scalar(text, *plain, name, node.place, report)
}

fn scalar<T: Scalar>(text: &str, plain: bool, name: &str, place: Place, report: &mut Report) -> Option<T> {
    if let Some((code, message, help)) = T::known_mistake(text) {
        report.add(code, place, format!("{name}: {message}"), help);
        return None;
    }
    match T::parse(text, plain) {
        Ok(value) => Some(value),
        Err(help) => {
            report.add(T::CODE, place, format!("{name}: {} is not {}", shown(text), T::EXPECTED), help);
            None
        }
    }
}

pub(super) fn wrong_type(node: &Node<'_>, name: &str, expected: &str, help: &str, report: &mut Report) {
    let found = match &node.content {
        Content::Lost => return,
        Content::Scalar { text, plain: _ } => Cow::Owned(format!("the text {}", shown(text))),
        Content::Sequence(_) => Cow::Borrowed("a list"),
        Content::Mapping(_) => Cow::Borrowed("a mapping"),
    };
    report.add(Code::WrongType, node.place, format!("{name} should be {expected}, not {found}"), help);
}
