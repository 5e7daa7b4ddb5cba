//! `apply`: carries out a plan.

use std::collections::BTreeSet;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};

use super::catalog::Catalog;
use super::cloud::Session;
use super::exit::Exit;
use super::filter::Filter;
use super::obstacle::Obstacle;
use super::planning::{Asides, Reach};
use super::{catalog, cloud, document, files, output, planning, signal, validate};
use crate::cli::{Apply as Options, Common, Format};
use crate::model::change::{CatalogVersion, Plan};
use crate::model::report::Report;
use crate::model::settings::Mode;
use crate::model::target::TargetName;
use crate::plan::{ApprovedPlan, Limits, Reviewed, approve, wire};
use crate::render::text;

/// Applies a saved plan, or makes a plan and applies it after a yes.
pub(super) async fn run(common: &Common, options: &Options) -> Result<Exit> {
    let format = validate::no_sarif(common)?;
    let filter = Filter::new(common);
    let saved = options.plan.as_deref().map(saved).transpose()?;
    // Checked before anything is changed, so that the report can be written afterwards.
    options.out.as_deref().map(files::writable).transpose()?;
    // Falls back to the saved plan's base: only the base catalog knows which removed entries the plan cleans up.
    let base = common.base.clone().or_else(|| saved.as_ref()?.catalog.base.clone());
    let common = &Common { base, ..common.clone() };
    let Some(catalog) = catalog::load(common)? else { return Ok(Exit::Error) };
    if let Some(obstacle) = saved.as_ref().and_then(|saved| difference(&saved.catalog, &catalog.version)) {
        output::tell(&format!("refused: {}", obstacle.sentence()));
        return Ok(Exit::Refused);
    }
    let limits = catalog.limits(options.allow_removals);
    let mut session = cloud::open(common, &catalog, Mode::Apply).await?;
    let job = Job { common, options, filter: &filter, limits, saved };
    let ended = job.carry_out(&mut session, catalog).await;
    // An error from closing is returned last, after the report was printed and saved.
    let closed = session.close(common).await;
    let exit = match ended? {
        Ended::Stopped(exit) => exit,
        Ended::Applied(report) => {
            finish(common, options, format, &report)?;
            exit(&report)
        }
    };
    closed.map(|()| exit)
}

fn saved(path: &Path) -> Result<Plan> {
    wire::plan_from_json(&files::read(path)?).with_context(|| format!("can't use {}", path.display()))
}

/// Why a saved plan does not fit the catalog: its digest, its base or the sandbox differs. `None` if it fits.
fn difference(planned: &CatalogVersion, now: &CatalogVersion) -> Option<Obstacle> {
    let CatalogVersion { digest, revision: _, base, sandbox } = planned;
    if *digest != now.digest {
        Some(Obstacle::OtherCatalog)
    } else if *base != now.base {
        Some(Obstacle::OtherPlanBase)
    } else if *sandbox != now.sandbox {
        Some(if now.sandbox { Obstacle::PlannedInAws } else { Obstacle::PlannedInSandbox })
    } else {
        None
    }
}

struct Job<'a> {
    common: &'a Common,
    options: &'a Options,
    filter: &'a Filter,
    limits: Limits,
    saved: Option<Plan>,
}

enum Ended {
    Stopped(Exit),
    Applied(Report),
}

impl Job<'_> {
    async fn carry_out(&self, session: &mut Session, catalog: Catalog) -> Result<Ended> {
        let reach = if self.options.repair_shares { Reach::Repair } else { Reach::Ignore };
        let mut plan = planning::make(self.common, &session.cloud, catalog, self.filter, (reach, Asides::None)).await?;
        if let Some(saved) = &self.saved {
            plan = plan.restrict(&self.chosen(saved)?);
            self.tell_gone(saved, &plan);
        }
        session.quieten();
        let reviewed = self.saved.as_ref().map(Reviewed::of);
        if self.saved.is_none() {
            self.show(&plan)?;
        }
        let approved = match approve(plan.clone(), self.limits, reviewed.as_ref()) {
            Ok(approved) => approved,
            Err(refusal) => {
                document::refusal(self.common, &refusal, &plan.catalog)?;
                return Ok(Ended::Stopped(Exit::Refused));
            }
        };
        if plan.changes().next().is_some()
            && self.saved.is_none()
            && let Some(obstacle) = self.not_agreed()?
        {
            let said = format!("Not applied: {}. Nothing was changed. {}", obstacle.headline(), obstacle.way_out());
            output::tell(&said);
            return Ok(Ended::Stopped(Exit::Refused));
        }
        self.apply(session, approved).await.map(Ended::Applied)
    }

    /// The targets of a saved plan that `--target` selects. Selecting none is a usage error, not "in step".
    fn chosen(&self, saved: &Plan) -> Result<BTreeSet<TargetName>> {
        let released = saved.released.iter().map(|released| &released.target);
        let names: BTreeSet<TargetName> = saved.targets.iter().map(|it| &it.name).chain(released).cloned().collect();
        if names.is_empty() {
            return Ok(names);
        }
        let chosen = self.filter.against(&names)?;
        Ok(names.into_iter().filter(|name| chosen.matches_planned(name)).collect())
    }

    /// Says how many of the planned changes are left out now.
    fn tell_gone(&self, saved: &Plan, plan: &Plan) {
        let (now, wanted) = (Reviewed::of(plan), Reviewed::of(saved));
        let now: BTreeSet<&str> = now.fingerprints().collect();
        let gone = wanted.fingerprints().filter(|change| !now.contains(change)).count();
        if gone > 0 {
            let text = format!(
                "{gone} of the {} planned changes are left out: each is made already, its resource is gone, or \
                 `--target` leaves it out",
                wanted.fingerprints().count()
            );
            output::say(self.common, &text);
        }
    }

    /// Prints the plan to standard error. Standard output is for the report.
    fn show(&self, plan: &Plan) -> Result<()> {
        if self.common.quiet && self.options.auto_approve {
            return Ok(());
        }
        let mut sink = output::beside(self.common);
        let shown = text::Options {
            all: self.options.all,
            verbose: self.common.verbose,
            applying: true,
            width: output::width_beside(),
        };
        // Rendered without an objection: a refusal is printed by itself afterwards.
        text::plan(plan, None, &shown, &mut sink).context("can't write to standard error")
    }

    /// Why the plan was not confirmed. `None` if it was.
    fn not_agreed(&self) -> Result<Option<Obstacle>> {
        if self.options.auto_approve {
            return Ok(None);
        }
        if !io::stdin().is_terminal() {
            return Ok(Some(Obstacle::NobodyToAsk));
        }
        write!(io::stderr(), "\nApply this? Only `yes` will do: ")?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        Ok((answer.trim() != "yes").then_some(Obstacle::AnsweredOtherwise))
    }

    async fn apply(&self, session: &Session, plan: ApprovedPlan) -> Result<Report> {
        let writer = session.cloud.writer().context("a session that applies has a writer")?;
        let mut listener = session.screen.apply();
        Ok(crate::apply::apply(plan, &writer, signal::stops(), &mut listener).await)
    }
}

fn finish(common: &Common, options: &Options, format: Format, report: &Report) -> Result<()> {
    let shown = text::Options { all: options.all, verbose: common.verbose, applying: true, width: output::width() };
    let told = output::result(common, |mut sink| match format {
        Format::Json => sink.write_all(wire::report_to_json(report).as_bytes()),
        Format::Markdown => sink.write_all(document::report(report, false).as_bytes()),
        Format::Text | Format::Sarif | Format::Yaml | Format::Cloudformation => text::report(report, &shown, &mut sink),
    });
    // Saved even if printing failed: the report must not be lost.
    if let Some(out) = &options.out {
        files::save(out, &wire::report_to_json(report))?;
    }
    told
}

/// `Done` if nothing failed, was skipped or was unreadable. Otherwise `Partial` if a change was applied, else `Error`.
pub(super) fn exit(report: &Report) -> Exit {
    let tally = report.tally();
    if tally.failed + tally.skipped + tally.unreadable == 0 {
        Exit::Done
    } else if tally.applied > 0 {
        Exit::Partial
    } else {
        Exit::Error
    }
}
