//! Sends calls that change something: repeats them until AWS accepts, and reads what is live if no answer came.

use std::sync::atomic::Ordering;

use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::account::Recipient;
use super::step::{Gate, Step, Unmade};
use crate::cloud::pace::LOST;
use crate::cloud::request::Request;
use crate::cloud::write::task::Standing;
use crate::cloud::{CloudError, Meaning, Operation};
use crate::model::change::ChangeId;
use crate::model::hex::hex;

impl Recipient<'_> {
    /// Calls until AWS accepts a request, and returns its answer. `passes` are errors that are temporary after another
    /// change and are retried. After a lost answer, or an error that may mean the change was made, `look` compares with
    /// what is live; `None` if the change is live.
    pub(super) async fn send<R: Request, F>(
        &self,
        step: &Step,
        request: R,
        passes: &[Meaning],
        look: impl Fn() -> F,
    ) -> Result<Option<R::Output>, Unmade>
    where
        F: Future<Output = Result<Standing, CloudError>>,
    {
        let what = format!("AWS is busy with {} in {}", self.imported, self.seat.place.account);
        let mut patience = self.seat.patience(R::OPERATION, what);
        let passes_until = self.passes_until();
        let mut lost = 0;
        loop {
            let error = match self.attempt(step, request.clone()).await? {
                Ok(answer) => {
                    step.has_effect.store(true, Ordering::Relaxed);
                    return Ok(Some(answer));
                }
                Err(error) => error,
            };
            if error.meaning != Meaning::Unreachable {
                step.refused(self.task.ledger);
            }
            let again = match error.meaning {
                meaning if passes.contains(&meaning) => Instant::now() < passes_until,
                Meaning::Busy | Meaning::Passing => Instant::now() < passes_until,
                Meaning::Unreachable | Meaning::NotFound | Meaning::Conflict => {
                    match look().await {
                        Ok(Standing::Done) => return Ok(None),
                        Ok(Standing::Conflict(found)) => return Err(Unmade::Conflict(R::OPERATION, found)),
                        Ok(Standing::Open) | Err(_) => {}
                    }
                    lost += 1;
                    error.meaning == Meaning::Unreachable && lost <= LOST
                }
                Meaning::Denied
                | Meaning::Throttled
                | Meaning::Locked
                | Meaning::Quota
                | Meaning::Invalid
                | Meaning::Expired
                | Meaning::Other => false,
            };
            if !again || !patience.pause().await {
                return Err(error.into());
            }
        }
    }

    /// Makes one call, unless the operation was refused before.
    async fn attempt<R: Request>(&self, step: &Step, request: R) -> Result<Result<R::Output, CloudError>, Unmade> {
        let gate = self.gates.of(R::OPERATION);
        let verdict = gate.lock().await;
        if let Gate::Refused(code) = &*verdict {
            return Err(Unmade::Skipped(format!("{} was refused before ({code})", R::OPERATION.name())));
        }
        let alone = (*verdict == Gate::Untried).then_some(verdict);
        if !self.task.ledger.begin(&step.id, "") {
            return Err(Unmade::Stopped);
        }
        let answer = self.seat.call(request).await;
        let refused = answer.as_ref().err().filter(|error| error.meaning == Meaning::Denied);
        let now = refused.map_or(Gate::Open, |error| Gate::Refused(error.code.clone()));
        match alone {
            Some(mut verdict) => *verdict = now,
            None if now == Gate::Open => {}
            None => *gate.lock().await = now,
        }
        Ok(answer)
    }

    /// The idempotency token of a call. Repeating the call uses the same token; another run uses another one.
    pub(super) fn token(&self, step: &Step, operation: Operation) -> String {
        let ChangeId { target, kind, key } = &step.id;
        let name = format!("{target}\n{}\n{key}\n{}\n{:016x}", kind.as_str(), operation.name(), self.run);
        format!("catalog-sync-{}", hex(Sha256::digest(name)))
    }
}
