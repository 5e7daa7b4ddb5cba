//! `plan`: desired against live.

use anyhow::Result;

use super::document::Refused;
use super::exit::Exit;
use super::filter::Filter;
use super::planning::{Asides, Reach};
use super::{catalog, document, files, output, planning, validate};
use crate::cli::{Common, Format, Plan as Options};
use crate::model::change::Plan;
use crate::plan::wire::Beside;
use crate::render::text;

/// Shows what would change.
pub(super) async fn run(common: &Common, options: &Options) -> Result<Exit> {
    let format = validate::no_sarif(common)?;
    let filter = Filter::new(common);
    let Some(catalog) = catalog::load(common)? else { return Ok(Exit::Error) };
    let limits = catalog.limits(None);
    let beside = Beside { asked: catalog.asked(&filter)?, is_drift: false, ..Beside::default() };
    let plan = planning::look(common, catalog, &filter, (Reach::of(&options.reach), Asides::of(options.usage))).await?;
    let refused = Refused::here(&plan, limits);
    if let Some(out) = &options.out {
        files::save(out, &document::json(&plan, refused.as_ref(), &beside))?;
    }
    let shown = text::Options { all: options.all, verbose: common.verbose, applying: false, width: output::width() };
    output::result(common, |mut sink| match format {
        Format::Json => sink.write_all(document::json(&plan, refused.as_ref(), &beside).as_bytes()),
        Format::Markdown => sink.write_all(document::plan(&plan, refused.as_ref(), false).as_bytes()),
        Format::Text | Format::Sarif | Format::Yaml | Format::Cloudformation => {
            text::plan(&plan, refused.as_ref().map(Refused::objection).as_ref(), &shown, &mut sink)
        }
    })?;
    Ok(exit(&plan, options.detailed_exitcode))
}

pub(super) fn exit(plan: &Plan, detailed: bool) -> Exit {
    let summary = plan.summary();
    if summary.unreadable > 0 {
        Exit::Error
    } else if detailed && plan.has_changes() {
        Exit::Differences
    } else {
        Exit::Done
    }
}
