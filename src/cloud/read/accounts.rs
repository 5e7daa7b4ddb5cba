//! The accounts of an organization: the list of all, page by page, and single accounts.

use std::collections::BTreeSet;

use aws_sdk_organizations::types::{Account as AwsAccount, AccountState, AccountStatus as AwsStatus};

use super::several::{pages, repeated};
use super::tree::{Organizations, PAGE, units_above};
use crate::cloud::{CloudError, Meaning};
use crate::model::id::{AccountId, OrganizationId, OuId};
use crate::model::organization::{Account, AccountStatus, Organization};

/// The list of all accounts, read one page at a time.
pub(super) struct AccountList<'a> {
    seat: &'a Organizations,
    token: Option<String>,
    seen: BTreeSet<String>,
    pages: usize,
}

impl<'a> AccountList<'a> {
    pub(super) fn new(seat: &'a Organizations) -> Self {
        Self { seat, token: None, seen: BTreeSet::new(), pages: 0 }
    }

    pub(super) fn pages(&self) -> usize {
        self.pages
    }

    /// Reads the next page into `organization`, and returns the accounts on it. After the last page,
    /// `organization.whole` is set.
    pub(super) async fn next(&mut self, organization: &mut Organization) -> Result<Vec<AccountId>, CloudError> {
        const OPERATION: &str = "ListAccounts";
        let call = self.seat.client.list_accounts().max_results(PAGE).set_next_token(self.token.take());
        let page = self.seat.call(call).await?;
        self.pages += 1;
        let mut ids = Vec::new();
        for found in page.accounts.unwrap_or_default() {
            let (id, account) = account(self.seat, &organization.id, OPERATION, found)?;
            ids.push(id.clone());
            organization.accounts.insert(id, account);
        }
        self.token = page.next_token.filter(|next| !next.is_empty());
        match &self.token {
            None => organization.whole = true,
            Some(next) if self.seen.insert(next.clone()) => {}
            Some(_) => return Err(repeated(&self.seat.place, OPERATION)),
        }
        Ok(ids)
    }
}

/// An account. `None` if the organization has no such account.
pub(super) async fn describe(
    seat: &Organizations,
    organization: &OrganizationId,
    id: AccountId,
) -> Result<(AccountId, Option<Account>), CloudError> {
    let call = seat.client.describe_account().account_id(id.as_str());
    match seat.call(call).await {
        Ok(answer) => {
            let found = answer.account.map(|found| account(seat, organization, "DescribeAccount", found));
            Ok((id, found.transpose()?.map(|(_, account)| account)))
        }
        Err(error) if error.meaning == Meaning::NotFound => Ok((id, None)),
        Err(error) => Err(error),
    }
}

/// The accounts that are direct children of an OU.
pub(super) async fn below(
    seat: &Organizations,
    organization: &OrganizationId,
    unit: &OuId,
) -> Result<Vec<(AccountId, Account)>, CloudError> {
    const OPERATION: &str = "ListAccountsForParent";
    let accounts = pages(&seat.place, OPERATION, |token| async move {
        let list = seat.client.list_accounts_for_parent().parent_id(unit.as_str());
        let page = seat.call(list.max_results(PAGE).set_next_token(token)).await?;
        Ok((page.accounts, page.next_token))
    })
    .await?;
    accounts.into_iter().map(|found| account(seat, organization, OPERATION, found)).collect()
}

fn account(
    seat: &Organizations,
    organization: &OrganizationId,
    operation: &'static str,
    account: AwsAccount,
) -> Result<(AccountId, Account), CloudError> {
    // AWS replaces `Status` by `State` in September 2026 (Organizations API reference, `Account`).
    let active = match (&account.state, &account.status) {
        (Some(state), _) => *state == AccountState::Active,
        (None, Some(status)) => *status == AwsStatus::Active,
        (None, None) => true,
    };
    let status = if active { AccountStatus::Active } else { AccountStatus::Suspended };
    let id: AccountId = seat.parse(operation, account.id.as_deref())?;
    let joined = account.joined_timestamp.as_ref();
    let joined = joined.and_then(|at| jiff::Timestamp::from_second(at.secs()).ok());
    // An account has one path, but AWS gives a list.
    let above = match account.paths() {
        [path] => units_above(organization, path, id.as_str()),
        _ => None,
    };
    Ok((id, Account { name: account.name.unwrap_or_default(), email: account.email, status, joined, above }))
}
