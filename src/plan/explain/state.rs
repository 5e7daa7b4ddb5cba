//! Whether an account has a portfolio.

use super::super::coverage::troubles;
use super::ways::{Beside, Reaching};
use crate::model::live::Reading;
use crate::model::portfolio::Receiver;
use crate::model::sight::State;

/// Who tells whether an account has accepted a share through its organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::plan) enum Acceptance {
    /// The account, which was asked.
    OfAccount,
    /// The owner, since the account was not entered. To the owner every such share is accepted.
    OfOwner,
}

/// Whether the account has the portfolio by the live shares that reach it or may. `trouble` says why the portfolio was
/// not read.
pub(in crate::plan) fn state(
    beside: Beside<'_>,
    reaching: &[Reaching<'_>],
    trouble: Option<&str>,
    acceptance: Acceptance,
) -> State {
    let Beside { account, above, wanted, portfolio, live } = beside;
    if *account == wanted.account {
        return State::Owns;
    }
    let Some(portfolio) = portfolio else { return State::CantTell(trouble.unwrap_or_default().to_owned()) };
    let is_direct = |it: &&Reaching<'_>| matches!(it.receiver, Receiver::Account(_));
    let direct = reaching.iter().find(is_direct).map(|it| it.live.accepted);
    let through = || reaching.iter().filter(|it| !is_direct(it));
    let is_told = through().any(|it| it.is_told);
    let untold = through().any(|it| !it.is_told).then(|| above.reason());
    if above.is_suspended() && (direct.is_some() || is_told) {
        return State::Suspended;
    }
    if direct == Some(true) {
        return State::Has;
    }
    if !is_told && untold.is_none() {
        return if direct.is_some() { State::Waits } else { State::HasNot };
    }
    // To the owner every share through the organization is accepted. Only the account knows what it has rejected.
    let accepted = live.received.get(&(account.clone(), wanted.region.clone())).and_then(|it| it.accepted.as_ref());
    match (accepted, acceptance) {
        (Some(Reading::Complete(accepted)), _) if accepted.contains(&portfolio.id) => State::Has,
        (Some(Reading::Complete(_)), _) if is_told => State::Rejected,
        (None, Acceptance::OfOwner) if is_told => State::Has,
        // It may be shared and rejected, or not be shared at all.
        (Some(Reading::Complete(_)) | None, _) => {
            let unread = || format!("what {account} has accepted was not read{}", troubles(live));
            State::CantTell(untold.unwrap_or_else(unread))
        }
        (Some(Reading::Unreadable(reason)), _) => State::CantTell(reason.clone()),
    }
}
