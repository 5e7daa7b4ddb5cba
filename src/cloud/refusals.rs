//! Operations that AWS refused in an account although another operation gives the same information. A refused operation
//! is not called again.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::operation::Operation;
use super::place::Place;

/// The operations that were refused, by account and region.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<BTreeSet<(Place, Operation)>>);

impl Refusals {
    /// Remembers a refusal for the rest of the run.
    pub(crate) fn remember(&self, place: &Place, operation: Operation) {
        // A panic elsewhere leaves the set intact.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((place.clone(), operation));
    }

    /// Whether an operation was refused before in this run.
    pub(crate) fn has(&self, place: &Place, operation: Operation) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&(place.clone(), operation))
    }
}
