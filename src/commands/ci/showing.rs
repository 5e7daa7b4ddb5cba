//! What a plan shows on an open pull request: recorded in a check run, and compared with the approvals and the label.

use anyhow::Result;

use super::check;
use super::job::{Hub, Job, boxed};
use super::keep::{self, Kept};
use super::label::Worth;
use super::stale;
use crate::commands::document::Refused;
use crate::commands::exit::Exit;
use crate::commands::obstacle::{LABEL, Label, Place};
use crate::commands::output;
use crate::github::comment::Comment;
use crate::github::event::PullRequest;
use crate::github::pull::{self, Pull};
use crate::github::shown::{self, Record};
use crate::github::{Error, Moment, review};
use crate::model::change::{ChangeRef, Plan, Target};
use crate::model::edit::{Action, Kind};
use crate::plan::Reviewed;
use crate::render::escape::markdown::{html_code, inline};

/// The most changes to name that are new since the last approval.
const NAMED: usize = 20;

/// What a plan shows on an open pull request.
pub(super) struct Showing {
    record: Record,
    approvals: Vec<Moment>,
    label: Worth,
    /// The file by which the pull request changes its own jobs, if nobody else has approved it.
    workflow: Option<String>,
}

impl Showing {
    /// Records in the check run what the plan shows. Earlier records are found on the head, or else on the commits
    /// that the comments name. Only records of this pull request count.
    pub(super) async fn keep(
        job: &Job,
        hub: &Hub,
        pull: &Pull,
        plan: &Plan,
        refused: Option<&Refused>,
        comments: &[Comment],
    ) -> Result<Self> {
        let (folder, number, head) = (job.folder(), Some(pull.number), &pull.head.sha);
        let on_head = keep::find_all(hub, &folder, pull.number, head).await?;
        let mut earlier: Vec<Record> = on_head.iter().map(|kept| kept.record.clone()).collect();
        if earlier.is_empty() {
            earlier = keep::pointed_at(hub, &folder, pull.number, comments).await?;
        }
        let objection = refused.map(|refused| refused.objection().headline.to_owned()).unwrap_or_default();
        let mut record = keep::record(job, hub, plan, (number, head), &objection, &earlier);
        let (here, others): (Vec<Kept>, Vec<Kept>) = on_head.into_iter().partition(|it| it.record.only == record.only);
        let (here, others) = (here.into_iter().next(), keep::beside(&record, others));
        let since = others.iter().map(|kept| kept.record.since).fold(record.since, Moment::max);
        let label = match refused {
            Some(_) => Worth::of(hub, pull.number, since).await?,
            None => Worth::Lacks(Label::Missing),
        };
        if label == Worth::Counts {
            record.objection.clear();
        }
        let approvals = review::approvals(&hub.client, pull).await?;
        let workflow = unapproved_workflow(hub, pull.number, &record, &approvals).await?;
        // GitHub appends annotations to those of an existing check run.
        let annotations = if here.is_some() { Vec::new() } else { check::further(&job.findings) };
        let check = here.as_ref().map(|kept| &kept.check);
        let about = keep::Approval { approvals: &approvals, workflow: workflow.as_deref() };
        keep::put(job, hub, check, (&record, &others), about, &annotations).await?;
        Ok(Self { record, approvals, label, workflow })
    }

    /// Whether something shown needs an approval before it is applied.
    pub(super) fn lacks_approval(&self) -> bool {
        self.workflow.is_some() || keep::unapproved(&self.record, &self.approvals).is_some_and(|number| number > 0)
    }

    /// Why an apply would still be refused, now that the label was checked.
    pub(super) fn still(&self, refused: Option<Refused>) -> Option<Refused> {
        match &self.label {
            Worth::Counts => None,
            Worth::Lacks(label) => refused.map(|refused| refused.but(Place::PullRequest(label.clone()))),
        }
    }

    /// Notices for a reviewer: a changed workflow, changes that are new since the last approval, and a label that
    /// counts.
    pub(super) fn news(&self, plan: &Plan) -> String {
        let Self { record, approvals, label, workflow } = self;
        let mut paragraphs = Vec::new();
        if let Some(file) = workflow {
            paragraphs.push(format!(
                "<b>Needs an approval.</b> This pull request changes {}, so its own jobs could have written what they \
                 liked. Nothing of it is applied until somebody other than its author, who may write to the repository, \
                 has approved it.",
                html_code(file)
            ));
        }
        if *label == Worth::Counts {
            paragraphs.push(format!("The label <code>{LABEL}</code> allows what this takes away."));
        }
        if let Some(last) = approvals.iter().max().filter(|last| !record.since(**last).is_empty()) {
            let seen = Reviewed::from_record(record.before(Some(*last)).map(str::to_owned));
            let unseen = seen.unseen(plan);
            let all: Vec<String> = unseen.iter().flat_map(named).collect();
            let more = all.len().saturating_sub(NAMED);
            let mut lines: Vec<String> = all.into_iter().take(NAMED).collect();
            if more > 0 {
                lines.push(format!("- and {more} more"));
            }
            paragraphs.push(format!(
                "<b>New since the last approval.</b> Approve again once you have seen it: without that it is not \
                 applied.\n\n{}",
                lines.join("\n")
            ));
        }
        boxed("IMPORTANT", &paragraphs)
    }
}

/// A file by which the pull request changes its own jobs, if it has shown changes and nobody else has approved it. Its
/// jobs could have written any record, so an apply then takes none of its changes as shown.
async fn unapproved_workflow(
    hub: &Hub,
    number: u64,
    record: &Record,
    approvals: &[Moment],
) -> Result<Option<String>, Error> {
    if !approvals.is_empty() || record.before(None).next().is_none() {
        return Ok(None);
    }
    pull::changes_a_workflow(&hub.client, number).await
}

/// The changes of a target, one line each.
pub(super) fn named(target: &Target) -> Vec<String> {
    let name = |change: ChangeRef<'_>| {
        let (edit, label) = (change.edit, &change.about.label);
        let action = match edit.action() {
            Action::Create => "create",
            Action::Update => "update",
            Action::Remove => "remove",
        };
        let kind = match edit.kind() {
            Kind::PortfolioShare => "the share with",
            Kind::ShareAcceptance => "the acceptance of",
            Kind::LocalPortfolio => "the local portfolio",
            Kind::ProductAssociation => "the product",
            Kind::ProductCopy => "the copy of",
            Kind::LaunchConstraint => "the launch role of",
            Kind::PrincipalAssociation => "the access of",
            Kind::ProcurementPolicy => "the procurement policy",
            Kind::ProductApproval => "the approval of",
            Kind::ProductDenial => "the denial of",
            Kind::Experience | Kind::Branding => "the",
            Kind::UserRequests => "the setting of",
            Kind::Audience => "the audience's",
            Kind::ExperienceStatus => "the status",
        };
        let key = edit.key();
        let label = if label.is_empty() || *label == key { String::new() } else { format!("{label} ") };
        format!("- {}", inline(&format!("{action} {kind} {label}{key} in {}", target.name)))
    };
    target.changes().map(name).collect()
}

/// A review was given or dismissed: sets the check anew from the records. Nothing is planned, and AWS is not asked.
pub(super) async fn judge(job: &Job, event: &PullRequest) -> Result<Exit> {
    if event.fork {
        output::tell("This pull request comes from a fork: no plan was shown on it, and there is no check to set.");
        return Ok(Exit::Done);
    }
    let Some(hub) = job.hub().await? else {
        output::tell("There is no GITHUB_TOKEN: the check was left as it is.");
        return Ok(Exit::Done);
    };
    let now = pull::get(&hub.client, event.number).await?;
    if !now.is_open_at(&event.head) {
        output::tell(&format!("#{} is closed or has another head by now: nothing is written.", event.number));
        return Ok(Exit::Done);
    }
    let kept = keep::find_all(&hub, &job.folder(), event.number, &event.head).await?;
    let counting = shown::counting(kept.iter().map(|kept| kept.record.clone()).collect());
    let kept: Vec<Kept> = kept.into_iter().filter(|kept| counting.contains(&kept.record)).collect();
    if kept.is_empty() {
        output::tell("No plan has been shown on this commit yet: there is no check to set.");
        return Ok(Exit::Done);
    }
    let approvals = review::approvals(&hub.client, &now).await?;
    let mut workflow = None;
    for Kept { check: _, record } in &kept {
        workflow = workflow.or(unapproved_workflow(&hub, event.number, record, &approvals).await?);
    }
    let about = keep::Approval { approvals: &approvals, workflow: workflow.as_deref() };
    for Kept { check, record } in &kept {
        let others: Vec<Kept> = kept.iter().filter(|other| other.record != *record).cloned().collect();
        keep::put(job, &hub, Some(check), (record, &others), about, &[]).await?;
    }
    let unapproved: Option<usize> = kept.iter().map(|kept| keep::unapproved(&kept.record, &approvals)).sum();
    let stands_in_the_way = kept.iter().any(|kept| !kept.record.objection.is_empty())
        || workflow.is_some()
        || unapproved.is_some_and(|number| number > 0);
    stale::judged(job, event, stale::but(Some(event), stands_in_the_way)).await;
    let words = match unapproved {
        _ if workflow.is_some() => "it changes what its own jobs run, and nobody else has approved it".to_owned(),
        None => "nobody has approved it".to_owned(),
        Some(0) => "everything that was shown is approved".to_owned(),
        Some(number) => format!("{number} of what was shown came after the last approval"),
    };
    output::tell(&format!("The check was set: {words}."));
    Ok(Exit::Done)
}
