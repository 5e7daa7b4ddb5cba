//! The label that allows a plan to take away more than the settings do.

use super::job::Hub;
use crate::github::{Error, Moment, pull, review};

/// The label.
pub(super) const LABEL: &str = "catalog-sync:allow-removals";

/// What the label on a pull request is worth for the plan that a record has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Worth {
    /// There is none.
    None,
    /// It was put after the plan was shown, by somebody who may write to the repository.
    Counts,
    /// It was put before this plan was shown.
    TooOld,
    /// Whoever put it may not write to the repository, or is no person.
    NotBy(String),
}

impl Worth {
    /// Asks GitHub what it is worth for a plan that was shown first at a moment. Times are those of GitHub's own answers.
    pub(super) async fn of(hub: &Hub, number: u64, since: Moment) -> Result<Self, Error> {
        let Hub { client, me } = hub;
        let Some(pull::Put { at, by }) = pull::label_put(client, number, LABEL).await? else { return Ok(Self::None) };
        let Some(by) = by.filter(|by| by.is_person() && !me.is(Some(by))) else {
            return Ok(Self::NotBy("a bot".to_owned()));
        };
        if !review::may_write(client, &by.login).await? {
            return Ok(Self::NotBy(by.login));
        }
        Ok(if at.is_some_and(|at| at > since) { Self::Counts } else { Self::TooOld })
    }

    /// What to do about it, for people; nothing where it counts.
    pub(super) fn way_out(&self) -> Option<String> {
        match self {
            Self::Counts => None,
            Self::None => {
                Some(format!("It will be applied only with the label `{LABEL}`, put on after this plan was shown."))
            }
            Self::TooOld => Some(format!(
                "The label `{LABEL}` was put on before this plan was shown, and counts for what was shown then: take \
                 it off and put it on again."
            )),
            Self::NotBy(login) => Some(format!(
                "The label `{LABEL}` was put on by {login}, who may not write to the repository: somebody who may has \
                 to take it off and put it on again."
            )),
        }
    }
}
