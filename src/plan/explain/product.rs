//! Finds the product that the user asks for.

use std::collections::BTreeMap;

use crate::model::desired::{Desired, own_name};
use crate::model::id::ProductId;
use crate::model::market_sight::{AskedProduct, ProductIdentity};
use crate::model::spelling;

/// Finds a product by an id that the catalog lists or that looks like one of AWS Marketplace, or by a name that the
/// catalog gives. The case of letters in a name does not count.
pub fn identify_product(asked: &str, desired: &Desired) -> ProductIdentity {
    let names = &desired.product_names;
    let named = |id: &ProductId| AskedProduct { id: id.clone(), name: called(names, id).to_owned() };
    let is_listed = |id: &ProductId| {
        let lists = desired.experiences.iter().filter_map(|entry| entry.products.listed());
        let mut lists = lists.map(|it| (&it.approved, &it.rejected, &it.expired));
        names.contains_key(id)
            || lists.any(|(approved, rejected, expired)| {
                approved.contains_key(id) || rejected.contains_key(id) || expired.contains_key(id)
            })
    };
    if let Some(id) = asked.parse::<ProductId>().ok().filter(|id| ProductId::is_usual(asked) || is_listed(id)) {
        return ProductIdentity::One(named(&id));
    }
    let is_it = |id: &&ProductId| called(names, id).to_lowercase() == asked.to_lowercase();
    let mut bearers: Vec<AskedProduct> = names.keys().filter(is_it).map(named).collect();
    match (bearers.pop(), bearers.is_empty()) {
        (Some(one), true) => ProductIdentity::One(one),
        (None, _) => {
            let all = names.keys().map(|id| called(names, id));
            ProductIdentity::Unknown { nearest: spelling::nearest(asked, all).map(str::to_owned) }
        }
        (Some(last), false) => {
            bearers.push(last);
            ProductIdentity::Several(bearers)
        }
    }
}

fn called<'a>(names: &'a BTreeMap<ProductId, String>, id: &ProductId) -> &'a str {
    names.get(id).map(|name| own_name(name)).unwrap_or_default()
}
