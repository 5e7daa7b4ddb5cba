//! Operations that AWS refuses in an account, although another operation tells the same. What was refused once is not
//! asked for again.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::operation::Operation;
use super::place::Place;

/// Where which operation was refused.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<BTreeSet<(Place, Operation)>>);

impl Refusals {
    /// Remembers a refusal for the rest of the run.
    pub(crate) fn remember(&self, place: &Place, operation: Operation) {
        // A panic elsewhere leaves a set as it is.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((place.clone(), operation));
    }

    /// Whether an operation was refused before.
    pub(crate) fn has(&self, place: &Place, operation: Operation) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&(place.clone(), operation))
    }
}
