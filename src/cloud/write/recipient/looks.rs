//! Shared reads of AWS's lists: one read serves all changes that wait for the list.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::cloud::CloudError;
use crate::cloud::pace::Patience;

/// A list, as it was last read.
pub(super) struct Looks<T>(Mutex<Option<Look<T>>>);

/// The result of a read, and when the read began.
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
    /// Records a value that is known without a read.
    pub(super) async fn know(&self, value: T) {
        *self.0.lock().await = Some(Look { begun: Instant::now(), found: Ok(Arc::new(value)) });
    }

    /// A read that began at `at` or later. If another caller has made one meanwhile, that one is returned. Otherwise a
    /// read is made, after a pause if `patience` is given. `None` if the patience is over.
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

    /// The value of a read that began at `at` or later.
    pub(super) async fn now<F>(&self, at: Instant, look: impl Fn() -> F) -> Result<Arc<T>, CloudError>
    where
        F: Future<Output = Result<T, CloudError>>,
    {
        match self.since(at, None, &look).await {
            Some(look) => look.found,
            // Without `patience`, `since` always returns a read.
            None => look().await.map(Arc::new),
        }
    }
}
