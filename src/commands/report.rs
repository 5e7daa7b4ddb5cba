//! `report`: merges several plans, or several results of apply, into one. No network.

use anyhow::Result;

use super::document::Refused;
use super::exit::Exit;
use super::filter::Filter;
use super::gather::{Expected, Files, Gathered, gather};
use super::{apply, catalog, document, output, plan, validate};
use crate::cli::{Common, Format, Report as Options};
use crate::plan::wire;
use crate::render::text;

/// Prints the merged plan or report.
pub(super) fn run(common: &Common, options: &Options) -> Result<Exit> {
    let format = validate::no_sarif(common)?;
    let filter = Filter::new(common);
    // Without a catalog the files can be read, but a missing target can't be noticed.
    let catalog = if common.catalog.is_dir() { catalog::load(common)? } else { None };
    let expected = catalog.as_ref().map(|catalog| Expected { catalog, filter: &filter });
    let files = Files::read(&options.files)?;
    let beside = files.beside.clone();
    let gathered = gather(files, expected, common.is_sandboxed())?;
    let limits = catalog.as_ref().map(|catalog| catalog.limits(None));
    // Without a catalog there is no limit to hold the plan to.
    let refused = match (&gathered, limits) {
        (Gathered::Plan(plan), Some(limits)) => Refused::here(plan, limits),
        (Gathered::Plan(_) | Gathered::Report(_), _) => None,
    };
    let shown = text::Options {
        all: options.all,
        verbose: common.verbose,
        applying: matches!(gathered, Gathered::Report(_)),
        width: output::width(),
    };
    output::result(common, |mut sink| match (&gathered, format) {
        (Gathered::Plan(plan), Format::Json) => {
            sink.write_all(document::json(plan, refused.as_ref(), &beside).as_bytes())
        }
        (Gathered::Plan(plan), Format::Markdown) => {
            sink.write_all(document::plan(plan, refused.as_ref(), true).as_bytes())
        }
        (Gathered::Plan(plan), Format::Text | Format::Sarif | Format::Yaml | Format::Cloudformation) => {
            text::plan(plan, refused.as_ref().map(Refused::objection).as_ref(), &shown, &mut sink)
        }
        (Gathered::Report(report), Format::Json) => {
            sink.write_all(wire::report_to_json_with(report, &beside).as_bytes())
        }
        (Gathered::Report(report), Format::Markdown) => sink.write_all(document::report(report, true).as_bytes()),
        (Gathered::Report(report), Format::Text | Format::Sarif | Format::Yaml | Format::Cloudformation) => {
            text::report(report, &shown, &mut sink)
        }
    })?;
    Ok(match &gathered {
        Gathered::Plan(it) => plan::exit(it, false),
        Gathered::Report(it) => apply::exit(it),
    })
}
