//! Portfolios with their shares → their files.

use std::collections::BTreeSet;

use super::naming::{Ranked, file_name, is_plain_text, remark, unit};
use super::recipients;
use super::what::{Owners, What};
use crate::model::desired::{Desired, OuRef, Selector};
use crate::model::draft::{Commented, Draft, PortfolioDraft, RecipientDraft};
use crate::model::id::{Name, PortfolioId, Region};
use crate::model::live::{Found, HubPlace, Live, Reading};
use crate::model::organization::Organization;
use crate::model::portfolio::{Portfolio, Receiver, Share};
use crate::model::settings::Settings;

/// The longest name by which a file can select a portfolio.
const LONGEST_NAME: usize = 100;

/// A portfolio that a file is to be made for.
struct Seen<'a> {
    organization: &'a Name,
    region: &'a Region,
    id: &'a PortfolioId,
    name: &'a str,
    /// The file that governs it already and is to be rewritten, if there is one.
    file: Option<Name>,
    /// Whether the file can select it by its name, as the only one of that name there.
    by_name: bool,
    shares: Vec<Commented<Share<OuRef>>>,
    recipients: Vec<Commented<RecipientDraft>>,
}

/// Adds the files to `drawn`. `owners` says which file governs a portfolio already, and `taken` holds the file names in
/// use.
pub(super) fn draw(
    what: &What,
    desired: &Desired,
    (owners, taken): (&Owners<(HubPlace, PortfolioId)>, &BTreeSet<Name>),
    live: &Live,
    drawn: &mut Draft,
) {
    let mut seen = Vec::new();
    for (organization, settings) in what.organizations(&desired.settings) {
        let Some(account) = &settings.service_catalog_account else { continue };
        for region in &desired.settings.regions {
            let place: HubPlace = (account.clone(), region.clone());
            let Some(shelf) = live.portfolios.get(&place) else { continue };
            let listed = match &shelf.listed {
                Some(Reading::Complete(listed)) => listed,
                Some(Reading::Unreadable(reason)) => {
                    drawn.unread.push(reason.clone());
                    continue;
                }
                None => continue,
            };
            for named in listed.iter().filter(|named| what.is_portfolio(&named.id, &named.name)) {
                let key = (place.clone(), named.id.clone());
                let file = owners.file(&key).cloned();
                if let (Some(file), false) = (&file, owners.rewrite) {
                    let (name, id) = (&named.name, &named.id);
                    drawn
                        .left_out
                        .push(format!("portfolio {name} {id} in {region}: portfolios/{file}.yaml governs it already"));
                    continue;
                }
                let portfolio = match shelf.read.get(&named.id) {
                    Some(Found::There(portfolio)) => portfolio,
                    Some(Found::Unreadable(reason)) => {
                        drawn.unread.push(reason.clone());
                        continue;
                    }
                    Some(Found::NotThere) | None => continue,
                };
                let same = listed.iter().filter(|other| other.name == named.name).count();
                seen.push(Seen {
                    organization,
                    region,
                    id: &named.id,
                    name: &named.name,
                    file,
                    by_name: same == 1 && is_plain_text(&named.name, LONGEST_NAME) && !named.name.starts_with("port-"),
                    shares: shares(portfolio, &place, organization, live, drawn),
                    recipients: if what.recipients {
                        recipients::entries(portfolio, &place, organization, live, drawn)
                    } else {
                        Vec::new()
                    },
                });
            }
        }
    }
    files(seen, &desired.settings, (owners, taken), drawn);
}

/// Makes a file for each portfolio. Portfolios of one name that are shared alike in several regions get one file.
fn files(
    seen: Vec<Seen<'_>>,
    settings: &Settings,
    (owners, taken): (&Owners<(HubPlace, PortfolioId)>, &BTreeSet<Name>),
    drawn: &mut Draft,
) {
    let several = settings.organizations.values().filter(|it| it.service_catalog_account.is_some()).count();
    let mut taken = taken.clone();
    let mut made: Vec<(Vec<Region>, Seen<'_>)> = Vec::new();
    for one in seen {
        let alike = made.iter_mut().find(|(_, other)| {
            one.by_name
                && other.by_name
                && (one.organization, one.name, &one.file) == (other.organization, other.name, &other.file)
                && (&one.shares, &one.recipients) == (&other.shares, &other.recipients)
        });
        match alike {
            Some((regions, _)) => regions.push(one.region.clone()),
            None => made.push((vec![one.region.clone()], one)),
        }
    }
    for (regions, Seen { organization, region, id, name, file, by_name, shares, recipients }) in made {
        if let Some(file) = &file
            && owners.entries_of(file) != regions.len()
        {
            drawn.left_out.push(format!(
                "portfolio {name} {id}: portfolios/{file}.yaml governs more than that, or not alike in all regions, and stays as \
                 it is"
            ));
            continue;
        }
        let Some(file) = file.or_else(|| file_name(name, id.as_str(), region.as_str(), &taken)) else {
            drawn.left_out.push(format!("portfolio {name} {id}: no name for a file is left"));
            continue;
        };
        taken.insert(file.clone());
        // Local portfolios carry the name of the file that made them, so they can't go into a file of another name.
        let is_theirs =
            |it: &Commented<RecipientDraft>| it.value.local.is_none() || Name::made_of(name).as_ref() == Some(&file);
        let (recipients, others): (Vec<_>, Vec<_>) = recipients.into_iter().partition(is_theirs);
        if !others.is_empty() {
            drawn.left_out.push(format!(
                "who may launch from local portfolios of portfolio {name} {id}: they carry the name of another file than \
                 {file}.yaml. Rename the file, and write their entries of `recipients`"
            ));
        }
        let portfolio = if by_name {
            Commented { value: Selector::Name(name.to_owned()), comment: None }
        } else {
            Commented { value: Selector::Id(id.clone()), comment: Some(name.to_owned()) }
        };
        drawn.portfolios.insert(
            file,
            PortfolioDraft {
                portfolio,
                organization: organization.clone(),
                names_organization: several > 1,
                regions: if regions == settings.regions { Vec::new() } else { regions },
                shares,
                kept: None,
                recipients,
            },
        );
    }
}

/// The portfolio's own shares, sorted: the organization, units, members, other accounts.
fn shares(
    portfolio: &Portfolio,
    place: &HubPlace,
    name: &Name,
    live: &Live,
    drawn: &mut Draft,
) -> Vec<Commented<Share<OuRef>>> {
    let organization = live.organization(name);
    let mut found: Vec<Ranked<Share<OuRef>>> = Vec::new();
    for (receiver, live_share) in &portfolio.shares {
        if live.only_inherits(place, &portfolio.id, receiver) {
            continue;
        }
        if let Some(kind) = receiver.node_kind() {
            let own = live.access.get(place).and_then(|access| access.own.get(&(portfolio.id.clone(), kind)));
            if let Some(Reading::Unreadable(reason)) = own {
                drawn.unread.push(format!(
                    "whether portfolio {} is shared with {receiver} itself, or with a node above alone: {reason}",
                    portfolio.id
                ));
            }
        }
        let Ok(share) = live_share.share.map_ou(|id| Ok::<_, std::convert::Infallible>(unit(organization, id)));
        let (rank, sorted, comment) = place_in_file(receiver, &share, organization);
        found.push(((rank, sorted), Commented { value: share, comment }));
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    found.into_iter().map(|(_, share)| share).collect()
}

fn place_in_file(
    receiver: &Receiver,
    share: &Share<OuRef>,
    organization: Option<&Organization>,
) -> (u8, String, Option<String>) {
    let comment = remark(receiver, share, organization);
    // Accounts are sorted by name. Those without a name come last.
    let account = |id| comment.as_ref().map_or_else(|| format!("\u{10ffff}{id}"), |name| format!("{name}\u{0}{id}"));
    let (rank, sorted) = match receiver {
        Receiver::Organization(id) => (0, id.to_string()),
        Receiver::Ou(id) => match share {
            Share::Ou { ou: OuRef::Path(path), .. } => (1, path.clone()),
            _ => (1, id.to_string()),
        },
        Receiver::Member(id) => (2, account(id)),
        Receiver::Account(id) => (3, account(id)),
    };
    (rank, sorted, comment)
}
