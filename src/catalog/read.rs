//! Tree → typed values, and every mistake on the way. A reader never stops at the first: what can't be read is
//! reported and missing from the result, and the rest is read on.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::model::id::Name;

use super::code::Code;
use super::report::{Place, Report, shown};
use super::yaml::{Content, Node};

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) place: Place,
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

    /// A mistake with a code of its own, tried before `parse`: the code, what is wrong, what to write instead.
    fn known_mistake(_text: &str) -> Option<(Code, String, String)> {
        None
    }

    /// The value, or what to write instead.
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

/// Reads the value of a node that should be a single text.
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
