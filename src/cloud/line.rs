//! A line of calls: those of one operation that AWS counts together, first come, first served.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::limiter::Limiter;
use super::operation::Operation;
use super::waits::{Reminder, Waits, for_people};

/// The calls of one operation in one account and region, or in one organization.
#[derive(Debug)]
pub(crate) struct Line {
    operation: Operation,
    /// Where the line is, for people: `111111111111 us-east-1`.
    scope: String,
    /// Held by the call at its head. A waiting call notices at once when the rate changes, as only the head counts
    /// tokens.
    head: tokio::sync::Mutex<()>,
    /// `None` where nothing is paced.
    limiter: Option<Mutex<Limiter>>,
    /// How many calls wait in the line.
    queued: AtomicUsize,
    /// How many things are asked after again and again by this operation, until they end.
    watched: AtomicUsize,
    /// Whether one of them looks often, to learn for the others how long they take.
    scouted: AtomicBool,
    /// How long they take to their end, by those that have ended.
    lasted: watch::Sender<Option<Lasted>>,
    reminder: Reminder,
}

impl Line {
    pub(crate) fn new(operation: Operation, scope: String, paced: bool) -> Self {
        Self {
            operation,
            scope,
            head: tokio::sync::Mutex::default(),
            limiter: paced.then(|| Mutex::new(Limiter::new(operation.rate(), Instant::now()))),
            queued: AtomicUsize::new(0),
            watched: AtomicUsize::new(0),
            scouted: AtomicBool::new(false),
            lasted: watch::Sender::default(),
            reminder: Reminder::default(),
        }
    }

    /// Waits for its turn. What has stood in line for longer than `quiet` says so.
    pub(crate) async fn turn(&self, waits: &Waits, quiet: Duration) {
        let Some(limiter) = &self.limiter else { return };
        let begun = Instant::now();
        let _queued = Queued::new(&self.queued);
        let _head = self.head.lock().await;
        loop {
            let taken = limiter.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now());
            let Err(wait) = taken else { break };
            sleep(wait).await;
        }
        let now = Instant::now();
        if self.reminder.is_due(begun, now, quiet) {
            let rate = limiter.lock().unwrap_or_else(PoisonError::into_inner).rate();
            let (queued, waited) = (self.queued.load(Ordering::Relaxed), for_people(now - begun));
            let (operation, scope) = (self.operation.name(), &self.scope);
            waits.tell(&format!(
                "waiting: {queued} calls of {operation} in {scope} are in line, the first for {waited}; AWS accepts \
                 about {rate:.1} a second"
            ));
        }
    }

    /// When to expect the end of what is asked after, from its beginning on, as far as one has ended.
    pub(crate) fn expected(&self) -> Option<Duration> {
        self.lasted.borrow().map(Lasted::expected)
    }

    /// Notes that something still ran at `running` after its beginning, and was seen to have ended at `ended`.
    pub(crate) fn has_lasted(&self, running: Duration, ended: Duration) {
        self.lasted.send_modify(|lasted| *lasted = Some(Lasted::after(*lasted, running, ended)));
    }

    /// Waits until it is known how long things take, where it is not known yet; else for ever.
    pub(crate) async fn learnt(&self) {
        let mut lasted = self.lasted.subscribe();
        if lasted.borrow().is_some() || lasted.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Slows the line down after a call that was sent at `sent` and throttled.
    pub(crate) fn throttled(&self, sent: Instant) {
        if let Some(limiter) = &self.limiter {
            limiter.lock().unwrap_or_else(PoisonError::into_inner).throttled(sent, Instant::now());
        }
    }

    /// Says what a call that was begun at `begun` still waits for, if it is time to.
    pub(crate) fn remind(&self, begun: Instant, waits: &Waits, quiet: Duration, sentence: impl FnOnce() -> String) {
        if self.reminder.is_due(begun, Instant::now(), quiet) {
            waits.tell(&sentence());
        }
    }

    /// Counts something that is asked after by this operation, until the watch is dropped.
    pub(crate) fn watch(self: Arc<Self>) -> Watch {
        self.watched.fetch_add(1, Ordering::Relaxed);
        Watch { line: self, scouts: AtomicBool::new(false) }
    }

    /// The time between two looks at one thing, if everything that is asked after by this operation is to get its
    /// share of the rate.
    fn share(&self) -> Duration {
        let watched = u32::try_from(self.watched.load(Ordering::Relaxed)).unwrap_or(u32::MAX);
        let interval = |limiter: &Mutex<Limiter>| limiter.lock().unwrap_or_else(PoisonError::into_inner).interval();
        self.limiter.as_ref().map(interval).unwrap_or_default().saturating_mul(watched)
    }
}

/// How long things took to their end, as far as looks could tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lasted {
    /// The longest that one of them was seen to run, where that is less than `most`.
    least: Duration,
    /// The least time after which one was seen to have ended.
    most: Duration,
}

impl Lasted {
    /// What a further end says. The shortest time counts: a longer one may be that of a look that came late. Where they
    /// do take longer, it goes up bit by bit.
    fn after(known: Option<Self>, running: Duration, ended: Duration) -> Self {
        match known {
            None => Self { least: running, most: ended },
            Some(Self { least, most }) if running < most => {
                let (least, most) = (least.max(running), most.min(ended));
                Self { least: if least < most { least } else { running }, most }
            }
            Some(Self { least: _, most }) => Self { least: most, most: most + ended.saturating_sub(most) / 4 },
        }
    }

    /// In the middle of what is possible, until that is a fortieth, or no more than what answers differ in how long they are
    /// on their way: a look that comes just before the end costs more than one that comes just after it.
    fn expected(self) -> Duration {
        let open = self.most.saturating_sub(self.least);
        if open > (self.most / CLOSE).max(NOISE) { self.most.saturating_sub(open / 2) } else { self.most }
    }
}

/// Answers differ by about so much in how long they are on their way.
const NOISE: Duration = Duration::from_millis(100);

/// This part of the time that something takes is close enough to its end.
pub(crate) const CLOSE: u32 = 40;

/// Something that is asked after again and again, counted in its line for as long as this lives.
#[derive(Debug)]
pub(crate) struct Watch {
    line: Arc<Line>,
    scouts: AtomicBool,
}

impl Watch {
    /// The least time between two looks.
    pub(crate) fn share(&self) -> Duration {
        self.line.share()
    }

    /// Whether this is the one that looks often as long as nobody knows how long things take.
    pub(crate) fn scouts(&self) -> bool {
        if !self.scouts.load(Ordering::Relaxed) {
            self.scouts.store(!self.line.scouted.swap(true, Ordering::Relaxed), Ordering::Relaxed);
        }
        self.scouts.load(Ordering::Relaxed)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.line.watched.fetch_sub(1, Ordering::Relaxed);
        if self.scouts.load(Ordering::Relaxed) {
            self.line.scouted.store(false, Ordering::Relaxed);
        }
    }
}

/// A call in the queue, counted until it leaves it: also where it is cancelled.
#[derive(Debug)]
struct Queued<'a>(&'a AtomicUsize);

impl<'a> Queued<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is expected after ends at `lengths`, in seconds, each looked for when it was expected, and then close after
    /// each other.
    fn expected(lengths: &[f64]) -> Vec<f64> {
        let mut known: Option<Lasted> = None;
        let mut expected = Vec::new();
        for length in lengths {
            let mut running = 0.0;
            let mut look = known.map_or(0.5, |known| known.expected().as_secs_f64());
            while look < *length {
                (running, look) = (look, look + known.map_or(look / 10.0, |_| look / f64::from(CLOSE)));
            }
            let after = Lasted::after(known, Duration::from_secs_f64(running), Duration::from_secs_f64(look));
            expected.push(after.expected().as_secs_f64());
            known = Some(after);
        }
        expected
    }

    #[test]
    fn end_of_what_takes_equally_long_is_found_closer_and_closer() {
        let expected = expected(&[60.0; 6]);
        assert!(expected.windows(2).all(|pair| (pair[1] - 60.0).abs() <= (pair[0] - 60.0).abs() + 1.0), "{expected:?}");
        assert!(expected.last().is_some_and(|last| (60.0..61.6).contains(last)), "{expected:?}");
    }

    #[test]
    fn what_takes_longer_is_expected_later_bit_by_bit() {
        let expected = expected(&[10.0, 10.0, 10.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0]);
        assert!(expected[3] < 14.0 && expected.last().is_some_and(|last| (18.0..21.0).contains(last)), "{expected:?}");
    }

    #[test]
    fn what_takes_shorter_is_expected_at_once() {
        let expected = expected(&[20.0, 5.0]);
        assert!(expected[1] < 20.0, "{expected:?}");
    }

    #[test]
    fn one_scouts_at_a_time() {
        let line = Arc::new(Line::new(Operation::DescribeChangeSet, "111111111111 us-east-1".to_owned(), true));
        let (first, second) = (Arc::clone(&line).watch(), Arc::clone(&line).watch());
        assert!(first.scouts() && first.scouts() && !second.scouts());
        drop(first);
        assert!(second.scouts());
    }
}
