//! Whether a file says what it said, and one entry more.

use crate::catalog::yaml::{Content, Entry as Pair, Node};

use super::entry::Entry;

/// Whether `new` says what `old` says, with `entry` at the end of the list under `key`, and nothing else.
pub(super) fn adds(old: &Node<'_>, new: &Node<'_>, key: &str, entry: &Entry<'_>) -> bool {
    let (Content::Mapping(old), Content::Mapping(new)) = (&old.content, &new.content) else { return false };
    let list = |pairs: &[Pair<'_>]| pairs.iter().position(|pair| pair.key == key);
    let (before, after) = (list(old), list(new));
    let rest = |pairs: &[Pair<'_>]| pairs.iter().filter(|pair| pair.key != key).count();
    let others = old.iter().filter(|pair| pair.key != key).zip(new.iter().filter(|pair| pair.key != key));
    let is_same = rest(old) == rest(new) && others.into_iter().all(|(old, new)| is_same_pair(old, new));
    let items = |pairs: &'_ [Pair<'_>], at: Option<usize>| -> Option<usize> {
        match &pairs.get(at?)?.value.content {
            Content::Sequence(items) => Some(items.len()),
            Content::Scalar { .. } | Content::Mapping(_) | Content::Lost => None,
        }
    };
    let earlier = if before.is_none() { Some(0) } else { items(old, before) };
    let (Some(earlier), Some(now)) = (earlier, items(new, after)) else { return false };
    is_same
        && now == earlier + 1
        && (before.is_none() || before == after)
        && (0..earlier).all(|at| match (item(old, before, at), item(new, after, at)) {
            (Some(old), Some(new)) => is_same_node(old, new),
            _ => false,
        })
        && item(new, after, earlier).is_some_and(|item| is_entry(item, entry))
}

fn item<'n, 't>(pairs: &'n [Pair<'t>], list: Option<usize>, at: usize) -> Option<&'n Node<'t>> {
    match &pairs.get(list?)?.value.content {
        Content::Sequence(items) => items.get(at),
        Content::Scalar { .. } | Content::Mapping(_) | Content::Lost => None,
    }
}

/// Whether a value is the entry, in its long or its short form.
fn is_entry(node: &Node<'_>, entry: &Entry<'_>) -> bool {
    let is = |node: &Node<'_>, wanted: &str| match &node.content {
        Content::Scalar { text, plain: _ } => text == wanted && !node.is_null(),
        Content::Sequence(_) | Content::Mapping(_) | Content::Lost => false,
    };
    let wanted = [("id", Some(entry.id.as_str().to_owned())), ("name", entry.name()), ("notes", entry.notes())];
    let wanted: Vec<(&str, String)> = wanted.into_iter().filter_map(|(key, text)| Some((key, text?))).collect();
    match &node.content {
        Content::Mapping(pairs) => {
            pairs.len() == wanted.len()
                && pairs.iter().zip(&wanted).all(|(pair, (key, text))| pair.key == *key && is(&pair.value, text))
        }
        Content::Scalar { .. } => wanted.len() == 1 && is(node, entry.id.as_str()),
        Content::Sequence(_) | Content::Lost => false,
    }
}

fn is_same_pair(old: &Pair<'_>, new: &Pair<'_>) -> bool {
    old.key == new.key && is_same_node(&old.value, &new.value)
}

fn is_same_node(old: &Node<'_>, new: &Node<'_>) -> bool {
    match (&old.content, &new.content) {
        (Content::Scalar { text, plain }, Content::Scalar { text: new_text, plain: new_plain }) => {
            text == new_text && plain == new_plain
        }
        (Content::Sequence(old), Content::Sequence(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| is_same_node(old, new))
        }
        (Content::Mapping(old), Content::Mapping(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| is_same_pair(old, new))
        }
        _ => false,
    }
}
