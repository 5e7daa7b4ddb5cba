//! The product calls of the AWS Marketplace Discovery API. They answer every caller alike.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::page;
use super::reply::{Failure, object};
use super::request::{input, required, unknown};
use super::world::{Product, World};

/// The most product ids in one `PRODUCT_ID` filter.
const MOST_IDS: usize = 30;
/// The most listings on a page.
const MOST: usize = 100;
/// The most characters of a search text, and of an id.
const LONGEST: (usize, usize) = (512, 255);

pub(super) fn call(world: &World, operation: &str, body: &[u8]) -> Result<Value, Failure> {
    match operation {
        "GetListing" => listing(world, body),
        "GetProduct" => product(world, body),
        "SearchListings" => search(world, body),
        other => Err(unknown(other)),
    }
}

fn not_found(what: &str) -> Failure {
    Failure::with_status("ResourceNotFoundException", 404, format!("The {what} was not found."))
}

fn id(value: Option<String>, field: &str) -> Result<String, Failure> {
    let id = required(value, field)?;
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if id.is_empty() || id.len() > LONGEST.1 || !id.chars().all(fits) {
        return Err(Failure::constraint(&id, field, "Member must satisfy regular expression pattern: [\\w-]{1,255}"));
    }
    Ok(id)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GetProduct {
    product_id: Option<String>,
}

fn product(world: &World, body: &[u8]) -> Result<Value, Failure> {
    let GetProduct { product_id } = input(body)?;
    let id = id(product_id, "productId")?;
    let offered = world.offered();
    let product = offered.get(&id).filter(|product| !product.private).ok_or_else(|| not_found("product"))?;
    let mut answer = about(&id, product);
    if let Some(members) = answer.as_object_mut() {
        members.insert("productId".to_owned(), json!(id));
        members.insert("productName".to_owned(), json!(product.name));
        members.insert("manufacturer".to_owned(), seller(product));
        members.insert("deployedOnAws".to_owned(), json!("DEPLOYED"));
    }
    Ok(answer)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GetListing {
    listing_id: Option<String>,
}

fn listing(world: &World, body: &[u8]) -> Result<Value, Failure> {
    let GetListing { listing_id } = input(body)?;
    let listing = id(listing_id, "listingId")?;
    let on_sale = on_sale(world);
    let (id, product) =
        on_sale.iter().find(|(id, product)| product.listing(id) == listing).ok_or_else(|| not_found("listing"))?;
    let mut page = about(id, product);
    if let (Some(members), Value::Object(listed)) = (page.as_object_mut(), summary(id, product)) {
        members.extend(listed);
        members.insert("useCases".to_owned(), json!([]));
    }
    Ok(page)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Search {
    #[serde(rename = "searchText")]
    text: Option<String>,
    #[serde(default)]
    filters: Vec<Filter>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Filter {
    #[serde(rename = "filterType")]
    kind: String,
    #[serde(rename = "filterValues")]
    values: BTreeSet<String>,
}

fn search(world: &World, body: &[u8]) -> Result<Value, Failure> {
    let Search { text, filters, max_results, next_token } = input(body)?;
    let text = text.unwrap_or_default().to_lowercase();
    if text.chars().count() > LONGEST.0 {
        return Err(Failure::constraint(&text, "searchText", "Member must have length less than or equal to 512"));
    }
    let size = max_results.unwrap_or(MOST);
    if !(1..=MOST).contains(&size) {
        return Err(Failure::constraint(&size.to_string(), "maxResults", "Member must be between 1 and 100"));
    }
    for Filter { kind, values } in &filters {
        match kind.as_str() {
            "PUBLISHER" => {}
            "PRODUCT_ID" if values.len() <= MOST_IDS => {}
            "PRODUCT_ID" => {
                let rule = "Member must have length less than or equal to 30";
                return Err(Failure::constraint("PRODUCT_ID", "filters", rule));
            }
            other => return Err(Failure::constraint(other, "filters", "the sandbox does not emulate this filter")),
        }
    }
    let passes = |id: &str, product: &Product| {
        filters.iter().all(|Filter { kind, values }| match kind.as_str() {
            "PUBLISHER" => values.iter().any(|it| it.eq_ignore_ascii_case(&product.vendor)),
            _ => values.contains(id),
        })
    };
    let has = |product: &Product| {
        let page = format!("{} {}", product.name, product.vendor).to_lowercase();
        text.split_whitespace().all(|word| page.contains(word))
    };
    let found: Vec<Value> = on_sale(world)
        .into_iter()
        .filter(|(id, product)| has(product) && passes(id, product))
        .map(|(id, product)| summary(id, product))
        .collect();
    let total = found.len();
    let list = format!("SearchListings {text} {:?}", filters.iter().map(|it| &it.values).collect::<Vec<_>>());
    let page = page::cut(found, &list, size, next_token.as_deref(), &world.pages)
        .map_err(|page::BadToken| Failure::new("ValidationException", "The nextToken is invalid."))?;
    Ok(object([
        ("totalResults", json!(total)),
        ("listingSummaries", Value::Array(page.items)),
        ("nextToken", json!(page.next)),
    ]))
}

fn on_sale(world: &World) -> Vec<(&String, &Product)> {
    world.offered().into_iter().filter(|(_, product)| !product.withdrawn && !product.private).collect()
}

/// The members that a product, a listing and a listing summary have in common.
fn brief(id: &str, product: &Product) -> Value {
    let kind = product.kind.as_deref().unwrap_or("SAAS");
    json!({
        "catalog": "AWSMarketplace",
        "listingId": product.listing(id),
        "shortDescription": format!("{}, which the sandbox makes up", product.name),
        "logoThumbnailUrl": "https://example.com/logo.png",
        "categories": [],
        "sellerEngagements": [],
        "fulfillmentOptionSummaries": [{"fulfillmentOptionType": kind, "displayName": words(kind)}],
    })
}

/// The members that a product and a listing have in common.
fn about(id: &str, product: &Product) -> Value {
    let indicators: &[&str] = if product.withdrawn { &["NOT_AVAILABLE_FOR_SUBSCRIPTION"] } else { &[] };
    let indicators: Vec<Value> = indicators.iter().map(|indicator| json!({"indicatorType": indicator})).collect();
    let mut about = brief(id, product);
    if let Some(members) = about.as_object_mut() {
        members.insert("longDescription".to_owned(), json!(format!("{} of {}", product.name, product.vendor)));
        members.insert("purchaseIndicators".to_owned(), json!(indicators));
        for empty in ["highlights", "promotionalMedia", "resources"] {
            members.insert(empty.to_owned(), json!([]));
        }
    }
    about
}

/// A `ListingSummary`.
fn summary(id: &str, product: &Product) -> Value {
    let pricing = product.pricing.as_deref().unwrap_or("CONTRACT");
    let product_information = json!({"productId": id, "productName": product.name, "manufacturer": seller(product)});
    let mut summary = brief(id, product);
    if let Some(members) = summary.as_object_mut() {
        members.insert("listingName".to_owned(), json!(product.name));
        members.insert("publisher".to_owned(), seller(product));
        members.insert("badges".to_owned(), json!([]));
        members.insert("reviewSummary".to_owned(), json!({"reviewSourceSummaries": []}));
        let price = json!([{"pricingModelType": pricing, "displayName": words(pricing)}]);
        members.insert("pricingModels".to_owned(), price);
        members.insert("pricingUnits".to_owned(), json!([]));
        members.insert("associatedEntities".to_owned(), json!([{"product": product_information}]));
    }
    summary
}

fn seller(product: &Product) -> Value {
    json!({"sellerProfileId": format!("seller-{}", super::codec::word(&product.vendor, 13)), "displayName": product.vendor})
}

/// The display name of one of AWS's codes, as `SaaS` for `SAAS`.
fn words(code: &str) -> String {
    match code {
        "SAAS" => "SaaS".to_owned(),
        "API" | "BYOL" => code.to_owned(),
        other => {
            let lower = other.to_ascii_lowercase().replace('_', " ");
            let mut letters = lower.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
        }
    }
}
