//! Plans, reports and refusals as documents of their own, outside of GitHub comments.

use anyhow::Result;

use super::obstacle::{Obstacle, Place, Unseen};
use super::output;
use crate::cli::Common;
use crate::model::change::{CatalogVersion, Plan};
use crate::model::report::Report;
use crate::plan::wire::Beside;
use crate::plan::{Exceeded, Limits, Refusal, wire};
use crate::render::Objection;
use crate::render::markdown::{self, Context, DriftContext, Limit, State};
use crate::render::text;

fn context(version: &CatalogVersion, gathered: bool) -> Context<'_> {
    Context {
        marker: "",
        sandbox: version.sandbox,
        notice: "",
        files: None,
        base_files: None,
        head: version.revision.as_deref(),
        base: version.base.as_deref(),
        base_branch: None,
        run: None,
        whole: None,
        gathered,
        state: State::Planned,
        tool: wire::TOOL,
        limit: Limit::SUMMARY,
    }
}

/// Why an apply of a plan would be refused, and what to do about it.
pub(super) struct Refused {
    exceeded: Exceeded,
    headline: String,
    way_out: String,
}

impl Refused {
    /// Checks the limits that an apply checks. `None` if it would go through. `place`: where the plan is shown.
    pub(super) fn of(plan: &Plan, limits: Limits, place: Place) -> Option<Self> {
        limits.exceeded(plan).map(|exceeded| Self::at(exceeded, place))
    }

    /// The same refusal, worded for another place.
    pub(super) fn but(self, place: Place) -> Self {
        Self::at(self.exceeded, place)
    }

    fn at(exceeded: Exceeded, place: Place) -> Self {
        let obstacle = Obstacle::TooMuch { exceeded, place };
        Self { exceeded, headline: obstacle.headline(), way_out: obstacle.way_out() }
    }

    /// Like [`Refused::of`], worded for the command line.
    pub(super) fn here(plan: &Plan, limits: Limits) -> Option<Self> {
        Self::of(plan, limits, here(&plan.catalog))
    }

    /// The form that the renderers take.
    pub(super) fn objection(&self) -> Objection<'_> {
        let Self { exceeded: _, headline, way_out } = self;
        Objection { headline, way_out }
    }
}

/// A plan as JSON.
pub(super) fn json(plan: &Plan, refused: Option<&Refused>, beside: &Beside) -> String {
    match refused {
        Some(Refused { exceeded, headline: _, way_out }) => {
            wire::refused_plan_to_json(plan, *exceeded, way_out, beside)
        }
        None => wire::plan_to_json_with(plan, beside),
    }
}

/// A plan as markdown. `gathered`: whether it was merged from files of other jobs.
pub(super) fn plan(plan: &Plan, refused: Option<&Refused>, gathered: bool) -> String {
    markdown::plan(plan, refused.map(Refused::objection).as_ref(), &context(&plan.catalog, gathered))
}

/// The differences of a drift plan as markdown.
pub(super) fn drift(plan: &Plan, refused: Option<&Refused>) -> String {
    let looked = moment(jiff::Timestamp::now());
    let about = DriftContext { since: None, looked: &looked, before: "", narrowed: false, undo: None, keep: None };
    markdown::drift(plan, refused.map(Refused::objection).as_ref(), &context(&plan.catalog, false), &about)
}

/// A moment as people read it, in UTC to the minute.
pub(super) fn moment(at: jiff::Timestamp) -> String {
    at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%-d %B %Y %H:%M UTC").to_string()
}

/// A report as markdown. `gathered`: whether it was merged from files of other jobs.
pub(super) fn report(report: &Report, gathered: bool) -> String {
    markdown::report(report, &context(&report.catalog, gathered))
}

fn here(version: &CatalogVersion) -> Place {
    Place::CommandLine { with_base: version.base.is_some() }
}

/// Prints to standard error why a plan is not applied.
pub(super) fn refusal(common: &Common, refusal: &Refusal, version: &CatalogVersion) -> Result<()> {
    let Refusal { reason, digest, targets } = refusal;
    let obstacle = Obstacle::of(*reason, here(version), Unseen::NotInSavedPlan);
    let (headline, why, way_out) = (obstacle.headline(), obstacle.why(), obstacle.way_out());
    let refusal = crate::render::Refusal { headline: &headline, why: &why, targets, way_out: &way_out, digest };
    let mut sink = output::beside(common);
    let shown = text::Options { all: true, verbose: common.verbose, applying: true, width: output::width_beside() };
    text::sandbox(common.is_sandboxed(), &mut sink)?;
    Ok(text::refusal(&refusal, &shown, &mut sink)?)
}
