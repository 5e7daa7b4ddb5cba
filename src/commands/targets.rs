//! `targets`: the catalog's targets, for a job matrix.

use anyhow::Result;

use super::filter::{self, Filter};
use super::{Exit, catalog, output};
use crate::cli::{Common, Format};
use crate::model::target::TargetName;

/// Prints the targets: a JSON array on one line, as `fromJSON` in a workflow takes it, or a line each. With a base,
/// those too that are cleaned up after: otherwise no job of the matrix would.
pub(super) fn run(common: &Common) -> Result<Exit> {
    let Some(catalog::Catalog { desired, base, version: _ }) = catalog::load(common)? else {
        return Ok(Exit::Error);
    };
    let all = filter::names(&desired, base.as_ref());
    let chosen = Filter::new(common).against(&all)?;
    let names: Vec<&TargetName> = all.iter().filter(|name| chosen.may_match(name)).collect();
    output::result(common, |sink| match common.format.unwrap_or(Format::Json) {
        Format::Json | Format::Sarif => writeln!(sink, "{}", serde_json::to_string(&names)?),
        Format::Text | Format::Markdown => names.iter().try_for_each(|name| writeln!(sink, "{name}")),
    })?;
    Ok(Exit::Done)
}
