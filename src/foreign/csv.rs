//! CSV with product ids: a column `id`, and optionally `name`, `notes` and `reject`.
//!
//! Records follow RFC 4180. Besides commas, `;` and tabs may separate fields: spreadsheets write these in some
//! languages.

use std::collections::BTreeMap;

use crate::model::draft::{Draft, ListDraft, ProductDraft};
use crate::model::experience::Listing;
use crate::model::id::{Name, ProductId};
use crate::yaml::Place;

use super::file::{ForeignFile, Trouble};
use super::names::{self, words};
use super::reader::{Reader, shown};

/// The most records that are read.
const MOST: usize = 200_000;
/// The longest notes that AWS accepts, and the longest name that a catalog accepts, in characters.
const NOTES: usize = 50;
const NAME: usize = 500;

/// The meaning of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Id,
    Name,
    Notes,
    Reject,
    /// No counterpart in a catalog.
    Other,
}

fn column(heading: &str) -> Column {
    let word: String = heading.chars().filter(char::is_ascii_alphanumeric).collect();
    match word.to_ascii_lowercase().as_str() {
        "id" | "productid" => Column::Id,
        "name" | "productname" | "title" => Column::Name,
        "notes" | "note" => Column::Notes,
        "reject" | "rejected" => Column::Reject,
        _ => Column::Other,
    }
}

/// A field and its place.
#[derive(Debug)]
struct Field {
    text: String,
    place: Place,
}

/// The separator of fields: the first one outside of quotes in the first line.
fn separator(text: &str) -> char {
    let mut is_quoted = false;
    for c in text.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            ',' | ';' | '\t' if !is_quoted => return c,
            '\n' if !is_quoted => break,
            _ => {}
        }
    }
    ','
}

/// The records of a text, without empty ones.
fn records(path: &str, text: &str) -> Result<Vec<Vec<Field>>, Trouble> {
    let separator = separator(text);
    let mut records = Vec::new();
    let mut record: Vec<Field> = Vec::new();
    let start = Place { line: 1, column: 1 };
    let (mut at, mut field) = (start, Field { text: String::new(), place: start });
    let (mut is_quoted, mut was_quoted) = (false, false);
    let mut chars = text.chars().peekable();
    loop {
        let next = chars.next();
        let here = at;
        match next {
            Some('\n') => at = Place { line: at.line + 1, column: 1 },
            Some(_) => at.column += 1,
            None => {}
        }
        match next {
            Some('"') if is_quoted && chars.peek() == Some(&'"') => {
                chars.next();
                at.column += 1;
                field.text.push('"');
            }
            Some('"') if is_quoted => is_quoted = false,
            Some(c) if is_quoted => field.text.push(c),
            Some('"') if field.text.trim().is_empty() && !was_quoted => {
                field.text.clear();
                (is_quoted, was_quoted) = (true, true);
            }
            None if is_quoted => {
                return Err(Trouble::at(path, field.place, "a quotation mark here is never closed"));
            }
            None | Some('\n') => {
                record.push(std::mem::replace(&mut field, Field { text: String::new(), place: at }));
                was_quoted = false;
                let whole = std::mem::take(&mut record);
                if whole.iter().any(|field| !field.text.trim().is_empty()) {
                    records.push(whole);
                }
                if records.len() > MOST {
                    return Err(Trouble::at(path, here, &format!("more than {MOST} lines: split the file")));
                }
                if next.is_none() {
                    return Ok(records);
                }
            }
            Some('\r') => {}
            Some(c) if c == separator => {
                record.push(std::mem::replace(&mut field, Field { text: String::new(), place: at }));
                was_quoted = false;
            }
            Some(c) if was_quoted && c.is_whitespace() => {}
            Some(_) if was_quoted => {
                return Err(Trouble::at(
                    path,
                    here,
                    "there is something behind the quotation mark that closes a field",
                ));
            }
            Some(c) => field.text.push(c),
        }
    }
}

/// Whether a text is such a CSV file: its first line names a column `id`, or is nothing but a product id.
pub(super) fn is_csv(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let Ok(records) = records("", first) else { return false };
    let Some(first) = records.first() else { return false };
    first.iter().any(|field| column(&field.text) == Column::Id)
        || matches!(first.as_slice(), [field] if ProductId::is_usual(field.text.trim()))
}

/// Adds the product list of a file, under the name of the file.
pub(super) fn read(file: &ForeignFile, draft: &mut Draft) -> Result<(), Trouble> {
    let ForeignFile { path, text } = file;
    let records = records(path, text)?;
    let Some(first) = records.first() else {
        return Err(Trouble::at(path, Place { line: 1, column: 1 }, "this file says nothing"));
    };
    let mut columns: Vec<Column> = first.iter().map(|field| column(&field.text)).collect();
    let mut reader = Reader::new(path, &mut draft.left_out, &mut draft.altered);
    let has_heading = columns.contains(&Column::Id);
    if has_heading {
        for (at, field) in first.iter().enumerate() {
            let kind = columns.get(at).copied().unwrap_or(Column::Other);
            let is_twice = kind != Column::Other && columns.iter().take(at).any(|before| *before == kind);
            if is_twice {
                return Err(Trouble::at(path, field.place, &format!("a second column {}", shown(field.text.trim()))));
            }
            if kind == Column::Other && !field.text.trim().is_empty() {
                reader.leave(
                    field.place,
                    &format!("the column {} has no counterpart in a product list", shown(field.text.trim())),
                );
            }
        }
    } else if let [_] = first.as_slice() {
        columns = vec![Column::Id];
    } else {
        let place = first.first().map_or(Place { line: 1, column: 1 }, |field| field.place);
        let what = "the first line has to name the columns, such as `id,name,notes,reject`: which one holds the ids?";
        return Err(Trouble::at(path, place, what));
    }
    let mut list = List::default();
    for record in records.iter().skip(usize::from(has_heading)) {
        list.read(record, &columns, &mut reader);
    }
    let stem = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    let name = Name::made_of(stem).or_else(|| Name::made_of("products"));
    let Some(name) = name.filter(|name| !draft.lists.contains_key(name)) else {
        return Err(Trouble(format!("{path}: another file of that name was given: rename one of them")));
    };
    if list.is_empty() {
        draft.left_out.push(format!("{path}: no product in it could be taken over"));
        return Ok(());
    }
    draft.lists.insert(name, list.into_draft());
    Ok(())
}

/// The products read so far.
#[derive(Default)]
struct List {
    approved: Vec<ProductDraft>,
    rejected: Vec<ProductDraft>,
    /// The line of each id. Ids are in lower case.
    seen: BTreeMap<String, usize>,
    /// The number of lines that may name a product but could not be taken over.
    lost: usize,
}

impl List {
    fn read(&mut self, record: &[Field], columns: &[Column], reader: &mut Reader<'_>) {
        let of = |wanted: Column| {
            let at = columns.iter().position(|column| *column == wanted)?;
            record.get(at).filter(|field| !field.text.trim().is_empty())
        };
        let place = record.first().map_or(Place { line: 1, column: 1 }, |field| field.place);
        let Some(id_field) = of(Column::Id) else {
            reader.leave(place, "a line without an id");
            self.lost += 1;
            return;
        };
        let id = match names::product(id_field.text.trim()) {
            Ok(id) => id,
            Err(why) => {
                reader.leave(id_field.place, &why);
                self.lost += 1;
                return;
            }
        };
        if let Some(line) = self.seen.get(&id.as_str().to_ascii_lowercase()) {
            reader.leave(
                id_field.place,
                &format!("{}: it is in line {line} already, and that was taken", shown(id.as_str())),
            );
            return;
        }
        let listing = match of(Column::Reject).map(|field| (field, field.text.trim().to_ascii_lowercase())) {
            None => Listing::Approved,
            Some((field, word)) => match word.as_str() {
                "yes" | "y" | "true" | "1" | "x" | "reject" | "rejected" | "deny" | "denied" => Listing::Denied,
                "no" | "n" | "false" | "0" | "approve" | "approved" | "allow" | "allowed" => Listing::Approved,
                _ => {
                    let what = format!("{id}: whether to reject it can't be told from {}", shown(&word));
                    reader.leave(field.place, &what);
                    self.lost += 1;
                    return;
                }
            },
        };
        self.seen.insert(id.as_str().to_ascii_lowercase(), id_field.place.line);
        let mut text = |column: Column, what: &str, longest: usize| {
            let field = of(column)?;
            let found = words(field.text.trim(), longest);
            if let Err(why) = &found {
                reader.leave(field.place, &format!("{what} of {id}: {why}"));
            }
            found.ok()
        };
        let name = text(Column::Name, "the name", NAME);
        let notes = text(Column::Notes, "the notes", NOTES);
        let list = match listing {
            Listing::Approved => &mut self.approved,
            Listing::Denied => &mut self.rejected,
        };
        list.push(ProductDraft { id, name, notes });
        for field in record.iter().skip(columns.len()).filter(|field| !field.text.trim().is_empty()) {
            reader.leave(field.place, &format!("{}: there is no column for it", shown(field.text.trim())));
        }
    }

    fn is_empty(&self) -> bool {
        self.approved.is_empty() && self.rejected.is_empty()
    }

    fn into_draft(self) -> ListDraft {
        let Self { approved, rejected, seen: _, lost } = self;
        let lines = if lost == 1 { "a line" } else { "some lines" };
        let kept = (lost > 0)
            .then(|| format!("{lines} of the CSV could not be taken over: add what is missing, then remove this"));
        ListDraft { approved, rejected, kept, experiences: Vec::new() }
    }
}
