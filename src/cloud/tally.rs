//! How many calls were sent to AWS.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

/// The calls that were sent, by operation. A call that was tried three times counts three times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallCount {
    /// How many calls of each operation.
    pub by_operation: BTreeMap<&'static str, u64>,
}

impl CallCount {
    /// How many calls in all.
    pub fn total(&self) -> u64 {
        self.by_operation.values().sum()
    }
}

/// Counts calls.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: Mutex<CallCount>,
    made: watch::Sender<u64>,
}

impl Tally {
    /// Counts a call.
    pub(crate) fn count(&self, operation: &'static str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.by_operation.entry(operation).or_default() += 1;
        self.made.send_modify(|made| *made += 1);
    }

    pub(crate) fn counts(&self) -> CallCount {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The number of calls as it grows.
    pub(crate) fn made(&self) -> watch::Receiver<u64> {
        self.made.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_operation() {
        let tally = Tally::default();
        for operation in ["ListPortfolios", "ListPortfolios", "AssumeRole"] {
            tally.count(operation);
        }
        assert_eq!(tally.counts().total(), 3);
        assert_eq!(tally.counts().by_operation["ListPortfolios"], 2);
        assert_eq!(*tally.made().borrow(), 3);
    }
}
