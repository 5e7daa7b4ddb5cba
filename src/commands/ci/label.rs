//! The label that allows a plan to take away more than the settings do.

use super::job::Hub;
use crate::commands::obstacle::{LABEL, Label};
use crate::github::{Error, Moment, pull, review};

/// What the label on a pull request is worth for the plan that a record has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Worth {
    /// It was put after the plan was shown, by somebody who may write to the repository.
    Counts,
    /// It counts for nothing.
    Lacks(Label),
}

impl Worth {
    /// Asks GitHub what it is worth for a plan that was shown first at a moment. Times are those of GitHub's own answers.
    pub(super) async fn of(hub: &Hub, number: u64, since: Moment) -> Result<Self, Error> {
        let Hub { client, me } = hub;
        let Some(pull::Put { at, by }) = pull::label_put(client, number, LABEL).await? else {
            return Ok(Self::Lacks(Label::Missing));
        };
        let Some(by) = by.filter(|by| by.is_person() && !me.is(Some(by))) else {
            return Ok(Self::Lacks(Label::NotBy("a bot".to_owned())));
        };
        if !review::may_write(client, &by.login).await? {
            return Ok(Self::Lacks(Label::NotBy(by.login)));
        }
        let is_later = at.is_some_and(|at| at > since);
        Ok(if is_later { Self::Counts } else { Self::Lacks(Label::TooOld) })
    }
}
