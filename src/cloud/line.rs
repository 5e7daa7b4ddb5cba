//! A line of calls: those of one operation that AWS counts together, first come, first served.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

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
    /// How long they take to their end, by those that have ended.
    lasted: Mutex<Option<Duration>>,
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
            lasted: Mutex::default(),
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

    /// How long the next thing that is asked after may take to its end, as far as one has ended.
    pub(crate) fn lasted(&self) -> Option<Duration> {
        *self.lasted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how long something took until its end was seen. The shortest time counts: a longer one may be that of a
    /// look that came late. Where they do take longer, it goes up bit by bit.
    pub(crate) fn has_lasted(&self, time: Duration) {
        let mut lasted = self.lasted.lock().unwrap_or_else(PoisonError::into_inner);
        *lasted = Some(match *lasted {
            Some(known) if known < time => known + time.saturating_sub(known) / 4,
            Some(_) | None => time,
        });
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
        Watch(self)
    }

    /// The time between two looks at one thing, if everything that is asked after by this operation is to get its
    /// share of the rate.
    fn share(&self) -> Duration {
        let watched = u32::try_from(self.watched.load(Ordering::Relaxed)).unwrap_or(u32::MAX);
        let interval = |limiter: &Mutex<Limiter>| limiter.lock().unwrap_or_else(PoisonError::into_inner).interval();
        self.limiter.as_ref().map(interval).unwrap_or_default().saturating_mul(watched)
    }
}

/// Something that is asked after again and again, counted in its line for as long as this lives.
#[derive(Debug)]
pub(crate) struct Watch(Arc<Line>);

impl Watch {
    /// The least time between two looks.
    pub(crate) fn share(&self) -> Duration {
        self.0.share()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.watched.fetch_sub(1, Ordering::Relaxed);
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
