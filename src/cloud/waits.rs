//! Messages while a call or a change waits, so that a slow run does not look dead.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A callback that gets a sentence about what is waited for.
type Hearer = dyn Fn(&str) + Send + Sync;

/// The receiver of messages about waiting. Silent unless made with [`Waits::new`].
#[derive(Clone, Default)]
pub struct Waits(Option<Arc<Hearer>>);

impl Waits {
    /// Calls `hearer` with a sentence whenever something has waited for long.
    pub fn new(hearer: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(hearer)))
    }

    pub(crate) fn tell(&self, sentence: &str) {
        if let Self(Some(hearer)) = self {
            hearer(sentence);
        }
    }
}

impl fmt::Debug for Waits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Waits").field(&self.0.is_some()).finish()
    }
}

/// Limits messages: at most one per interval, however many calls wait for the same thing.
#[derive(Debug, Default)]
pub(crate) struct Reminder(Mutex<Option<Instant>>);

impl Reminder {
    /// Whether a message is due for something that began to wait at `begun`. Returning true counts as sent.
    pub(crate) fn is_due(&self, begun: Instant, now: Instant, every: Duration) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = last.map_or(begun, |last| last.max(begun));
        let due = now.saturating_duration_since(since) >= every;
        if due {
            *last = Some(now);
        }
        due
    }
}

/// A duration for messages: `45 s`, `12 min`.
pub(crate) fn for_people(duration: Duration) -> String {
    match duration.as_secs() {
        0 => format!("{} ms", duration.as_millis()),
        seconds @ 1..=119 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_that_wait_speak_once_in_half_a_minute() {
        let (reminder, begun) = (Reminder::default(), Instant::now());
        let every = Duration::from_secs(30);
        let at = |seconds| begun + Duration::from_secs(seconds);
        let due: Vec<u64> = (0..100).filter(|second| reminder.is_due(begun, at(*second), every)).collect();
        assert_eq!(due, [30, 60, 90]);
        assert!(!reminder.is_due(at(95), at(119), every), "something else began to wait since");
    }

    #[test]
    fn durations_are_for_people() {
        let said = [Duration::from_millis(20), Duration::from_secs(45), Duration::from_mins(30)].map(for_people);
        assert_eq!(said, ["20 ms", "45 s", "30 min"]);
    }
}
