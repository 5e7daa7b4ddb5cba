//! Finds rows of a portfolio that may only inherit a share with a unit or organization above.

use std::collections::BTreeMap;

use crate::model::id::Name;
use crate::model::live::{HubPlace, Live};
use crate::model::portfolio::{Portfolio, Receiver};
use crate::plan::explain::{Above, is_own};

/// Whether the portfolio is also shared with a node above this receiver. `None` if that can't be told.
pub(super) fn has_above(receiver: &Receiver, portfolio: &Portfolio, home: &Name, live: &Live) -> Option<bool> {
    let shares = &portfolio.shares;
    let is_node = |it: &&Receiver| matches!(it, Receiver::Ou(_) | Receiver::Organization(_));
    // Receivers are sorted: nodes come after accounts.
    let nodes = || shares.keys().rev().take_while(is_node).filter(|node| *node != receiver);
    if nodes().next().is_none() {
        return Some(false);
    }
    let has_organization = nodes().any(|node| matches!(node, Receiver::Organization(_)));
    match receiver {
        Receiver::Account(_) | Receiver::Organization(_) => Some(false),
        Receiver::Member(account) => {
            let above = Above::of(account, home, live);
            if above.is_member()? && has_organization {
                return Some(true);
            }
            Some(above.units()?.iter().any(|unit| shares.contains_key(&Receiver::Ou(unit.clone()))))
        }
        Receiver::Ou(_) if has_organization => Some(true),
        Receiver::Ou(unit) => {
            let way = live.organization(home)?.way_to(unit)?;
            let mut above = way.into_iter().filter(|node| node != unit);
            Some(above.any(|node| shares.contains_key(&Receiver::Ou(node))))
        }
    }
}

/// The rows that may only inherit: `Some(true)` if they do, `None` if that can't be told. Shares of their own are left
/// out.
pub(super) fn inherited(
    portfolio: &Portfolio,
    place: &HubPlace,
    home: &Name,
    live: &Live,
) -> BTreeMap<Receiver, Option<bool>> {
    let mut rows = BTreeMap::new();
    for receiver in portfolio.shares.keys() {
        let is_own = match has_above(receiver, portfolio, home, live) {
            Some(false) => continue,
            Some(true) | None => is_own(receiver, &portfolio.id, place, live),
        };
        if is_own != Some(true) {
            rows.insert(receiver.clone(), is_own.map(|is_own| !is_own));
        }
    }
    rows
}
