//! Carries out a change set: repeats it as long as that helps, without the edits that AWS refuses.

use tokio::time::Instant;

use super::change_documents::type_of;
use super::edited::Edited;
use super::experience_sets::Draft;
use super::set_end::{SetEnd, SetFailure};
use super::set_run::{AGAIN, Came, Ended, Tries};
use crate::cloud::pace::LOST;
use crate::cloud::waits::for_people;
use crate::cloud::{CloudError, Meaning, Operation};
use crate::model::edit::ExperienceEdit;
use crate::model::report::{Failure, Outcome};

/// How many sets of a target may fail for a reason that AWS does not name. Finding one bad product among a hundred
/// takes seven.
const SEARCHES: u32 = 16;

/// The step after a set.
pub(super) enum Next<'a> {
    /// Continue with the next set.
    Go,
    /// Carry out these sets instead of it.
    Instead(Vec<Draft<'a>>),
    /// Stop, since no further set would succeed. The reason has no full stop, such as `StartChangeSet was refused
    /// before`.
    Stop(String),
}

impl Edited<'_> {
    /// Carries out a set: starts it when the experience is free, repeats it as long as that helps, and waits for its
    /// end.
    pub(super) async fn carry_out<'e>(&mut self, mut draft: Draft<'e>) -> Next<'e> {
        self.take_turns(&mut draft).await;
        if draft.items.is_empty() {
            return Next::Go;
        }
        if self.resource.id.is_none() && !draft.creates() {
            self.record(&draft, &Outcome::Skipped(format!("not tried: {} was not made", self.words())));
            return Next::Go;
        }
        let turn = std::sync::Arc::clone(&self.turn);
        let held = if draft.is_about_audience() { Some(turn.lock().await) } else { None };
        let next = self.try_out(draft).await;
        drop(held);
        next
    }

    async fn try_out<'e>(&mut self, mut draft: Draft<'e>) -> Next<'e> {
        if let Err(error) = self.refresh(&mut draft).await {
            return self.give_up(&draft, error);
        }
        let patience = self.call.seat.timing.patience;
        self.call.seat.until = Some(Instant::now() + patience);
        let busy = format!("{} is locked by another change set, or too many are open", self.words());
        let waits = self.call.seat.patience(Operation::StartChangeSet, busy);
        let mut tries = Tries { patience: waits, counter: 0, lost: 0, searched: false, is_stale: false };
        // Before each try, `refresh` or a further look compares the edits with what is live.
        while self.begin(&draft) {
            match self.attempt(&draft, &mut tries).await {
                Came::Ended(ended) => {
                    if let Some(next) = self.ended(&mut draft, &mut tries, ended).await {
                        return next;
                    }
                }
                Came::Late(error) => {
                    let why = format!("a change set of {} did not end within {}", self.words(), for_people(patience));
                    self.record(&draft, &Outcome::Failed(error.into()));
                    return Next::Stop(why);
                }
                Came::Refused(error) => {
                    if let Some(next) = self.refused(&mut draft, &mut tries, error).await {
                        return next;
                    }
                }
            }
        }
        Next::Go
    }

    /// Handles the end of a set. `None` if the rest of the set is to be tried again.
    async fn ended<'e>(&mut self, draft: &mut Draft<'e>, tries: &mut Tries, ended: Ended) -> Option<Next<'e>> {
        let Ended { end, set, at_once, is_found } = ended;
        match end {
            SetEnd::Made(made) => {
                let creates = draft.creates();
                if creates {
                    if let Err(error) = self.adopt(made.experience.as_deref(), &set).await {
                        return Some(self.give_up(draft, error));
                    }
                    if is_found {
                        return match self.go_on(draft).await {
                            Ok(true) => None,
                            Ok(false) => Some(Next::Go),
                            Err(error) => Some(self.give_up(draft, error)),
                        };
                    }
                }
                if self.put_off(draft, &set, &made).await {
                    return Some(Next::Go);
                }
                let before = self.now.as_ref().map(|now| now.identifier.clone());
                if self.compare(draft).await {
                    let now = self.now.as_ref().map(|now| now.identifier.as_str());
                    self.put_off.learn(draft, before.as_deref(), now);
                    self.record(draft, &Outcome::Applied);
                } else if at_once && !creates && !tries.is_stale && self.is_untouched(draft) {
                    // The token returned an older set with the same changes, which somebody has undone since.
                    tries.is_stale = true;
                    tries.counter += 1;
                    self.withdraw(draft);
                    draft.items = self.settle(&draft.items);
                    return None;
                } else {
                    self.enter_made(draft, &set, &made.remarks);
                }
                self.catch_up().await;
                Some(Next::Go)
            }
            SetEnd::Cancelled => {
                let message = format!("somebody cancelled change set {set}");
                Some(self.give_up(draft, self.call.own("Cancelled", message)))
            }
            SetEnd::Failed(failure) if failure.passes => {
                self.withdraw(draft);
                // Waiting for somebody else's change does not count as a try.
                if (failure.is_in_use || tries.counter <= AGAIN) && self.again(draft, tries).await {
                    return None;
                }
                let message = format!("{} (change set {set})", failure.message());
                Some(self.give_up(draft, self.call.own(&failure.code, message)))
            }
            SetEnd::Failed(failure) => {
                let next = self.without_refused(draft, &failure, &format!(" (change set {set})"));
                if next.is_none() {
                    self.withdraw(draft);
                }
                next
            }
        }
    }

    /// Handles a failed call, which may have started the set or not. `None` if the set is to be tried again.
    async fn refused<'e>(&mut self, draft: &mut Draft<'e>, tries: &mut Tries, error: CloudError) -> Option<Next<'e>> {
        let starts = error.operation == Operation::StartChangeSet.name();
        let again = match error.meaning {
            // A set of an earlier run has used the token, and AWS's list does not show it yet.
            Meaning::Invalid | Meaning::Conflict if draft.creates() && is_about_token(&error) => true,
            Meaning::Invalid | Meaning::Conflict if !starts => false,
            // Both pass: the lock of somebody else's change set, and the quota of open change sets.
            Meaning::Locked | Meaning::Busy | Meaning::Passing => true,
            Meaning::Quota => error.message.to_ascii_lowercase().contains("open change set"),
            Meaning::Unreachable => {
                tries.lost += 1;
                tries.lost <= LOST
            }
            Meaning::Invalid | Meaning::Conflict => {
                let before = self.revisions().to_owned();
                if self.look().await && self.revisions() != before {
                    // Somebody changed the experience first. The edits are compared with what is live now.
                    self.withdraw(draft);
                    draft.items = self.settle(&draft.items);
                    return (!tries.patience.pause().await).then(|| self.give_up(draft, error));
                }
                let CloudError { code, message, .. } = &error;
                let said = vec![message.clone()];
                let failure = SetFailure { code: code.clone(), said, ..SetFailure::default() };
                let next = self.without_refused(draft, &failure, "");
                self.withdraw(draft);
                return next;
            }
            Meaning::Denied | Meaning::NotFound | Meaning::Throttled | Meaning::Expired | Meaning::Other => false,
        };
        if error.meaning != Meaning::Unreachable {
            self.withdraw(draft);
        }
        if again && self.again(draft, tries).await {
            return None;
        }
        // What is live may show that the lost call was carried out.
        if error.meaning == Meaning::Unreachable && self.look().await {
            draft.items = self.settle(&draft.items);
        }
        Some(self.give_up(draft, error))
    }

    /// Waits before another try, and compares the edits with what is live. False if the time is over.
    async fn again(&mut self, draft: &mut Draft<'_>, tries: &mut Tries) -> bool {
        let again = tries.patience.pause().await;
        if self.look().await {
            draft.items = self.settle(&draft.items);
        }
        again
    }

    /// Records a failure. [`Next::Stop`] if the next sets would fail in the same way.
    fn give_up<'e>(&self, draft: &Draft<'_>, error: CloudError) -> Next<'e> {
        let waited = for_people(self.call.seat.timing.patience);
        let stop = match error.meaning {
            Meaning::Denied | Meaning::Quota => {
                Some(format!("{} was refused before ({})", error.operation, error.code))
            }
            Meaning::Throttled | Meaning::Locked | Meaning::Busy => {
                Some(format!("no change set of {} could be started within {waited} ({})", self.words(), error.code))
            }
            Meaning::NotFound
            | Meaning::Conflict
            | Meaning::Invalid
            | Meaning::Expired
            | Meaning::Passing
            | Meaning::Unreachable
            | Meaning::Other => None,
        };
        self.record(draft, &Outcome::Failed(error.into()));
        stop.map_or(Next::Go, Next::Stop)
    }

    /// Removes the edits that AWS names as the reason of a failure. They fail alone, and `None` says that the rest is
    /// to be tried again. If AWS names nothing, the set is divided to find the reason.
    fn without_refused<'e>(&mut self, draft: &mut Draft<'e>, failure: &SetFailure, set: &str) -> Option<Next<'e>> {
        let fail = |message: &str| -> Outcome {
            let error = self.call.own(&failure.code, format!("{message}{set}"));
            Outcome::Failed(Failure::from(error))
        };
        let named = |edit: &ExperienceEdit| match edit {
            ExperienceEdit::Product(product) => failure.naming(product.product.as_str()),
            ExperienceEdit::Leave(principal) | ExperienceEdit::Join(principal) => {
                failure.naming(&principal.to_string())
            }
            ExperienceEdit::Describe { .. } | ExperienceEdit::Requests(_) | ExperienceEdit::Brand { .. } => {
                failure.of_type(type_of(edit))
            }
            ExperienceEdit::Create(_) | ExperienceEdit::Policy { .. } | ExperienceEdit::Status { .. } => None,
        };
        let (refused, rest): (Vec<_>, Vec<_>) = draft.items.iter().partition(|(_, edit)| named(edit).is_some());
        for (index, edit) in &refused {
            self.set(*index, fail(&named(edit).unwrap_or_default()));
        }
        if !refused.is_empty() {
            draft.items = rest;
            return None;
        }
        let may_be_one = draft.is_mixed() || !draft.holds_products() || failure.may_be_a_product();
        if may_be_one
            && self.searches < SEARCHES
            && let Some(parts) = draft.halves()
        {
            self.withdraw(draft);
            self.searches += 1;
            return Some(Next::Instead(parts));
        }
        self.record(draft, &fail(&failure.message()));
        Some(Next::Go)
    }
}

/// Whether AWS says that a token was used before, with other changes.
fn is_about_token(error: &CloudError) -> bool {
    error.message.to_ascii_lowercase().contains("token")
}
