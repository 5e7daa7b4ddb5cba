//! Edits entries of a file and nothing else. Every byte outside the edited lines stays. The result is parsed again
//! and must equal the old content with the edits. Otherwise nothing is changed.

mod entry;
mod refused;
mod splice;
mod step;
mod value;

#[cfg(test)]
mod tests;

use super::decode::decode;
use super::item::Word;
use super::report::Report;
use super::write;
use super::yaml;
use super::{tree, tree::Tree};
use crate::model::amend::{Amendment, NewValue};
use crate::model::finding::Source;
pub use entry::{Entry, words};
pub use refused::NotEdited;
use refused::not;
use splice::Splice;
use step::{Spot, Step};
use value::Value;

/// A list in the file of a product list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// `approved`.
    Approved,
    /// `rejected`.
    Rejected,
}

impl List {
    /// Its key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }
}

/// A file with one new entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The new text of the file.
    pub text: String,
    /// The byte offset at which the entry was inserted.
    pub at: usize,
    /// The inserted text.
    pub inserted: String,
}

/// Adds an entry at the end of a list. A list that does not exist is created.
pub fn add(bytes: &[u8], list: List, entry: &Entry<'_>) -> Result<Edited, NotEdited> {
    let (text, splices) = edited(bytes, &[Step::Add { within: None, key: list.key(), item: entry.item() }])?;
    match splices.as_slice() {
        [Splice { start, end: _, text: inserted }] => {
            let mark = text.len().saturating_sub(text.trim_start_matches('\u{feff}').len());
            Ok(Edited { at: mark + start, inserted: inserted.clone(), text })
        }
        _ => Err(not(1, "where the entry belongs can't be told")),
    }
}

/// Makes all amendments of one file. If one of them fails, none is made.
pub fn amend(bytes: &[u8], amendments: &[&Amendment]) -> Result<String, NotEdited> {
    let steps: Vec<Step<'_>> = amendments.iter().map(|it| step(it)).collect();
    edited(bytes, &steps).map(|(text, _)| text)
}

/// The lines of an entry as they would stand in a list with this indentation.
pub fn lines(amendment: &Amendment, indent: &str) -> Vec<String> {
    match step(amendment) {
        Step::Add { within: _, key: _, item } => item.lines(indent),
        Step::Set { within: _, key, value: Some(value) } => vec![format!("{indent}{key}: {}", value.written)],
        Step::Set { within: _, key: _, value: None } | Step::Drop(_) => Vec::new(),
    }
}

fn step(amendment: &Amendment) -> Step<'_> {
    match amendment {
        Amendment::Drop(source) => Step::Drop(spot(source)),
        Amendment::Add(place, entry) => {
            Step::Add { within: place.within.as_ref().map(spot), key: place.key, item: write::entry(entry) }
        }
        Amendment::Set { within, key, value } => {
            let word = |value: &NewValue| match value {
                NewValue::Text(text) => write::word(text),
                NewValue::Flag(flag) => Word::flag(*flag),
            };
            Step::Set { within: spot(within), key, value: value.as_ref().map(word) }
        }
    }
}

fn spot(source: &Source) -> Spot {
    let number = |it: u32| usize::try_from(it).unwrap_or(usize::MAX);
    (number(source.line), number(source.column))
}

/// The file's text after the steps, and the splices that were made.
fn edited(bytes: &[u8], steps: &[Step<'_>]) -> Result<(String, Vec<Splice>), NotEdited> {
    let mut report = Report::new("");
    let text = decode(bytes, &mut report);
    let root = text.and_then(|text| yaml::parse(text, &mut report));
    let (Some(text), Some(root), true) = (text, root, report.into_findings().is_empty()) else {
        return Err(not(1, "the file can't be read"));
    };
    let Tree { root: tree, .. } = tree::tree(text)?;
    let groups = step::gathered(&tree, steps)?;
    let (mut wanted, mut splices) = (Value::of(&root), Vec::new());
    for (path, group) in &groups {
        splices.extend(splice::splices(text, &tree, path, group)?);
        wanted.edit(path, group).ok_or_else(|| not(1, "where its values stand can't be told"))?;
    }
    let first = splices.iter().map(|splice| splice.start).min().unwrap_or_default();
    let line = text.get(..first).map_or(1, |before| before.matches('\n').count() + 1);
    let new =
        splice::spliced(text, splices.clone()).ok_or_else(|| not(line, "two edits would be made in one place"))?;
    let mut report = Report::new("");
    let sound = yaml::parse(&new, &mut report).filter(|_| report.into_findings().is_empty());
    if sound.is_none_or(|new| Value::of(&new).settled() != wanted.settled()) {
        return Err(not(line, "an edit here would also change other values of the file"));
    }
    // The byte order mark of some editors is not part of the text. It stays.
    let mark = std::str::from_utf8(bytes).ok().and_then(|all| all.strip_suffix(text)).unwrap_or_default();
    Ok((format!("{mark}{new}"), splices))
}
