//! Waits until the result of a call is seen.

use std::sync::Arc;

use tokio::time::Instant;

use super::account::Recipient;
use super::looks::{Look, Looks};
use super::step::Unmade;
use crate::cloud::{CloudError, Meaning, Operation};

/// The operation whose result is awaited, the operation that looks for it, and a sentence without a full stop for
/// messages.
pub(super) struct Awaited {
    pub(super) made_by: Operation,
    pub(super) seen_by: Operation,
    pub(super) what: String,
}

impl Recipient<'_> {
    /// Waits until `is_seen` is true in `times` reads in a row.
    pub(super) async fn see<T, F>(
        &self,
        looks: &Looks<T>,
        awaited: Awaited,
        times: u32,
        look: impl Fn() -> F,
        is_seen: impl Fn(&T) -> bool,
    ) -> Result<(), Unmade>
    where
        F: Future<Output = Result<T, CloudError>>,
    {
        let mut patience = self.seat.patience(awaited.seen_by, awaited.what);
        let (mut at, mut first, mut count, mut unseen) = (Instant::now(), true, 0, None);
        loop {
            let pause = if first { None } else { Some(&mut patience) };
            let Some(Look { begun, found }) = looks.since(at, pause, &look).await else {
                return Err(self.unseen(awaited.made_by, unseen));
            };
            // The next read has to begin later than this one.
            (at, first) = (begun + std::time::Duration::from_nanos(1), false);
            match found {
                Ok(found) => {
                    count = if is_seen(&found) { count + 1 } else { 0 };
                    unseen = None;
                }
                Err(error) => unseen = Some(error),
            }
            if count >= times {
                return Ok(());
            }
        }
    }

    /// Waits until `is_seen` returns true.
    pub(super) async fn until<F>(&self, awaited: Awaited, is_seen: impl Fn() -> F) -> Result<(), Unmade>
    where
        F: Future<Output = Result<bool, CloudError>>,
    {
        let mut patience = self.seat.patience(awaited.seen_by, awaited.what);
        loop {
            let unseen = match is_seen().await {
                Ok(true) => return Ok(()),
                Ok(false) => None,
                Err(error) => Some(error),
            };
            if !patience.pause().await {
                return Err(self.unseen(awaited.made_by, unseen));
            }
        }
    }

    /// The value of a read made since this target's changes began. If `is_there` is false for it, or if AWS does not
    /// find it, it may still arrive: further reads follow for a while.
    pub(super) async fn arrived<T, F>(
        &self,
        looks: &Looks<T>,
        seen_by: Operation,
        look: impl Fn() -> F,
        is_there: impl Fn(&T) -> bool,
    ) -> Result<Arc<T>, CloudError>
    where
        F: Future<Output = Result<T, CloudError>>,
    {
        let what = format!("{} has not arrived in {}", self.imported, self.seat.place.account);
        let mut patience = self.seat.patience(seen_by, what);
        let until = self.passes_until();
        let mut at = self.begun;
        loop {
            let found = looks.now(at, &look).await;
            let is_late = match &found {
                Ok(found) => !is_there(found),
                Err(error) => error.meaning == Meaning::NotFound,
            };
            if !is_late || Instant::now() >= until || !patience.pause().await {
                return found;
            }
            at = Instant::now();
        }
    }
}
