//! The label that allows a plan to exceed the limit on removals.

use super::job::Hub;
use crate::commands::obstacle::{LABEL, Label};
use crate::github::{Error, Moment, pull, review};

/// Whether the label on a pull request counts for the plan that a record has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Worth {
    /// Set after the plan was shown, by a person who may write to the repository.
    Counts,
    /// It does not count, for this reason.
    Lacks(Label),
}

impl Worth {
    /// Asks GitHub whether the label counts for a plan first shown at `since`. All times are from GitHub's answers.
    pub(super) async fn of(hub: &Hub, number: u64, since: Moment) -> Result<Self, Error> {
        let Hub { client, me } = hub;
        let Some(pull::Put { at, by }) = pull::label_put(client, number, LABEL).await? else {
            return Ok(Self::Lacks(Label::Missing));
        };
        // GitHub names nobody if the account is gone.
        let Some(by) = by else { return Ok(Self::Lacks(Label::NotBy(None))) };
        let is_person = by.is_person() && !me.is(Some(&by));
        if !is_person || !review::may_write(client, &by.login).await? {
            return Ok(Self::Lacks(Label::NotBy(Some(by.login))));
        }
        let is_later = at.is_some_and(|at| at > since);
        Ok(if is_later { Self::Counts } else { Self::Lacks(Label::TooOld) })
    }
}
