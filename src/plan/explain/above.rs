//! Where one account is in an organization: the nodes above it, as far as these are known.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::model::desired::OuRef;
use crate::model::id::{AccountId, Name, OuId};
use crate::model::live::{Live, Reading};
use crate::model::organization::{Account, AccountStatus, Organization};
use crate::model::portfolio::Receiver;
use crate::model::sight::Membership;

/// The place of an account in an organization.
pub(in crate::plan) struct Above<'a> {
    account: &'a AccountId,
    name: &'a Name,
    organization: Option<&'a Organization>,
    unreadable: Option<&'a str>,
    /// The units that the account is in, from the root down. `None` if unknown.
    units: Option<Cow<'a, [OuId]>>,
    /// Whether the account is known to be in another organization.
    is_outside: bool,
    /// The paths of these units. `None` for a unit if a name in its path is unknown.
    paths: OnceCell<Vec<Option<String>>>,
}

/// Whether an account is below a unit that the catalog names.
pub(super) enum Below {
    /// It is below this unit. The number is the unit's depth: 0 directly below the root.
    At(usize, OuId),
    /// It is not.
    No,
    /// That can't be told.
    Untold,
}

impl<'a> Above<'a> {
    pub(in crate::plan) fn of(account: &'a AccountId, name: &'a Name, live: &'a Live) -> Self {
        let (organization, unreadable) = match live.organizations.get(name) {
            Some(Reading::Complete(organization)) => (Some(organization), None),
            Some(Reading::Unreadable(reason)) => (None, Some(reason.as_str())),
            None => (None, None),
        };
        let units = organization.and_then(|organization| units(organization, account));
        Self { account, name, organization, unreadable, units, is_outside: false, paths: OnceCell::new() }
    }

    /// The place of an account beside an organization other than its own: no node there is above it.
    pub(in crate::plan) fn outside(account: &'a AccountId, name: &'a Name, live: &'a Live) -> Self {
        Self { is_outside: true, ..Self::of(account, name, live) }
    }

    /// Whether the account's place was looked up, or can't be because the organization is unreadable.
    pub(super) fn is_settled(&self) -> bool {
        self.unreadable.is_some() || self.organization.is_some_and(|it| it.ways.contains_key(self.account))
    }

    fn entry(&self) -> Option<&'a Account> {
        self.organization?.accounts.get(self.account)
    }

    /// Whether the account is in the organization. `None` if that can't be told.
    pub(in crate::plan) fn is_member(&self) -> Option<bool> {
        if self.is_outside {
            return Some(false);
        }
        let organization = self.organization?;
        if organization.strangers.contains(self.account) {
            return Some(false);
        }
        self.entry().map(|_| true)
    }

    pub(in crate::plan) fn is_suspended(&self) -> bool {
        self.entry().is_some_and(|account| account.status == AccountStatus::Suspended)
    }

    /// The units that the account is in, from the root down; `None` where that can't be told.
    pub(in crate::plan) fn units(&self) -> Option<&[OuId]> {
        if self.is_member() == Some(false) { Some(&[]) } else { self.units.as_deref() }
    }

    /// Whether a share with a receiver reaches the account; `None` where that can't be told.
    pub(in crate::plan) fn is_reached(&self, receiver: &Receiver) -> Option<bool> {
        match receiver {
            Receiver::Account(account) | Receiver::Member(account) => Some(account == self.account),
            Receiver::Ou(unit) => Some(self.units()?.contains(unit)),
            Receiver::Organization(_) => self.is_member(),
        }
    }

    /// The depth of a unit above the account. `None` if it is not one of these.
    pub(super) fn depth(&self, unit: &OuId) -> Option<usize> {
        self.units()?.iter().position(|above| above == unit)
    }

    /// Whether the account is below a unit of the catalog. A path is compared with the units above the account alone,
    /// so the rest of the tree does not have to be read.
    pub(super) fn below(&self, ou: &OuRef) -> Below {
        let Some(units) = self.units() else { return Below::Untold };
        let mut is_untold = false;
        let paths = self.paths.get_or_init(|| units.iter().map(|unit| self.path(unit)).collect());
        for (depth, (unit, own)) in units.iter().zip(paths).enumerate() {
            let is_it = match (ou, own) {
                (OuRef::Id(id), _) => id == unit,
                (OuRef::Path(path), Some(own)) => path == own,
                (OuRef::Path(_), None) => {
                    is_untold = true;
                    false
                }
            };
            if is_it {
                return Below::At(depth, unit.clone());
            }
        }
        if is_untold { Below::Untold } else { Below::No }
    }

    /// The path of a unit, names from the root down. `None` if one of them is unknown.
    pub(super) fn path(&self, unit: &OuId) -> Option<String> {
        let organization = self.organization?;
        organization.way_to(unit).map(|_| organization.path(unit))
    }

    /// The name of a unit or organization. Empty for accounts, and if it is unknown.
    pub(super) fn label(&self, receiver: &Receiver) -> String {
        match receiver {
            Receiver::Account(_) | Receiver::Member(_) => String::new(),
            Receiver::Ou(unit) => self.path(unit).unwrap_or_default(),
            Receiver::Organization(_) => self.name.to_string(),
        }
    }

    /// Why the account's place is unknown.
    pub(in crate::plan) fn reason(&self) -> String {
        let troubles = self.organization.and_then(|it| it.ways.get(self.account)).filter(|it| !it.is_empty());
        match (self.unreadable, troubles) {
            (Some(reason), _) => reason.to_owned(),
            (None, Some(troubles)) => troubles.join("; "),
            (None, None) => format!("where it is in organization {} was not told", self.name),
        }
    }

    pub(super) fn membership(&self) -> Membership {
        match (self.is_member(), self.entry()) {
            (Some(true), Some(Account { name, email, status, joined: _, above: _ })) => {
                let path = match self.units().map(<[OuId]>::last) {
                    Some(None) => Some(String::new()),
                    Some(Some(unit)) => self.path(unit),
                    None => None,
                };
                let path = path.map_or_else(|| Reading::Unreadable(self.reason()), Reading::Complete);
                Membership::Member { name: name.clone(), email: email.clone(), status: *status, path }
            }
            (Some(false), _) => Membership::Stranger,
            (Some(true) | None, _) => Membership::Untold(self.reason()),
        }
    }
}

/// The units that an account is in, from the root down. If the account itself does not say, they are found by the lists
/// of accounts below each unit. `None` if such a list is missing.
fn units<'a>(organization: &'a Organization, account: &AccountId) -> Option<Cow<'a, [OuId]>> {
    let known = organization.accounts.get(account)?;
    if let Some(above) = &known.above {
        return Some(Cow::Borrowed(above));
    }
    let mut way: Vec<OuId> = Vec::new();
    loop {
        let at = way.last();
        if !organization.listed.contains(&at.cloned()) {
            return None;
        }
        let mut below = None;
        for (unit, _) in organization.children(at) {
            if organization.members.get(unit)?.contains(account) {
                below = Some(unit.clone());
            }
        }
        match below {
            Some(unit) if way.contains(&unit) => return None,
            Some(unit) => way.push(unit),
            None => return Some(Cow::Owned(way)),
        }
    }
}
