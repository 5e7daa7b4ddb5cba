//! Runs one change set: starts it, or finds it if it runs already, and waits for its end.

use super::edited::Edited;
use super::experience_make::Identity;
use super::experience_sets::Draft;
use super::set_end::{Made, SetEnd, ended};
use crate::cloud::pace::Patience;
use crate::cloud::read::entities::CATALOG;
use crate::cloud::waits::for_people;
use crate::cloud::{CloudError, Meaning, Operation};

/// How often a set is made again after a fault of AWS, or after an older set with the same token has failed.
pub(super) const AGAIN: u32 = 8;

/// The tries of one set.
pub(super) struct Tries {
    /// Waits while the experience is locked, and between tries.
    pub(super) patience: Patience,
    /// Raised by each failed set, so that the same changes get a new token.
    pub(super) counter: u32,
    pub(super) lost: u32,
    /// Whether a running set of the same name was searched for after a failed start.
    pub(super) searched: bool,
    /// Whether the token has returned a set of an earlier time.
    pub(super) is_stale: bool,
}

/// The result of an attempt.
pub(super) enum Came {
    Ended(Ended),
    /// The end was not seen in time.
    Late(CloudError),
    /// It was not started.
    Refused(CloudError),
}

/// The end of a set.
pub(super) struct Ended {
    pub(super) end: SetEnd,
    /// The id of the set.
    pub(super) set: String,
    /// Whether the first poll saw the end.
    pub(super) at_once: bool,
    /// Whether the set was found by its name. If the name does not depend on the changes, the set may hold other
    /// changes.
    pub(super) is_found: bool,
}

impl Edited<'_> {
    /// Starts a set, or finds the one that runs, and waits for its end.
    pub(super) async fn attempt(&mut self, draft: &Draft<'_>, tries: &mut Tries) -> Came {
        let Identity { subject, name, token } = self.identity(draft);
        let changes = draft.changes(self.name());
        loop {
            let mut found = None;
            // An experience can't be deleted, so one that is made twice stays. An existing set is searched for first;
            // if that fails, nothing is started.
            if draft.creates() {
                match self.call.find(&name).await {
                    Ok(known) => {
                        tries.counter = tries.counter.max(known.failed);
                        found = known.counts;
                    }
                    Err(error) => return Came::Refused(error),
                }
            }
            let mut is_found = found.is_some();
            let set = match found {
                Some(set) => set,
                None => match self.call.start(&changes, &subject, &name, &format!("{token}-{}", tries.counter)).await {
                    Ok(set) => set,
                    Err(error) if is_findable(&error, tries) => {
                        tries.searched = true;
                        is_found = true;
                        match self.call.find(&name).await.ok().and_then(|known| known.counts) {
                            Some(set) => set,
                            None => return Came::Refused(error),
                        }
                    }
                    Err(error) => return Came::Refused(error),
                },
            };
            for id in self.ids(draft) {
                self.task.ledger.name(&id, &format!("change set {set}"));
            }
            let (end, looks) = match self.finish(draft, &set).await {
                Ok(ended) => ended,
                Err(error) => return Came::Late(error),
            };
            let failed = matches!(end, SetEnd::Failed(_) | SetEnd::Cancelled);
            tries.counter += u32::from(failed);
            // A set that failed by the first poll is of an earlier run: the token returned it.
            if !(failed && looks == 1 && tries.counter <= AGAIN && self.begin(draft)) {
                return Came::Ended(Ended { end, set, at_once: looks == 1, is_found });
            }
        }
    }

    /// Waits for the end of a set. Returns the end and the number of polls. If AWS does not tell the end, what is live
    /// decides. The error says that the end was not seen in time.
    async fn finish(&mut self, draft: &Draft<'_>, set: &str) -> Result<(SetEnd, u32), CloudError> {
        let running = format!("change set {set} of {} runs", self.words());
        let mut patience = self.call.seat.patience(Operation::DescribeChangeSet, running);
        let mut looks = 0;
        loop {
            looks += 1;
            let call = self.call.seat.client.describe_change_set().catalog(CATALOG).change_set_id(set);
            let unseen = match self.call.seat.call(call).await {
                Ok(answer) => match ended(&answer) {
                    Some(end) => {
                        patience.over();
                        return Ok((end, looks));
                    }
                    None => None,
                },
                Err(_) if self.look().await && self.is_done(draft) => {
                    return Ok((SetEnd::Made(Made::default()), looks));
                }
                Err(error) => Some(error),
            };
            if !patience.pause().await {
                let waited = for_people(self.call.seat.timing.patience);
                let message = match unseen {
                    None => format!("change set {set} still runs after {waited}. The next run picks it up"),
                    Some(error) => format!(
                        "change set {set} was started, and its end could not be seen for {waited}: {} answered {}: {}",
                        error.operation, error.code, error.message
                    ),
                };
                return Err(self.call.own("Timeout", message));
            }
        }
    }
}

/// Whether a set of the same name may run: this run's start got no answer, or an earlier run started it.
fn is_findable(error: &CloudError, tries: &Tries) -> bool {
    error.meaning == Meaning::Unreachable || (error.meaning == Meaning::Locked && !tries.searched)
}
