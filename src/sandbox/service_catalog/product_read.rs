//! The reading calls for products, as administrators use them.
//! <https://docs.aws.amazon.com/servicecatalog/latest/dg/API_SearchProductsAsAdmin.html>

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::common::{self, At, Paging, id_of, invalid, optional_id};
use super::product::{self, Found, MADE, no_product};
use super::tags;
use crate::sandbox::reply::{Failure, object};
use crate::sandbox::request::input;
use crate::sandbox::world::{Version, World};

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Search {
    portfolio_id: Option<String>,
    filters: BTreeMap<String, Vec<String>>,
    product_source: Option<String>,
    page_size: Option<i64>,
    page_token: Option<String>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// `SearchProductsAsAdmin`: the products of a portfolio, or all that the caller has access to.
pub(super) fn search(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Search { portfolio_id: id, filters, product_source, page_size, page_token, _language } = input(body)?;
    let id = optional_id(id, "portfolioId")?;
    let is_own_only = match product_source.as_deref() {
        None => false,
        Some("ACCOUNT") => true,
        Some(other) => {
            let rule = "Member must satisfy enum value set: [ACCOUNT]";
            return Err(Failure::constraint(other, "productSource", rule));
        }
    };
    let mut found = match &id {
        Some(id) => product::in_portfolio(world, at, id)?,
        None => all(world, at, is_own_only),
    };
    found.retain(|it| !is_own_only || it.owner == at.account);
    for (name, values) in &filters {
        let fits = filter(name, values, is_own_only)?;
        found.retain(|it| fits(it));
    }
    let items = found.into_iter().map(|it| product::detail(at.region, it)).collect();
    let of = format!("{at:?} {id:?} {filters:?} {is_own_only}");
    Paging { size: page_size, token: page_token }.cut_at(20, world, "ProductViewDetails", &of, items)
}

/// The products that the caller owns, and unless `is_own_only` those that it has access to.
fn all<'w>(world: &'w World, at: At<'_>, is_own_only: bool) -> Vec<Found<'w>> {
    let owners = world.accounts.keys().filter(|owner| !is_own_only || *owner == at.account);
    let ids = owners.filter_map(|owner| world.region(owner, at.region)).flat_map(|region| region.products.keys());
    ids.filter_map(|id| product::accessible(world, at, id).ok()).collect()
}

/// Whether a product passes a filter.
type Fits<'a> = Box<dyn Fn(&Found<'_>) -> bool + 'a>;

/// `ProductViewFilterBy`
fn filter<'a>(name: &str, values: &'a [String], is_own_only: bool) -> Result<Fits<'a>, Failure> {
    let any = move |fits: &dyn Fn(&str) -> bool| values.iter().any(|value| fits(value));
    match name {
        "FullTextSearch" => Ok(Box::new(move |it| {
            let text = format!("{} {}", it.product.name, it.product.description.as_deref().unwrap_or_default());
            any(&|value| text.to_lowercase().contains(&value.to_lowercase()))
        })),
        "Owner" => Ok(Box::new(move |it| any(&|value| it.product.owner == value))),
        "ProductType" => Ok(Box::new(move |it| any(&|value| product::kind_of(it.product.kind.as_deref()) == value))),
        "SourceProductId" if is_own_only => {
            Ok(Box::new(move |it| any(&|value| it.product.source.as_deref() == Some(value))))
        }
        "SourceProductId" => Err(invalid("The filter SourceProductId needs the product source ACCOUNT.")),
        other => {
            let rule = "Map keys must satisfy enum value set: [FullTextSearch, Owner, ProductType, SourceProductId]";
            Err(Failure::constraint(other, "filters", rule))
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Portfolios {
    product_id: Option<String>,
    page_size: Option<i64>,
    page_token: Option<String>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// `ListPortfoliosForProduct`: the caller's own portfolios and imported ones.
pub(super) fn portfolios(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Portfolios { product_id, page_size, page_token, _language } = input(body)?;
    let id = id_of(product_id, "productId")?;
    let found = product::accessible(world, at, &id)?;
    let own = at.region(world).into_iter().flat_map(|region| &region.portfolios);
    let holding = own.filter(|(_, portfolio)| product::seen(portfolio).any(|it| it == id));
    let here = holding.map(|(id, portfolio)| common::detail(at.account, at.region, id, portfolio));
    let imported = product::imports_of(world, at, found)
        .map(|(id, portfolio)| common::detail(found.owner, at.region, id, portfolio));
    let items = here.chain(imported).collect();
    Paging { size: page_size, token: page_token }.cut(world, "PortfolioDetails", &format!("{at:?} {id}"), items)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Describe {
    id: Option<String>,
    name: Option<String>,
    source_portfolio_id: Option<String>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// Describes a product by its id, or one of the caller's own by its name. Only the owner sees tags.
pub(super) fn describe(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Describe { id, name, source_portfolio_id, _language } = input(body)?;
    let source = optional_id(source_portfolio_id, "sourcePortfolioId")?;
    let found = match (optional_id(id, "id")?, name) {
        (Some(id), None) => product::accessible(world, at, &id)?,
        (None, Some(name)) => {
            let named = all(world, at, true).into_iter().find(|it| it.product.name == name);
            named.ok_or_else(|| no_product(&name))?
        }
        _ => return Err(invalid("Exactly one of Id and Name must be specified.")),
    };
    if let Some(source) = source {
        let holds = product::in_portfolio(world, at, &source)?.iter().any(|it| it.id == found.id);
        holds.then_some(()).ok_or_else(|| no_product(found.id))?;
    }
    let summary = |(id, version): (&String, &Version)| {
        let source = version.source.as_ref().map(|source| json!({"SourceProvisioningArtifactId": source}));
        object([
            ("Id", json!(id)),
            ("Name", json!(version.name)),
            ("Description", json!(version.description)),
            ("CreatedTime", json!(MADE)),
            ("ProvisioningArtifactMetadata", json!(source)),
        ])
    };
    let own_tags = (found.owner == at.account).then(|| tags::shown(&found.product.tags));
    Ok(json!({
        "ProductViewDetail": product::detail(at.region, found),
        "ProvisioningArtifactSummaries": found.product.versions.iter().map(summary).collect::<Value>(),
        "Tags": own_tags.unwrap_or_else(|| json!([])),
        "TagOptions": [],
        "Budgets": [],
    }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Versions {
    product_id: Option<String>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// `ListProvisioningArtifacts`. The call is not paged, though its answer has a member for a token.
pub(super) fn versions(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Versions { product_id, _language } = input(body)?;
    let found = product::accessible(world, at, &id_of(product_id, "productId")?)?;
    let kind = product::kind_of(found.product.kind.as_deref());
    let detail = |(id, version): (&String, &Version)| {
        object([
            ("Id", json!(id)),
            ("Name", json!(version.name)),
            ("Description", json!(version.description)),
            ("Type", json!(kind)),
            ("CreatedTime", json!(MADE)),
            ("Active", json!(!version.inactive)),
            ("Guidance", json!(if version.deprecated { "DEPRECATED" } else { "DEFAULT" })),
        ])
    };
    Ok(json!({"ProvisioningArtifactDetails": found.product.versions.iter().map(detail).collect::<Value>()}))
}
