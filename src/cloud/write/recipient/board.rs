//! The principals of a portfolio, as AWS has shown them so far.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::looks::Looks;
use crate::model::recipient::{Principal, PrincipalType};

/// The principals of a portfolio.
#[derive(Default)]
pub(super) struct Board {
    pub(super) live: Looks<BTreeSet<Principal>>,
    /// The principals at the first read.
    pub(super) before: OnceLock<Arc<BTreeSet<Principal>>>,
    /// The principals that this run granted access, in the order of AWS's answers.
    pub(super) granted: Mutex<Vec<Principal>>,
}

impl Board {
    /// Whether a grant is seen. AWS lists a role that was just created by its id at first, so it can't be recognised by
    /// its ARN. Each new id therefore counts for one grant that is not seen by its ARN, in the order of the grants.
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
