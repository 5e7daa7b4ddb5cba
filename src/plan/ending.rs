//! Warns of entries whose last day is near.

use jiff::civil::Date;

use super::labels;
use super::told::is_silenced;
use crate::model::desired::{Desired, DesiredExperience, DesiredPortfolio, OuRef, ProductLists, Unlisted, Until};
use crate::model::finding::{Source, Warning};
use crate::model::id::{Name, ProductId};
use crate::model::live::Live;
use crate::model::portfolio::Share;

const CODE: &str = "until_near";

/// How many entries are named before the rest is counted.
const NAMED: usize = 20;

/// Warns of the shares of a portfolio that end within 30 days. Each one that a comment silences gets its own warning.
pub(super) fn portfolio(
    desired: &Desired,
    wanted: &DesiredPortfolio,
    organization: &Name,
    live: &Live,
) -> Vec<Warning> {
    if wanted.unlisted == Unlisted::Keep {
        return Vec::new();
    }
    let ends = wanted.shares.iter().filter_map(|entry| {
        let day = near(entry.until)?;
        let called = match &entry.share {
            Share::Account { account, tag_options: _ } | Share::Member { account, tag_options: _ } => {
                let known = labels::organization(live, organization);
                let name = known.and_then(|known| known.account_name(account)).unwrap_or_default();
                format!("{name} {account}").trim_start().to_owned()
            }
            Share::Ou { ou: OuRef::Path(path), tag_options: _, principals: _ } => path.clone(),
            Share::Ou { ou: OuRef::Id(ou), tag_options: _, principals: _ } => ou.to_string(),
            Share::Organization { organization, tag_options: _, principals: _ } => organization.to_string(),
        };
        Some((day, called, &entry.source))
    });
    apart(desired, "shares", "removed", ends.collect())
}

/// Warns of the approvals of an experience that end within 30 days, in the same way.
pub(super) fn experience(desired: &Desired, entry: &DesiredExperience, live: &Live) -> Vec<Warning> {
    let Some(lists) = ending_lists(entry) else { return Vec::new() };
    let ends = lists.approved.iter().filter_map(|(id, product)| {
        let day = near(product.until)?;
        let name = desired.product_names.get(id).cloned();
        let name = name.or_else(|| live.title(id).map(ToString::to_string)).unwrap_or_default();
        Some((day, format!("{name} {id}").trim_start().to_owned(), &product.source))
    });
    apart(desired, "approvals", "denied", ends.collect())
}

/// The products that the unsilenced warning of [`experience`] mentions and that have no name in the catalog.
pub(super) fn unnamed<'a>(desired: &Desired, entry: &'a DesiredExperience) -> Vec<&'a ProductId> {
    let Some(lists) = ending_lists(entry) else { return Vec::new() };
    let is_unnamed = |id: &ProductId| !desired.product_names.contains_key(id);
    let near = lists.approved.iter().filter_map(|(id, product)| {
        let day = near(product.until).filter(|_| !is_silenced(desired, CODE, &product.source))?;
        is_unnamed(id).then_some((day, id))
    });
    let mut near: Vec<(Date, &ProductId)> = near.collect();
    near.sort();
    near.into_iter().take(NAMED).map(|(_, id)| id).collect()
}

/// The lists of an entry, if a product whose approval ends is denied (`unlisted: deny`). An experience that follows
/// another one has no ends of its own.
fn ending_lists(entry: &DesiredExperience) -> Option<&ProductLists> {
    entry.products.listed().filter(|lists| lists.unlisted == Unlisted::Remove)
}

/// The day of an end that is near.
fn near(until: Option<Until>) -> Option<Date> {
    until.filter(|until| until.is_near).map(|until| until.day)
}

/// One warning for all ends. Each end that a comment silences gets its own warning, at its own line.
fn apart(desired: &Desired, what: &str, becomes: &str, ends: Vec<(Date, String, &Source)>) -> Vec<Warning> {
    let (silenced, loud): (Vec<_>, Vec<_>) =
        ends.into_iter().partition(|(_, _, source)| is_silenced(desired, CODE, source));
    let silenced = silenced.into_iter().filter_map(|end| together(what, becomes, vec![end]));
    together(what, becomes, loud).into_iter().chain(silenced).collect()
}

fn together(what: &str, becomes: &str, mut ends: Vec<(Date, String, &Source)>) -> Option<Warning> {
    ends.sort();
    let (_, _, first) = ends.first()?;
    let source = Some((*first).clone());
    let mut words: Vec<String> = ends
        .iter()
        .take(NAMED)
        .map(|(day, called, source)| {
            let file = source.file.rsplit('/').next().unwrap_or_default();
            format!("{called} on {day} ({file}:{})", source.line)
        })
        .collect();
    let more = ends.len().saturating_sub(NAMED);
    words.extend((more > 0).then(|| format!("{more} more")));
    let message = format!("{what} that end within 30 days and are {becomes} the day after: {}", words.join(", "));
    Some(Warning { code: CODE.to_owned(), message, source })
}
