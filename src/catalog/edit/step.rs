//! Steps of an edit, gathered by the place in the file that they are made at.

use std::collections::{BTreeMap, BTreeSet};

use super::refused::{NotEdited, not};
use crate::catalog::item::{Item, Word};
use crate::catalog::tree::{Content, Node};

/// Where a value begins: line and column, from 1.
pub(super) type Spot = (usize, usize);

/// A way down from the top of a file; each step is an entry's place in its list or mapping.
pub(super) type Path = Vec<usize>;

/// One thing that is edited.
#[derive(Debug)]
pub(super) enum Step<'a> {
    /// The entry of a list that this stands in goes out.
    Drop(Spot),
    /// An entry comes to the list under `key` of the mapping that this stands in, or of the file.
    Add { within: Option<Spot>, key: &'a str, item: Item },
    /// A key of the mapping that this stands in gets a value, or goes.
    Set { within: Spot, key: &'a str, value: Option<Word> },
}

/// What is edited in one list, or in one key.
#[derive(Debug)]
pub(super) enum Group<'a> {
    /// Of the list at the place.
    List { dropped: BTreeSet<usize>, added: Vec<&'a Item> },
    /// A list that is begun in the mapping at the place.
    Begin { key: &'a str, added: Vec<&'a Item> },
    /// Of the mapping at the place.
    Set { key: &'a str, value: Option<&'a Word> },
}

/// The steps by their places, the ones further down first. Steps that say the same are one.
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

/// The way to the innermost value of a kind that a spot is in, and which entry of it the spot is in.
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
