//! Says of each share whether the catalog lists it, ignores it, keeps it, or lists it with a day that has passed. For
//! `explain` and the map; the planner works this out by itself.

use std::collections::BTreeMap;

use crate::model::desired::{DesiredPortfolio, DesiredShare, Ignored, OuRef, Unlisted};
use crate::model::finding::Source;
use crate::model::id::{AccountId, OrganizationId, OuId};
use crate::model::portfolio::{Receiver, Share};
use crate::model::sight::Listed;

/// Which unit a reference of the catalog means.
pub(in crate::plan) enum Means {
    /// This one.
    One(OuId),
    /// No unit that matters here.
    Elsewhere,
    /// That can't be told.
    Untold,
}

/// A receiver under `ignore`.
enum Spared<'a> {
    Account(&'a AccountId),
    Unit(OuId),
    Organization(&'a OrganizationId),
}

/// The lines of a portfolio's file, by receiver.
pub(in crate::plan) struct Lines<'a> {
    /// The listed shares.
    pub(in crate::plan) listed: BTreeMap<Receiver, &'a DesiredShare>,
    /// Listed shares with a path of which it can't be told which unit it means.
    pub(in crate::plan) untold: Vec<(&'a OuRef, &'a DesiredShare)>,
    /// Listed shares with a path that means no unit here.
    pub(in crate::plan) elsewhere: Vec<(&'a OuRef, &'a DesiredShare)>,
    expired: BTreeMap<Receiver, &'a Source>,
    ignored: Vec<(Spared<'a>, &'a Source)>,
    /// Whether it can't be told which unit a path under `ignore` means.
    may_ignore: bool,
    unlisted: Unlisted,
}

impl<'a> Lines<'a> {
    /// The lines about receivers for which `is_about` is true. `means` finds the unit of a path.
    pub(in crate::plan) fn of(
        wanted: &'a DesiredPortfolio,
        means: impl Fn(&OuRef) -> Means,
        is_about: impl Fn(&Receiver) -> bool,
    ) -> Self {
        let mut lines = Self {
            listed: BTreeMap::new(),
            untold: Vec::new(),
            elsewhere: Vec::new(),
            expired: BTreeMap::new(),
            ignored: Vec::new(),
            may_ignore: false,
            unlisted: wanted.unlisted,
        };
        for share in &wanted.shares {
            match named(&share.share, &means) {
                Ok(receiver) if is_about(&receiver) => drop(lines.listed.entry(receiver).or_insert(share)),
                Ok(_) => {}
                Err((ou, Means::Untold)) => lines.untold.push((ou, share)),
                Err((ou, Means::One(_) | Means::Elsewhere)) => lines.elsewhere.push((ou, share)),
            }
        }
        for share in &wanted.expired {
            if let Some(receiver) = named(&share.share, &means).ok().filter(|receiver| is_about(receiver)) {
                lines.expired.entry(receiver).or_insert(&share.source);
            }
        }
        for ignored in &wanted.ignored {
            let spared = match &ignored.who {
                Ignored::Account(account) => Spared::Account(account),
                Ignored::Organization(organization) => Spared::Organization(organization),
                Ignored::Ou(ou) => match unit(ou, &means) {
                    Means::One(unit) => Spared::Unit(unit),
                    Means::Elsewhere => continue,
                    Means::Untold => {
                        lines.may_ignore = true;
                        continue;
                    }
                },
            };
            lines.ignored.push((spared, &ignored.source));
        }
        lines
    }

    /// What the catalog says of a live share.
    pub(in crate::plan) fn say(&self, receiver: &Receiver) -> Listed {
        let is_ou = matches!(receiver, Receiver::Ou(_));
        if let Some(share) = self.listed.get(receiver) {
            return Listed::Yes(share.source.clone());
        }
        if is_ou && !self.untold.is_empty() {
            return Listed::CantTell;
        }
        let is_it = |spared: &Spared<'_>| match (spared, receiver) {
            (Spared::Account(of), Receiver::Account(account) | Receiver::Member(account)) => *of == account,
            (Spared::Organization(of), Receiver::Organization(organization)) => *of == organization,
            (Spared::Unit(of), Receiver::Ou(unit)) => of == unit,
            _ => false,
        };
        if let Some((_, source)) = self.ignored.iter().find(|(spared, _)| is_it(spared)) {
            return Listed::Ignored((*source).clone());
        }
        match (self.expired.get(receiver), self.unlisted) {
            _ if is_ou && self.may_ignore => Listed::CantTell,
            (_, Unlisted::Keep) => Listed::Kept,
            (Some(source), Unlisted::Remove) => Listed::Expired((*source).clone()),
            (None, Unlisted::Remove) => Listed::No,
        }
    }
}

/// The receiver of a share in the catalog. If its path means no single unit here, the path and what it means instead.
fn named<'a>(share: &'a Share<OuRef>, means: &impl Fn(&OuRef) -> Means) -> Result<Receiver, (&'a OuRef, Means)> {
    Ok(match share {
        Share::Account { account, tag_options: _ } => Receiver::Account(account.clone()),
        Share::Member { account, tag_options: _ } => Receiver::Member(account.clone()),
        Share::Organization { organization, tag_options: _, principals: _ } => {
            Receiver::Organization(organization.clone())
        }
        Share::Ou { ou, tag_options: _, principals: _ } => match unit(ou, means) {
            Means::One(unit) => Receiver::Ou(unit),
            other => return Err((ou, other)),
        },
    })
}

fn unit(ou: &OuRef, means: &impl Fn(&OuRef) -> Means) -> Means {
    match ou {
        OuRef::Id(unit) => Means::One(unit.clone()),
        OuRef::Path(_) => means(ou),
    }
}
