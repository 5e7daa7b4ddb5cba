//! Makes drafts of catalog files from other tools' files. Pure.
//!
//! ```text
//! file ─► tree (values with places) ─► lza · puppet · terraform · marketplace    ┐
//!                                      csv                                       ┴─► gather ─► Draft
//! ```
//!
//! Either a file is understood as a whole, or an error says where it is not. Anything that a catalog can't say is left
//! out and reported with its place. Nothing is guessed.

mod csv;
mod file;
mod gather;
mod lza;
mod marketplace;
mod names;
mod puppet;
mod reader;
mod recognise;
mod terraform;

use std::collections::BTreeSet;

use crate::model::draft::Draft;
use crate::yaml::Node;

pub use file::{Destination, ForeignFile, Kind, MOST_BYTES, Trouble};
pub use lza::ACCOUNTS_FILE;
pub use recognise::recognise;

/// Makes drafts of what the files say. All files must be of one kind.
///
/// # Errors
///
/// If a file is too large, is not YAML, JSON or CSV, or is not of this kind.
pub fn read(files: &[ForeignFile], kind: Kind, to: Destination<'_>) -> Result<Draft, Trouble> {
    for file in files {
        if u64::try_from(file.text.len()).unwrap_or(u64::MAX) > MOST_BYTES {
            return Err(Trouble(format!("{}: more than {} MiB are not read", file.path, MOST_BYTES / 1024 / 1024)));
        }
    }
    let mut draft = Draft::default();
    if kind == Kind::Csv {
        for file in files {
            csv::read(file, &mut draft)?;
        }
        return Ok(draft);
    }
    let trees: Vec<(&str, Node<'_>)> =
        files.iter().map(|file| Ok((file.path.as_str(), file.tree()?))).collect::<Result<_, Trouble>>()?;
    match kind {
        Kind::Lza => lza::read(&trees, to, &mut draft)?,
        Kind::Puppet => puppet::read(&trees, to, &mut draft)?,
        Kind::Terraform => terraform::read(&trees, to, &mut draft)?,
        Kind::MarketplaceAutomation => marketplace::read(&trees, to, &mut draft)?,
        Kind::Csv => {}
    }
    // The same sentence for several regions is said once.
    let mut said = BTreeSet::new();
    draft.left_out.retain(|sentence| said.insert(sentence.clone()));
    draft.altered.retain(|sentence| said.insert(sentence.clone()));
    Ok(draft)
}
