//! The one way of waiting for anything asynchronous.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::line::{CLOSE, Line, Watch};
use super::options::Timing;
use super::waits::{Reminder, Waits, for_people};

/// How often a write is made anew after no answer came to any attempt. What was done is looked at each time, and an
/// outage of minutes is not waited for.
pub(crate) const LOST: u32 = 3;

/// How many times as long as the published rate would give it something pauses whose end is not near, so that the looks
/// at what is about to end don't have to stand in line.
const SELDOM: u32 = 4;

/// A pause of the one that finds out how long the like takes is not longer than this, or than a twentieth of what was
/// waited: what it learns is how late each of the next ones is seen.
const FINE: Duration = Duration::from_secs(1);

/// Pauses until a deadline. Each is a tenth of what was waited already, so that the end is noticed at most a tenth
/// late; with jitter. Of many that wait for the like, one looks so often, or twice as often where that is seldom, and the
/// others seldom, so that they don't stand in each other's way. Where it is known how long the like takes, there are a few looks before that time, one at it, and
/// then close ones for a while.
#[derive(Debug)]
pub(crate) struct Patience {
    begun: Instant,
    until: Instant,
    /// When the last pause ended, and the one before.
    paused: (Instant, Instant),
    /// The shortest pause, and the longest.
    poll: (Duration, Duration),
    quiet: Duration,
    about: Option<About>,
    waits: Waits,
    reminder: Reminder,
}

/// What is waited for, to say it.
#[derive(Debug)]
struct About {
    reason: String,
    /// The line of the operation that looks for the end.
    line: Arc<Line>,
    /// The place among those that look, from the first pause on.
    watch: Option<Watch>,
}

impl Patience {
    /// Waits in silence.
    pub(crate) fn new(timing: &Timing) -> Self {
        let begun = Instant::now();
        let until = begun + timing.patience;
        let (poll, quiet) = ((timing.poll, timing.longest_poll), timing.quiet);
        let waits = Waits::default();
        Self { begun, until, paused: (begun, begun), poll, quiet, about: None, waits, reminder: Reminder::default() }
    }

    /// Waits for `reason`, such as `change set abc runs`, and says so now and then. `line` is that of the operation
    /// that looks for the end: pauses grow with the number of those that look.
    pub(crate) fn aloud(timing: &Timing, line: Arc<Line>, reason: String, waits: Waits) -> Self {
        Self { about: Some(About { reason, line, watch: None }), waits, ..Self::new(timing) }
    }

    /// Ends by a deadline.
    pub(crate) fn by(mut self, until: Option<Instant>) -> Self {
        self.until = until.map_or(self.until, |until| until.min(self.until));
        self
    }

    /// Waits a little. False where the deadline has passed: then it does not wait.
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
            // One that learns meanwhile when to look goes by that.
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

    /// Notes that the look after the last pause saw the end, for those that wait for the like.
    pub(crate) fn over(&self) {
        let Some(About { line, .. }) = &self.about else { return };
        let (last, before) = self.paused;
        line.has_lasted(before - self.begun, last - self.begun);
    }

    /// The next pause, and whether it ends just when the end is expected.
    fn next(&self, now: Instant) -> (Duration, bool) {
        let (shortest, longest) = self.poll;
        let (waited, share) = (now - self.begun, self.share());
        let least = shortest.max(share);
        match self.about.as_ref().and_then(|about| about.line.expected()) {
            Some(expected) if waited < expected => {
                let (step, rest) = ((expected / 4).min(longest).max(least * SELDOM), expected.saturating_sub(waited));
                // Not once more just before.
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

    /// Whether this is the one that finds out for all how long it takes.
    fn scouts(&self) -> bool {
        self.about.as_ref().and_then(|about| about.watch.as_ref()).is_some_and(Watch::scouts)
    }

    /// The pause that the published rate gives each of those that look.
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
        // The pause is begun first.
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
