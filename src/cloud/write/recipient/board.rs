//! Who may launch from a portfolio, as AWS has shown it so far.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::looks::Looks;
use crate::model::recipient::{Principal, PrincipalType};

/// The principals of a portfolio.
#[derive(Default)]
pub(super) struct Board {
    pub(super) live: Looks<BTreeSet<Principal>>,
    /// As they were at first.
    pub(super) before: OnceLock<Arc<BTreeSet<Principal>>>,
    /// Those that were granted, in the order of AWS's answers.
    pub(super) granted: Mutex<Vec<Principal>>,
}

impl Board {
    /// Whether a grant is seen. A role that was made a moment ago is listed by its id at first: then as many ids are new as
    /// grants are not seen by their ARN, and the first of these count.
    pub(super) fn has(&self, principal: &Principal, live: &BTreeSet<Principal>) -> bool {
        if live.contains(principal) {
            return true;
        }
        let is_new = |it: &&Principal| it.is_bare_id() && !self.before.get().is_some_and(|before| before.contains(*it));
        let new_ids = live.iter().filter(is_new).count();
        let granted = self.granted.lock().unwrap_or_else(PoisonError::into_inner);
        let mut by_id = granted.iter().filter(|it| it.kind == PrincipalType::Iam && !live.contains(it)).take(new_ids);
        by_id.any(|it| it == principal)
    }
}
