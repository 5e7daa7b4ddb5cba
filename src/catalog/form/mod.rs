//! The format of catalog files: the order of keys, the quotes of ids, blanks and blank lines. Formatting changes no
//! meaning and loses no comment: the result is parsed again and compared before it is returned.

mod block;
mod inline;
mod shape;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::model::finding::Finding;

use super::decode::decode;
use super::doubt::Unsafe;
use super::json_schema::FileKind;
use super::layout::{Layout, classify};
use super::report::Report;
use super::source::CatalogFiles;
use super::tree::{self, Tree};
use super::yaml::{self, Content, Entry, Node};
use shape::{Shape, needs_no_quotes};

/// The result of formatting a file.
#[derive(Debug, PartialEq, Eq)]
pub enum Formed {
    /// The file is formatted already.
    Same,
    /// The formatted text.
    Changed(String),
    /// The file can't be read, so it stays as it is.
    Unreadable(Vec<Finding>),
    /// The file can be read but can't be formatted safely, so it stays as it is.
    Refused {
        /// The line, from 1.
        line: usize,
        /// The reason.
        reason: String,
    },
}

/// Formats each file of a catalog.
pub fn form(files: &CatalogFiles) -> Vec<(&str, Formed)> {
    let of = |(path, bytes): (&'_ String, &Vec<u8>)| {
        let kind = match classify(files.inside(path)) {
            Layout::Settings => FileKind::Settings,
            Layout::Portfolio(_) => FileKind::Portfolio,
            Layout::Marketplace(_) => FileKind::Marketplace,
            Layout::Foreign | Layout::Wrong { code: _, message: _, help: _ } => return None,
        };
        Some(one(path, bytes, kind))
    };
    files.files.iter().filter_map(|(path, bytes)| Some((path.as_str(), of((path, bytes))?))).collect()
}

fn one(path: &str, bytes: &[u8], kind: FileKind) -> Formed {
    let mut report = Report::new(path);
    let text = decode(bytes, &mut report);
    let root = text.and_then(|text| yaml::parse(text, &mut report));
    let findings = report.into_findings();
    let (Some(text), Some(root), true) = (text, root, findings.is_empty()) else {
        return Formed::Unreadable(findings);
    };
    match formed(path, text, &root, Shape::of(kind)) {
        Ok(new) if new.as_bytes() == bytes => Formed::Same,
        Ok(new) => Formed::Changed(new),
        Err(Unsafe { line, reason }) => Formed::Refused { line, reason: reason.to_owned() },
    }
}

fn formed(path: &str, text: &str, root: &Node<'_>, shape: Shape) -> Result<String, Unsafe> {
    let lines = text.replace("\r\n", "\n");
    if lines.contains('\r') {
        return Err(Unsafe::at(1, "it has carriage returns that end no line"));
    }
    let before = tree::tree(&lines)?;
    let new = settled(once(&lines, &before, shape)?, shape)?;
    let mut report = Report::new(path);
    let after = yaml::parse(&new, &mut report);
    let is_sound = report.into_findings().is_empty() && after.is_some_and(|after| is_same(root, &after));
    if !is_sound || sorted(&before.comments) != sorted(&tree::tree(&new)?.comments) {
        return Err(Unsafe::at(1, "its form would say something else, or lose a comment"));
    }
    Ok(new)
}

/// Formats the text until another round changes nothing. One round is enough for all realistic files.
fn settled(mut text: String, shape: Shape) -> Result<String, Unsafe> {
    const ROUNDS: usize = 3;
    for _ in 0..ROUNDS {
        let again = once(&text, &tree::tree(&text)?, shape)?;
        if again == text {
            return Ok(text);
        }
        text = again;
    }
    Err(Unsafe::at(1, "formatting it again gives another result each time"))
}

fn once(text: &str, tree: &Tree, shape: Shape) -> Result<String, Unsafe> {
    let inline = inline::inline(text, tree, shape);
    block::block(&inline, &tree::tree(&inline)?, shape)
}

fn sorted(comments: &[String]) -> Vec<&String> {
    let mut sorted: Vec<&String> = comments.iter().collect();
    sorted.sort();
    sorted
}

/// Whether two values have the same content, ignoring the order of keys.
fn is_same(one: &Node<'_>, other: &Node<'_>) -> bool {
    match (&one.content, &other.content) {
        (Content::Scalar { text, plain }, Content::Scalar { text: other_text, plain: other_plain }) => {
            // Quotes of ids may change. Any other text could mean something else without its quotes.
            text == other_text && (plain == other_plain || is_id(text))
        }
        (Content::Sequence(items), Content::Sequence(others)) => {
            items.len() == others.len() && items.iter().zip(others).all(|(one, other)| is_same(one, other))
        }
        (Content::Mapping(entries), Content::Mapping(others)) => {
            let others: BTreeMap<&str, &Node<'_>> =
                others.iter().map(|entry| (entry.key.as_ref(), &entry.value)).collect();
            let is_there =
                |entry: &Entry<'_>| others.get(entry.key.as_ref()).is_some_and(|other| is_same(&entry.value, other));
            entries.len() == others.len() && entries.iter().all(is_there)
        }
        _ => false,
    }
}

fn is_id(text: &str) -> bool {
    needs_no_quotes(text) || (text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()))
}
