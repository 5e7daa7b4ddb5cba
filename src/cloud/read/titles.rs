//! The marketplace's names of products. No decision depends on them: an error costs names, and adds a sentence to the
//! plan.
//!
//! One call of `SearchListings` looks for thirty products, and finds those on sale. Other products (private, withdrawn
//! or unknown) take one call of `GetProduct` each, which AWS accepts five times a second, so their number is limited.

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

/// The largest page of `SearchListings`.
const PAGE: i32 = 100;

/// The most pages to read for a batch. A product is on few listings, so a longer list means that AWS did not apply the
/// filter.
const PAGES: usize = 3;

/// The most products that are asked for one by one. That many take ten seconds.
const ONE_BY_ONE: usize = 50;

/// The longest time that a plan waits for names. It suffices for all calls at AWS's rates, and is short if the network
/// blocks them.
const PATIENCE: Duration = Duration::from_secs(15);

/// The result for one account.
#[derive(Debug, Default)]
pub(super) struct Titled {
    /// The products that AWS answered for.
    pub(super) products: BTreeMap<ProductId, Found<Title>>,
    /// Why other products have no name.
    pub(super) troubles: BTreeSet<String>,
}

/// Reads the names of products, called from one account.
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
            "{} products are not on sale in AWS Marketplace. Names were looked up for the first {ONE_BY_ONE}, one call \
             each; the others were not looked up",
            open.len()
        ));
    }
    titled
}

/// A call that gives names of products.
type Told<'a> = BoxFuture<'a, Result<Vec<(ProductId, Found<Title>)>, CloudError>>;

impl Titled {
    /// Makes calls side by side, and collects their results. Returns false if no further call would help.
    async fn collect<'a>(&mut self, calls: impl Iterator<Item = Told<'a>>, until: Instant, patience: Duration) -> bool {
        let mut under_way: FuturesUnordered<Told<'a>> = calls.collect();
        loop {
            match timeout_at(until, under_way.next()).await {
                Ok(Some(Ok(told))) => self.products.extend(told),
                Ok(Some(Err(error))) => match error.meaning {
                    // AWS does not support the filter by ids: each product is asked for by itself.
                    Meaning::Invalid => {}
                    // The other calls would fail in the same way.
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

/// One call for a batch of products. It finds those on sale.
fn search<'a>(seat: &'a Seat<Client>, ids: &'a [&'a ProductId]) -> Told<'a> {
    Box::pin(async move {
        // The SDK's list of filters does not have this one yet.
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

/// The products of `ids` that some listings hold.
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

/// One product, by `GetProduct`.
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
