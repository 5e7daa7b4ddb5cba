//! A change set until it is made: tried again where that helps, without products that AWS refuses.

use tokio::time::Instant;

use super::change_set::Draft;
use super::product_list::ProductList;
use super::product_run::{AGAIN, Came, Tries};
use super::set_end::{SetEnd, SetFailure};
use crate::cloud::pace::LOST;
use crate::cloud::waits::for_people;
use crate::cloud::{CloudError, Meaning, Operation};
use crate::model::edit::ExperienceEdit;
use crate::model::report::{Failure, Outcome};

/// How many sets of a target may fail for a product that AWS does not name. Finding one among a hundred takes seven.
const SEARCHES: u32 = 16;

/// What to do after a set.
pub(super) enum Next<'a> {
    /// Go on.
    Go,
    /// Carry these out in its place.
    Instead(Vec<Draft<'a>>),
    /// Nothing: no further set is of use. The reason has no end, such as `StartChangeSet was refused before`.
    Stop(String),
}

impl ProductList<'_> {
    /// Carries out a set: started when the experience is free, as often as that helps, and waited for.
    pub(super) async fn carry_out<'e>(&mut self, mut draft: Draft<'e>) -> Next<'e> {
        self.take_turns(&mut draft).await;
        if let Err(error) = self.refresh(&mut draft).await {
            return self.give_up(&draft, error);
        }
        let patience = self.call.seat.timing.patience;
        self.call.seat.until = Some(Instant::now() + patience);
        let busy = format!("{} is locked by another change set, or too many are open", self.call.id);
        let waits = self.call.seat.patience(Operation::StartChangeSet, busy);
        let mut tries = Tries { patience: waits, counter: 0, lost: 0, searched: false };
        // A conflict, or what others have made meanwhile, is seen by a look before each try.
        while self.begin(&draft) {
            match self.attempt(&draft, &mut tries).await {
                Came::Ended(SetEnd::Made(remarks), set) => {
                    self.compare(&draft, &set, &remarks).await;
                    return Next::Go;
                }
                Came::Ended(SetEnd::Cancelled, set) => {
                    let message = format!("somebody cancelled change set {set}");
                    return self.give_up(&draft, self.call.own("Cancelled", message));
                }
                Came::Ended(SetEnd::Failed(failure), set) => {
                    if failure.passes {
                        self.withdraw(&draft);
                        if tries.counter <= AGAIN && self.again(&mut draft, &mut tries).await {
                            continue;
                        }
                        let message = format!("{} (change set {set})", failure.message());
                        return self.give_up(&draft, self.call.own(&failure.code, message));
                    }
                    match self.without_refused(&mut draft, &failure, &format!(" (change set {set})")) {
                        Some(next) => return next,
                        None => self.withdraw(&draft),
                    }
                }
                Came::Late(error) => {
                    let why = format!("a change set of {} did not end within {}", self.call.id, for_people(patience));
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

    /// Goes on after a call that started nothing, or may have started something. `None` where the set is to be tried
    /// again.
    async fn refused<'e>(&mut self, draft: &mut Draft<'e>, tries: &mut Tries, error: CloudError) -> Option<Next<'e>> {
        let again = match error.meaning {
            // Locked by somebody's change set, or too many are open: both pass. AWS has one quota that passes.
            Meaning::Locked | Meaning::Busy | Meaning::Passing => true,
            Meaning::Quota => error.message.to_ascii_lowercase().contains("open change set"),
            Meaning::Unreachable => {
                tries.lost += 1;
                tries.lost <= LOST
            }
            Meaning::Invalid | Meaning::Conflict => {
                let before = self.now.revisions.clone();
                if self.look().await && self.now.revisions != before {
                    // Somebody was faster. What is live now decides.
                    self.withdraw(draft);
                    draft.items = self.settle(&draft.items);
                    return (!tries.patience.pause().await).then(|| self.give_up(draft, error));
                }
                let CloudError { code, message, .. } = &error;
                let failure = SetFailure { code: code.clone(), said: vec![message.clone()], passes: false };
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
        // What is live may show that the lost call was heard.
        if error.meaning == Meaning::Unreachable && self.look().await {
            draft.items = self.settle(&draft.items);
        }
        Some(self.give_up(draft, error))
    }

    /// Waits a little before another try, and looks what is left to do. False where the time is over.
    async fn again(&mut self, draft: &mut Draft<'_>, tries: &mut Tries) -> bool {
        let again = tries.patience.pause().await;
        if self.look().await {
            draft.items = self.settle(&draft.items);
        }
        again
    }

    /// Enters a failure. Says why nothing further is of use, if so.
    fn give_up<'e>(&self, draft: &Draft<'_>, error: CloudError) -> Next<'e> {
        let waited = for_people(self.call.seat.timing.patience);
        let stop = match error.meaning {
            Meaning::Denied | Meaning::Quota => {
                Some(format!("{} was refused before ({})", error.operation, error.code))
            }
            Meaning::Throttled | Meaning::Locked | Meaning::Busy => {
                Some(format!("no change set of {} could be started within {waited} ({})", self.call.id, error.code))
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

    /// Takes out of a set the products that AWS names as the reason why it failed: they fail alone, and `None` says that
    /// the rest is to be tried again. Where AWS names none, one of two halves holds it.
    fn without_refused<'e>(&mut self, draft: &mut Draft<'e>, failure: &SetFailure, set: &str) -> Option<Next<'e>> {
        let fail = |message: &str| -> Outcome {
            let error = self.call.own(&failure.code, format!("{message}{set}"));
            Outcome::Failed(Failure::from(error))
        };
        let named = |edit: &ExperienceEdit| match edit {
            ExperienceEdit::Policy { name: _ } => None,
            ExperienceEdit::Product(product) => failure.of_product(product.product.as_str()),
        };
        let (refused, rest): (Vec<_>, Vec<_>) = draft.items.iter().partition(|(_, edit)| named(edit).is_some());
        for (index, edit) in &refused {
            self.set(*index, fail(&named(edit).unwrap_or_default()));
        }
        if !refused.is_empty() {
            draft.items = rest;
            return None;
        }
        if failure.may_be_a_product()
            && self.searches < SEARCHES
            && let Some(halves) = draft.halves()
        {
            self.withdraw(draft);
            self.searches += 1;
            return Some(Next::Instead(halves));
        }
        self.record(draft, &fail(&failure.message()));
        Some(Next::Go)
    }
}
