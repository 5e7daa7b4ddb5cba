//! The terminal output of `explain` about Private Marketplaces.

use std::io::{self, Write};

use super::parts::{Lines, at};
use crate::model::audience::AudiencePrincipal;
use crate::model::experience::{ExperienceStatus, Listing};
use crate::model::live::Reading;
use crate::model::market_sight::{
    AskedProduct, ListedBy, Market, Outcome, Rules, Said, Shelved, Shop, Stand, Tie, Weight, Word,
};
use crate::render::text::sandbox as notice;

/// Writes which experience governs the account in its organization's Private Marketplace.
pub(super) fn market(market: &Market, out: &mut Lines<'_>) -> io::Result<()> {
    let Market { organization, outcome, ties } = market;
    out.line(0, &format!("Private Marketplace of {organization}"))?;
    match outcome {
        Outcome::Governed(rules) => {
            out.line(2, &format!("governed by experience {}{}", called(rules), freedom(rules)))?;
            list(rules, 6, out)?;
            if let Some(stand) = &rules.product {
                self::stand(stand, 2, out)?;
            }
        }
        Outcome::Free => {
            let words = "no experience that is enabled has this account in its audience: everything can be bought, as \
                         without a Private Marketplace";
            out.line(2, words)?;
        }
        Outcome::NotLooked => out.line(2, "no product list of the catalog is for it: not looked at")?,
        Outcome::CantTell(reason) => {
            out.line(2, &format!("can't tell which experience governs this account: {reason}"))?;
        }
    }
    ties.iter().try_for_each(|it| tie(it, out))
}

fn called(rules: &Rules) -> String {
    match &rules.id {
        Some(id) if rules.name != id.as_str() => format!("{} {id}", rules.name).trim_start().to_owned(),
        Some(_) | None => rules.name.clone(),
    }
}

fn freedom(rules: &Rules) -> String {
    match rules.lists {
        None => ", which has no procurement policy: everything can be bought".to_owned(),
        Some((0, _)) => ", in which nothing is approved: nothing can be bought".to_owned(),
        Some((approved, denied)) => format!(": {approved} approved, {denied} denied by name"),
    }
}

fn list(rules: &Rules, indent: usize, out: &mut Lines<'_>) -> io::Result<()> {
    let words = match &rules.list {
        ListedBy::Entry { source, mirror: None } => format!("its products are governed by {}", at(source)),
        ListedBy::Entry { source, mirror: Some(mirror) } => {
            format!("its products are governed by {}, as {} mirrors them", at(source), at(mirror))
        }
        ListedBy::Nobody => "its products are governed by no file of the catalog".to_owned(),
        ListedBy::CantTell(reason) => format!("can't tell which file governs its products: {reason}"),
    };
    out.line(indent, &words)
}

/// `Datadog Pro prod-4xk6p2ab3cdef`
fn product(AskedProduct { id, name }: &AskedProduct) -> String {
    format!("{name} {id}").trim_start().to_owned()
}

fn stand(stand: &Stand, indent: usize, out: &mut Lines<'_>) -> io::Result<()> {
    let can = if stand.live.can_be_bought() { "can be bought" } else { "can't be bought" };
    out.line(indent, &format!("{}: {can} ({}); {}", product(&stand.product), shelved(stand.live), word(stand)))
}

fn shelved(live: Shelved) -> &'static str {
    match live {
        Shelved::Approved => "approved",
        Shelved::Denied => "denied by name",
        Shelved::Unlisted => "not approved",
        Shelved::Everything => "there is no procurement policy",
        Shelved::NotThere => "the experience is not live yet",
    }
}

fn word(stand: &Stand) -> String {
    let said = match &stand.catalog {
        Word::Approves(source) => format!("listed as approved in {}", at(source)),
        Word::Rejects(source) => format!("listed as rejected in {}", at(source)),
        Word::Expired(source) => format!("its `until` in {} has passed", at(source)),
        Word::Ignores(source) => format!("ignored in {}", at(source)),
        Word::Kept => "not listed, and kept (`unlisted: keep`)".to_owned(),
        Word::NotListed => "not listed".to_owned(),
        Word::PutAway(source) => format!("the experience is to be archived ({})", at(source)),
        Word::Nothing => "no file governs the experience".to_owned(),
        Word::CantTell(reason) => format!("can't tell what the catalog says: {reason}"),
    };
    let planned = match stand.planned {
        Some(Listing::Approved) => ": a plan approves it",
        Some(Listing::Denied) => ": a plan denies it",
        None => "",
    };
    said + planned
}

fn tie(tie: &Tie, out: &mut Lines<'_>) -> io::Result<()> {
    let Tie { experience, name, status, wanted, principal, label, is_live, said, weight } = tie;
    let through = match principal {
        Some(AudiencePrincipal::Account(_)) => "this account by itself".to_owned(),
        Some(AudiencePrincipal::Ou(unit)) if label.is_empty() => format!("unit {unit}"),
        Some(AudiencePrincipal::Ou(unit)) => format!("unit {label} ({unit})"),
        Some(AudiencePrincipal::Organization(id)) => format!("organization {label} ({id})"),
        None => format!("unit {label}"),
    };
    let id = experience.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
    let name = format!("{name}{}", if experience.as_ref().is_some_and(|id| id.as_str() == name) { "" } else { &id });
    let live = match (is_live, status) {
        (false, None) => "not live yet, nor is the experience".to_owned(),
        (false, Some(status)) => format!("not live yet, the experience is {}", status.as_str()),
        (true, None) => "live".to_owned(),
        (true, Some(status)) => format!("live, {}", status.as_str()),
    };
    let said = match said {
        Said::Listed(source) => format!("listed in {}", at(source)),
        Said::Leaves(source) => format!("not in the `audience` in {}: a plan takes it out", at(source)),
        Said::Nothing => "no file says whom it governs".to_owned(),
        Said::CantTell(reason) => format!("can't tell whether it is listed: {reason}"),
    };
    let weight = match weight {
        Weight::Counts => ": counts, being the nearest".to_owned(),
        Weight::Disabled => ": does not count while it is disabled".to_owned(),
        Weight::Archived => ": does not count, being archived".to_owned(),
        Weight::FurtherUp => ": does not count, a nearer one does".to_owned(),
        Weight::NotLive => String::new(),
        Weight::CantTell(reason) => format!(": can't tell whether it counts: {reason}"),
    };
    out.line(2, &format!("audience of {} through {through}: {live}; {said}{weight}", name.trim_start()))?;
    match wanted {
        Some((status, source)) => out.line(6, &format!("a plan makes it {}: {}", status.as_str(), at(source))),
        None => Ok(()),
    }
}

/// Writes the state of a product in all Private Marketplaces. With `is_sandbox`, a notice about the sandbox comes
/// first.
pub fn product_text(
    asked: &AskedProduct,
    shops: &[Shop],
    is_sandbox: bool,
    mut sink: &mut dyn Write,
) -> io::Result<()> {
    notice(is_sandbox, &mut sink)?;
    let mut out = Lines { sink };
    out.line(0, &product(asked))?;
    for Shop { organization, experiences } in shops {
        out.line(0, "")?;
        out.line(0, &format!("Private Marketplace of {organization}"))?;
        let Some(experiences) = experiences else {
            out.line(2, "no product list of the catalog is for it: not looked at")?;
            continue;
        };
        if experiences.is_empty() {
            out.line(2, "no experience that is not archived: everything can be bought")?;
        }
        for it in experiences {
            match it {
                Reading::Complete(rules) => offered(rules, &mut out)?,
                Reading::Unreadable(reason) => out.line(2, &format!("can't tell: {reason}"))?,
            }
        }
    }
    Ok(())
}

fn offered(rules: &Rules, out: &mut Lines<'_>) -> io::Result<()> {
    let Some(stand) = &rules.product else { return Ok(()) };
    let status = match (&rules.id, rules.status) {
        (None, _) => ", not live yet",
        (Some(_), ExperienceStatus::Enabled) => "",
        (Some(_), ExperienceStatus::Disabled) => ", disabled",
        (Some(_), ExperienceStatus::Archived) => ", archived",
    };
    let live = if rules.id.is_some() { format!("{}; ", standing(stand.live)) } else { String::new() };
    out.line(2, &format!("experience {}{status}: {live}{}", called(rules), word(stand)))
}

fn standing(live: Shelved) -> &'static str {
    match live {
        Shelved::Approved => "approved",
        Shelved::Denied => "rejected",
        Shelved::Unlisted => "unlisted",
        Shelved::Everything => "can be bought, as everything: there is no procurement policy",
        Shelved::NotThere => "not live yet",
    }
}
