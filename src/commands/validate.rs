//! `validate`: the catalog alone, no network.

use anyhow::Result;

use super::exit::{Exit, UsageError};
use super::{catalog, output};
use crate::catalog::source;
use crate::cli::{Common, Format};
use crate::render::{findings, sarif};

/// Reads and checks the catalog.
pub(super) fn run(common: &Common) -> Result<Exit> {
    no_yaml(common)?;
    let files = source::read_dir(&common.catalog)?;
    let loaded = crate::catalog::load(&files, catalog::today());
    let (found, pages) = (&loaded.findings, output::pages());
    output::result(common, |mut sink| match common.format.unwrap_or(Format::Text) {
        Format::Text | Format::Markdown | Format::Yaml | Format::Cloudformation => {
            findings::text(found, &pages, |file| catalog::contents(&files, file), &mut sink)
        }
        Format::Json => sink.write_all(findings::json(found, &pages).as_bytes()),
        Format::Sarif => sink.write_all(sarif::sarif(found, &pages, env!("CARGO_PKG_VERSION")).as_bytes()),
    })?;
    Ok(if loaded.errors() == 0 { Exit::Done } else { Exit::Error })
}

/// Refuses the formats that only `products` and `iam` have.
pub(super) fn no_yaml(common: &Common) -> Result<()> {
    match common.format {
        Some(Format::Yaml) => Err(UsageError("--format yaml is for products".to_owned()).into()),
        Some(Format::Cloudformation) => Err(UsageError("--format cloudformation is for iam".to_owned()).into()),
        _ => Ok(()),
    }
}

/// Refuses the formats that only `validate`, `products` or `iam` have.
pub(super) fn no_sarif(common: &Common) -> Result<Format> {
    no_yaml(common)?;
    match common.format.unwrap_or(Format::Text) {
        Format::Sarif => Err(UsageError("--format sarif is for validate".to_owned()).into()),
        format => Ok(format),
    }
}
