//! Plans, reports and refusals as documents by themselves, outside of GitHub.

use anyhow::Result;

use super::output;
use crate::cli::Common;
use crate::model::change::{CatalogVersion, Plan};
use crate::model::report::Report;
use crate::plan::wire::Beside;
use crate::plan::{LimitOf, Limits, Reason, Refusal, approve, wire};
use crate::render::Objection;
use crate::render::markdown::{self, Context, DriftContext, Limit, State};
use crate::render::text;

fn context(version: &CatalogVersion) -> Context<'_> {
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
        state: State::Planned,
        tool: wire::TOOL,
        limit: Limit::SUMMARY,
    }
}

/// Why an apply of a plan would be refused, and with which words it would not be.
pub(super) struct Refused {
    reason: Reason,
    headline: String,
    way_out: String,
}

impl Refused {
    /// Asks what an apply asks; `None` where it would go through. `way_out` gives the words for those who look at the
    /// plan.
    pub(super) fn of(plan: &Plan, limits: Limits, way_out: impl FnOnce(Reason) -> String) -> Option<Self> {
        let Refusal { reason, digest: _, targets: _ } = approve(plan.clone(), limits, None).err()?;
        let (headline, _, _) = words(reason);
        Some(Self { reason, headline, way_out: way_out(reason) })
    }

    /// The same with another way out, where there is one.
    pub(super) fn but(self, way_out: Option<String>) -> Self {
        let Self { reason, headline, way_out: usual } = self;
        Self { reason, headline, way_out: way_out.unwrap_or(usual) }
    }

    /// On the command line.
    pub(super) fn here(plan: &Plan, limits: Limits) -> Option<Self> {
        Self::of(plan, limits, |reason| words(reason).2)
    }

    /// For those who render a plan.
    pub(super) fn objection(&self) -> Objection<'_> {
        let Self { reason: _, headline, way_out } = self;
        Objection { headline, way_out }
    }
}

/// A plan as JSON.
pub(super) fn json(plan: &Plan, refused: Option<&Refused>, beside: &Beside) -> String {
    match refused {
        Some(Refused { reason, headline: _, way_out }) => wire::refused_plan_to_json(plan, *reason, way_out, beside),
        None => wire::plan_to_json_with(plan, beside),
    }
}

/// A plan as markdown.
pub(super) fn plan(plan: &Plan, refused: Option<&Refused>) -> String {
    markdown::plan(plan, refused.map(Refused::objection).as_ref(), &context(&plan.catalog))
}

/// What differs, as markdown.
pub(super) fn drift(plan: &Plan, refused: Option<&Refused>) -> String {
    let looked = moment(jiff::Timestamp::now());
    let about = DriftContext { since: None, looked: &looked, before: "", narrowed: false, undo: None, keep: None };
    markdown::drift(plan, refused.map(Refused::objection).as_ref(), &context(&plan.catalog), &about)
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
    let shown = text::Options { all: true, verbose: common.verbose, applying: true, width: output::width_beside() };
    text::sandbox(common.is_sandboxed(), &mut sink)?;
    Ok(text::refusal(&refusal, &shown, &mut sink)?)
}

/// How much has to be allowed for a plan to be carried out.
pub(super) fn allowed(reason: Reason) -> usize {
    match reason {
        Reason::TooManyRemovals { removals: _, limit: _, of: _, all } => all,
        Reason::Unreviewed { changes: _ } => 0,
    }
}

/// Headline, why, and what to do now.
pub(super) fn words(reason: Reason) -> (String, &'static str, String) {
    match reason {
        Reason::TooManyRemovals { removals, limit, of, all: _ } => (
            match of {
                LimitOf::All => format!("it takes away {removals}, and at most {limit} are allowed"),
                LimitOf::Portfolios => {
                    format!("it takes away {removals} in portfolios, and at most {limit} are allowed there")
                }
                LimitOf::Marketplace => {
                    format!("it takes away {removals} in product lists, and at most {limit} are allowed there")
                }
            },
            "Limits count changes: a share with a unit of 300 accounts is one. Look at each of them before you allow them.",
            format!(
                "If all of this is meant, apply with `--allow-removals {}`, or raise `safety.max_removals` in the \
                 settings.",
                allowed(reason)
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
