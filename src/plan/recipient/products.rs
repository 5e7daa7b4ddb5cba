//! Compares the products of a local portfolio and their launch roles: desired against live.

use std::collections::{BTreeMap, BTreeSet};

use super::super::planned::Blocked;
use super::Shared;
use super::asked::Asked;
use super::offered::Wanted;
use super::reading::Inside;
use crate::model::desired::{DesiredLocal, LocalMode, Unlisted};
use crate::model::edit::{Delta, Held, RecipientEdit};
use crate::model::finding::{Source, Warning};
use crate::model::id::{AccountId, CatalogProductId, ConstraintId};
use crate::model::local::{Constraint, Rule};

/// An edit, with the name of the product and the line that asks for it.
pub(super) struct Draft<'a> {
    pub(super) edit: RecipientEdit,
    pub(super) label: String,
    /// `None` if no line asks for it.
    pub(super) source: Option<&'a Source>,
}

/// The edits of a portfolio's products.
pub(super) struct Edits<'a> {
    pub(super) drafts: Vec<Draft<'a>>,
    /// The products that the entry governs and that the portfolio holds after the edits.
    pub(super) held: BTreeMap<Held, Wanted<'a>>,
    pub(super) left_alone: usize,
    pub(super) warnings: Vec<Warning>,
    constraints: &'a BTreeSet<Constraint>,
}

impl<'a> Edits<'a> {
    pub(super) fn add(&mut self, edit: RecipientEdit, want: &Wanted<'a>) {
        self.drafts.push(Draft { edit, label: want.product.name.clone(), source: Some(want.source) });
    }

    pub(super) fn take(&mut self, edit: RecipientEdit, name: &str) {
        self.drafts.push(Draft { edit, label: name.to_owned(), source: None });
    }

    fn of_product(&self, product: &CatalogProductId) -> impl Iterator<Item = &'a Constraint> {
        let product = product.clone();
        self.constraints.iter().filter(move |constraint| constraint.product == product)
    }

    /// Removes the launch role of a product that goes, by a change of its own. Returns the constraints that go with the
    /// product. If the same product stays in another form, its launch role is handled there.
    pub(super) fn leave(
        &mut self,
        product: &CatalogProductId,
        held: Held,
        name: &str,
        wanted: &BTreeMap<&CatalogProductId, Wanted<'_>>,
    ) -> BTreeSet<ConstraintId> {
        let stays = wanted.contains_key(held.of());
        let mut constraints: BTreeSet<ConstraintId> = BTreeSet::new();
        let mut launch = None;
        for constraint in self.of_product(product) {
            match &constraint.rule {
                Rule::Launch(Some(role)) if !stays => launch = Some((constraint.id.clone(), role.clone())),
                Rule::Launch(_) | Rule::StackSet | Rule::Other(_) => drop(constraints.insert(constraint.id.clone())),
            }
        }
        if let Some((id, role)) = launch {
            self.take(RecipientEdit::Launch { product: held, constraint: Some(id), role: Delta::Remove(role) }, name);
        }
        constraints
    }

    /// Gives the held products the launch role of the entry, and no other.
    fn launch(&mut self, account: &AccountId, local: &'a DesiredLocal) {
        let wanted = local.launch_role.as_ref();
        for (held, want) in std::mem::take(&mut self.held) {
            let id = match &held {
                Held::Itself(id) => Some(id),
                Held::Copy { of: _, id } => id.as_ref(),
            };
            let constraints: Vec<&Constraint> = id.into_iter().flat_map(|id| self.of_product(id)).collect();
            let live = constraints.iter().find_map(|constraint| match &constraint.rule {
                Rule::Launch(role) => Some((constraint.id.clone(), role.clone())),
                Rule::StackSet | Rule::Other(_) => None,
            });
            let has_stack_set = constraints.iter().any(|constraint| constraint.rule == Rule::StackSet);
            let name = &want.product.name;
            let delta = match (wanted, &live) {
                (Some(role), Some((_, Some(live)))) if role.role == *live => continue,
                (Some(_), None) if has_stack_set => {
                    let message = format!(
                        "`{name}` in account {account} has a StackSet constraint, and AWS allows no launch role beside it"
                    );
                    let source = wanted.map(|role| role.source.clone());
                    self.warnings.push(Warning { code: "stack_set_constraint".to_owned(), message, source });
                    continue;
                }
                // A constraint that AWS failed to make has no effect. It is changed in place, so the role counts as
                // new.
                (Some(role), None | Some((_, None))) => Delta::Create(role.role.clone()),
                (Some(role), Some((_, Some(live)))) => Delta::Update { before: live.clone(), after: role.role.clone() },
                (None, Some((_, Some(live)))) => Delta::Remove(live.clone()),
                // A constraint that AWS failed to make has no effect.
                (None, None | Some((_, None))) => continue,
            };
            let (label, source) = (name.clone(), wanted.map(|role| &role.source));
            let constraint = live.map(|(id, _)| id);
            let edit = RecipientEdit::Launch { product: held, constraint, role: delta };
            self.drafts.push(Draft { edit, label, source });
        }
    }
}

impl<'a> Shared<'a> {
    /// Plans the edits after which a local portfolio holds what its entry says.
    pub(super) fn product_edits(
        &self,
        account: &AccountId,
        (asked, before): (&Asked<'a>, Option<&Asked<'a>>),
        local: &'a DesiredLocal,
        inside: Inside<'a>,
    ) -> Result<Edits<'a>, Blocked> {
        let shared = self.shared_products()?;
        let wanted = self.wanted_products(local)?;
        let mut edits = Edits {
            drafts: Vec::new(),
            held: BTreeMap::new(),
            left_alone: 0,
            warnings: Vec::new(),
            constraints: inside.constraints,
        };
        let has_copies = local.mode == LocalMode::Copy
            || before.and_then(|before| before.local).is_some_and(|before| before.mode == LocalMode::Copy);
        let copies = if has_copies {
            self.copy_edits(account, (asked, before), local, inside, &wanted, &mut edits)?
        } else {
            BTreeSet::new()
        };
        let themselves = (local.mode == LocalMode::Reference).then_some(&wanted).into_iter().flatten();
        for (id, want) in themselves {
            if !inside.products.contains_key(*id) {
                edits.add(RecipientEdit::Associate((*id).clone()), want);
            }
            edits.held.insert(Held::Itself((*id).clone()), *want);
        }
        for (id, product) in inside.products {
            let is_held = edits.held.contains_key(&Held::Itself(id.clone())) || copies.contains(id);
            if is_held {
                continue;
            }
            if shared.contains_key(id) || local.unlisted == Unlisted::Remove {
                let constraints = edits.leave(id, Held::Itself(id.clone()), &product.name, &wanted);
                edits.take(RecipientEdit::Dissociate { product: id.clone(), constraints }, &product.name);
            } else {
                edits.left_alone += 1;
            }
        }
        edits.launch(account, local);
        Ok(edits)
    }
}
