//! The steps of an edit, grouped by their places in the file.

use std::collections::{BTreeMap, BTreeSet};

use super::refused::{NotEdited, not};
use crate::catalog::item::{Item, Word};
use crate::catalog::tree::{Content, Node};

/// The beginning of a value: line and column, from 1.
pub(super) type Spot = (usize, usize);

/// The path from the root of a file to a value: the index in each list or mapping on the way.
pub(super) type Path = Vec<usize>;

/// One edit.
#[derive(Debug)]
pub(super) enum Step<'a> {
    /// Removes the list entry at this spot.
    Drop(Spot),
    /// Adds an entry to the list under `key` in the mapping at this spot, or in the file's own mapping.
    Add { within: Option<Spot>, key: &'a str, item: Item },
    /// Sets a key of the mapping at this spot, or removes it.
    Set { within: Spot, key: &'a str, value: Option<Word> },
}

/// The edits of one list, or of one key.
#[derive(Debug)]
pub(super) enum Group<'a> {
    /// Edits of the list at the path.
    List { dropped: BTreeSet<usize>, added: Vec<&'a Item> },
    /// A new list in the mapping at the path.
    Begin { key: &'a str, added: Vec<&'a Item> },
    /// A key of the mapping at the path.
    Set { key: &'a str, value: Option<&'a Word> },
}

/// Groups the steps by path, the longest paths first. Equal steps are merged.
pub(super) fn gathered<'a>(root: &Node, steps: &'a [Step<'a>]) -> Result<Vec<(Path, Group<'a>)>, NotEdited> {
    let mut lists: BTreeMap<Path, (BTreeSet<usize>, Vec<&Item>)> = BTreeMap::new();
    let mut begun: BTreeMap<(Path, &str), Vec<&Item>> = BTreeMap::new();
    let mut set: BTreeMap<(Path, &str), Option<&Word>> = BTreeMap::new();
    for step in steps {
        match step {
            Step::Drop(spot) => {
                let is_list = |node: &Node| matches!(node.content, Content::Sequence { .. });
                let found = way(root, *spot, is_list).and_then(|(path, _, item)| Some((path, item?)));
                let (path, item) = found.ok_or_else(|| not(spot.0, "no entry of a list stands here"))?;
                lists.entry(path).or_default().0.insert(item);
            }
            Step::Add { within, key, item } => {
                let (path, mapping) = mapping(root, *within)?;
                let added = match position(mapping, key) {
                    Some(at) => &mut lists.entry([path, vec![at]].concat()).or_default().1,
                    None => begun.entry((path, key)).or_default(),
                };
                if !added.contains(&item) {
                    added.push(item);
                }
            }
            Step::Set { within, key, value } => {
                let (path, _) = mapping(root, Some(*within))?;
                if set.insert((path, key), value.as_ref()).is_some_and(|before| before != value.as_ref()) {
                    return Err(not(within.0, "two different values were to be set here"));
                }
            }
        }
    }
    let lists = lists.into_iter().map(|(path, (dropped, added))| (path, Group::List { dropped, added }));
    let begun = begun.into_iter().map(|((path, key), added)| (path, Group::Begin { key, added }));
    let set = set.into_iter().map(|((path, key), value)| (path, Group::Set { key, value }));
    let mut groups: Vec<_> = set.chain(begun).chain(lists).collect();
    groups.sort_by_key(|(path, _)| std::cmp::Reverse(path.len()));
    Ok(groups)
}

fn mapping(root: &Node, within: Option<Spot>) -> Result<(Path, &Node), NotEdited> {
    let Some(spot) = within else { return Ok((Path::new(), root)) };
    let is_mapping = |node: &Node| matches!(node.content, Content::Mapping { .. });
    let (path, node, _) = way(root, spot, is_mapping).ok_or_else(|| not(spot.0, "no keys stand here"))?;
    Ok((path, node))
}

fn position(mapping: &Node, key: &str) -> Option<usize> {
    match &mapping.content {
        Content::Mapping { flow: _, entries } => entries.iter().position(|(name, _)| name.text() == key),
        Content::Scalar { .. } | Content::Alias | Content::Sequence { .. } => None,
    }
}

/// The path to the innermost wanted value that contains a spot, and the index of the entry in it that contains the
/// spot.
fn way(root: &Node, spot: Spot, is_wanted: impl Fn(&Node) -> bool) -> Option<(Path, &Node, Option<usize>)> {
    let begins = |node: &Node| (node.line + 1, node.column + 1) <= spot;
    let (mut path, mut node, mut found) = (Path::new(), root, None);
    loop {
        let child = match &node.content {
            Content::Sequence { flow: _, items } => items.iter().enumerate().rev().find(|(_, item)| begins(item)),
            Content::Mapping { flow: _, entries } => {
                let at = entries.iter().enumerate().rev().find(|(_, (key, _))| begins(key));
                at.map(|(at, (key, value))| (at, if begins(value) { value } else { key }))
            }
            Content::Scalar { .. } | Content::Alias => None,
        };
        if is_wanted(node) {
            found = Some((path.clone(), node, child.map(|(at, _)| at)));
        }
        let Some((at, child)) = child else { return found };
        path.push(at);
        node = child;
    }
}
