//! Plans, reports and refusals as documents by themselves, outside of GitHub.

use anyhow::Result;

use super::output;
use crate::cli::Common;
use crate::model::change::{CatalogVersion, Plan};
use crate::model::report::Report;
use crate::plan::{Reason, Refusal, wire};
use crate::render::markdown::{self, Context, DriftContext, Limit, State};
use crate::render::text;

fn context(version: &CatalogVersion) -> Context<'_> {
    Context {
        marker: "",
        files: None,
        base_files: None,
        head: version.revision.as_deref(),
        base: version.base.as_deref(),
        base_branch: None,
        run: None,
        whole: None,
        state: State::Planned,
        tool: wire::TOOL,
        limit: Limit::SUMMARY,
    }
}

/// A plan as markdown.
pub(super) fn plan(plan: &Plan) -> String {
    markdown::plan(plan, &context(&plan.catalog))
}

/// What differs, as markdown.
pub(super) fn drift(plan: &Plan) -> String {
    let looked = moment(jiff::Timestamp::now());
    let about = DriftContext { since: None, looked: &looked, undo: None, keep: None };
    markdown::drift(plan, &context(&plan.catalog), &about)
}

/// A moment as people read it, in UTC to the minute.
pub(super) fn moment(at: jiff::Timestamp) -> String {
    at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%-d %B %Y %H:%M UTC").to_string()
}

/// A report as markdown.
pub(super) fn report(report: &Report) -> String {
    markdown::report(report, &context(&report.catalog))
}

/// Says on standard error why a plan is not applied.
pub(super) fn refusal(common: &Common, refusal: &Refusal) -> Result<()> {
    let Refusal { reason, digest, targets } = refusal;
    let (headline, why, way_out) = words(*reason);
    let refusal = crate::render::Refusal { headline: &headline, why, targets, way_out: &way_out, digest };
    let mut sink = output::beside(common);
    let shown = text::Options { all: true, verbose: common.verbose, applying: true };
    Ok(text::refusal(&refusal, &shown, &mut sink)?)
}

/// Headline, why, and what to do now.
pub(super) fn words(reason: Reason) -> (String, &'static str, String) {
    match reason {
        Reason::TooManyRemovals { removals, limit } => (
            format!("it takes away {removals}, and at most {limit} are allowed"),
            "A plan that takes away much is carried out only after someone has looked at each removal.",
            format!(
                "If all of this is meant, say --allow-removals {removals}, or raise safety.max_removals in the settings."
            ),
        ),
        Reason::Unreviewed { changes } => (
            match changes {
                1 => "a change that nobody has seen".to_owned(),
                changes => format!("{changes} changes that nobody has seen"),
            },
            "What is live has moved since the plan was made, or the catalog has.",
            "Make a new plan, look at it, and apply that.".to_owned(),
        ),
    }
}
