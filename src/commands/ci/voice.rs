//! One merged pull request: the plans that its check runs have shown, and which of them count.

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

/// One merged pull request.
pub(super) struct Voice {
    pub(super) pull: Pull,
    /// The records of its check runs that count: one for all targets, or one each of several jobs. Empty if none
    /// counts.
    pub(super) records: Vec<Record>,
    approvals: Vec<Moment>,
    /// Why none of its records counts, or not all of their changes.
    pub(super) doubt: Option<Doubt>,
}

impl Voice {
    /// Asks GitHub. The result decides what is applied, so a failed request is an error.
    pub(super) async fn of(hub: &Hub, folder: &str, pull: Pull) -> Result<Self, Error> {
        let (kept, others) = keep::find_all_and_whose(hub, folder, pull.number, &pull.head.sha).await?;
        let mut records: Vec<Record> = kept.into_iter().map(|kept| kept.record).collect();
        if records.is_empty() {
            // Merged before its last commit was planned: the records of earlier commits are used.
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
        // The pull request changes its own jobs, which could have written any record.
        if let Some(file) = pull::changes_a_workflow(&hub.client, number).await?.filter(|_| approvals.is_empty()) {
            let doubt = Some(Doubt::Workflow { number, file });
            return Ok(Self { pull, records: Vec::new(), approvals, doubt });
        }
        let is_late = |last: &Moment| records.iter().any(|record| !record.since(*last).is_empty());
        let late = approvals.iter().max().is_some_and(is_late);
        let doubt = late.then_some(Doubt::AfterApproval { number });
        Ok(Self { pull, records, approvals, doubt })
    }

    /// The changes that were shown before the merge and, if it was approved, before the last approval.
    pub(super) fn reviewed(&self) -> Reviewed {
        let until = self.pull.merged_at.into_iter().chain(self.approvals.iter().max().copied()).min();
        Reviewed::from_record(self.records.iter().flat_map(|it| it.before(until)).map(str::to_owned))
    }

    /// Whether the label on it counts.
    pub(super) async fn label(&self, hub: &Hub) -> Result<Worth, Error> {
        match self.records.iter().map(|record| record.since).max() {
            Some(since) => Worth::of(hub, self.pull.number, since).await,
            None => Ok(Worth::Lacks(Label::Missing)),
        }
    }
}
