//! Looks at a list of AWS that many wait for: one look serves all of them.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Recipient;
use super::send::Unmade;
use crate::cloud::pace::Patience;
use crate::cloud::waits::for_people;
use crate::cloud::{CloudError, Meaning, Operation};

/// A list, as it was seen last.
pub(super) struct Looks<T>(Mutex<Option<Look<T>>>);

/// What was seen, and when that look began.
pub(super) struct Look<T> {
    begun: Instant,
    found: Result<Arc<T>, CloudError>,
}

impl<T> Clone for Look<T> {
    fn clone(&self) -> Self {
        Self { begun: self.begun, found: self.found.clone() }
    }
}

impl<T> Default for Looks<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Looks<T> {
    /// A look that did not begin before `at`. Where somebody else has looked by then, that one; else one that is made
    /// after a pause of `patience`, if there is to be one. `None` where that is over.
    async fn since<F>(&self, at: Instant, patience: Option<&mut Patience>, look: impl Fn() -> F) -> Option<Look<T>>
    where
        F: Future<Output = Result<T, CloudError>>,
    {
        let mut last = self.0.lock().await;
        if let Some(look) = last.as_ref().filter(|look| look.begun >= at) {
            return Some(look.clone());
        }
        if let Some(patience) = patience
            && !patience.pause().await
        {
            return None;
        }
        let begun = Instant::now();
        let look = Look { begun, found: look().await.map(Arc::new) };
        *last = Some(look.clone());
        Some(look)
    }

    /// What there is now, or was at some look since `at`.
    pub(super) async fn now<F>(&self, at: Instant, look: impl Fn() -> F) -> Result<Arc<T>, CloudError>
    where
        F: Future<Output = Result<T, CloudError>>,
    {
        match self.since(at, None, &look).await {
            Some(look) => look.found,
            // Without a pause there is always a look.
            None => look().await.map(Arc::new),
        }
    }
}

/// What is waited for: which operation made it, which one looks for it, and a sentence without its end that says so.
pub(super) struct Awaited {
    pub(super) made_by: Operation,
    pub(super) seen_by: Operation,
    pub(super) what: String,
}

impl Recipient<'_> {
    /// Waits until something is seen in `times` looks one after the other.
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
            // The next look has to be another one.
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

    /// Waits until `is_seen` says so.
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

    /// What is there, at a look since this began. What is not found may be about to arrive: it is waited for a little.
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

    pub(super) fn unseen(&self, operation: Operation, unseen: Option<CloudError>) -> Unmade {
        let waited = for_people(self.seat.timing.patience);
        let why = unseen.map(|error| format!(" ({error})")).unwrap_or_default();
        let message = format!("AWS took the call, and for {waited} what it does was not seen{why}. Plan again to see");
        self.own(operation, "NotSeen", message)
    }

    /// A failure with a code of ours.
    pub(super) fn own(&self, operation: Operation, code: &str, message: String) -> Unmade {
        Unmade::Failed(CloudError::own(operation.name(), &self.seat.place, code, Meaning::Other, message))
    }

    /// What passes by itself does so in a minute or two.
    pub(super) fn passes_until(&self) -> Instant {
        Instant::now() + self.seat.timing.patience / 15
    }
}
