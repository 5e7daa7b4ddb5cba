//! Associates products with portfolios, and changes and deletes products.
//! <https://docs.aws.amazon.com/servicecatalog/latest/dg/API_AssociateProductWithPortfolio.html>

use serde::Deserialize;
use serde_json::{Value, json};

use super::common::{At, check_length, id_of, invalid, limit, not_found, optional_id};
use super::product::{self, no_product};
use super::tags::{self, Tag};
use super::{recipient, settle};
use crate::sandbox::reply::Failure;
use crate::sandbox::request::input;
use crate::sandbox::world::{Association, CatalogProduct, World};

/// The default quota of products in a portfolio.
const MOST: usize = 150;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Input {
    product_id: Option<String>,
    portfolio_id: Option<String>,
    source_portfolio_id: Option<String>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// Puts a product into one of the caller's portfolios. A product of another account is allowed if the source portfolio
/// is named and imported. A product that is in the portfolio already is no error.
pub(super) fn associate(world: &mut World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Input { product_id, portfolio_id, source_portfolio_id, _language } = input(body)?;
    let (product, id) = (id_of(product_id, "productId")?, id_of(portfolio_id, "portfolioId")?);
    let source = optional_id(source_portfolio_id, "sourcePortfolioId")?;
    let portfolio = at.portfolio(world, &id)?;
    let from = match (product::own(world, at, &product), source) {
        (Some(_), None) => None,
        (Some(_), Some(source)) => {
            let holds = product::seen(at.portfolio(world, &source)?).any(|it| it == product);
            holds.then_some(None).ok_or_else(|| no_product(&product))?
        }
        (None, None) => return Err(no_product(&product)),
        (None, Some(source)) => {
            let import = recipient::import(world, at, &source).ok_or_else(|| super::common::no_portfolio(&source))?;
            let holds = product::seen(import.portfolio).any(|it| it == product);
            holds.then_some(Some(source)).ok_or_else(|| no_product(&product))?
        }
    };
    if from.is_some() && !portfolio.shares.is_empty() {
        return Err(invalid(format!("Portfolio {id} is shared: it cannot contain an imported product.")));
    }
    let standing = portfolio.products.iter().filter(|(id, it)| **id != product && !it.lag.is_going()).count();
    if standing >= MOST {
        return Err(limit(format!("Portfolio {id} can have at most {MOST} products.")));
    }
    let lag = world.pending.product_lag();
    if let Some(portfolio) = world.region_mut(at.account, at.region).portfolios.get_mut(&id) {
        match portfolio.products.get_mut(&product) {
            Some(known) => known.lag.goes = None,
            None => drop(portfolio.products.insert(product, Association { from, lag })),
        }
    }
    Ok(json!({}))
}

/// Takes a product out of one of the caller's portfolios. Refused while the product has constraints there.
pub(super) fn disassociate(world: &mut World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Input { product_id, portfolio_id, source_portfolio_id: None, _language } = input(body)? else {
        let message = "The sandbox cannot read this input: SourcePortfolioId";
        return Err(Failure::new("SerializationException", message));
    };
    let (product, id) = (id_of(product_id, "productId")?, id_of(portfolio_id, "portfolioId")?);
    let portfolio = at.portfolio(world, &id)?;
    if portfolio.products.get(&product).is_none_or(|it| it.lag.is_going()) {
        return Err(not_found(format!("Product {product} is not associated with portfolio {id}.")));
    }
    if portfolio.constraints.values().any(|it| it.product == product) {
        let message = format!("Product {product} has constraints in portfolio {id}; delete them first.");
        return Err(Failure::new("ResourceInUseException", message));
    }
    let steps = world.pending.product;
    let products = world.region_mut(at.account, at.region).portfolios.get_mut(&id).map(|it| &mut it.products);
    if let Some(products) = products
        && products.get_mut(&product).is_some_and(|it| !it.lag.take_away(steps))
    {
        products.remove(&product);
        settle::everybody(world, at.region);
    }
    Ok(json!({}))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Update {
    id: Option<String>,
    name: Option<String>,
    owner: Option<String>,
    description: Option<String>,
    add_tags: Option<Vec<Tag>>,
    remove_tags: Option<Vec<String>>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// Changes one of the caller's products.
pub(super) fn update(world: &mut World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Update { id, name, owner, description, add_tags, remove_tags, _language } = input(body)?;
    let id = id_of(id, "id")?;
    for (text, field) in [(&name, "name"), (&owner, "owner"), (&description, "description")] {
        text.as_ref().map_or(Ok(()), |text| check_length(text, field, 0, 8191))?;
    }
    let (add, remove) = (tags::read(add_tags, "addTags")?, tags::keys(remove_tags)?);
    let before = product::own(world, at, &id).ok_or_else(|| no_product(&id))?.product;
    let after = CatalogProduct {
        name: name.unwrap_or_else(|| before.name.clone()),
        owner: owner.unwrap_or_else(|| before.owner.clone()),
        description: description.or_else(|| before.description.clone()),
        tags: tags::change(&before.tags, add, &remove)?,
        ..before.clone()
    };
    let shown = tags::shown(&after.tags);
    world.region_mut(at.account, at.region).products.insert(id.clone(), after);
    let found = product::own(world, at, &id).ok_or_else(|| no_product(&id))?;
    Ok(json!({"ProductViewDetail": product::detail(at.region, found), "Tags": shown}))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Delete {
    id: Option<String>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// Deletes one of the caller's products. Refused while it is in a portfolio.
pub(super) fn delete(world: &mut World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Delete { id, _language } = input(body)?;
    let id = id_of(id, "id")?;
    product::own(world, at, &id).ok_or_else(|| no_product(&id))?;
    let mut portfolios = at.region(world).into_iter().flat_map(|region| &region.portfolios);
    if let Some((portfolio, _)) = portfolios.find(|(_, portfolio)| portfolio.products.contains_key(&id)) {
        let message = format!("Product {id} is associated with portfolio {portfolio} and can't be deleted.");
        return Err(Failure::new("ResourceInUseException", message));
    }
    world.region_mut(at.account, at.region).products.remove(&id);
    settle::everybody(world, at.region);
    Ok(json!({}))
}
