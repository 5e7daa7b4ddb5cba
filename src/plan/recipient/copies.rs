//! Plans the copies of the shared portfolio's products in an account's local portfolio.

use std::collections::{BTreeMap, BTreeSet};

use super::super::planned::Blocked;
use super::Shared;
use super::asked::Asked;
use super::offered::Wanted;
use super::products::Edits;
use super::reading::Inside;
use crate::model::desired::{DesiredLocal, LocalMode};
use crate::model::edit::{CopyEdit, Held, RecipientEdit};
use crate::model::finding::{Source, Warning};
use crate::model::id::{AccountId, CatalogProductId, Name, VersionId};
use crate::model::local::{Offered, OwnProduct, TAG};

/// A live copy.
struct Copy<'a> {
    id: &'a CatalogProductId,
    name: &'a str,
    it: &'a OwnProduct,
}

/// The copies in a portfolio, by the product that they were copied from.
#[derive(Default)]
pub(super) struct Copies<'a> {
    by_source: BTreeMap<CatalogProductId, Vec<Copy<'a>>>,
    /// Copies with the tag of which it can't be told what they were copied from.
    unknown: Vec<Copy<'a>>,
}

impl<'a> Copies<'a> {
    /// The copy of a product that counts: the one with the tag of a file, else any.
    pub(super) fn of(&self, product: &CatalogProductId, file: &Name) -> Option<&'a CatalogProductId> {
        let copies = self.by_source.get(product)?;
        let ours = copies.iter().find(|copy| copy.it.tag.as_ref() == Some(file));
        ours.or(copies.first()).map(|copy| copy.id)
    }

    /// All copies of a product.
    pub(super) fn all_of(&self, product: &CatalogProductId) -> impl Iterator<Item = &'a CatalogProductId> {
        self.by_source.get(product).into_iter().flatten().map(|copy| copy.id)
    }

    /// The copies of which it can't be told what they were copied from.
    pub(super) fn of_unknown(&self) -> impl Iterator<Item = &'a CatalogProductId> {
        self.unknown.iter().map(|copy| copy.id)
    }

    /// Whether a product is a copy that carries the tag of a file.
    pub(super) fn is_ours(&self, product: &CatalogProductId, file: &Name) -> bool {
        let mut copies = self.by_source.values().flatten();
        copies.any(|copy| copy.id == product && copy.it.tag.as_ref() == Some(file))
    }
}

/// Whether a product belongs to an account, by its ARN.
pub(super) fn is_owned_by(account: &AccountId, product: &Offered) -> bool {
    product.arn.split(':').nth(4) == Some(account.as_str())
}

impl<'a> Shared<'a> {
    /// The copies in an account's local portfolio.
    pub(super) fn copies(
        &self,
        account: &AccountId,
        inside: Inside<'a>,
        tags: &[&Name],
    ) -> Result<Copies<'a>, Blocked> {
        let shared = self.shared_products()?;
        let mut sources: BTreeMap<&VersionId, &CatalogProductId> = BTreeMap::new();
        for product in shared.keys() {
            sources.extend(self.shared_versions(product)?.keys().map(|version| (version, product)));
        }
        let mut copies = Copies::default();
        let own = inside.products.iter().filter(|(id, it)| !shared.contains_key(*id) && is_owned_by(account, it));
        for (id, Offered { name, arn: _ }) in own {
            let it = self.own_product(account, id)?;
            let by_version = || it.copied.iter().find_map(|version| sources.get(version).copied());
            let is_ours = it.tag.as_ref().is_some_and(|tag| tags.contains(&tag));
            let copy = Copy { id, name, it };
            match it.of.as_ref().or_else(by_version) {
                Some(source) => copies.by_source.entry(source.clone()).or_default().push(copy),
                None if is_ours => copies.unknown.push(copy),
                // The account's administrator made this product.
                None => {}
            }
        }
        Ok(copies)
    }

    /// Plans the edits after which a portfolio holds copies of the wanted products. If the entry wants the products
    /// themselves, copies with the tag are removed. Returns the products that were handled.
    pub(super) fn copy_edits(
        &self,
        account: &AccountId,
        (asked, before): (&Asked<'a>, Option<&Asked<'a>>),
        local: &DesiredLocal,
        inside: Inside<'a>,
        wanted: &BTreeMap<&'a CatalogProductId, Wanted<'a>>,
        edits: &mut Edits<'a>,
    ) -> Result<BTreeSet<&'a CatalogProductId>, Blocked> {
        let tags: Vec<_> = [Some(asked.file), before.map(|before| before.file)].into_iter().flatten().collect();
        let Copies { mut by_source, unknown } = self.copies(account, inside, &tags)?;
        let mut spoken_of = BTreeSet::new();
        let copied = (local.mode == LocalMode::Copy).then_some(wanted).into_iter().flatten();
        for (product, want) in copied {
            let versions = self.shared_versions(product)?;
            let active: BTreeSet<VersionId> =
                versions.iter().filter(|(_, version)| version.is_active).map(|(id, _)| id.clone()).collect();
            let of = || (*product).clone();
            let copies = by_source.remove(*product).unwrap_or_default();
            let ours = copies.iter().find(|copy| copy.it.tag.as_ref() == Some(asked.file));
            let Some(copy) = ours.or(copies.first()) else {
                if active.is_empty() {
                    let message =
                        format!("`{}` has no version that can be launched, so it is not copied", want.product.name);
                    edits.warn("nothing_to_copy", message, Some(want.source));
                } else {
                    edits.add(RecipientEdit::Copy(CopyEdit::Make { of: of(), versions: active }), want);
                    edits.held.insert(Held::Copy { of: of(), id: None }, *want);
                }
                continue;
            };
            spoken_of.extend(copies.iter().map(|copy| copy.id));
            let was_ours = copy.it.tag.as_ref().is_some_and(|tag| tags.contains(&tag));
            if !was_ours && !local.adopt {
                let message = format!(
                    "the copy `{}` ({}) in account {account} was made by somebody else: it lacks the tag {TAG}={}. It is left \
                     alone and not made again; `adopt: true` takes it over",
                    copy.name, copy.id, asked.file
                );
                edits.warn("foreign_copy", message, Some(want.source));
                continue;
            }
            if ours.is_none() {
                edits.add(RecipientEdit::Copy(CopyEdit::Adopt { of: of(), copy: copy.id.clone() }), want);
            } else if !active.is_subset(&copy.it.copied) {
                let (before, after) = (copy.it.copied.clone(), copy.it.copied.union(&active).cloned().collect());
                edits
                    .add(RecipientEdit::Copy(CopyEdit::Renew { of: of(), copy: copy.id.clone(), before, after }), want);
            }
            edits.held.insert(Held::Copy { of: of(), id: Some(copy.id.clone()) }, *want);
            tell_withdrawn(account, copy, &active, want, edits);
            let others = copies.iter().filter(|other| other.id != copy.id && other.it.tag.is_some());
            for other in others {
                let message =
                    format!("account {account} has a second copy of `{}`: {}. It is left alone", copy.name, other.id);
                edits.warn("second_copy", message, Some(want.source));
            }
        }
        let is_ours = |copy: &&Copy<'a>| copy.it.tag.as_ref().is_some_and(|tag| tags.contains(&tag));
        for (source, copies) in &by_source {
            for copy in copies.iter().filter(is_ours) {
                spoken_of.insert(copy.id);
                let constraints = edits.leave(
                    copy.id,
                    Held::Copy { of: source.clone(), id: Some(copy.id.clone()) },
                    copy.name,
                    wanted,
                );
                let edit = CopyEdit::Drop { of: source.clone(), copy: copy.id.clone(), constraints };
                edits.take(RecipientEdit::Copy(edit), copy.name);
            }
        }
        for copy in unknown {
            spoken_of.insert(copy.id);
            let message = format!(
                "can't tell of what `{}` ({}) in account {account} is a copy: the product has none of its versions any more. It \
                 is left alone",
                copy.name, copy.id
            );
            edits.warn("copy_source_unknown", message, None);
        }
        Ok(spoken_of)
    }
}

impl Edits<'_> {
    fn warn(&mut self, code: &str, message: String, source: Option<&Source>) {
        self.warnings.push(Warning { code: code.to_owned(), message, source: source.cloned() });
    }
}

/// Warns of versions of a copy that the shared product does not offer any more.
fn tell_withdrawn(
    account: &AccountId,
    copy: &Copy<'_>,
    active: &BTreeSet<VersionId>,
    want: &Wanted<'_>,
    edits: &mut Edits<'_>,
) {
    let withdrawn: Vec<&str> = copy.it.copied.difference(active).map(VersionId::as_str).collect();
    if withdrawn.is_empty() {
        return;
    }
    let message = format!(
        "the copy of `{}` in account {account} has versions that the shared product does not offer any more: {}. They stay",
        copy.name,
        withdrawn.join(", ")
    );
    edits.warn("withdrawn_versions", message, Some(want.source));
}
