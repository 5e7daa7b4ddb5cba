//! `drift`: live against what Git says.

use anyhow::Result;

use super::filter::Filter;
use super::{Exit, catalog, document, files, output, planning, validate};
use crate::cli::{Common, Drift as Options, Format};
use crate::plan::wire;
use crate::render::text;

/// Compares what is live with the catalog. Everything that differs is drift: the catalog is its own base.
pub(super) async fn run(common: &Common, options: &Options) -> Result<Exit> {
    let format = validate::no_sarif(common)?;
    let filter = Filter::new(common);
    let Some(catalog) = catalog::load(common)? else { return Ok(Exit::Error) };
    let plan = planning::look(common, catalog.into_drift(), &filter).await?;
    if let Some(out) = &options.out {
        files::save(out, &wire::plan_to_json(&plan))?;
    }
    let shown = text::Options { all: options.all, verbose: common.verbose, applying: false };
    output::result(common, |mut sink| match format {
        Format::Json => sink.write_all(wire::plan_to_json(&plan).as_bytes()),
        Format::Markdown => sink.write_all(document::drift(&plan).as_bytes()),
        Format::Text | Format::Sarif => text::drift(&plan, &shown, &mut sink),
    })?;
    let summary = plan.summary();
    Ok(if summary.unreadable > 0 {
        Exit::Error
    } else if summary.changes() > 0 {
        Exit::Differences
    } else {
        Exit::Done
    })
}
