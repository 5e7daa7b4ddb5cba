//! What the marketplace calls products. Nothing depends on it: whatever goes wrong costs names, and is said in a
//! sentence.
//!
//! Thirty products are looked for with one call of `SearchListings`, which finds what is on sale. The others, which are
//! private, withdrawn or unknown, take a call of `GetProduct` each, which AWS accepts five times a second: so there is a
//! bound on these.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_marketplacediscovery::Client;
use aws_sdk_marketplacediscovery::types::{ListingSummary, SearchFilter, SearchFilterType};
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::time::{Instant, timeout_at};

use super::several::pages_while;
use crate::cloud::client::Seat;
use crate::cloud::get_product::{GetProduct, Product};
use crate::cloud::waits::for_people;
use crate::cloud::{Cloud, CloudError, Meaning};
use crate::model::id::{AccountId, ProductId};
use crate::model::live::Found;
use crate::model::market_wants::ProductWants;
use crate::model::offer::Title;

/// The most ids in a filter (AWS Marketplace Discovery API, `SearchListings`, filter `PRODUCT_ID`).
const BATCH: usize = 30;

/// The most listings that one call gives.
const PAGE: i32 = 100;

/// A product stands on few pages of the marketplace. A list that goes on after so many pages is not what was asked for.
const PAGES: usize = 3;

/// So many products are asked for one by one, which takes ten seconds.
const ONE_BY_ONE: usize = 50;

/// How long a plan waits for names at most: enough for all of the above at the rates of AWS, and little where a network
/// lets nobody through.
const PATIENCE: Duration = Duration::from_secs(15);

/// Products as they came.
#[derive(Debug, Default)]
pub(super) struct Titled {
    /// What could be told.
    pub(super) products: BTreeMap<ProductId, Found<Title>>,
    /// Why others have no name.
    pub(super) troubles: BTreeSet<String>,
}

/// Asks for products from one account.
pub(super) async fn titles(cloud: &Cloud, account: &AccountId, wants: ProductWants) -> Titled {
    let ProductWants { organization, ids } = wants;
    let mut titled = Titled::default();
    let mut seat = match cloud.discovery_from(&organization, account.clone()).await {
        Ok(seat) => seat,
        Err(error) => {
            titled.troubles.insert(error.to_string());
            return titled;
        }
    };
    let patience = seat.timing.patience.min(PATIENCE);
    let until = Instant::now() + patience;
    seat.until = Some(until);
    let asked: Vec<&ProductId> = ids.iter().collect();
    let searches = asked.chunks(BATCH).map(|ids| search(&seat, ids));
    if !titled.collect(searches, until, patience).await {
        return titled;
    }
    let open: Vec<&ProductId> = asked.into_iter().filter(|id| !titled.products.contains_key(*id)).collect();
    let calls = open.iter().take(ONE_BY_ONE).map(|id| one(&seat, id));
    let went_well = titled.collect(calls, until, patience).await;
    if went_well && open.len() > ONE_BY_ONE {
        titled.troubles.insert(format!(
            "{} products are not on sale in AWS Marketplace, and {ONE_BY_ONE} of these were asked for one by one: a run \
             asks for no more",
            open.len()
        ));
    }
    titled
}

/// What one call tells.
type Told<'a> = BoxFuture<'a, Result<Vec<(ProductId, Found<Title>)>, CloudError>>;

impl Titled {
    /// Makes calls side by side, and keeps what they tell. False where there is no use in asking on.
    async fn collect<'a>(&mut self, calls: impl Iterator<Item = Told<'a>>, until: Instant, patience: Duration) -> bool {
        let mut under_way: FuturesUnordered<Told<'a>> = calls.collect();
        loop {
            match timeout_at(until, under_way.next()).await {
                Ok(Some(Ok(told))) => self.products.extend(told),
                Ok(Some(Err(error))) => match error.meaning {
                    // An API that does not know the filter by ids: each is asked for by itself.
                    Meaning::Invalid => {}
                    // What is refused, or comes to nothing now, does so for all of them.
                    Meaning::Denied | Meaning::Throttled | Meaning::Unreachable | Meaning::Quota => {
                        self.troubles.insert(error.to_string());
                        return false;
                    }
                    _ => drop(self.troubles.insert(error.to_string())),
                },
                Ok(None) => return true,
                Err(_) => {
                    let time = for_people(patience);
                    self.troubles.insert(format!("AWS Marketplace did not tell all product names within {time}"));
                    return false;
                }
            }
        }
    }
}

/// Some products in one call, as far as they are on sale.
fn search<'a>(seat: &'a Seat<Client>, ids: &'a [&'a ProductId]) -> Told<'a> {
    Box::pin(async move {
        // The SDK's list of filters is older than this one.
        let filter = SearchFilter::builder().filter_type(SearchFilterType::from("PRODUCT_ID"));
        let filter = filter.set_filter_values(Some(ids.iter().map(ToString::to_string).collect())).build();
        let filter = filter.map_err(|error| not_understood(seat, "SearchListings", error.to_string()))?;
        let filters = &vec![filter];
        let listed = pages_while(
            &seat.place,
            "SearchListings",
            |token| async move {
                let request = seat.client.search_listings().set_filters(Some(filters.clone()));
                let page = seat.call(request.max_results(PAGE).set_next_token(token)).await?;
                Ok((Some(page.listing_summaries), page.next_token))
            },
            |listings, pages| pages < PAGES && found(ids, listings).len() < ids.len(),
        );
        let found = found(ids, &listed.await?.items);
        Ok(found.into_iter().map(|(id, title)| (id, Found::There(title))).collect())
    })
}

/// Those of `ids` that are on some listings.
fn found(ids: &[&ProductId], listings: &[ListingSummary]) -> BTreeMap<ProductId, Title> {
    let mut found = BTreeMap::new();
    for listing in listings {
        for product in listing.associated_entities.iter().filter_map(|entity| entity.product.as_ref()) {
            let is_same = |id: &&&ProductId| id.as_str().eq_ignore_ascii_case(&product.product_id);
            let (Some(id), false) = (ids.iter().find(is_same), product.product_name.trim().is_empty()) else {
                continue;
            };
            let vendor = product.manufacturer.as_ref().or(listing.publisher.as_ref());
            let vendor = vendor.map(|vendor| vendor.display_name.clone());
            let title = Title { name: product.product_name.clone(), vendor, is_withdrawn: false };
            found.entry((*id).clone()).or_insert(title);
        }
    }
    found
}

/// One product by itself.
fn one<'a>(seat: &'a Seat<Client>, id: &'a ProductId) -> Told<'a> {
    Box::pin(async move {
        let request = GetProduct { client: seat.client.clone(), id: id.to_string() };
        let Product { answer, is_withdrawn } = match seat.call(request).await {
            Err(error) if error.meaning == Meaning::NotFound => return Ok(vec![(id.clone(), Found::NotThere)]),
            answer => answer?,
        };
        if !answer.product_id.eq_ignore_ascii_case(id.as_str()) || answer.product_name.trim().is_empty() {
            let message = format!("AWS's answer about `{id}` speaks of `{}`", answer.product_id);
            return Err(not_understood(seat, "GetProduct", message));
        }
        let vendor = answer.manufacturer.map(|vendor| vendor.display_name);
        Ok(vec![(id.clone(), Found::There(Title { name: answer.product_name, vendor, is_withdrawn }))])
    })
}

fn not_understood(seat: &Seat<Client>, operation: &'static str, message: String) -> CloudError {
    CloudError::own(operation, &seat.place, "NotUnderstood", Meaning::Other, message)
}
