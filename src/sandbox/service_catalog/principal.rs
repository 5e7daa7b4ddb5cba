//! The principals that may use a portfolio. The owner and each account that imported it have a list of their own.
//! <https://docs.aws.amazon.com/servicecatalog/latest/dg/API_AssociatePrincipalWithPortfolio.html>

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::common::{At, Paging, id_of, invalid, no_portfolio};
use super::identity::{self, Arn};
use super::recipient;
use crate::sandbox::reply::Failure;
use crate::sandbox::request::{input, required};
use crate::sandbox::world::{ImportPatterns, Lag, Principal, SharedPatterns, World, is_pattern};

/// The default quota of principals on a portfolio.
const MOST: usize = 100;
/// The quota of patterns among them.
const MOST_PATTERNS: usize = 10;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct List {
    portfolio_id: Option<String>,
    page_size: Option<i64>,
    page_token: Option<String>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

pub(super) fn list(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let List { portfolio_id: id, page_size, page_token, _language } = input(body)?;
    let id = id_of(id, "portfolioId")?;
    let shared = recipient::shared_patterns(world, at, &id);
    let shown = |principal: &Principal| match Arn::read(&principal.arn) {
        Some(arn) if arn.is_fresh(world) => arn.unique_id(),
        _ => principal.arn.clone(),
    };
    let own = principals(world, at, &id)?.iter().filter(|it| it.lag.is_seen());
    let rows: BTreeSet<(String, &str)> = own
        .map(|it| (shown(it), it.kind()))
        .chain(shared.into_iter().map(|it| (it.to_owned(), "IAM_PATTERN")))
        .collect();
    let items = rows.into_iter().map(|(arn, kind)| json!({"PrincipalARN": arn, "PrincipalType": kind})).collect();
    Paging { size: page_size, token: page_token }.cut_at(20, world, "Principals", &format!("{at:?} {id}"), items)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Input {
    portfolio_id: Option<String>,
    #[serde(rename = "PrincipalARN")]
    principal_arn: Option<String>,
    principal_type: Option<String>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// An input whose members are valid by themselves.
struct Asked {
    portfolio: String,
    arn: String,
    kind: Option<&'static str>,
}

fn read(body: &[u8]) -> Result<Asked, Failure> {
    let Input { portfolio_id: id, principal_arn, principal_type, _language } = input(body)?;
    let portfolio = id_of(id, "portfolioId")?;
    let arn = required(principal_arn, "principalARN")?;
    if !(1..=1000).contains(&arn.chars().count()) {
        return Err(Failure::constraint(&arn, "principalARN", "Member must have length between 1 and 1000"));
    }
    let kind = match principal_type.as_deref() {
        None => None,
        Some("IAM") => Some("IAM"),
        Some("IAM_PATTERN") => Some("IAM_PATTERN"),
        Some(other) => {
            let rule = "Member must satisfy enum value set: [IAM, IAM_PATTERN]";
            return Err(Failure::constraint(other, "principalType", rule));
        }
    };
    Ok(Asked { portfolio, arn, kind })
}

/// Associates a principal with a portfolio. If it is associated already, that is no error.
pub(super) fn associate(world: &mut World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Asked { portfolio, arn, kind } = read(body)?;
    let kind = required(kind, "principalType")?;
    let here = principals(world, at, &portfolio)?;
    if kind == "IAM_PATTERN" {
        identity::check_pattern(&arn)?;
        let is_own = at.portfolio(world, &portfolio).is_ok();
        if !is_own && world.unproven.import_patterns == ImportPatterns::Refused {
            return Err(invalid(format!("Portfolio {portfolio} is imported: IAM_PATTERN is not supported for it.")));
        }
    } else {
        identity::check_principal(world, at.account, &arn)?;
    }
    let standing: Vec<&Principal> = here.iter().filter(|it| !it.lag.is_going() && it.arn != arn).collect();
    let shared = match world.unproven.shared_patterns {
        SharedPatterns::Count => recipient::shared_patterns(world, at, &portfolio),
        SharedPatterns::DontCount => BTreeSet::new(),
    };
    let mut patterns: BTreeSet<&str> = standing.iter().map(|it| it.arn.as_str()).filter(|it| is_pattern(it)).collect();
    patterns.extend(shared.into_iter().filter(|it| *it != arn));
    let too_many = |what: &str, most: usize| {
        let message = format!("Portfolio {portfolio} can have at most {most} {what}.");
        Err(Failure::new("LimitExceededException", message))
    };
    if kind == "IAM_PATTERN" && patterns.len() >= MOST_PATTERNS {
        return too_many("principals of type IAM_PATTERN", MOST_PATTERNS);
    }
    if standing.len() >= MOST {
        return too_many("principals", MOST);
    }
    let steps = world.pending.principal;
    let principals = principals_mut(world, at, &portfolio);
    match principals.iter_mut().find(|it| it.arn == arn) {
        Some(known) => known.lag.goes = None,
        None => principals.push(Principal { arn, lag: Lag::made(steps) }),
    }
    Ok(json!({}))
}

/// Disassociates a principal. The ARN or unique id and the type must match the association.
pub(super) fn disassociate(world: &mut World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Asked { portfolio, arn, kind } = read(body)?;
    let kind = kind.unwrap_or("IAM");
    let is_it = |it: &Principal| {
        let by_id = || Arn::read(&it.arn).is_some_and(|read| !is_pattern(&it.arn) && read.unique_id() == arn);
        it.kind() == kind && !it.lag.is_going() && (it.arn == arn || by_id())
    };
    let found = principals(world, at, &portfolio)?.iter().position(is_it);
    let missing = || {
        let message = format!("Principal {arn} of type {kind} is not associated with portfolio {portfolio}.");
        Failure::new("ResourceNotFoundException", message)
    };
    let index = found.ok_or_else(missing)?;
    let steps = world.pending.principal;
    let principals = principals_mut(world, at, &portfolio);
    if principals.get_mut(index).is_some_and(|it| !it.lag.take_away(steps)) {
        principals.remove(index);
    }
    Ok(json!({}))
}

/// The principals that the caller associated with its own portfolio or with an imported one.
fn principals<'w>(world: &'w World, at: At<'_>, id: &str) -> Result<&'w [Principal], Failure> {
    if let Ok(own) = at.portfolio(world, id) {
        return Ok(&own.principals);
    }
    if !recipient::is_imported(world, at, id) {
        return Err(no_portfolio(id));
    }
    let import = at.region(world).and_then(|region| region.imports.get(id));
    Ok(import.map(|import| import.principals.as_slice()).unwrap_or_default())
}

/// Like [`principals`], to change them. The portfolio must exist: the caller of this function has checked it.
fn principals_mut<'w>(world: &'w mut World, at: At<'_>, id: &str) -> &'w mut Vec<Principal> {
    let region = world.region_mut(at.account, at.region);
    match region.portfolios.get_mut(id) {
        Some(own) => &mut own.principals,
        None => &mut region.imports.entry(id.to_owned()).or_default().principals,
    }
}
