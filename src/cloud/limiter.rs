//! A token bucket that adapts: AWS throttling halves its rate, and the rate then rises again slowly.

use std::time::Duration;

use tokio::time::Instant;

use super::operation::Rate;

/// The first rate, in calls a second, if none is published. The bound on calls in flight is reached long before it.
const FAST: f64 = 1000.0;

/// Never slower than one call in five seconds.
const SLOWEST: f64 = 0.2;

/// How long calls are counted before a new count begins.
const WINDOW: Duration = Duration::from_secs(2);

/// How much the rate rises in each second without a throttle: a share of itself, and at least so many calls a second.
const CREEP: (f64, f64) = (0.02, 0.05);

/// A token bucket: a call takes a token, and the bucket fills at the present rate.
#[derive(Debug)]
pub(crate) struct Limiter {
    published: Option<Rate>,
    /// The present rate, in calls a second.
    rate: f64,
    tokens: f64,
    /// When `tokens` and `rate` were last updated.
    at: Instant,
    /// When the rate was last halved.
    halved: Option<Instant>,
    /// When the present count of calls began, the count, and the rate of the count before, in calls a second.
    seen: (Instant, u32, f64),
}

impl Limiter {
    /// Begins at the published rate, or fast where there is none.
    pub(crate) fn new(published: Option<Rate>, now: Instant) -> Self {
        let rate = published.map_or(FAST, |rate| f64::from(rate.per_second));
        let mut limiter = Self { published, rate, tokens: 0.0, at: now, halved: None, seen: (now, 0, 0.0) };
        limiter.tokens = limiter.most_tokens();
        limiter
    }

    /// Takes a token. The error is the time until the next token.
    pub(crate) fn take(&mut self, now: Instant) -> Result<(), Duration> {
        self.advance(now);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            if now.saturating_duration_since(self.seen.0) > WINDOW {
                self.seen = (now, 0, self.seen_rate(now));
            }
            self.seen.1 = self.seen.1.saturating_add(1);
            return Ok(());
        }
        // A little longer than needed: rounding down would make the caller wait twice.
        Err(Duration::from_secs_f64((1.0 - self.tokens) / self.rate) + Duration::from_millis(1))
    }

    /// Slows down because a call that was sent at `sent` was throttled. Calls that were sent before the last halving
    /// are ignored: they say nothing about the new rate.
    pub(crate) fn throttled(&mut self, sent: Instant, now: Instant) {
        self.advance(now);
        if self.halved.is_some_and(|halved| sent <= halved) {
            return;
        }
        self.rate = (self.rate.min(self.seen_rate(now)) / 2.0).max(SLOWEST);
        self.tokens = 0.0;
        self.halved = Some(now);
    }

    /// The time between two calls at the present rate.
    pub(crate) fn interval(&self) -> Duration {
        Duration::from_secs_f64(1.0 / self.rate)
    }

    /// The present rate, in calls a second.
    pub(crate) fn rate(&self) -> f64 {
        self.rate
    }

    /// The rate at which calls were really made lately, in calls a second. `throttled` starts from it: a limit far
    /// above the real rate would have to be halved many times before it slowed anything.
    fn seen_rate(&self, now: Instant) -> f64 {
        let (since, count, before) = self.seen;
        let lately = f64::from(count.max(1)) / now.saturating_duration_since(since).max(WINDOW / 4).as_secs_f64();
        if now.saturating_duration_since(since) > WINDOW { lately } else { lately.max(before) }
    }

    fn advance(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.at = self.at.max(now);
        if self.halved.is_some() {
            let (share, least) = CREEP;
            let fastest = self.published.map_or(FAST, |rate| f64::from(rate.per_second));
            self.rate = (self.rate + (self.rate * share).max(least) * passed).min(fastest);
        }
        self.tokens = (self.tokens + self.rate * passed).min(self.most_tokens());
    }

    /// One less than the published burst, since requests don't arrive as evenly as they are sent. Without a published
    /// burst, one second's worth of calls.
    fn most_tokens(&self) -> f64 {
        let published = self.published.map(|rate| f64::from(rate.burst.saturating_sub(1)));
        published.unwrap_or(self.rate).max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The times at which a number of calls are sent, in milliseconds, if each waits as long as it is told to.
    fn sent(limiter: &mut Limiter, mut now: Instant, calls: usize) -> Vec<u128> {
        let begun = now;
        let mut sent = Vec::new();
        while sent.len() < calls {
            match limiter.take(now) {
                Ok(()) => sent.push(now.duration_since(begun).as_millis()),
                Err(wait) => now += wait,
            }
        }
        sent
    }

    #[test]
    fn a_burst_passes_and_then_the_published_rate_holds() {
        let now = Instant::now();
        let mut limiter = Limiter::new(Some(Rate { per_second: 5, burst: 5 }), now);
        assert_eq!(sent(&mut limiter, now, 7), [0, 0, 0, 0, 201, 401, 601]);
    }

    #[test]
    fn without_a_published_rate_it_begins_fast() {
        let now = Instant::now();
        assert_eq!(sent(&mut Limiter::new(None, now), now, 500), vec![0; 500]);
    }

    /// A limiter that let 50 calls pass at once, was throttled, and is now at 50 calls a second.
    fn slowed(now: Instant) -> Limiter {
        let mut limiter = Limiter::new(None, now);
        assert_eq!(sent(&mut limiter, now, 50), vec![0; 50]);
        limiter.throttled(now, now + Duration::from_millis(500));
        limiter
    }

    #[test]
    fn a_throttle_halves_the_rate_at_which_calls_were_made() {
        let now = Instant::now();
        let mut limiter = slowed(now);
        assert!((limiter.rate() - 50.0).abs() < 0.1, "{}", limiter.rate());
        let wait = limiter.take(now + Duration::from_millis(500)).unwrap_err();
        assert_eq!(wait.as_millis(), 21, "and what was saved up is gone");
    }

    #[test]
    fn a_count_that_has_just_begun_tells_nothing() {
        let now = Instant::now();
        let mut limiter = Limiter::new(None, now);
        for call in 0..=300 {
            assert_eq!(limiter.take(now + Duration::from_millis(10) * call), Ok(()));
        }
        let late = now + Duration::from_millis(2030);
        limiter.throttled(late, late + Duration::from_millis(970));
        assert!((limiter.rate() - 50.0).abs() < 1.0, "{}", limiter.rate());
    }

    #[test]
    fn it_creeps_up_again() {
        let now = Instant::now();
        let mut limiter = slowed(now);
        limiter.advance(now + Duration::from_secs(10));
        assert!(limiter.rate() > 55.0 && limiter.rate() < 65.0, "{}", limiter.rate());
        limiter.advance(now + Duration::from_hours(24));
        assert!((limiter.rate() - FAST).abs() < 0.1);
    }

    #[test]
    fn throttles_of_one_moment_halve_it_once() {
        let now = Instant::now();
        let mut limiter = slowed(now);
        for late in 500..516 {
            limiter.throttled(now, now + Duration::from_millis(late));
        }
        assert!((limiter.rate() - 50.0).abs() < 1.0, "{}", limiter.rate());
        let later = now + Duration::from_millis(600);
        limiter.throttled(later, later + Duration::from_millis(50));
        assert!(limiter.rate() < 40.0, "{}", limiter.rate());
    }

    #[test]
    fn it_settles_near_a_rate_that_nobody_told() {
        const ACCEPTED: u32 = 10;
        let begun = Instant::now();
        let mut limiter = Limiter::new(None, begun);
        let mut aws = Limiter::new(Some(Rate { per_second: ACCEPTED, burst: ACCEPTED }), begun);
        let (mut now, mut accepted, mut refused) = (begun, 0_u32, 0_u32);
        while now < begun + Duration::from_mins(2) {
            match limiter.take(now) {
                Err(wait) => now += wait,
                Ok(()) if aws.take(now).is_ok() => accepted += 1,
                Ok(()) => {
                    refused += 1;
                    limiter.throttled(now, now + Duration::from_millis(50));
                }
            }
        }
        assert!(accepted > 120 * ACCEPTED / 2, "{accepted} accepted");
        assert!(refused < accepted / 10, "{refused} refused of {accepted}");
    }

    #[test]
    fn a_published_rate_is_never_passed_and_it_never_stands_still() {
        let now = Instant::now();
        let mut limiter = Limiter::new(Some(Rate { per_second: 1, burst: 2 }), now);
        for second in 0..20 {
            let now = now + Duration::from_secs(second);
            limiter.throttled(now, now);
        }
        assert!(limiter.rate() >= SLOWEST);
        limiter.advance(now + Duration::from_hours(1));
        assert!((limiter.rate() - 1.0).abs() < f64::EPSILON);
    }
}
