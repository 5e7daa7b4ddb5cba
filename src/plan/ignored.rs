//! Resolves the `ignore` of a portfolio file. An entry whose unit can't be told blocks nothing, but holds back the
//! removal of every unit's share that it may mean.

use std::collections::BTreeSet;

use super::units::{UnitProblem, resolve_unit};
use crate::model::desired::{DesiredPortfolio, Ignored, IgnoredReceiver};
use crate::model::finding::{Source, Warning};
use crate::model::id::{AccountId, Name, OrganizationId, OuId};
use crate::model::live::Live;
use crate::model::portfolio::Receiver;

/// The receivers under a portfolio's `ignore`.
#[derive(Default)]
pub(super) struct Spared<'a> {
    accounts: BTreeSet<&'a AccountId>,
    units: BTreeSet<OuId>,
    organizations: BTreeSet<&'a OrganizationId>,
    /// Lines whose unit can't be told, each with the reason.
    untold: Vec<(&'a Source, String)>,
}

impl<'a> Spared<'a> {
    pub(super) fn of(wanted: &'a DesiredPortfolio, organization: &Name, live: &Live) -> Self {
        let mut spared = Self::default();
        for IgnoredReceiver { who, source } in &wanted.ignored {
            match who {
                Ignored::Account(account) => drop(spared.accounts.insert(account)),
                Ignored::Organization(organization) => drop(spared.organizations.insert(organization)),
                Ignored::Ou(ou) => match resolve_unit(ou, organization, live) {
                    Ok(unit) => drop(spared.units.insert(unit)),
                    Err(UnitProblem::Unreadable(reason) | UnitProblem::Unknown(reason)) => {
                        spared.untold.push((source, reason));
                    }
                },
            }
        }
        spared
    }

    /// Whether an entry of `ignore` names the receiver.
    pub(super) fn names(&self, receiver: &Receiver) -> bool {
        match receiver {
            Receiver::Account(account) | Receiver::Member(account) => self.accounts.contains(account),
            Receiver::Ou(unit) => self.units.contains(unit),
            Receiver::Organization(organization) => self.organizations.contains(organization),
        }
    }

    /// Whether an entry whose unit can't be told may mean the receiver.
    pub(super) fn may_mean(&self, receiver: &Receiver) -> bool {
        let is_unit = match receiver {
            Receiver::Ou(_) => true,
            Receiver::Account(_) | Receiver::Member(_) | Receiver::Organization(_) => false,
        };
        is_unit && !self.untold.is_empty()
    }

    /// Warns of each line that can't be told, and names what stays because of it.
    pub(super) fn warnings(&self, held: &[&Receiver]) -> Vec<Warning> {
        let stays = match held {
            [] => "it leaves nothing alone".to_owned(),
            held => {
                let held: Vec<String> = held.iter().map(ToString::to_string).collect();
                format!("{} is not listed and stays, since it may be meant", held.join(", "))
            }
        };
        let warning = |(source, reason): &(&Source, String)| Warning {
            code: "ignored_unknown".to_owned(),
            message: format!("can't tell which unit this entry of `ignore` means ({reason}): {stays}"),
            source: Some((*source).clone()),
        };
        self.untold.iter().map(warning).collect()
    }
}
