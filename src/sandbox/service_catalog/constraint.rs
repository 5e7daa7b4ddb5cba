//! Creates, updates and deletes constraints. Each of these is asynchronous.
//! <https://docs.aws.amazon.com/servicecatalog/latest/dg/API_CreateConstraint.html>

use serde::Deserialize;
use serde_json::{Value, json};

use super::common::{At, check_length, id_of, limit, not_found};
use super::constraint_rules::{self, Launch};
use super::product::no_product;
use super::token::{self, Asked};
use crate::sandbox::codec::word;
use crate::sandbox::reply::{Failure, object};
use crate::sandbox::request::{input, required};
use crate::sandbox::world::{Constraint, ConstraintStatus, Portfolio, ProductFailure, World};

/// The quota of constraints on a product in a portfolio.
const MOST: usize = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Create {
    portfolio_id: Option<String>,
    product_id: Option<String>,
    parameters: Option<String>,
    r#type: Option<String>,
    description: Option<String>,
    #[serde(rename = "IdempotencyToken")]
    _token: Option<String>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// Creates a constraint on a product in one of the caller's portfolios. The product has to be visible there already.
pub(super) fn create(world: &mut World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Create { portfolio_id, product_id, parameters, r#type, description, _token, _language } = input(body)?;
    let (id, product) = (id_of(portfolio_id, "portfolioId")?, id_of(product_id, "productId")?);
    let (parameters, kind) = (required(parameters, "parameters")?, required(r#type, "type")?);
    check_length(&kind, "type", 1, 1024)?;
    check_length(description.as_deref().unwrap_or_default(), "description", 0, 2000)?;
    let launch = constraint_rules::read(&kind, &parameters)?;
    let fresh = match token::read(world, at, "CreateConstraint", body)? {
        Asked::Again(answer) => return Ok(answer),
        Asked::New(fresh) => fresh,
    };
    let portfolio = at.portfolio(world, &id)?;
    if portfolio.products.get(&product).is_none_or(|it| !it.lag.is_seen() || it.lag.is_going()) {
        return Err(no_product(&product));
    }
    constraint_rules::check_others(portfolio, &id, &product, &kind)?;
    if portfolio.constraints.values().filter(|it| it.product == product).count() >= MOST {
        return Err(limit(format!("A product can have at most {MOST} constraints in a portfolio.")));
    }
    let fails = fails(world, at, &product, launch.as_ref())?;
    let serial = world.next_serial();
    let constraint_id = format!("cons-{}", word(&format!("{at:?} constraint {serial}"), 13));
    let constraint = Constraint {
        kind,
        description,
        status: ConstraintStatus::Creating,
        fails,
        ..Constraint::launch(product, parameters)
    };
    let answer = described(at.account, &id, &constraint_id, &constraint);
    let looks = world.pending.constraint;
    if let Some(portfolio) = world.region_mut(at.account, at.region).portfolios.get_mut(&id) {
        portfolio.constraints.insert(constraint_id, constraint);
        finish(portfolio, looks);
    }
    Ok(fresh.answer(world, at, answer))
}

/// Whether the constraint will end `FAILED`.
fn fails(world: &mut World, at: At<'_>, product: &str, launch: Option<&Launch>) -> Result<bool, Failure> {
    let missing = launch.map_or(Ok(false), |launch| launch.check(world, at))?;
    Ok(ProductFailure::meet(&mut world.constraint_errors, at.account, product).is_some() || missing)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Update {
    id: Option<String>,
    parameters: Option<String>,
    description: Option<String>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// Updates one of the caller's constraints. The old parameters stay until it is `AVAILABLE` again.
pub(super) fn update(world: &mut World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Update { id, parameters, description, _language } = input(body)?;
    let id = id_of(id, "id")?;
    check_length(description.as_deref().unwrap_or_default(), "description", 0, 2000)?;
    let (portfolio, before) = own(world, at, &id).ok_or_else(|| no_constraint(&id))?;
    let (portfolio, mut after) = (portfolio.to_owned(), before.clone());
    if let Some(parameters) = parameters {
        let launch = constraint_rules::read(&after.kind, &parameters)?;
        after.fails = fails(world, at, &after.product, launch.as_ref())?;
        after.status = ConstraintStatus::Creating;
        after.looks = 0;
        after.next = Some(parameters);
    }
    after.description = description.or(after.description);
    let answer = described(at.account, &portfolio, &id, &after);
    let looks = world.pending.constraint;
    if let Some(portfolio) = world.region_mut(at.account, at.region).portfolios.get_mut(&portfolio) {
        portfolio.constraints.insert(id, after);
        finish(portfolio, looks);
    }
    Ok(answer)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
pub(super) struct ById {
    pub(super) id: Option<String>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// Deletes one of the caller's constraints. The world can keep it visible for a few more steps.
pub(super) fn delete(world: &mut World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let ById { id, _language } = input(body)?;
    let id = id_of(id, "id")?;
    let (portfolio, _) = own(world, at, &id).ok_or_else(|| no_constraint(&id))?;
    let (portfolio, steps) = (portfolio.to_owned(), world.pending.constraint);
    if let Some(portfolio) = world.region_mut(at.account, at.region).portfolios.get_mut(&portfolio)
        && portfolio.constraints.get_mut(&id).is_some_and(|it| !it.lag.take_away(steps))
    {
        portfolio.constraints.remove(&id);
    }
    Ok(json!({}))
}

/// Finds a constraint of the caller and the id of its portfolio. Deleted constraints are not found.
fn own<'w>(world: &'w World, at: At<'_>, id: &str) -> Option<(&'w str, &'w Constraint)> {
    let portfolios = &at.region(world)?.portfolios;
    let found = portfolios.iter().find_map(|(portfolio, it)| Some((portfolio.as_str(), it.constraints.get(id)?)));
    found.filter(|(_, constraint)| !constraint.lag.is_going())
}

pub(super) fn no_constraint(id: &str) -> Failure {
    not_found(format!("Constraint {id} not found."))
}

/// Moves pending constraints on by one step.
pub(super) fn advance(portfolio: &mut Portfolio, looks: u32) {
    for constraint in portfolio.constraints.values_mut() {
        constraint.looks = match constraint.status {
            ConstraintStatus::Creating => constraint.looks.saturating_add(1),
            ConstraintStatus::Available | ConstraintStatus::Failed => 0,
        };
    }
    finish(portfolio, looks);
    portfolio.constraints.retain(|_, constraint| constraint.lag.step());
}

/// Ends the constraints that have been pending for `looks` steps.
fn finish(portfolio: &mut Portfolio, looks: u32) {
    let open = portfolio.constraints.values_mut().filter(|it| it.status == ConstraintStatus::Creating);
    for constraint in open.filter(|it| it.looks >= looks) {
        let next = constraint.next.take();
        constraint.looks = 0;
        if std::mem::take(&mut constraint.fails) {
            constraint.status = ConstraintStatus::Failed;
        } else {
            constraint.status = ConstraintStatus::Available;
            constraint.parameters = next.unwrap_or_else(|| constraint.parameters.clone());
        }
    }
}

/// `ConstraintDetail`
pub(super) fn detail(owner: &str, portfolio: &str, id: &str, constraint: &Constraint) -> Value {
    let Constraint { product, kind, description, .. } = constraint;
    object([
        ("ConstraintId", json!(id)),
        ("Type", json!(kind)),
        ("Description", json!(description)),
        ("Owner", json!(owner)),
        ("ProductId", json!(product)),
        ("PortfolioId", json!(portfolio)),
    ])
}

/// The answer of `CreateConstraint`, `UpdateConstraint` and `DescribeConstraint`.
pub(super) fn described(owner: &str, portfolio: &str, id: &str, constraint: &Constraint) -> Value {
    json!({
        "ConstraintDetail": detail(owner, portfolio, id, constraint),
        "ConstraintParameters": constraint.parameters,
        "Status": constraint.status.word(),
    })
}
