//! Decides whether a call is made again, and when. GitHub gives the pause itself when it limits the rate.

use std::time::Duration;

/// The number of attempts of a call.
pub(super) const ATTEMPTS: u32 = 5;

/// The pause for a rate limit if GitHub gives none (GitHub, "Rate limits for the REST API").
const MINUTE: Duration = Duration::from_mins(1);

/// The parts of an answer that decide about a retry.
#[derive(Debug, Clone, Default)]
pub(super) struct Answered {
    pub(super) status: u16,
    /// `Retry-After`, in seconds.
    pub(super) retry_after: Option<u64>,
    /// `x-ratelimit-remaining`.
    pub(super) remaining: Option<u64>,
    /// Seconds until `x-ratelimit-reset`.
    pub(super) reset_in: Option<u64>,
    /// Whether the body mentions a secondary rate limit.
    pub(super) secondary: bool,
}

/// What to do after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// No retry would help.
    Final,
    /// GitHub did nothing. The same call can be made after this pause.
    Limited(Duration),
    /// GitHub may have carried out the call. Only calls that can be repeated are tried again.
    Failed,
}

pub(super) fn verdict(answer: &Answered) -> Verdict {
    let Answered { status, retry_after, remaining, reset_in, secondary } = answer;
    match status {
        403 | 429 => match (retry_after, remaining, reset_in) {
            (Some(seconds), _, _) => Verdict::Limited(Duration::from_secs(*seconds)),
            // One more second, since clocks differ.
            (None, Some(0), Some(seconds)) => Verdict::Limited(Duration::from_secs(seconds + 1)),
            _ if *secondary || *status == 429 => Verdict::Limited(MINUTE),
            _ => Verdict::Final,
        },
        500..=599 => Verdict::Failed,
        _ => Verdict::Final,
    }
}

/// The pause after a failed attempt, counted from 1: 2, 4, 8, 16, then 32 seconds, each varied by up to a quarter.
pub(super) fn backoff(attempt: u32) -> Duration {
    Duration::from_secs(1 << attempt.min(5)).mul_f64(0.75 + fastrand::f64() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn github_says_how_long_to_wait() {
        let seconds = |seconds| Verdict::Limited(Duration::from_secs(seconds));
        let forbidden = Answered { status: 403, ..Answered::default() };
        assert_eq!(verdict(&forbidden), Verdict::Final);
        assert_eq!(verdict(&Answered { retry_after: Some(7), ..forbidden.clone() }), seconds(7));
        let used_up = Answered { remaining: Some(0), reset_in: Some(30), ..forbidden.clone() };
        assert_eq!(verdict(&used_up), seconds(31));
        assert_eq!(verdict(&Answered { remaining: Some(3), reset_in: Some(30), ..forbidden.clone() }), Verdict::Final);
        assert_eq!(verdict(&Answered { secondary: true, ..forbidden }), seconds(60));
        assert_eq!(verdict(&Answered { status: 429, ..Answered::default() }), seconds(60));
    }

    #[test]
    fn a_server_that_fails_is_not_a_refusal() {
        for (status, wanted) in [(502, Verdict::Failed), (404, Verdict::Final), (200, Verdict::Final)] {
            assert_eq!(verdict(&Answered { status, ..Answered::default() }), wanted);
        }
    }
}
