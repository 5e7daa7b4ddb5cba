//! Lists and describes constraints of the caller's portfolios and of imported ones.

use serde::Deserialize;
use serde_json::Value;

use super::common::{At, Paging, id_of, no_portfolio, optional_id};
use super::constraint::{ById, described, detail, no_constraint};
use super::recipient;
use crate::sandbox::reply::Failure;
use crate::sandbox::request::input;
use crate::sandbox::world::{Constraint, InheritedConstraints, Portfolio, World};

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct List {
    portfolio_id: Option<String>,
    product_id: Option<String>,
    page_size: Option<i64>,
    page_token: Option<String>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// A row of the list: the constraint's owner, the portfolio that it is listed with, its id, and the constraint.
type Row<'w> = (&'w str, &'w str, &'w str, &'w Constraint);

/// The constraints of a portfolio, without their parameters.
pub(super) fn list(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let List { portfolio_id, product_id, page_size, page_token, _language } = input(body)?;
    let (id, product) = (id_of(portfolio_id, "portfolioId")?, optional_id(product_id, "productId")?);
    let mut rows: Vec<Row<'_>> = if let Ok(own) = at.portfolio(world, &id) {
        rows(at.account, &id, own).chain(inherited(world, at, &id, own)).collect()
    } else {
        let import = recipient::import(world, at, &id).ok_or_else(|| no_portfolio(&id))?;
        rows(import.owner, &id, import.portfolio).collect()
    };
    rows.retain(|(_, _, _, it)| product.as_ref().is_none_or(|product| it.product == *product));
    let items = rows.into_iter().map(|(owner, portfolio, id, it)| detail(owner, portfolio, id, it)).collect();
    let paging = Paging { size: page_size, token: page_token };
    paging.cut_at(20, world, "ConstraintDetails", &format!("{at:?} {id} {product:?}"), items)
}

fn rows<'w>(owner: &'w str, id: &'w str, portfolio: &'w Portfolio) -> impl Iterator<Item = Row<'w>> {
    portfolio.constraints.iter().map(move |(constraint, it)| (owner, id, constraint.as_str(), it))
}

/// The constraints that a local portfolio's products have in the portfolio they come from. The world decides whether
/// AWS lists them.
fn inherited<'w>(world: &'w World, at: At<'_>, id: &'w str, portfolio: &'w Portfolio) -> Vec<Row<'w>> {
    let lists = world.unproven.inherited_constraints;
    let foreign = portfolio.products.iter().filter(|_| lists != InheritedConstraints::Hidden);
    let mut found = Vec::new();
    for (product, source) in foreign.filter_map(|(product, it)| Some((product, it.from.as_deref()?))) {
        let Some(import) = recipient::import(world, at, source) else { continue };
        let shown = if lists == InheritedConstraints::WithLocal { id } else { source };
        found.extend(rows(import.owner, shown, import.portfolio).filter(|(_, _, _, it)| it.product == *product));
    }
    found
}

/// Describes a constraint of one of the caller's portfolios or of an imported one, with its parameters.
pub(super) fn describe(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let ById { id, .. } = input(body)?;
    let id = id_of(id, "id")?;
    let portfolios = world.accounts.iter().flat_map(|(owner, account)| {
        let portfolios = account.regions.get(at.region).into_iter().flat_map(|region| &region.portfolios);
        portfolios.map(move |(portfolio, it)| (owner, portfolio, it))
    });
    let mut found = portfolios.filter_map(|(owner, portfolio, it)| Some((owner, portfolio, it.constraints.get(&id)?)));
    let may = |(owner, portfolio, _): &(&String, &String, &Constraint)| {
        *owner == at.account || recipient::is_imported(world, at, portfolio)
    };
    let (owner, portfolio, it) = found.find(may).ok_or_else(|| no_constraint(&id))?;
    Ok(described(owner, portfolio, &id, it))
}
