//! Replaces what a plan or report file says about the catalog (lines, product names, notes) with what the catalog
//! itself says. Another job wrote the file, so its word alone does not count.

use std::collections::BTreeSet;

use crate::model::change::{About, Because, Change, OtherNotes, Target, TargetState, Work};
use crate::model::desired::{
    Desired, DesiredExperience, DesiredPortfolio, DesiredProducts, DesiredShare, OuRef, ProductLists,
};
use crate::model::edit::{ExperienceEdit, HubEdit, ProductEdit, RecipientEdit};
use crate::model::finding::Source;
use crate::model::id::{AccountId, ProductId, Region};
use crate::model::mirror::{Mirror, Products};
use crate::model::portfolio::{Receiver, Share};
use crate::model::target::TargetName;

/// Replaces the lines, names and notes of a target that was read from a file. `base` is the catalog as it was, if
/// known. Fails with the catalog's account and region if the file says others.
pub fn anew(target: &mut Target, desired: &Desired, base: Option<&Desired>) -> Result<(), (AccountId, Region)> {
    let files = files(desired);
    target.warnings.iter_mut().for_each(|warning| {
        warning.source = warning.source.take().filter(|source| files.contains(source.file.as_str()));
    });
    let name = target.name.in_catalog();
    let place = place(&name, desired);
    if let Some((account, region, _)) = &place
        && (*account != target.account || *region != target.region)
    {
        return Err((account.clone(), region.clone()));
    }
    if let TargetState::Complete { work: _, left_alone } = &mut target.state {
        let lists = entries(&name, desired).next().and_then(|first| first.products.listed());
        left_alone.other_notes.retain_mut(|other| of_notes(other, lists, desired).is_some());
    }
    match &mut target.state {
        TargetState::Unreadable { reason: _, source } => *source = place.map(|(_, _, source)| source),
        TargetState::Complete { work: Work::Hub { portfolio: _, changes }, left_alone: _ } => {
            if let Some(entry) = desired.portfolios.get(&name) {
                for change in changes {
                    of_share(change, entry);
                }
            }
        }
        TargetState::Complete { work: Work::Recipient { imported: _, local: _, changes }, left_alone: _ } => {
            if let Some(entry) = desired.portfolio_of(&name) {
                for change in changes {
                    of_principal(change, entry, &target.account);
                }
            }
        }
        TargetState::Complete { work: Work::Experience { changes, .. }, left_alone: _ } => {
            let entries: Vec<&DesiredExperience> = entries(&name, desired).collect();
            for change in changes {
                named(change, desired, base);
                match entries.first().map(|first| (&first.products, &first.source)) {
                    Some((Products::Listed(lists), source)) => of_product(change, &entries, lists, source),
                    Some((Products::Mirrored(mirror), _)) => of_mirror(change, mirror),
                    None => {}
                }
            }
        }
    }
    Ok(())
}

/// The files of the catalog that hold an entry.
fn files(desired: &Desired) -> BTreeSet<&str> {
    let portfolios = desired.portfolios.values().flat_map(|entry| {
        let shares = entry.shares.iter().chain(&entry.expired).map(|share| &share.source);
        [&entry.source].into_iter().chain(shares).chain(lines_inside(entry))
    });
    let experiences = desired.experiences.iter().flat_map(|entry| {
        let lists = entry.products.listed().into_iter().flat_map(|lists| {
            let ProductLists { approved, rejected, expired, ignored: _, unlisted: _ } = lists;
            let listed = approved.values().chain(rejected.values()).map(|product| &product.source);
            listed.chain(expired.values().map(|product| &product.source))
        });
        let mirror = entry.products.mirrored().map(|mirror| &mirror.source);
        [&entry.source].into_iter().chain(lists).chain(mirror).chain(entry.products.ignored().values())
    });
    portfolios.chain(experiences).map(|source| source.file.as_str()).collect()
}

/// The entries of a product list in an organization.
fn entries<'d>(name: &TargetName, desired: &'d Desired) -> impl Iterator<Item = &'d DesiredExperience> {
    let (file, organization) = (name.file().clone(), name.organization().cloned());
    desired
        .experiences
        .iter()
        .filter(move |entry| entry.file == file && Some(&entry.organization) == organization.as_ref())
}

/// The account, region and line that the catalog gives a target.
fn place(name: &TargetName, desired: &Desired) -> Option<(AccountId, Region, Source)> {
    match name {
        TargetName::Portfolio { .. } => {
            let entry = desired.portfolios.get(name)?;
            Some((entry.account.clone(), entry.region.clone(), entry.source.clone()))
        }
        TargetName::Recipient { file: _, account, region } => {
            let entry = desired.portfolio_of(name)?;
            let account = account.as_ref().unwrap_or(&entry.account);
            Some((account.clone(), region.clone(), entry.source.clone()))
        }
        TargetName::Marketplace { .. } => {
            let own = |entry: &&DesiredExperience| entry.target() == *name;
            let entry = entries(name, desired).find(own).or_else(|| entries(name, desired).next())?;
            Some((entry.account.clone(), Region::marketplace(), entry.source.clone()))
        }
    }
}

/// The lines of a portfolio's `recipients`.
fn lines_inside(entry: &DesiredPortfolio) -> impl Iterator<Item = &Source> {
    entry.recipients.iter().flat_map(|recipients| {
        let principals = recipients.principals.iter().map(|principal| &principal.source);
        let local = recipients.local.iter().flat_map(|local| {
            let products: Box<dyn Iterator<Item = &Source>> = match &local.products {
                DesiredProducts::All(source) => Box::new(std::iter::once(source)),
                DesiredProducts::Named(names) => Box::new(names.values()),
            };
            let role = local.launch_role.as_ref().map(|role| &role.source);
            [&local.source].into_iter().chain(role).chain(products)
        });
        [&recipients.source].into_iter().chain(principals).chain(local)
    })
}

/// Sets the line and the label of a change inside a recipient. Only AWS knows which entry covers an account of a unit,
/// so the file's line is kept if it is a line of `recipients`.
fn of_principal(change: &mut Change<RecipientEdit>, entry: &DesiredPortfolio, account: &AccountId) {
    if let Because::Listed(source) = &mut change.about.because
        && !lines_inside(entry).any(|line| line == source)
    {
        source.clone_from(&entry.source);
    }
    let principal = match &change.edit {
        RecipientEdit::Accept(_) => return change.about.label.clear(),
        RecipientEdit::Grant(_, principal) | RecipientEdit::Revoke(_, principal) => principal,
        // Product names come from AWS, so the file's label is kept.
        RecipientEdit::Local(_, _)
        | RecipientEdit::Associate(_)
        | RecipientEdit::Dissociate { .. }
        | RecipientEdit::Copy(_)
        | RecipientEdit::Launch { .. } => return,
    };
    let mut listed = entry.recipients.iter().flat_map(|recipients| &recipients.principals);
    let who = listed.find(|it| it.who.within(account, &entry.region) == *principal).map(|it| &it.who);
    change.about.label = principal.label(who);
}

fn of_share(change: &mut Change<HubEdit>, entry: &DesiredPortfolio) {
    let receiver = change.edit.share().receiver();
    match &mut change.about.because {
        Because::Listed(source) => *source = line(&receiver, &entry.shares, source, &entry.source),
        Because::Expired(expiry) => {
            expiry.source = line(&receiver, &entry.expired, &expiry.source, &entry.source);
            let of_it = entry.expired.iter().find(|share| share.source == expiry.source);
            if let Some(until) = of_it.and_then(|share| share.until.as_ref()) {
                expiry.day = until.day;
            }
        }
        Because::Unlisted | Because::NoLongerListed(_) | Because::Mirrors(_) => {}
    }
}

/// The line that names a receiver. Only AWS knows which unit a path means, so the file's line is kept if it is a line
/// with a path.
fn line(receiver: &Receiver, shares: &[DesiredShare], claimed: &Source, entry: &Source) -> Source {
    let named = shares.iter().find(|share| names(&share.share, receiver));
    let by_path = || shares.iter().find(|it| is_path(&it.share) && it.source == *claimed);
    named.or_else(by_path).map_or(entry, |share| &share.source).clone()
}

fn is_path(share: &Share<OuRef>) -> bool {
    matches!(share, Share::Ou { ou: OuRef::Path(_), .. })
}

fn names(share: &Share<OuRef>, receiver: &Receiver) -> bool {
    match (share, receiver) {
        (Share::Account { account, .. }, Receiver::Account(it))
        | (Share::Member { account, .. }, Receiver::Member(it)) => account == it,
        (Share::Ou { ou: OuRef::Id(ou), .. }, Receiver::Ou(it)) => ou == it,
        (Share::Organization { organization, .. }, Receiver::Organization(it)) => organization == it,
        _ => false,
    }
}

/// Names a product as the catalog does, or else as the base did. For a product that neither names, the file's name from
/// AWS Marketplace is kept, like the names of accounts.
fn named(change: &mut Change<ExperienceEdit>, desired: &Desired, base: Option<&Desired>) {
    let ExperienceEdit::Product(ProductEdit { product, .. }) = &change.edit else { return };
    let of = |catalog: &Desired| catalog.product_names.get(product).cloned();
    if let Some(name) = of(desired).or_else(|| base.and_then(of)) {
        change.about.label = name;
    }
}

fn of_product(
    change: &mut Change<ExperienceEdit>,
    entries: &[&DesiredExperience],
    lists: &ProductLists,
    entry: &Source,
) {
    let Change { edit, about: About { because, .. } } = change;
    let product: Option<&ProductId> = match edit {
        ExperienceEdit::Product(ProductEdit { product, notes, .. }) => {
            let of_it = lists.approved.get(product).or_else(|| lists.rejected.get(product));
            *notes = of_it.and_then(|it| it.notes.clone());
            Some(product)
        }
        _ => None,
    };
    match because {
        Because::Listed(source) => {
            let listed =
                product.and_then(|it| lists.approved.get(it).or_else(|| lists.rejected.get(it))).map(|it| &it.source);
            let of_entry = entries.iter().map(|it| &it.source).find(|it| *it == source);
            *source = listed.or(of_entry).unwrap_or(entry).clone();
        }
        Because::Expired(expiry) => {
            if let Some(expired) = product.and_then(|product| lists.expired.get(product)) {
                (expiry.day, expiry.source) = (expired.day, expired.source.clone());
                expiry.listing = Some(expired.listing);
            } else {
                expiry.source = entry.clone();
            }
        }
        // This entry has product lists of its own, so a reason from a mirror can't be right.
        Because::Mirrors(_) => *because = Because::Listed(entry.clone()),
        Because::Unlisted | Because::NoLongerListed(_) => {}
    }
}

/// Takes over the catalog's notes, line and name for a product whose notes differ. `None` if the catalog gives it no
/// notes.
fn of_notes(other: &mut OtherNotes, lists: Option<&ProductLists>, desired: &Desired) -> Option<()> {
    let lists = lists?;
    let listed = lists.approved.get(&other.key).or_else(|| lists.rejected.get(&other.key))?;
    other.wanted.clone_from(listed.notes.as_ref()?);
    other.source.clone_from(&listed.source);
    if let Some(name) = desired.product_names.get(&other.key) {
        other.label.clone_from(name);
    }
    Some(())
}

/// Only AWS knows what the mirrored experience approves and denies, so the file's edits are kept.
fn of_mirror(Change { edit, about }: &mut Change<ExperienceEdit>, mirror: &Mirror) {
    if let ExperienceEdit::Product(ProductEdit { notes, .. }) = edit {
        *notes = None;
    }
    match &mut about.because {
        Because::Mirrors(mirrored) => {
            (mirrored.account, mirrored.source) = (mirror.account.clone(), mirror.source.clone());
        }
        because @ (Because::Listed(_) | Because::Expired(_)) => *because = Because::Unlisted,
        Because::Unlisted | Because::NoLongerListed(_) => {}
    }
}
