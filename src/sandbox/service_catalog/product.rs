//! Products: which ones an account can see, and their details.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::common::{At, no_portfolio, not_found};
use super::recipient;
use crate::sandbox::codec::word;
use crate::sandbox::reply::{Failure, object};
use crate::sandbox::world::{CatalogProduct, Portfolio, World};

/// The `CreatedTime` of every product and version: the start of the world's calendar.
pub(super) const MADE: u64 = 1_767_225_600;

/// A product, with its id and the account that owns it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'w> {
    pub(super) id: &'w str,
    pub(super) owner: &'w str,
    pub(super) product: &'w CatalogProduct,
}

pub(super) fn no_product(id: &str) -> Failure {
    not_found(format!("Product {id} not found."))
}

/// Finds a product in a region. The caller's own products come before those of other accounts.
pub(super) fn find<'w>(world: &'w World, at: At<'_>, id: &str) -> Option<Found<'w>> {
    own(world, at, id).or_else(|| world.accounts.keys().find_map(|owner| of(world, owner, at.region, id)))
}

/// Finds one of the caller's own products.
pub(super) fn own<'w>(world: &'w World, at: At<'_>, id: &str) -> Option<Found<'w>> {
    of(world, at.account, at.region, id)
}

fn of<'w>(world: &'w World, owner: &str, region: &str, id: &str) -> Option<Found<'w>> {
    let (owner, account) = world.accounts.get_key_value(owner)?;
    let (id, product) = account.regions.get(region)?.products.get_key_value(id)?;
    Some(Found { id, owner, product })
}

/// The visible products of one of the caller's portfolios or of an imported one.
pub(super) fn in_portfolio<'w>(world: &'w World, at: At<'_>, id: &str) -> Result<Vec<Found<'w>>, Failure> {
    if let Ok(portfolio) = at.portfolio(world, id) {
        // Most products of other accounts come from the same portfolio, so its owner is looked up once.
        let mut owners: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        let mut resolve = |product: &str| {
            let from = portfolio.products.get(product)?.from.as_deref();
            let owner = from.and_then(|from| {
                *owners.entry(from).or_insert_with(|| recipient::import(world, at, from).map(|import| import.owner))
            });
            owner.and_then(|owner| of(world, owner, at.region, product)).or_else(|| find(world, at, product))
        };
        return Ok(seen(portfolio).filter_map(&mut resolve).collect());
    }
    let import = recipient::import(world, at, id).ok_or_else(|| no_portfolio(id))?;
    Ok(seen(import.portfolio).filter_map(|product| of(world, import.owner, at.region, product)).collect())
}

/// The ids of a portfolio's visible products.
pub(super) fn seen(portfolio: &Portfolio) -> impl Iterator<Item = &str> {
    portfolio.products.iter().filter(|(_, it)| it.lag.is_seen()).map(|(id, _)| id.as_str())
}

/// A product that the caller has access to: its own, or one in a portfolio that it owns or imported.
pub(super) fn accessible<'w>(world: &'w World, at: At<'_>, id: &str) -> Result<Found<'w>, Failure> {
    let found = find(world, at, id).ok_or_else(|| no_product(id))?;
    let is_local = || at.region(world).is_some_and(|it| it.portfolios.values().any(|it| it.products.contains_key(id)));
    let may = found.owner == at.account || is_local() || imports_of(world, at, found).next().is_some();
    if may { Ok(found) } else { Err(no_product(id)) }
}

/// The portfolios, by id, that the caller imported and that contain this product of another account.
pub(super) fn imports_of<'w>(
    world: &'w World,
    at: At<'_>,
    found: Found<'w>,
) -> impl Iterator<Item = (&'w str, &'w Portfolio)> {
    let portfolios = world.region(found.owner, at.region).into_iter().flat_map(|region| &region.portfolios);
    let holds = move |(id, portfolio): &(&String, &Portfolio)| {
        seen(portfolio).any(|it| it == found.id) && found.owner != at.account && recipient::is_imported(world, at, id)
    };
    portfolios.filter(holds).map(|(id, portfolio)| (id.as_str(), portfolio))
}

/// The ARN of a product.
pub(super) fn arn(region: &str, found: Found<'_>) -> String {
    format!("arn:aws:catalog:{region}:{}:product/{}", found.owner, found.id)
}

/// `ProductViewDetail`
pub(super) fn detail(region: &str, found: Found<'_>) -> Value {
    let CatalogProduct { name, owner, description, kind, tags: _, source: _, versions: _ } = found.product;
    let summary = object([
        ("Id", json!(format!("prodview-{}", word(found.id, 13)))),
        ("ProductId", json!(found.id)),
        ("Name", json!(name)),
        ("Owner", json!(owner)),
        ("ShortDescription", json!(description)),
        ("Type", json!(kind_of(kind.as_deref()))),
        ("Distributor", json!("")),
        ("HasDefaultPath", json!(false)),
    ]);
    // AWS answers `CREATED`, although its API model lists `AVAILABLE`.
    json!({"ProductViewSummary": summary, "Status": "CREATED", "ProductARN": arn(region, found), "CreatedTime": MADE})
}

/// `ProductType`
pub(super) fn kind_of(kind: Option<&str>) -> &str {
    kind.unwrap_or("CLOUD_FORMATION_TEMPLATE")
}
