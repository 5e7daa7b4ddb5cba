//! The end of a share action.

use std::collections::BTreeSet;

use aws_sdk_servicecatalog::operation::describe_portfolio_share_status::DescribePortfolioShareStatusOutput;
use aws_sdk_servicecatalog::types::{ShareDetails, ShareError, ShareStatus};

use crate::cloud::Meaning;
use crate::model::id::AccountId;

/// How often a new share that missed accounts is removed and created again.
const AGAIN: u32 = 3;

/// The end of a share action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// AWS missed no account.
    Whole,
    /// AWS missed some accounts, or all.
    Missed {
        /// The missed accounts, and AWS's message about each.
        what: String,
        /// How many repairs are worth trying.
        again: u32,
    },
}

/// The end of a share that AWS calls complete although accounts are missing. AWS gives no error, so only one repair is
/// tried.
pub(super) fn unexplained(missing: &[&AccountId]) -> End {
    let missing = missing.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(", ");
    End::Missed { what: format!("AWS calls the share complete, but {missing} did not get it"), again: 1 }
}

/// The end of a share action. `None` if it still runs. An account that had the share already was not missed, and
/// neither was one in `suspended`, which can't be reached.
pub(super) fn ended(
    answer: &DescribePortfolioShareStatusOutput,
    suspended: Option<&BTreeSet<AccountId>>,
) -> Option<End> {
    let status = answer.status.as_ref()?;
    match status {
        ShareStatus::Completed => return Some(End::Whole),
        ShareStatus::CompletedWithErrors | ShareStatus::Error => {}
        _ => return None,
    }
    let errors = answer.share_details.iter().flat_map(ShareDetails::share_errors);
    let missed: Vec<(Vec<&str>, &ShareError)> = errors
        .filter(|error| error.error() != Some("DuplicateResourceException"))
        .map(|error| {
            let is_excused = |account: &str| suspended.into_iter().flatten().any(|excused| excused.as_str() == account);
            (error.accounts().iter().map(String::as_str).filter(|account| !is_excused(account)).collect(), error)
        })
        .filter(|(accounts, error): &(Vec<&str>, _)| !accounts.is_empty() || error.accounts().is_empty())
        .collect();
    let is_error = *status == ShareStatus::Error && answer.share_details.iter().all(|it| it.share_errors().is_empty());
    if is_error {
        let what = "AWS ended it with status ERROR and gave no reason".to_owned();
        return Some(End::Missed { what, again: AGAIN });
    }
    if missed.is_empty() {
        return Some(End::Whole);
    }
    let again = if missed.iter().all(|(_, error)| passes(error)) { AGAIN } else { 0 };
    let said = missed.into_iter().map(|(accounts, error)| {
        let what = [error.error(), error.message()].into_iter().flatten().collect::<Vec<_>>().join(": ");
        format!("{}: {what}", accounts.join(", "))
    });
    Some(End::Missed { what: format!("it did not reach {}", said.collect::<Vec<_>>().join("; ")), again })
}

/// Whether an error may be gone by the next try. An unknown error may.
fn passes(error: &ShareError) -> bool {
    match Meaning::of(error.error().unwrap_or_default(), error.message().unwrap_or_default(), 500) {
        Meaning::Throttled | Meaning::Busy | Meaning::Locked | Meaning::Passing | Meaning::Unreachable => true,
        Meaning::Denied
        | Meaning::NotFound
        | Meaning::Conflict
        | Meaning::Quota
        | Meaning::Invalid
        | Meaning::Expired
        | Meaning::Other => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: ShareStatus, errors: &[(&str, &str)]) -> DescribePortfolioShareStatusOutput {
        let errors = errors
            .iter()
            .map(|(account, error)| ShareError::builder().accounts(*account).error(*error).message("said AWS").build());
        let details = ShareDetails::builder().set_share_errors(Some(errors.collect())).build();
        DescribePortfolioShareStatusOutput::builder().status(status).share_details(details).build()
    }

    fn end(answer: &DescribePortfolioShareStatusOutput) -> Option<End> {
        ended(answer, None)
    }

    #[test]
    fn share_that_did_not_reach_everyone_names_who() {
        let errors = [("333333333333", "ThrottlingException"), ("444444444444", "DuplicateResourceException")];
        let what = "it did not reach 333333333333: ThrottlingException: said AWS".to_owned();
        let missed = End::Missed { what, again: AGAIN };
        assert_eq!(end(&status(ShareStatus::CompletedWithErrors, &errors)), Some(missed));
    }

    #[test]
    fn error_that_stays_is_not_tried_again() {
        let missed = end(&status(ShareStatus::CompletedWithErrors, &[("333333333333", "ResourceNotFoundException")]));
        assert!(matches!(missed, Some(End::Missed { what: _, again: 0 })), "{missed:?}");
    }

    #[test]
    fn account_that_had_the_share_or_is_suspended_was_not_missed() {
        let had = status(ShareStatus::CompletedWithErrors, &[("444444444444", "DuplicateResourceException")]);
        assert_eq!(end(&had), Some(End::Whole));
        let suspended = status(ShareStatus::CompletedWithErrors, &[("444444444444", "InvalidStateException")]);
        assert!(matches!(end(&suspended), Some(End::Missed { .. })));
        assert_eq!(ended(&suspended, Some(&BTreeSet::from(["444444444444".parse().unwrap()]))), Some(End::Whole));
    }

    #[test]
    fn what_goes_on_has_no_end_and_an_error_without_a_reason_is_one() {
        assert_eq!(end(&status(ShareStatus::InProgress, &[])), None);
        assert!(matches!(end(&status(ShareStatus::Error, &[])), Some(End::Missed { what: _, again: AGAIN })));
    }
}
