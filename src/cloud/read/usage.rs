//! The accounts of an organization that hold licences for products. No change depends on them: an error adds a sentence
//! to the plan.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::time::{Instant, timeout_at};

use super::several::pages;
use crate::cloud::client::Seat;
use crate::cloud::license_manager::{License, LicenseManager};
use crate::cloud::waits::for_people;
use crate::cloud::{Cloud, CloudError, Meaning, Operation};
use crate::model::id::{AccountId, ProductId};
use crate::model::market_wants::ProductWants;
use crate::model::usage::Usage;

/// The most products that are asked for, with one call each. AWS publishes no rate for this call.
const MOST: usize = 200;

/// The longest time that a plan waits for licences.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads the licences of an organization, called from one account.
pub(super) async fn usage(cloud: &Cloud, account: &AccountId, wants: ProductWants) -> Usage {
    let ProductWants { organization, ids } = wants;
    let mut usage = Usage::default();
    let mut seat = match cloud.license_manager(&organization, account).await {
        Ok(seat) => seat,
        Err(error) => {
            usage.troubles.insert(error.to_string());
            return usage;
        }
    };
    let patience = seat.timing.patience.min(PATIENCE);
    let until = Instant::now() + patience;
    seat.until = Some(until);
    let seat = &seat;
    if ids.len() > MOST {
        usage.troubles.insert(format!("{} products are denied, and a run asks for {MOST} of them", ids.len()));
    }
    let calls = ids.iter().take(MOST).map(|id| async move { (id, holders(seat, id).await) });
    let mut under_way: FuturesUnordered<_> = calls.collect();
    loop {
        match timeout_at(until, under_way.next()).await {
            Ok(None) => return usage,
            Ok(Some((id, Ok(holders)))) => drop(usage.holders.insert(id.clone(), holders)),
            Ok(Some((_, Err(error)))) => {
                let is_for_all = matches!(error.meaning, Meaning::Denied | Meaning::Throttled | Meaning::Unreachable);
                usage.troubles.insert(error.to_string());
                // The other calls would fail in the same way.
                if is_for_all {
                    return usage;
                }
            }
            Err(_) => {
                usage.troubles.insert(format!("AWS did not tell all within {}", for_people(patience)));
                return usage;
            }
        }
    }
}

/// The accounts that hold a valid licence for a product.
async fn holders(seat: &Seat<LicenseManager>, product: &ProductId) -> Result<BTreeSet<String>, CloudError> {
    let operation = Operation::ListReceivedLicensesForOrganization.name();
    let licenses = pages(&seat.place, operation, |token| async move {
        let page = seat.call(seat.client.received(product.as_str(), token)).await?;
        Ok((page.licenses, page.next_token))
    });
    // The licences are filtered here too, in case AWS ignores the filter.
    let is_meant = |license: &License| {
        !license.has_ended() && license.product.as_deref().is_none_or(|id| id.eq_ignore_ascii_case(product.as_str()))
    };
    let licenses = licenses.await?.into_iter().filter(is_meant);
    Ok(licenses.map(|license| license.holder().to_owned()).filter(|holder| !holder.is_empty()).collect())
}
