//! What one merged pull request has to say: what its check run has shown, and what of that counts.

use super::job::Hub;
use super::keep;
use super::label::Worth;
use crate::commands::obstacle::{Doubt, Label};
use crate::github::comment;
use crate::github::marker::PlanMarker;
use crate::github::pull::{self, Pull};
use crate::github::shown::{self, Record};
use crate::github::{Error, Moment, review};
use crate::plan::Reviewed;

/// What one merged pull request has to say.
pub(super) struct Voice {
    pub(super) pull: Pull,
    /// What its check runs have shown: one about all targets, or of several jobs about some each. None where nothing
    /// counts.
    pub(super) records: Vec<Record>,
    approvals: Vec<Moment>,
    /// Why nothing of its record counts, or not all of it.
    pub(super) doubt: Option<Doubt>,
}

impl Voice {
    /// Asks GitHub. What comes of it decides, so an answer that is missing is an error.
    pub(super) async fn of(hub: &Hub, folder: &str, pull: Pull) -> Result<Self, Error> {
        let (kept, others) = keep::find_all_and_whose(hub, folder, pull.number, &pull.head.sha).await?;
        let mut records: Vec<Record> = kept.into_iter().map(|kept| kept.record).collect();
        if records.is_empty() {
            // It was merged before its last commit was planned. What was shown before that was shown.
            let comments = comment::about::<PlanMarker>(&hub.client, &hub.me, pull.number, folder).await?;
            records = keep::pointed_at(hub, folder, pull.number, &comments).await?;
        }
        let records = shown::counting(records);
        if records.is_empty() {
            let (number, me) = (pull.number, hub.me.login.clone());
            let doubt = others.into_iter().next().map(|app| Doubt::AnotherApp { number, app, me });
            return Ok(Self { pull, records, approvals: Vec::new(), doubt });
        }
        let approvals = review::approvals(&hub.client, &pull).await?;
        let number = pull.number;
        // Its jobs may have written whatever they liked into the check run.
        if let Some(file) = pull::changes_a_workflow(&hub.client, number).await?.filter(|_| approvals.is_empty()) {
            let doubt = Some(Doubt::Workflow { number, file });
            return Ok(Self { pull, records: Vec::new(), approvals, doubt });
        }
        let is_late = |last: &Moment| records.iter().any(|record| !record.since(*last).is_empty());
        let late = approvals.iter().max().is_some_and(is_late);
        let doubt = late.then_some(Doubt::AfterApproval { number });
        Ok(Self { pull, records, approvals, doubt })
    }

    /// What was shown before the merge, and, where anybody has approved it, before the last approval.
    pub(super) fn reviewed(&self) -> Reviewed {
        let until = self.pull.merged_at.into_iter().chain(self.approvals.iter().max().copied()).min();
        Reviewed::from_record(self.records.iter().flat_map(|it| it.before(until)).map(str::to_owned))
    }

    /// What the label on it is worth.
    pub(super) async fn label(&self, hub: &Hub) -> Result<Worth, Error> {
        match self.records.iter().map(|record| record.since).max() {
            Some(since) => Worth::of(hub, self.pull.number, since).await,
            None => Ok(Worth::Lacks(Label::Missing)),
        }
    }
}
