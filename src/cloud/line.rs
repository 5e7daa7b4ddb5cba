//! A queue of calls that AWS counts together: those of one operation in one account and region. First come, first
//! served.

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
    /// The account and region or the organization, for messages: `111111111111 us-east-1`.
    scope: String,
    /// Held by the first call of the queue. Only that call waits for a token, so a change of the rate takes effect at
    /// once.
    head: tokio::sync::Mutex<()>,
    /// `None` if calls are not paced.
    limiter: Option<Mutex<Limiter>>,
    /// How many calls wait in the line.
    queued: AtomicUsize,
    /// How many waits poll with this operation.
    watched: AtomicUsize,
    /// Whether one of these waits polls often, so that the others learn how long to wait.
    scouted: AtomicBool,
    /// How long such waits took, learned from those that have ended.
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

    /// Waits for its turn. Sends a message if the call waited in the queue for longer than `quiet`.
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

    /// How long a wait that polls with this operation is expected to take, from its beginning. `None` until one has
    /// ended.
    pub(crate) fn expected(&self) -> Option<Duration> {
        self.lasted.borrow().map(Lasted::expected)
    }

    /// Records a wait that ended: the last poll that saw it running, and the poll that saw its end, both from its
    /// beginning.
    pub(crate) fn has_lasted(&self, running: Duration, ended: Duration) {
        self.lasted.send_modify(|lasted| *lasted = Some(Lasted::after(*lasted, running, ended)));
    }

    /// Returns as soon as [`Self::expected`] becomes known. Never returns if it is known already.
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

    /// Sends a message about a call that began at `begun` and still waits, if one is due.
    pub(crate) fn remind(&self, begun: Instant, waits: &Waits, quiet: Duration, sentence: impl FnOnce() -> String) {
        if self.reminder.is_due(begun, Instant::now(), quiet) {
            waits.tell(&sentence());
        }
    }

    /// Registers a wait that polls with this operation, until the returned value is dropped.
    pub(crate) fn watch(self: Arc<Self>) -> Watch {
        self.watched.fetch_add(1, Ordering::Relaxed);
        Watch { line: self, scouts: AtomicBool::new(false) }
    }

    /// The pause between two polls of one wait at which all waits together stay within the rate.
    fn share(&self) -> Duration {
        let watched = u32::try_from(self.watched.load(Ordering::Relaxed)).unwrap_or(u32::MAX);
        let interval = |limiter: &Mutex<Limiter>| limiter.lock().unwrap_or_else(PoisonError::into_inner).interval();
        self.limiter.as_ref().map(interval).unwrap_or_default().saturating_mul(watched)
    }
}

/// How long waits took, as closely as polls could see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lasted {
    /// The longest time after which a wait was seen still running, if shorter than `most`.
    least: Duration,
    /// The shortest time after which a wait was seen to have ended.
    most: Duration,
}

impl Lasted {
    /// The estimate after one more wait has ended. The shortest time wins, since a longer one may come from a late
    /// poll. If waits really take longer, `most` rises by a quarter of the difference each time.
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

    /// The middle between `least` and `most`. `most` itself once the two are close: within a fortieth, or within
    /// [`NOISE`]. A poll just before the end costs more than one just after it.
    fn expected(self) -> Duration {
        let open = self.most.saturating_sub(self.least);
        if open > (self.most / CLOSE).max(NOISE) { self.most.saturating_sub(open / 2) } else { self.most }
    }
}

/// Times measured by polls differ by about this much, because answers take different times to arrive.
const NOISE: Duration = Duration::from_millis(100);

/// An estimate within this fraction of the time (1/40) is close enough.
pub(crate) const CLOSE: u32 = 40;

/// A registered wait, counted in its line until dropped.
#[derive(Debug)]
pub(crate) struct Watch {
    line: Arc<Line>,
    scouts: AtomicBool,
}

impl Watch {
    /// The shortest pause between two polls of this wait.
    pub(crate) fn share(&self) -> Duration {
        self.line.share()
    }

    /// Whether this wait is the one that polls often while it is unknown how long such waits take.
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

/// A queued call. Dropping it uncounts the call, also when the call is cancelled.
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

    /// What is expected after waits of `lengths` seconds. Each wait is polled at the expected time, and then at short
    /// intervals.
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
