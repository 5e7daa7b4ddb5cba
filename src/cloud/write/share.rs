//! Makes one change of a share: calls until AWS accepts it, and repairs a new share that missed accounts.
//!
//! Service Catalog takes one share action at a time (`InvalidStateException: Cannot process more than one portfolio
//! share action at the same time`). The scope of that rule is not documented, so share actions queue for each account
//! and region. Actions with nodes of the organization keep a pause between them: without it AWS throttles inside of
//! them, and they miss accounts (Terraform's AWS provider, `portfolio_share.go`, waits 15 s).

use tokio::time::{Instant, sleep_until};

use super::ledger::Ledger;
use super::share_call::ShareCall;
use super::share_end::End;
use super::share_terms::{first, is_at_once, operation};
use super::task::Standing;
use crate::cloud::pace::LOST;
use crate::cloud::turn::ShareTurn;
use crate::cloud::waits::for_people;
use crate::cloud::{Cloud, CloudError, Meaning};
use crate::model::change::{About, ChangeId};
use crate::model::edit::{Delta, HubEdit};
use crate::model::portfolio::Share;

/// A portfolio while its shares are changed.
pub(super) struct SharedPortfolio<'a> {
    pub(super) cloud: &'a Cloud,
    pub(super) ledger: &'a Ledger,
    pub(super) call: ShareCall<'a>,
}

/// Why a change was not made.
pub(super) enum Unmade {
    /// The run is being stopped.
    Stopped,
    /// An earlier share action did not end in time, so this one would not either.
    Stuck(String),
    /// The change did not end in time, or AWS was busy until the deadline.
    Late(CloudError),
    /// Anything else.
    Failed(CloudError),
}

impl Unmade {
    /// Puts the consequence before AWS's message.
    fn because(self, hindered: &str) -> Self {
        let told = |error: CloudError| CloudError { message: format!("{hindered}: {}", error.message), ..error };
        match self {
            Self::Late(error) => Self::Late(told(error)),
            Self::Failed(error) => Self::Failed(told(error)),
            other @ (Self::Stopped | Self::Stuck(_)) => other,
        }
    }
}

/// One call for a change.
struct Step<'a> {
    id: &'a ChangeId,
    about: &'a About,
    delta: &'a Delta<Share>,
    /// How many times the share has been removed for this change so far.
    repairs: u32,
}

impl SharedPortfolio<'_> {
    /// Makes a change once its turn in the account and region has come.
    pub(super) async fn make(&mut self, id: &ChangeId, edit: &HubEdit, about: &About) -> Result<(), Unmade> {
        let first = first(edit);
        let line = self.cloud.share_turn(&self.call.seat.place);
        let mut turn = line.lock().await;
        while let Some(from) = self.free_from(&first, &turn, 0) {
            // Shares from account to account need no pause, so they may go first.
            drop(turn);
            sleep_until(from).await;
            turn = line.lock().await;
        }
        if let Some(why) = &turn.stuck {
            return Err(Unmade::Stuck(why.clone()));
        }
        let made = self.whole(id, edit, about, &mut turn).await;
        if let Err(Unmade::Late(error)) = &made {
            let waited = for_people(self.call.seat.timing.patience);
            let with = edit.share().receiver();
            let why = format!("{} for {with} did not end within {waited} ({})", error.operation, error.code);
            turn.stuck = Some(why);
        }
        made
    }

    /// Makes a change until no account is missed. Only a new share is removed and created again for that. An existing
    /// share is in use, so it is removed only if the change is a repair.
    async fn whole(
        &mut self,
        id: &ChangeId,
        edit: &HubEdit,
        about: &About,
        turn: &mut ShareTurn,
    ) -> Result<(), Unmade> {
        let (delta, mut is_repair) = match edit {
            HubEdit::Share(delta) => (delta.clone(), false),
            HubEdit::Repair(share) => (Delta::Create(share.clone()), true),
        };
        let away = Delta::Remove(edit.share().clone());
        let mut repairs = 0;
        loop {
            if is_repair {
                self.step(&Step { id, about, delta: &away, repairs }, turn)
                    .await
                    .map_err(|unmade| unmade.because("it could not be removed to be made again"))?;
                repairs += 1;
            }
            let made = self.step(&Step { id, about, delta: &delta, repairs }, turn).await;
            let made = match repairs {
                0 => made,
                _ => made.map_err(|unmade| {
                    unmade.because("the share was removed for its repair, and could not be made again")
                }),
            };
            let (what, again) = match made? {
                End::Whole => return Ok(()),
                End::Missed { what, again } => (what, again),
            };
            is_repair = matches!(delta, Delta::Create(_)) && repairs < again;
            if !is_repair {
                return Err(Unmade::Failed(self.missed(&delta, &what, repairs)));
            }
        }
    }

    /// Makes one call after the pause that it needs, and waits for its end.
    async fn step(&mut self, step: &Step<'_>, turn: &mut ShareTurn) -> Result<End, Unmade> {
        if let Some(from) = self.free_from(step.delta, turn, step.repairs) {
            sleep_until(from).await;
        }
        self.call.seat.until = Some(Instant::now() + self.call.seat.timing.patience);
        self.once(step, turn).await
    }

    fn missed(&self, delta: &Delta<Share>, what: &str, repairs: u32) -> CloudError {
        let repaired = match repairs {
            0 => String::new(),
            1 => ", though it was removed and made again once".to_owned(),
            repairs => format!(", though it was removed and made again {repairs} times"),
        };
        let now = match delta {
            Delta::Create(_) | Delta::Update { before: _, after: _ } => "The share stands without these accounts",
            Delta::Remove(_) => "These accounts may still have it",
        };
        let message = format!("{what}{repaired}. {now}");
        self.call.failed(delta, "ShareFailed", message)
    }

    /// The earliest time for a change that must keep the pause after the last action with a node of the organization.
    /// The pause grows with each repair. `None` if the change may begin now.
    fn free_from(&self, delta: &Delta<Share>, turn: &ShareTurn, repairs: u32) -> Option<Instant> {
        let from = turn.node_ended.filter(|_| !is_at_once(delta))? + self.call.seat.timing.node_pause * (repairs + 1);
        (from > Instant::now()).then_some(from)
    }

    /// Calls until AWS accepts the change, and waits for its end. If an error leaves open whether anything was done,
    /// what is live decides.
    async fn once(&self, step: &Step<'_>, turn: &mut ShareTurn) -> Result<End, Unmade> {
        let Step { id, about: _, delta, repairs: _ } = step;
        let seat = &self.call.seat;
        let busy = format!("another share action is under way in {}", seat.place.account);
        let mut patience = seat.patience(operation(delta), busy);
        // Temporary errors (`Meaning::Passing`) are retried for a fifteenth of the patience, two minutes by default.
        let passes_until = Instant::now() + seat.timing.patience / 15;
        let mut lost = 0;
        loop {
            if !self.ledger.begin(id, "") {
                return Err(Unmade::Stopped);
            }
            let error = match self.call.send(delta).await {
                Ok(token) => return self.end(step, token.as_deref(), turn).await,
                Err(error) => error,
            };
            let again = match error.meaning {
                Meaning::Busy => {
                    self.withdraw(step);
                    true
                }
                // `Seat::call` has retried until the deadline already.
                Meaning::Throttled => return Err(Unmade::Late(error)),
                Meaning::Passing => {
                    self.withdraw(step);
                    Instant::now() < passes_until
                }
                Meaning::Unreachable | Meaning::NotFound | Meaning::Conflict => {
                    if self.call.own_standing(delta).await.is_ok_and(|standing| standing == Standing::Done) {
                        return Ok(End::Whole);
                    }
                    lost += 1;
                    error.meaning == Meaning::Unreachable && lost <= LOST
                }
                Meaning::Denied
                | Meaning::Locked
                | Meaning::Quota
                | Meaning::Invalid
                | Meaning::Expired
                | Meaning::Other => false,
            };
            if !again {
                return Err(Unmade::Failed(error));
            }
            if !patience.pause().await {
                return Err(Unmade::Late(error));
            }
        }
    }

    /// Records that the change was not begun after all, unless its share was removed already.
    fn withdraw(&self, step: &Step<'_>) {
        if step.repairs == 0 {
            self.ledger.withdraw(step.id);
        }
    }

    /// Waits for the end of a change that AWS has accepted. If other changes wait for it, it has to be seen in the list
    /// of shares as well, because the share that it replaces is removed next.
    async fn end(&self, step: &Step<'_>, token: Option<&str>, turn: &mut ShareTurn) -> Result<End, Unmade> {
        let Step { id, about, delta, repairs: _ } = step;
        let at_once = is_at_once(delta);
        if token.is_some() || !at_once {
            self.ledger.name(id, &token.map(|token| format!("share {token}")).unwrap_or_default());
            let end = self.call.finish(delta, token, about.audience.as_ref()).await.map_err(Unmade::Late)?;
            if !at_once {
                turn.node_ended = Some(Instant::now());
            }
            if end != End::Whole {
                return Ok(end);
            }
            if let (Delta::Create(share), Some(audience)) = (delta, &about.audience) {
                let end = self.call.reach(&share.receiver(), audience).await;
                if end != End::Whole {
                    return Ok(end);
                }
            }
        }
        // Without a token, the end was seen in the list already.
        if self.ledger.is_awaited(id) && (token.is_some() || at_once) {
            self.call.seen(delta).await.map_err(Unmade::Late)?;
        }
        Ok(End::Whole)
    }
}
