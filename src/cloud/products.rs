//! The products of AWS Marketplace, by the Discovery API: search, and look-up by id. Read-only, and no decision about a
//! target depends on it.

use std::collections::BTreeSet;

use aws_sdk_marketplacediscovery::types::{
    FulfillmentOptionSummary, PricingModel, ProductInformation, SearchFilter, SearchFilterType, SellerInformation,
};

use super::get_product::{GetProduct, Product};
use super::{Cloud, CloudError, Meaning};
use crate::model::offer::{Offer, Reference};

/// The largest page of `SearchListings`.
const PER_PAGE: usize = 100;

/// The result of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// At most as many as the caller asked for, best first.
    pub offers: Vec<Offer>,
    /// Whether AWS has more results.
    pub more: bool,
}

/// Searches for products with `text` on their pages, only those of `publisher` if given.
pub async fn search(cloud: &Cloud, text: &str, publisher: Option<&str>, limit: usize) -> Result<Found, CloudError> {
    const OPERATION: &str = "SearchListings";
    let seat = cloud.discovery().await?;
    let not_understood =
        |message: String| CloudError::own(OPERATION, &seat.place, "NotUnderstood", Meaning::Other, message);
    let filter = publisher.map(|publisher| {
        let filter = SearchFilter::builder().filter_type(SearchFilterType::Publisher).filter_values(publisher);
        filter.build().map_err(|error| not_understood(error.to_string()))
    });
    let filter = filter.transpose()?;
    let mut offers: Vec<Offer> = Vec::new();
    let (mut seen, mut tokens) = (BTreeSet::new(), BTreeSet::new());
    let mut token: Option<String> = None;
    loop {
        let size = (limit + 1).saturating_sub(offers.len()).clamp(1, PER_PAGE);
        let request = seat.client.search_listings().search_text(text).max_results(i32::try_from(size).unwrap_or(1));
        let request = request.set_filters(filter.clone().map(|filter| vec![filter])).set_next_token(token);
        let answer = seat.call(request).await?;
        for listing in answer.listing_summaries {
            let (kinds, pricing) = (kinds(&listing.fulfillment_option_summaries), prices(&listing.pricing_models));
            let products = listing.associated_entities.into_iter().filter_map(|entity| entity.product);
            for product in products.filter(|product| !product.product_id.is_empty()) {
                let vendor = listing.publisher.as_ref();
                let offer = offer(product, vendor, (kinds.clone(), pricing.clone()), &listing.listing_id);
                if seen.insert(offer.id.clone()) {
                    offers.push(offer);
                }
            }
        }
        token = answer.next_token;
        let Some(next) = &token else { break };
        if offers.len() > limit {
            break;
        }
        if !tokens.insert(next.clone()) {
            return Err(not_understood("AWS gave the same page twice, so the list would never end".to_owned()));
        }
    }
    let more = offers.len() > limit || token.is_some();
    offers.truncate(limit);
    Ok(Found { offers, more })
}

/// The product with a product id, or the products on the page with a listing id. Empty if the marketplace does not know
/// the id, which may be so for a private or withdrawn product.
pub async fn look_up(cloud: &Cloud, reference: &Reference) -> Result<Vec<Offer>, CloudError> {
    let seat = cloud.discovery().await?;
    let found = match reference {
        Reference::Product(id) => {
            let request = GetProduct { client: seat.client.clone(), id: id.clone() };
            seat.call(request).await.map(|Product { answer, is_withdrawn }| {
                let kinds = kinds(&answer.fulfillment_option_summaries);
                let vendor = answer.manufacturer.map(|seller| seller.display_name);
                let (id, name, listing) = (answer.product_id, answer.product_name, given(&answer.listing_id));
                vec![Offer { id, name, vendor, kinds, pricing: Vec::new(), listing, is_withdrawn }]
            })
        }
        Reference::Listing(id) => seat.call(seat.client.get_listing().listing_id(id)).await.map(|answer| {
            let about = (kinds(&answer.fulfillment_option_summaries), prices(&answer.pricing_models));
            let products = answer.associated_entities.into_iter().filter_map(|entity| entity.product);
            let mut seen = BTreeSet::new();
            products
                .map(|product| offer(product, answer.publisher.as_ref(), about.clone(), &answer.listing_id))
                .filter(|offer| seen.insert(offer.id.clone()))
                .collect()
        }),
    };
    let found = match found {
        Err(error) if error.meaning == Meaning::NotFound => return Ok(Vec::new()),
        found => found?,
    };
    // An answer about another product must not be used.
    let strange = |offer: &&Offer| match reference {
        Reference::Product(id) => !offer.id.eq_ignore_ascii_case(id),
        Reference::Listing(_) => offer.id.is_empty(),
    };
    if let Some(offer) = found.iter().find(strange) {
        let (operation, asked) = match reference {
            Reference::Product(id) => ("GetProduct", id),
            Reference::Listing(id) => ("GetListing", id),
        };
        let message = format!("AWS answered for `{}` when it was asked for `{asked}`", offer.id);
        return Err(CloudError::own(operation, &seat.place, "NotUnderstood", Meaning::Other, message));
    }
    Ok(found)
}

/// A product on a listing. The vendor is its manufacturer, or the seller if none is named.
fn offer(
    product: ProductInformation,
    seller: Option<&SellerInformation>,
    (kinds, pricing): (Vec<String>, Vec<String>),
    listing: &str,
) -> Offer {
    let vendor = product.manufacturer.as_ref().or(seller).map(|seller| seller.display_name.clone());
    let (id, name) = (product.product_id, product.product_name);
    // A product with a listing can be bought.
    Offer { id, name, vendor, kinds, pricing, listing: given(listing), is_withdrawn: false }
}

fn kinds(options: &[FulfillmentOptionSummary]) -> Vec<String> {
    distinct(options.iter().map(|option| (option.display_name.as_str(), option.fulfillment_option_type.as_str())))
}

fn prices(models: &[PricingModel]) -> Vec<String> {
    distinct(models.iter().map(|model| (model.display_name.as_str(), model.pricing_model_type.as_str())))
}

/// Names for people, or AWS's codes if there is no name; each once.
fn distinct<'a>(words: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let words: BTreeSet<&str> = words.map(|(shown, code)| if shown.is_empty() { code } else { shown }).collect();
    words.into_iter().map(str::to_owned).collect()
}

fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
