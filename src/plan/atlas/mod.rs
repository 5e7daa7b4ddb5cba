//! Builds the map: the portfolios and products that each account of every organization sees, before and after a plan.
//! It uses the same code as `explain` (`plan/explain/`), and enters no account that receives a portfolio.

mod after;
mod experiences;
mod places;
mod portfolios;
mod rows;
#[cfg(test)]
mod tests;
mod views;
mod wants;

use crate::model::atlas::Atlas;
use crate::model::change::Plan;
use crate::model::desired::Desired;
use crate::model::live::Live;
use after::After;
use experiences::Shops;
use places::Places;
use portfolios::{Ungoverned, pieces};
use views::Ground;
pub use wants::{Scope, atlas_wants};

/// Builds the map from what was read. `plan` leads to the state after.
pub fn atlas(scope: Scope<'_>, desired: &Desired, live: &Live, plan: &Plan) -> Atlas {
    let after = After::of(live, plan);
    let places = Places::of(desired, live);
    let ungoverned = Ungoverned::all(scope, desired, live, &after);
    let pieces = pieces(scope, desired, live, &after, &ungoverned, &places);
    let shops = Shops::of(scope, desired, live, &after, &places);
    let ground = Ground { scope, desired, live, after: &after, places: &places, pieces: &pieces, shops: &shops };
    let (views, whose) = ground.views();
    let mut untold = places.untold.clone();
    untold.extend(shops.untold.iter().cloned());
    untold.extend(after.untold.iter().cloned());
    Atlas {
        organizations: places.organizations.clone(),
        nodes: places.nodes(&whose),
        portfolios: pieces.into_iter().map(|piece| piece.mapped).collect(),
        experiences: shops.experiences,
        lists: shops.lists,
        products: shops.products,
        views,
        untold,
    }
}
