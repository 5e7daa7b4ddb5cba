//! The plan of a pull request, as a comment that is kept up to date.

use anyhow::Result;

use super::job::{Hub, Job, boxed};
use super::showing::Showing;
use super::{against, base, check, keep, stale};
use crate::cli::Comment;
use crate::commands::document::Refused;
use crate::commands::exit::Exit;
use crate::commands::obstacle::{Label, Place};
use crate::commands::planning::{Asides, Reach};
use crate::commands::{catalog, output, plan as command, planning};
use crate::github::comment::{self, Comment as Written};
use crate::github::event::{Event, PullRequest};
use crate::github::marker::{Marker as _, PlanMarker, is_marked};
use crate::github::more::{self, MOST, MoreMarker};
use crate::github::pull;
use crate::model::change::Plan;
use crate::plan::Limits;
use crate::render::escape::markdown::{inline, link};
use crate::render::markdown::State;
use crate::render::{annotations, map, markdown, text};

/// Checks the catalog, makes the plan and publishes it.
pub(super) async fn run(job: &mut Job, event: &Event) -> Result<Exit> {
    if !check::is_sound(job)? {
        stale::tell(job, event, "a newer commit's catalog has errors").await;
        return Ok(Exit::Error);
    }
    let pull = match event {
        Event::PullRequest(pull) => Some(pull),
        Event::Review(_)
        | Event::MergeGroup(_)
        | Event::Push(_)
        | Event::Schedule
        | Event::RepositoryDispatch
        | Event::WorkflowDispatch
        | Event::Other(_) => None,
    };
    if pull.is_some_and(|pull| pull.fork) {
        let why = "this pull request comes from a fork, which gets no credentials. Someone with write access can make it, \
                   from a branch here.";
        output::tell(&format!("The catalog is sound. The live plan was not made: {why}"));
        job.summarize(&format!("### Catalog checked: it is sound\n\nThe live plan was <b>not made</b>: {why}\n"))?;
        return Ok(Exit::Done);
    }
    if !job.environment.has_way_into_aws && !job.is_sandboxed {
        let why = "there are no credentials for AWS, and no OIDC token: give the job `permissions: id-token: write`";
        job.summarize(&format!(
            "### ⛔ Not planned\n\nThe catalog is sound. The live plan was <b>not made</b>: {why}.\n"
        ))?;
        stale::tell(job, event, "a newer plan was not made, since the job has no credentials for AWS").await;
        anyhow::bail!("the live plan was not made: {why}");
    }
    let looked = look(job, event).await;
    let Ok(Some((plan, limits, notice))) = looked else {
        stale::tell(job, event, "a newer plan failed").await;
        return looked.map(|_| Exit::Error);
    };
    let shown = show(job, pull, &plan, limits, notice).await;
    if shown.is_err() {
        stale::tell(job, event, "a newer plan could not be kept or shown").await;
    }
    shown?;
    set_check_of_group(job, event, &plan).await?;
    let exit = command::exit(&plan, false);
    if exit == Exit::Error {
        job.reason("aws");
    }
    Ok(exit)
}

/// Sets the check on the commit of a merge queue, where it may be required.
pub(super) async fn set_check_of_group(job: &Job, event: &Event, plan: &Plan) -> Result<()> {
    if let (Event::MergeGroup(group), true) = (event, job.options.comment.is_wanted())
        && let Some(hub) = job.hub().await?
    {
        keep::pass_group(job, &hub, plan, &group.head).await?;
    }
    Ok(())
}

/// Makes the plan of an event. Returns it with its limits and a notice for its top. `None` if the catalog has errors.
async fn look(job: &mut Job, event: &Event) -> Result<Option<(Plan, Limits, String)>> {
    let behind = against::set(job, event)?;
    let Some(catalog) = catalog::load(&job.common)? else { return Ok(None) };
    let (limits, notice) = (catalog.limits(job.options.allow_removals), behind + &base::notice(&catalog));
    let differing = catalog.differing();
    job.beside.asked = catalog.asked(&job.filter)?;
    let plan = planning::look(
        &job.common,
        catalog,
        &job.filter,
        (Reach::of(&job.options.reach), Asides::of(job.options.usage)),
    )
    .await?;
    let notice = notice + &base::untouched(&differing, &plan);
    Ok(Some((plan, limits, notice)))
}

/// Publishes a plan: log, annotations, file, outputs, summary, and last the comment, since writing it can fail.
pub(super) async fn show(
    job: &mut Job,
    pull: Option<&PullRequest>,
    plan: &Plan,
    limits: Limits,
    notice: String,
) -> Result<()> {
    let shown = text::Options { all: true, verbose: job.common.verbose, applying: false, width: None };
    let place = if pull.is_some() { Place::PullRequest(Label::Missing) } else { Place::ByHand };
    let refused = Refused::of(plan, limits, place);
    let objection = refused.as_ref().map(Refused::objection);
    job.group("Plan", |mut sink| text::plan(plan, objection.as_ref(), &shown, &mut sink))?;
    job.print(&annotations::plan(plan))?;
    job.save_plan(plan, refused.as_ref())?;
    job.count(&plan.summary(), plan.released.len(), &plan.digest);
    let head = pull.map(|pull| pull.head.clone()).or_else(|| plan.catalog.revision.clone());
    let mut frame = job.frame(head.as_deref()).against(&job.environment, &plan.catalog);
    frame.base_branch = pull.map(|pull| pull.base_branch.clone());
    frame.notice = notice;
    frame.but = stale::but(pull, objection.is_some());
    job.summarize(&markdown::plan(plan, objection.as_ref(), &frame.summary()))?;
    if let Some(graph) = map::graph(plan) {
        job.summarize(&graph)?;
    }
    let Some(pull) = pull.filter(|_| job.options.comment.is_wanted()) else { return Ok(()) };
    let Some(hub) = job.hub().await? else {
        output::tell("There is no GITHUB_TOKEN: no comment was written, and nothing of this counts as reviewed.");
        return Ok(());
    };
    let folder = job.folder();
    // A run that is late or repeated must not write about a pull request that was decided in the meantime.
    let now = pull::get(&hub.client, pull.number).await?;
    if !now.is_open_at(&pull.head) {
        output::tell(&format!(
            "#{} is closed or has another head by now: this plan of {} is not written there, and nothing of it counts \
             as shown.",
            pull.number, pull.head
        ));
        return Ok(());
    }
    let comments = comment::about::<PlanMarker>(&hub.client, &hub.me, pull.number, &folder).await?;
    let showing = Showing::keep(job, &hub, &now, plan, refused.as_ref(), &comments).await?;
    let key = job.comment_key();
    let (there, others): (Vec<Written>, Vec<Written>) =
        comments.into_iter().partition(|comment| is_marked::<PlanMarker>(comment.body(), &key));
    let there = there.into_iter().next();
    if !job.filter.is_narrow() {
        outdate(job, &hub, pull.number, &others).await?;
    }
    let is_quiet = !plan.has_changes() && plan.summary().unreadable == 0 && !plan.has_incomplete_shares();
    if is_quiet && there.is_none() && job.options.comment == Comment::ChangesOnly {
        output::tell("Nothing would change: no comment was written (`comment: changes-only`).");
        return Ok(());
    }
    let refused = showing.still(refused);
    let objection = refused.as_ref().map(Refused::objection);
    frame.but = stale::but(Some(pull), objection.is_some() || showing.lacks_approval());
    frame.notice.insert_str(0, &showing.news(plan));
    if let Some(narrowed) = narrowed(job, &others) {
        frame.notice.insert_str(0, &boxed("WARNING", &[narrowed]));
    }
    let marker = PlanMarker::new(&key, &plan.digest, Some(&pull.head)).write();
    let more = |part| MoreMarker::new(&key, part).write();
    let parts = markdown::plan_in_parts(plan, objection.as_ref(), &frame.comment(&marker), MOST, more);
    let (body, further) = parts.split_first().map_or((String::new(), &[][..]), |(first, rest)| (first.clone(), rest));
    let Hub { client, me } = hub;
    let written = match &there {
        Some(_) => comment::put(&client, pull.number, there.as_ref(), &body).await?,
        None => comment::write::<PlanMarker>(&client, &me, pull.number, &key, &body).await?,
    };
    // Continuation comments can exist only if the first comment existed.
    if !further.is_empty() || there.is_some() {
        more::put(&client, &me, pull.number, &key, further).await?;
    }
    job.output("comment-url", &written.html_url);
    if !me.is(written.author()) {
        let login = written.author().map(|author| author.login.clone()).unwrap_or_default();
        output::tell(&format!(
            "The token writes as {login}: set CATALOG_SYNC_GITHUB_LOGIN to that, or each run comments anew."
        ));
    }
    Ok(())
}

/// Marks the comments of jobs with some targets as outdated: what they have shown does not count any more.
async fn outdate(job: &Job, hub: &Hub, number: u64, others: &[Written]) -> Result<()> {
    let run = job.frame(None);
    let state = State::Outdated(run.run(), "the plan of all targets takes the place of this one");
    for other in others {
        if let Some(body) = markdown::restate(other.body(), &state) {
            comment::put(&hub.client, number, Some(other), &body).await?;
        }
    }
    Ok(())
}

/// A note that a comment shows only some targets, with links to the comments of other jobs. `None` if it shows all.
fn narrowed(job: &Job, others: &[Written]) -> Option<String> {
    let links: Vec<String> =
        others.iter().map(|comment| link("the comment of another job", &comment.html_url)).collect();
    let rest = match links.as_slice() {
        [] => "It says nothing of other targets; a job about these has a comment of its own.".to_owned(),
        links => format!("It says nothing of other targets: see {}.", links.join(", ")),
    };
    job.filter.is_narrow().then(|| {
        format!(
            "This plan is narrowed to {}. {rest} An apply takes what all of them have shown of this commit, and the last \
             plan of all targets in place of those before it. To show several jobs as one plan, give each \
             `comment: \"false\"` and run `report` after them.",
            inline(&job.filter.words())
        )
    })
}
