//! The OUs above an account, which decide which shares reach it. No other accounts are read.

use std::collections::BTreeSet;

use super::accounts::describe;
use super::names::names;
use super::tree::{Organizations, PAGE};
use crate::cloud::CloudError;
use crate::model::id::{AccountId, OuId};
use crate::model::organization::Organization;

/// Reads the OUs above some accounts. Problems are recorded in [`Organization::ways`].
pub(super) async fn read(seat: &Organizations, organization: &mut Organization, accounts: &BTreeSet<AccountId>) {
    for account in accounts {
        let mut troubles = BTreeSet::new();
        if let Err(error) = climb(seat, organization, account, &mut troubles).await {
            troubles.insert(error.to_string());
        }
        organization.ways.insert(account.clone(), troubles.into_iter().collect());
    }
}

async fn climb(
    seat: &Organizations,
    organization: &mut Organization,
    id: &AccountId,
    troubles: &mut BTreeSet<String>,
) -> Result<(), CloudError> {
    if organization.strangers.contains(id) || (organization.whole && !organization.accounts.contains_key(id)) {
        organization.strangers.insert(id.clone());
        return Ok(());
    }
    if !organization.accounts.contains_key(id) {
        match describe(seat, &organization.id, id.clone()).await? {
            (id, Some(account)) => drop(organization.accounts.insert(id, account)),
            (id, None) => {
                organization.strangers.insert(id);
                return Ok(());
            }
        }
    }
    let told = organization.accounts.get(id).and_then(|account| account.above.clone());
    let nearest = match &told {
        Some(above) => above.last().cloned(),
        None => parent(seat, id).await?,
    };
    let units: BTreeSet<OuId> = nearest.iter().cloned().collect();
    names(seat, organization, &units, troubles).await;
    if told.is_none() {
        let above = match &nearest {
            None => Some(Vec::new()),
            Some(unit) => organization.way_to(unit),
        };
        if let Some(account) = organization.accounts.get_mut(id) {
            account.above = above;
        }
    }
    Ok(())
}

/// The parent OU of an account. `None` if the parent is the root.
async fn parent(seat: &Organizations, account: &AccountId) -> Result<Option<OuId>, CloudError> {
    const OPERATION: &str = "ListParents";
    let call = seat.client.list_parents().child_id(account.as_str()).max_results(PAGE);
    let parents = seat.call(call).await?.parents.unwrap_or_default();
    let found = parents.first().and_then(|parent| parent.id.as_deref());
    match found {
        Some(root) if root.starts_with("r-") => Ok(None),
        unit => seat.parse(OPERATION, unit).map(Some),
    }
}
