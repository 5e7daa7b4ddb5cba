//! Which accounts of an organization hold licences for products. No change depends on it: whatever goes wrong costs a
//! sentence.

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

/// So many products are asked for at most, each with a call of its own. AWS publishes no rate for it.
const MOST: usize = 200;

/// How long a plan waits for it at most.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks for the licences of an organization from one account.
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
                // What is refused, or comes to nothing now, does so for all of them.
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

/// The accounts that hold a licence for a product which counts still.
async fn holders(seat: &Seat<LicenseManager>, product: &ProductId) -> Result<BTreeSet<String>, CloudError> {
    let operation = Operation::ListReceivedLicensesForOrganization.name();
    let licenses = pages(&seat.place, operation, |token| async move {
        let page = seat.call(seat.client.received(product.as_str(), token)).await?;
        Ok((page.licenses, page.next_token))
    });
    // An API that does not know the filter would give those of all products.
    let is_meant = |license: &License| {
        !license.has_ended() && license.product.as_deref().is_none_or(|id| id.eq_ignore_ascii_case(product.as_str()))
    };
    let licenses = licenses.await?.into_iter().filter(is_meant);
    Ok(licenses.map(|license| license.holder().to_owned()).filter(|holder| !holder.is_empty()).collect())
}
