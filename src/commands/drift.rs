//! `drift`: live against what Git says.

use anyhow::Result;

use super::document::Refused;
use super::exit::Exit;
use super::filter::Filter;
use super::planning::{Asides, Reach};
use super::{catalog, document, files, output, planning, validate};
use crate::cli::{Common, Drift as Options, Format};
use crate::plan::wire::Beside;
use crate::render::text;

/// Compares what is live with the catalog. Everything that differs is drift: the catalog is its own base.
pub(super) async fn run(common: &Common, options: &Options) -> Result<Exit> {
    let format = validate::no_sarif(common)?;
    let filter = Filter::new(common);
    // Drops `--base`: drift compares the catalog with itself.
    let common = &common.without_base();
    let Some(catalog) = catalog::load(common)? else { return Ok(Exit::Error) };
    let limits = catalog.limits(None);
    let beside = Beside { asked: catalog.asked(&filter)?, is_drift: true, ..Beside::default() };
    let plan = planning::look(common, catalog.into_drift(), &filter, (Reach::Compare, Asides::Running)).await?;
    let refused = Refused::here(&plan, limits);
    if let Some(out) = &options.out {
        files::save(out, &document::json(&plan, refused.as_ref(), &beside))?;
    }
    let shown = text::Options { all: options.all, verbose: common.verbose, applying: false, width: output::width() };
    output::result(common, |mut sink| match format {
        Format::Json => sink.write_all(document::json(&plan, refused.as_ref(), &beside).as_bytes()),
        Format::Markdown => sink.write_all(document::drift(&plan, refused.as_ref()).as_bytes()),
        Format::Text | Format::Sarif | Format::Yaml | Format::Cloudformation => {
            text::drift(&plan, refused.as_ref().map(Refused::objection).as_ref(), &shown, &mut sink)
        }
    })?;
    let summary = plan.summary();
    Ok(if summary.unreadable > 0 || (plan.is_reach_unknown() && summary.changes() == 0) {
        Exit::Error
    } else if summary.changes() > 0 || plan.has_incomplete_shares() {
        Exit::Differences
    } else {
        Exit::Done
    })
}
