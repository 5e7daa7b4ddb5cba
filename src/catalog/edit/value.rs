//! The content of a file without places. The content after an edit is computed here, and the edited text has to parse
//! to it.

use super::step::{Group, Path};
use crate::catalog::item::{Field, Item, Word};
use crate::catalog::yaml::{Content, Node};

/// The content of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// A scalar. `more` is true if it is not read as text: null, true or false.
    Scalar {
        text: String,
        more: bool,
    },
    List(Vec<Value>),
    Mapping(Vec<(String, Value)>),
    Lost,
}

impl Value {
    pub(super) fn of(node: &Node<'_>) -> Self {
        match &node.content {
            Content::Scalar { text, plain } => scalar(text, *plain),
            Content::Sequence(items) => Self::List(items.iter().map(Self::of).collect()),
            Content::Mapping(entries) => Self::Mapping(
                entries.iter().map(|entry| (entry.key.as_ref().to_owned(), Self::of(&entry.value))).collect(),
            ),
            Content::Lost => Self::Lost,
        }
    }

    /// The value at a path of indexes.
    fn at(&mut self, path: &[usize]) -> Option<&mut Self> {
        let Some((first, rest)) = path.split_first() else { return Some(self) };
        match self {
            Self::List(items) => items.get_mut(*first)?.at(rest),
            Self::Mapping(entries) => entries.get_mut(*first)?.1.at(rest),
            Self::Scalar { .. } | Self::Lost => None,
        }
    }

    /// Makes the edits of a group. `None` if the path does not lead to a suitable value.
    pub(super) fn edit(&mut self, place: &Path, group: &Group<'_>) -> Option<()> {
        match group {
            Group::List { dropped, added } => {
                let there = self.at(place)?;
                if matches!(there, Self::Scalar { text, more: true } if matches!(text.as_str(), "" | "~")) {
                    *there = Self::List(Vec::new());
                }
                let Self::List(items) = there else { return None };
                let mut at = 0..;
                items.retain(|_| at.next().is_none_or(|at| !dropped.contains(&at)));
                items.extend(added.iter().map(|item| of_item(item)));
            }
            Group::Begin { key, added } => {
                let Self::Mapping(entries) = self.at(place)? else { return None };
                entries.push(((*key).to_owned(), Self::List(added.iter().map(|item| of_item(item)).collect())));
            }
            Group::Set { key, value } => {
                let Self::Mapping(entries) = self.at(place)? else { return None };
                let at = entries.iter().position(|(name, _)| name == key);
                match (at.and_then(|at| entries.get_mut(at)), value) {
                    (Some(entry), Some(value)) => entry.1 = of_word(value),
                    (None, Some(value)) => entries.push(((*key).to_owned(), of_word(value))),
                    // The entry is only marked, so that the indexes in other paths stay valid.
                    (Some(entry), None) => entry.1 = Self::Lost,
                    (None, None) => {}
                }
            }
        }
        Some(())
    }

    /// The value with its keys sorted and without the removed keys, so that only content is compared.
    pub(super) fn settled(self) -> Self {
        match self {
            Self::List(items) => Self::List(items.into_iter().map(Self::settled).collect()),
            Self::Mapping(entries) => {
                let there = entries.into_iter().filter(|(_, value)| *value != Self::Lost);
                let mut entries: Vec<_> = there.map(|(key, value)| (key, value.settled())).collect();
                entries.sort_by(|(one, _), (other, _)| one.cmp(other));
                Self::Mapping(entries)
            }
            other @ (Self::Scalar { .. } | Self::Lost) => other,
        }
    }
}

/// Unquoted, these words are not text.
const NO_TEXTS: [&str; 11] = ["", "~", "null", "Null", "NULL", "true", "True", "TRUE", "false", "False", "FALSE"];

fn scalar(text: &str, plain: bool) -> Value {
    Value::Scalar { text: text.to_owned(), more: plain && NO_TEXTS.contains(&text) }
}

/// The content of a word.
fn of_word(word: &Word) -> Value {
    scalar(&word.text, word.is_plain())
}

/// The content of an entry.
fn of_item(item: &Item) -> Value {
    match item {
        Item::Bare(word) => of_word(word),
        Item::Fields(fields) => {
            let value = |Field { key, word, comment: _ }: &Field| ((*key).to_owned(), of_word(word));
            Value::Mapping(fields.iter().map(value).collect())
        }
    }
}
