//! Finds the products of a shared portfolio that a local portfolio should hold.

use std::collections::BTreeMap;

use super::super::planned::Blocked;
use super::Shared;
use crate::model::desired::{DesiredLocal, DesiredProducts};
use crate::model::finding::Source;
use crate::model::id::CatalogProductId;
use crate::model::local::Offered;
use crate::model::spelling;

/// A product that should be in a local portfolio.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) product: &'a Offered,
    /// The line that asks for it.
    pub(super) source: &'a Source,
}

impl<'a> Shared<'a> {
    /// The products that a local portfolio should hold, by id.
    pub(super) fn wanted_products(
        &self,
        local: &'a DesiredLocal,
    ) -> Result<BTreeMap<&'a CatalogProductId, Wanted<'a>>, Blocked> {
        let shared = self.shared_products()?;
        let names = match &local.products {
            DesiredProducts::All(source) => {
                return Ok(shared.iter().map(|(id, product)| (id, Wanted { product, source })).collect());
            }
            DesiredProducts::Named(names) => names,
        };
        let mut by_name: BTreeMap<&str, Vec<(&'a CatalogProductId, &'a Offered)>> = BTreeMap::new();
        for (id, product) in shared {
            by_name.entry(&product.name).or_default().push((id, product));
        }
        let mut wanted = BTreeMap::new();
        for (name, source) in names {
            match by_name.get(name.as_str()).map(Vec::as_slice) {
                Some([(id, product)]) => drop(wanted.insert(*id, Wanted { product, source })),
                Some(several) => {
                    let ids: Vec<&str> = several.iter().map(|(id, _)| id.as_str()).collect();
                    let reason = format!(
                        "{} products of the shared portfolio are named `{name}`: {}. Rename one of them there",
                        ids.len(),
                        ids.join(", ")
                    );
                    return Err(Blocked::at(source, reason));
                }
                None => {
                    let near = spelling::nearest(name, by_name.keys().copied());
                    let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                    let reason = format!("the shared portfolio has no product named `{name}`{near}");
                    return Err(Blocked::at(source, reason));
                }
            }
        }
        Ok(wanted)
    }
}
