//! Looks at a list of AWS that many wait for: one look serves all of them.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::cloud::CloudError;
use crate::cloud::pace::Patience;

/// A list, as it was seen last.
pub(super) struct Looks<T>(Mutex<Option<Look<T>>>);

/// What was seen, and when that look began.
pub(super) struct Look<T> {
    pub(super) begun: Instant,
    pub(super) found: Result<Arc<T>, CloudError>,
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
    /// Takes something for seen that is known without a look.
    pub(super) async fn know(&self, value: T) {
        *self.0.lock().await = Some(Look { begun: Instant::now(), found: Ok(Arc::new(value)) });
    }

    /// A look that did not begin before `at`. Where somebody else has looked by then, that one; else one that is made
    /// after a pause of `patience`, if there is to be one. `None` where that is over.
    pub(super) async fn since<F>(
        &self,
        at: Instant,
        patience: Option<&mut Patience>,
        look: impl Fn() -> F,
    ) -> Option<Look<T>>
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
