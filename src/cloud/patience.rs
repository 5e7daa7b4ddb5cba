//! Waiting for anything asynchronous. All waits go through here.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::line::{CLOSE, Line, Watch};
use super::options::Timing;
use super::waits::{Reminder, Waits, for_people};

/// How often a write is repeated after none of its attempts got an answer. Each time, what is live is read first. The
/// limit is small: an outage of minutes is not waited for.
pub(crate) const LOST: u32 = 3;

/// A wait whose end is not near pauses this many times longer than the published rate requires. That leaves the rate to
/// waits that are about to end.
const SELDOM: u32 = 4;

/// The longest pause of the wait that polls often, or a twentieth of the time waited if that is longer. A coarse
/// measurement would delay all later waits.
const FINE: Duration = Duration::from_secs(1);

/// Pauses until a deadline.
///
/// A pause is a tenth of the time waited, with jitter, so the end is noticed at most a tenth late. If several waits
/// poll with the same operation, one of them polls so often (or twice as often once its pauses are long), and the
/// others poll seldom, to stay within the rate. Once a wait has ended, its duration is known: waits then poll a few
/// times before that time, once at it, and often for a while after it.
#[derive(Debug)]
pub(crate) struct Patience {
    begun: Instant,
    until: Instant,
    /// When the last pause ended, and when the one before it ended.
    paused: (Instant, Instant),
    /// The shortest and the longest pause.
    poll: (Duration, Duration),
    quiet: Duration,
    about: Option<About>,
    waits: Waits,
    reminder: Reminder,
}

/// What is waited for, for messages and for the shared rate.
#[derive(Debug)]
struct About {
    reason: String,
    /// The queue of the operation that polls.
    line: Arc<Line>,
    /// The place among the waits that poll, taken at the first pause.
    watch: Option<Watch>,
}

impl Patience {
    /// A wait without messages.
    pub(crate) fn new(timing: &Timing) -> Self {
        let begun = Instant::now();
        let until = begun + timing.patience;
        let (poll, quiet) = ((timing.poll, timing.longest_poll), timing.quiet);
        let waits = Waits::default();
        Self { begun, until, paused: (begun, begun), poll, quiet, about: None, waits, reminder: Reminder::default() }
    }

    /// A wait for `reason`, such as `change set abc runs`, with a message from time to time. `line` is the queue of the
    /// operation that polls: pauses grow with the number of waits in it.
    pub(crate) fn aloud(timing: &Timing, line: Arc<Line>, reason: String, waits: Waits) -> Self {
        Self { about: Some(About { reason, line, watch: None }), waits, ..Self::new(timing) }
    }

    /// Limits the wait to a deadline.
    pub(crate) fn by(mut self, until: Option<Instant>) -> Self {
        self.until = until.map_or(self.until, |until| until.min(self.until));
        self
    }

    /// Pauses once. Returns false, without pausing, if the deadline has passed.
    pub(crate) async fn pause(&mut self) -> bool {
        let now = Instant::now();
        if now >= self.until {
            return false;
        }
        if let Some(About { reason, line, watch }) = &mut self.about {
            watch.get_or_insert_with(|| Arc::clone(line).watch());
            if self.reminder.is_due(self.begun, now, self.quiet) {
                self.waits.tell(&format!("waiting for {}: {reason}", for_people(now - self.begun)));
            }
        }
        let (pause, is_aimed) = self.next(now);
        let jitter = if is_aimed { 1.0 } else { 0.9 + fastrand::f64() / 5.0 };
        let pause = pause.mul_f64(jitter).min(self.until - now);
        match self.about.as_ref().map(|about| Arc::clone(&about.line)) {
            // Another wait may end meanwhile: the pause then follows the duration that it showed.
            Some(line) if timeout(pause, line.learnt()).await.is_ok() => {
                let now = Instant::now();
                sleep(self.next(now).0.min(self.until.saturating_duration_since(now))).await;
            }
            Some(_) => {}
            None => sleep(pause).await,
        }
        self.paused = (Instant::now(), self.paused.0);
        true
    }

    /// Records for the other waits that the poll after the last pause saw the end.
    pub(crate) fn over(&self) {
        let Some(About { line, .. }) = &self.about else { return };
        let (last, before) = self.paused;
        line.has_lasted(before - self.begun, last - self.begun);
    }

    /// The next pause, and whether it ends exactly when the end is expected.
    fn next(&self, now: Instant) -> (Duration, bool) {
        let (shortest, longest) = self.poll;
        let (waited, share) = (now - self.begun, self.share());
        let least = shortest.max(share);
        match self.about.as_ref().and_then(|about| about.line.expected()) {
            Some(expected) if waited < expected => {
                let (step, rest) = ((expected / 4).min(longest).max(least * SELDOM), expected.saturating_sub(waited));
                // No poll shortly before the expected end.
                if step + step / 2 >= rest { (rest, true) } else { (step, false) }
            }
            Some(expected) if waited < expected + expected / 5 => {
                ((expected / CLOSE).max(shortest).max(share / 8), false)
            }
            None if self.scouts() => ((waited / 10).min(FINE.max(waited / 20)).min(longest).max(shortest), false),
            None if self.about.is_some() => ((waited / 10).min(longest).max(least * SELDOM), false),
            Some(_) | None => ((waited / 10).min(longest).max(least), false),
        }
    }

    /// Whether this is the wait that polls often and measures the duration for all.
    fn scouts(&self) -> bool {
        self.about.as_ref().and_then(|about| about.watch.as_ref()).is_some_and(Watch::scouts)
    }

    /// The pause that keeps all waits together within the published rate.
    fn share(&self) -> Duration {
        let watch = self.about.as_ref().and_then(|about| about.watch.as_ref());
        watch.map(Watch::share).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join;

    use super::*;
    use crate::cloud::operation::Operation;

    fn change_sets(paced: bool) -> Arc<Line> {
        Arc::new(Line::new(Operation::DescribeChangeSet, "111111111111 us-east-1".to_owned(), paced))
    }

    #[test]
    fn pauses_grow_with_what_was_waited() {
        let patience = Patience::new(&Timing::default());
        let pause = |waited| patience.next(patience.begun + Duration::from_secs(waited)).0;
        assert_eq!(pause(0), Timing::default().poll);
        assert_eq!(pause(60), Duration::from_secs(6));
        assert_eq!(pause(1500), Timing::default().longest_poll);
    }

    #[test]
    fn one_looks_often_and_the_others_share_what_is_left() {
        let line = change_sets(true);
        let patience = || {
            let mut patience =
                Patience::aloud(&Timing::default(), Arc::clone(&line), "it runs".to_owned(), Waits::default());
            patience.about.as_mut().unwrap().watch = Some(Arc::clone(&line).watch());
            patience
        };
        let mut all: Vec<Patience> = (0..30).map(|_| patience()).collect();
        let pauses = |all: &[Patience]| -> Vec<Duration> { all.iter().map(|one| one.next(one.begun).0).collect() };
        let told = pauses(&all);
        assert_eq!(told[0], Duration::from_millis(100));
        assert_eq!(told[1..], [Duration::from_secs(12); 29], "30 that look, at 10 calls a second");
        all.drain(1..29);
        assert_eq!(pauses(&all)[1], Duration::from_millis(800), "those that ended no longer count");
        all.remove(0);
        assert_eq!(pauses(&all)[0], Duration::from_millis(100), "and one of those left looks often");
        let later = |seconds| all[0].next(all[0].begun + Duration::from_secs(seconds)).0;
        assert_eq!((later(5), later(15), later(60)), (Duration::from_millis(500), FINE, Duration::from_secs(3)));
    }

    #[test]
    fn looks_are_where_the_end_is_expected() {
        let line = change_sets(true);
        line.has_lasted(Duration::from_secs(59), Duration::from_mins(1));
        let patience = Patience::aloud(&Timing::default(), line, "it runs".to_owned(), Waits::default());
        let mut looks = Vec::new();
        let mut at = 0.0;
        while at < 75.0 {
            at += patience.next(patience.begun + Duration::from_secs_f64(at)).0.as_secs_f64();
            looks.push(at);
        }
        assert_eq!(&looks[..6], [15.0, 30.0, 45.0, 60.0, 61.5, 63.0]);
        assert!(looks.windows(2).skip(14).all(|pair| pair[1] - pair[0] > 5.0), "{looks:?}");
    }

    #[tokio::test]
    async fn what_waits_goes_by_what_another_learns_meanwhile() {
        let line = change_sets(true);
        let timing =
            Timing { poll: Duration::from_hours(1), longest_poll: Duration::from_hours(1), ..Timing::default() };
        let mut patience = Patience::aloud(&timing, Arc::clone(&line), "it runs".to_owned(), Waits::default());
        let learns = async { line.has_lasted(Duration::from_millis(19), Duration::from_millis(20)) };
        // `join` polls the pause first.
        assert!(join(patience.pause(), learns).await.0);
        assert!(patience.begun.elapsed() < Duration::from_mins(30));
    }

    #[tokio::test]
    async fn what_waits_for_long_says_why_and_ends_at_its_deadline() {
        let said = Arc::new(std::sync::Mutex::new(Vec::new()));
        let hears = Arc::clone(&said);
        let waits = Waits::new(move |sentence| hears.lock().unwrap().push(sentence.to_owned()));
        let timing = Timing { patience: Duration::from_millis(20), quiet: Duration::ZERO, ..Timing::loopback() };
        let mut patience = Patience::aloud(&timing, change_sets(false), "it runs".to_owned(), waits);
        while patience.pause().await {}
        let said = said.lock().unwrap();
        assert!(said.len() > 1 && said.iter().all(|sentence| sentence.ends_with(" ms: it runs")), "{said:?}");
        assert!(patience.begun.elapsed() >= timing.patience);
    }
}
