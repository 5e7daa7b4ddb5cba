//! Local portfolios that a catalog has made in accounts → `local_portfolio` of an entry. A catalog changes only those
//! with its tag, so only those go into a file. All others stay with their administrators.

use std::collections::{BTreeMap, BTreeSet};

use super::naming::is_plain_text;
use crate::model::desired::LocalMode;
use crate::model::draft::{Commented, Draft, LocalDraft};
use crate::model::id::{AccountId, CatalogProductId, Name, PortfolioId};
use crate::model::live::{Found, HubPlace, Live, Reading, Received};
use crate::model::local::{LaunchRole, LocalPortfolio, Offered, Rule};
use crate::model::portfolio::Portfolio;

/// The longest name, provider and description that a file takes.
const LONGEST: (usize, usize, usize) = (100, 50, 2_000);

/// The file name that a portfolio gets, without the extension. It is also the tag on what is made for the portfolio.
pub(super) fn stem(portfolio: &Portfolio) -> Option<Name> {
    Name::made_of(portfolio.name.as_deref()?)
}

/// The account's own portfolios with the tag of a file.
pub(super) fn tagged<'a>(received: &'a Received, tag: &Name) -> Vec<(&'a PortfolioId, &'a LocalPortfolio)> {
    match &received.own {
        Some(Reading::Complete(own)) => own.iter().filter(|(_, it)| it.tag.as_ref() == Some(tag)).collect(),
        Some(Reading::Unreadable(_)) | None => Vec::new(),
    }
}

/// Says that no entry can be written for an account. The reason is in the draft already.
pub(super) struct Told;

/// The `local_portfolio` of an entry, and the portfolio's id. `None` if the account has no portfolio with the tag.
pub(super) fn local<'a>(
    portfolio: &Portfolio,
    place: &HubPlace,
    account: &AccountId,
    live: &'a Live,
    drawn: &mut Draft,
) -> Result<Option<(&'a PortfolioId, LocalDraft)>, Told> {
    let at = (account.clone(), place.1.clone());
    let (Some(received), Some(tag)) = (live.received.get(&at), stem(portfolio)) else { return Ok(None) };
    if let Some(Reading::Unreadable(reason)) = &received.own {
        drawn.unread.push(reason.clone());
        return Err(Told);
    }
    let mut left = |why: &str| {
        drawn.left_out.push(format!(
            "the portfolio of account {account} with the tag `{tag}`, made for {}: {why}. Write its `local_portfolio` by hand",
            portfolio.id
        ));
        Err(Told)
    };
    let (id, it) = match tagged(received, &tag).as_slice() {
        [] => return Ok(None),
        [one] => *one,
        _ => return left("there are several"),
    };
    let shared = live.received.get(place).and_then(|hub| hub.products.get(&portfolio.id));
    let (products, constraints) = (received.products.get(id), received.constraints.get(id));
    let (Some(Found::There(shared)), Some(Found::There(products)), Some(Found::There(constraints))) =
        (shared, products, constraints)
    else {
        let unread = [shared.and_then(unreadable), products.and_then(unreadable), constraints.and_then(unreadable)];
        drawn.unread.extend(unread.into_iter().flatten());
        return Err(Told);
    };
    let held: BTreeMap<&CatalogProductId, &Offered> =
        shared.iter().filter(|(product, _)| products.contains_key(*product)).collect();
    if held.is_empty() && !shared.is_empty() {
        return left("it holds copies, or none of the products");
    }
    let names: BTreeSet<String> = held.values().map(|it| it.name.clone()).collect();
    let is_whole = held.len() == shared.len();
    let is_told = || shared.values().filter(|it| names.contains(&it.name)).count() == held.len();
    let are_plain = || names.iter().all(|name| is_plain_text(name, LONGEST.0));
    if !(is_whole || (is_told() && are_plain())) {
        return left("its products can't be told by their names");
    }
    let role_of = |product: &CatalogProductId| -> Option<LaunchRole> {
        constraints.iter().filter(|it| it.product == *product).find_map(|it| match &it.rule {
            Rule::Launch(role) => role.clone(),
            Rule::StackSet | Rule::Other(_) => None,
        })
    };
    let roles: BTreeSet<Option<LaunchRole>> = held.keys().map(|product| role_of(product)).collect();
    let launch_role = match roles.into_iter().collect::<Vec<_>>().as_slice() {
        [] => None,
        [one] => one.clone(),
        _ => return left("its products are launched with different rights"),
    };
    let LocalPortfolio { name, provider, description, tag: _ } = it;
    let is_text = is_plain_text(name, LONGEST.0)
        && is_plain_text(provider, LONGEST.1)
        && (description.is_empty() || is_plain_text(description, LONGEST.2));
    if !is_text {
        return left(
            "a file can't hold its name, provider or description: too long, or with characters that are not allowed",
        );
    }
    let draft = LocalDraft {
        name: Some(name.clone()).filter(|name| portfolio.name.as_ref() != Some(name)),
        provider: Commented { value: provider.clone(), comment: None },
        description: Some(description.clone()).filter(|text| !text.is_empty()),
        products: (!is_whole).then_some(names),
        adopt: false,
        mode: LocalMode::Reference,
        launch_role,
    };
    Ok(Some((id, draft)))
}

fn unreadable<T>(found: &Found<T>) -> Option<String> {
    match found {
        Found::Unreadable(reason) => Some(reason.clone()),
        Found::There(_) | Found::NotThere => None,
    }
}
