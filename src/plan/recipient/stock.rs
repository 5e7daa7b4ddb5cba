//! Lists what a local portfolio holds and what it should hold. Nothing is changed.

use std::collections::{BTreeMap, BTreeSet};

use super::super::planned::Blocked;
use super::Shared;
use super::copies::Copies;
use super::reading::Inside;
use crate::model::desired::{DesiredLocal, LocalMode, Unlisted};
use crate::model::id::{AccountId, CatalogProductId, PortfolioId};
use crate::model::local::{LaunchRole, Rule};
use crate::model::sight::{Form, Stocked};

impl<'a> Shared<'a> {
    /// The products of a local portfolio, those that the entry asks for first. `id` is the portfolio, if it exists.
    ///
    /// # Errors
    /// If something of it could not be read, or if a product that the entry names can't be told.
    pub(in crate::plan) fn stock(
        &self,
        account: &AccountId,
        local: &'a DesiredLocal,
        id: Option<&PortfolioId>,
    ) -> Result<Vec<Stocked>, Blocked> {
        let inside = id.map(|id| self.inside(account, id)).transpose()?;
        let (shared, wanted) = (self.shared_products()?, self.wanted_products(local)?);
        let copies = match (&local.mode, inside) {
            (LocalMode::Copy, Some(inside)) => self.copies(account, inside, &[self.file])?,
            (LocalMode::Copy | LocalMode::Reference, _) => Copies::default(),
        };
        let mut spoken_of: BTreeSet<&CatalogProductId> = copies.of_unknown().collect();
        let mut stock = Vec::new();
        for (product, want) in &wanted {
            let form = match local.mode {
                LocalMode::Reference => holds(inside, product).then_some(Form::Itself),
                LocalMode::Copy => copies.of(product, self.file).map(|copy| Form::Copy(copy.clone())),
            };
            spoken_of.extend(copies.all_of(product));
            let here = match &form {
                Some(Form::Itself) => Some(*product),
                Some(Form::Copy(copy)) => Some(copy),
                None => None,
            };
            stock.push(Stocked {
                product: (*product).clone(),
                name: want.product.name.clone(),
                role: here.and_then(|id| role(inside, id)),
                form,
                listed: Some(want.source.clone()),
                is_kept: false,
            });
            if local.mode == LocalMode::Reference {
                spoken_of.insert(product);
            }
        }
        let empty = BTreeMap::new();
        let rest = inside.map_or(&empty, |inside| inside.products).iter().filter(|(id, _)| !spoken_of.contains(id));
        stock.extend(rest.map(|(id, product)| Stocked {
            product: id.clone(),
            name: product.name.clone(),
            role: role(inside, id),
            form: Some(Form::Itself),
            listed: None,
            is_kept: local.unlisted == Unlisted::Keep && !shared.contains_key(id) && !copies.is_ours(id, self.file),
        }));
        Ok(stock)
    }
}

fn holds(inside: Option<Inside<'_>>, product: &CatalogProductId) -> bool {
    inside.is_some_and(|inside| inside.products.contains_key(product))
}

/// The launch role of a product, by a constraint in the account.
fn role(inside: Option<Inside<'_>>, product: &CatalogProductId) -> Option<LaunchRole> {
    let of_it = inside?.constraints.iter().filter(|constraint| constraint.product == *product);
    of_it.into_iter().find_map(|constraint| match &constraint.rule {
        Rule::Launch(role) => role.clone(),
        Rule::StackSet | Rule::Other(_) => None,
    })
}
