//! Decides whether a failed attempt is followed by another, and after which pause.

use std::time::Duration;

use tokio::time::Instant;

use super::meaning::Meaning;
use super::options::Timing;

/// The most attempts of a call that gets no answer, or whose session has ended.
const ATTEMPTS: u32 = 6;

/// The longest pause, as a multiple of the first.
const LONGEST: u32 = 40;

/// The attempts of one call.
#[derive(Debug)]
pub(crate) struct Retry {
    pub(crate) begun: Instant,
    until: Instant,
    backoff: Duration,
    /// Failed attempts other than throttled ones.
    failed: u32,
    throttled: u32,
}

impl Retry {
    pub(crate) fn new(timing: &Timing, now: Instant) -> Self {
        Self { begun: now, until: now + timing.patience, backoff: timing.backoff, failed: 0, throttled: 0 }
    }

    /// Limits the attempts to a deadline.
    pub(crate) fn by(mut self, until: Option<Instant>) -> Self {
        self.until = until.map_or(self.until, |until| until.min(self.until));
        self
    }

    /// The pause before the next attempt. `None` if there is to be none. Throttling does no harm and passes, so it is
    /// accepted until the deadline; a call without an answer is given up after a few attempts.
    pub(crate) fn after(&mut self, meaning: Meaning, now: Instant) -> Option<Duration> {
        let (count, is_over) = match meaning {
            Meaning::Throttled => {
                self.throttled += 1;
                (self.throttled, now >= self.until)
            }
            Meaning::Unreachable | Meaning::Expired => {
                self.failed += 1;
                (self.failed, self.failed >= ATTEMPTS)
            }
            Meaning::Denied
            | Meaning::NotFound
            | Meaning::Locked
            | Meaning::Busy
            | Meaning::Conflict
            | Meaning::Quota
            | Meaning::Invalid
            | Meaning::Passing
            | Meaning::Other => return None,
        };
        let factor = 2_u32.saturating_pow(count - 1).min(LONGEST);
        let pause = (self.backoff * factor).mul_f64(0.5 + fastrand::f64() / 2.0);
        let left = self.until.saturating_duration_since(now);
        (!is_over).then(|| if meaning == Meaning::Throttled { pause.min(left) } else { pause })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throttling_is_borne_until_the_deadline() {
        let (timing, begun) = (Timing::default(), Instant::now());
        let mut retry = Retry::new(&timing, begun);
        let (mut now, mut attempts) = (begun, 0);
        while let Some(pause) = retry.after(Meaning::Throttled, now) {
            assert!(pause <= timing.backoff * LONGEST);
            now += pause;
            attempts += 1;
        }
        assert_eq!(now - begun, timing.patience);
        assert!(attempts > 90, "{attempts}");
    }

    #[test]
    fn what_gets_no_answer_is_given_up_after_a_few_attempts() {
        let now = Instant::now();
        let mut retry = Retry::new(&Timing::default(), now);
        let attempts = 1 + std::iter::from_fn(|| retry.after(Meaning::Unreachable, now)).count();
        assert_eq!(attempts, 6);
    }

    #[test]
    fn what_can_not_succeed_is_not_tried_again() {
        let now = Instant::now();
        for meaning in [Meaning::Denied, Meaning::Quota, Meaning::Invalid, Meaning::NotFound, Meaning::Passing] {
            assert_eq!(Retry::new(&Timing::default(), now).after(meaning, now), None, "{meaning:?}");
        }
    }
}
