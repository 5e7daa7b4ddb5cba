//! The count of calls that were sent to AWS.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

/// The calls that were sent, by operation. Each attempt counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallCount {
    /// The number of calls of each operation.
    pub by_operation: BTreeMap<&'static str, u64>,
}

impl CallCount {
    /// The number of calls of all operations.
    pub fn total(&self) -> u64 {
        self.by_operation.values().sum()
    }
}

#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: Mutex<CallCount>,
    made: watch::Sender<u64>,
}

impl Tally {
    pub(crate) fn count(&self, operation: &'static str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.by_operation.entry(operation).or_default() += 1;
        self.made.send_modify(|made| *made += 1);
    }

    pub(crate) fn counts(&self) -> CallCount {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A receiver of the total number of calls, updated with each call.
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
