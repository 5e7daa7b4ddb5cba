//! Plans all accounts that receive portfolios and that the catalog, or its base, has entries for.

use std::collections::{BTreeMap, BTreeSet};

use super::coverage::{Covered, Entry, Uncovered, covered};
use super::governed::{Governed, Hub};
use super::leftovers;
use super::planned::{Blocked, Planned, Recipient};
use super::recipient::{Before, Shared};
use super::resolve::hub_place;
use super::units::resolve_unit;
use crate::model::change::{ChangeId, Released, Resource, Target, Work};
use crate::model::desired::{DesiredPortfolio, OuRef, Recipients};
use crate::model::edit::{Delta, HubEdit, Kind};
use crate::model::id::AccountId;
use crate::model::live::Live;
use crate::model::portfolio::{Portfolio, Receiver, Share};
use crate::model::target::TargetName;
use crate::model::wants::{OrganizationWants, Wants};

/// Everything that happens in the accounts that receive portfolios.
#[derive(Default)]
pub(super) struct All<'a> {
    pub(super) recipients: Vec<Recipient<'a>>,
    /// What the base's entries granted in accounts that are not known any more.
    pub(super) released: Vec<Released>,
    /// The changes inside recipients that the removal of a share waits for.
    pub(super) awaited: BTreeMap<ChangeId, BTreeSet<ChangeId>>,
}

/// Plans the recipients. `targets` holds the portfolios, which are planned already.
pub(super) fn plan<'a>(
    head: &Governed<'a>,
    base: Option<&Governed<'a>>,
    live: &'a Live,
    targets: &BTreeMap<TargetName, Target>,
) -> All<'a> {
    let mut all = All::default();
    let mut governed = BTreeSet::new();
    for hub in &head.hubs {
        let Some(key) = hub.key() else {
            all.unread(hub, targets);
            continue;
        };
        governed.insert(key.clone());
        let before = base.and_then(|base| base.hubs.iter().find(|old| old.key().as_ref() == Some(&key)));
        match live.portfolio(&key.0, &key.1).filter(|_| is_planned(hub.name, targets)) {
            Some(portfolio) => all.of_hub(hub, before, Sharing { name: hub.name, portfolio, live, targets }),
            None => all.unread(hub, targets),
        }
    }
    for hub in base.iter().flat_map(|base| &base.hubs) {
        let Some(key) = hub.key().filter(|key| governed.insert(key.clone())) else { continue };
        // The names of these targets belong to the portfolio that the file names now. What the shares of this one
        // brought goes with them.
        let is_taken = head.hubs.iter().any(|now| now.name == hub.name);
        let (Some(portfolio), false) = (live.portfolio(&key.0, &key.1), is_taken) else { continue };
        // An entry of the catalog may still mean this portfolio, and with it these recipients.
        if targets.get(hub.name).is_some_and(Target::is_unreadable) {
            all.unread(hub, targets);
        } else {
            all.clean_up(hub, &Covered::new(), Sharing { name: hub.name, portfolio, live, targets });
        }
    }
    leftovers::refuse_shared(&mut all.recipients);
    leftovers::tell(&mut all.recipients, live);
    all
}

fn is_planned(name: &TargetName, targets: &BTreeMap<TargetName, Target>) -> bool {
    targets.get(name).is_some_and(|target| !target.is_unreadable())
}

/// A live portfolio, and the plan of its shares.
#[derive(Clone, Copy)]
struct Sharing<'a, 't> {
    /// The portfolio's target. Before its shares go, what the entries of another file made is undone, too.
    name: &'t TargetName,
    portfolio: &'a Portfolio,
    live: &'a Live,
    targets: &'t BTreeMap<TargetName, Target>,
}

impl<'a> Sharing<'a, '_> {
    /// The portfolio with its planned shares, and the entries of a file.
    fn of(self, hub: &Hub<'a>) -> Shared<'a> {
        let Self { name, portfolio, live, targets } = self;
        let (mut made, mut taken) = (BTreeMap::new(), BTreeSet::new());
        if let Some(Work::Hub { portfolio: _, changes }) = targets.get(name).and_then(Target::work) {
            for change in changes {
                match &change.edit {
                    HubEdit::Share(Delta::Create(share)) => {
                        made.insert(share.receiver(), (change.seen().id(name), change.about.origin));
                    }
                    HubEdit::Share(Delta::Remove(share)) => drop(taken.insert(share.receiver())),
                    HubEdit::Share(Delta::Update { before: _, after: _ }) | HubEdit::Repair(_) => {}
                }
            }
        }
        Shared { file: hub.name.file(), wanted: hub.wanted, portfolio, live, made, taken }
    }
}

fn name_of(hub: &Hub<'_>, account: Option<&AccountId>) -> TargetName {
    let (file, region) = (hub.name.file().clone(), hub.wanted.region.clone());
    TargetName::Recipient { file, account: account.cloned(), region }
}

impl<'a> All<'a> {
    /// Blocks all recipients of a portfolio that can't be planned.
    fn unread(&mut self, hub: &Hub<'a>, targets: &BTreeMap<TargetName, Target>) {
        if !hub.wanted.recipients.is_empty() && targets.contains_key(hub.name) {
            let reason = format!("nothing is done in its recipients, since {} could not be planned", hub.name);
            self.family(hub, Blocked::unreadable(reason));
        }
    }

    fn family(&mut self, hub: &Hub<'a>, blocked: Blocked) {
        let account = hub.wanted.account.clone();
        self.recipients.push(Recipient { name: name_of(hub, None), of: hub.wanted, account, planned: Err(blocked) });
    }

    fn of_hub(&mut self, hub: &Hub<'a>, before: Option<&Hub<'a>>, sharing: Sharing<'a, '_>) {
        let now = match covered(hub.wanted, sharing.live) {
            Ok(now) => now,
            // The accounts that the base covered may still be covered, so nothing is undone.
            Err(Uncovered { blocked, is_missing: _ }) => return self.family(hub, blocked),
        };
        let shared = sharing.of(hub);
        let old = before.and_then(|before| covered(before.wanted, sharing.live).ok()).unwrap_or_default();
        for (account, entry) in &now {
            let name = name_of(hub, Some(account));
            let before = before.and_then(|before| Some(Before { file: before.name.file(), entry: old.get(account)? }));
            let planned = shared.plan(&name, account, entry, before);
            self.add(name, (sharing.name, &shared), (account, entry), planned);
        }
        if let Some(before) = before {
            self.clean_up(before, &now, sharing);
        }
    }

    /// Undoes what the base's entries made in accounts that no entry covers any more.
    fn clean_up(&mut self, hub: &Hub<'a>, now: &Covered<'_>, sharing: Sharing<'a, '_>) {
        let old = match covered(hub.wanted, sharing.live) {
            Ok(old) => old,
            Err(Uncovered { blocked: _, is_missing: true }) => {
                self.released.extend(released(hub, sharing.portfolio));
                return;
            }
            Err(Uncovered { blocked, is_missing: false }) => return self.family(hub, blocked),
        };
        let shared = sharing.of(hub);
        for (account, entry) in old.iter().filter(|(account, _)| !now.contains_key(*account)) {
            let name = name_of(hub, Some(account));
            let planned = match shared.clean_up(&name, account, entry) {
                Ok(None) => continue,
                Ok(Some(planned)) => Ok(planned),
                Err(blocked) => Err(blocked),
            };
            self.add(name, (sharing.name, &shared), (account, entry), planned);
        }
    }

    fn add(
        &mut self,
        name: TargetName,
        (portfolio, shared): (&TargetName, &Shared<'a>),
        (account, entry): (&AccountId, &Entry<'a>),
        planned: Result<Planned, Blocked>,
    ) {
        if let Ok(Planned { work, .. }) = &planned {
            let by = shared.now(account, entry);
            let direct = by.directly.then(|| Receiver::Account(account.clone()));
            let changes = work.changes().filter(|change| match change.edit.kind() {
                Kind::ShareAcceptance => true,
                _ => change.edit.takes_away(),
            });
            let changes: BTreeSet<ChangeId> = changes.map(|change| change.id(&name)).collect();
            for receiver in by.through.into_iter().chain(direct).filter(|it| shared.taken.contains(it)) {
                let id = ChangeId { target: portfolio.clone(), kind: Kind::PortfolioShare, key: receiver.to_string() };
                self.awaited.entry(id).or_default().extend(changes.iter().cloned());
            }
        }
        self.recipients.push(Recipient { name, of: shared.wanted, account: account.clone(), planned });
    }
}

/// What the base granted below units that the organization no longer has. It stays as it is.
fn released(hub: &Hub<'_>, portfolio: &Portfolio) -> Option<Released> {
    let units = hub.wanted.recipients.iter().filter(|entry| match &entry.who {
        Recipients::Ou(_) => true,
        Recipients::Account(_) | Recipients::Organization(_) => false,
    });
    let entries: Vec<_> = units.filter(|entry| !entry.principals.is_empty() || entry.local.is_some()).collect();
    let source = entries.first()?.source.clone();
    let principals = entries.iter().map(|entry| entry.principals.len()).sum();
    let locals = entries.iter().filter(|entry| entry.local.is_some()).count();
    let keeps = [(Kind::PrincipalAssociation, principals), (Kind::LocalPortfolio, locals)];
    let (account, region) = hub_place(hub.wanted);
    let name = portfolio.name.clone().unwrap_or_else(|| portfolio.id.to_string());
    Some(Released {
        target: name_of(hub, None),
        account,
        region,
        resource: Resource { id: Some(portfolio.id.to_string()), name },
        keeps: keeps.into_iter().filter(|(_, number)| *number > 0).collect(),
        source,
        unseen: false,
    })
}

/// The name that stands for all recipients of a portfolio. `None` if the file has no entries for any.
pub(super) fn family_of(portfolio: &TargetName, wanted: &DesiredPortfolio) -> Option<TargetName> {
    let (file, region) = (portfolio.file().clone(), wanted.region.clone());
    (!wanted.recipients.is_empty()).then_some(TargetName::Recipient { file, account: None, region })
}

/// What still has to be read of the accounts that receive portfolios.
pub(super) fn wants<'h>(
    is_wanted: impl Fn(&TargetName) -> bool,
    hubs: impl Iterator<Item = Hub<'h>>,
    live: &Live,
) -> Wants {
    let mut wants = Wants::default();
    for hub in hubs {
        if !family_of(hub.name, hub.wanted).is_some_and(|family| is_wanted(&family)) {
            continue;
        }
        let portfolio = hub.key().and_then(|(place, id)| live.portfolio(&place, &id));
        who_is_covered(hub.wanted, portfolio, live, &mut wants);
        let (Some(portfolio), Ok(covered)) = (portfolio, covered(hub.wanted, live)) else { continue };
        let (file, made, taken) = (hub.name.file(), BTreeMap::new(), BTreeSet::new());
        let shared = Shared { file, wanted: hub.wanted, portfolio, live, made, taken };
        for (account, entry) in covered.iter().filter(|(account, _)| is_wanted(&name_of(&hub, Some(account)))) {
            shared.wants(account, entry, &mut wants);
        }
    }
    wants
}

/// Asks which accounts the entries cover, and which shares reach these.
fn who_is_covered(wanted: &DesiredPortfolio, portfolio: Option<&Portfolio>, live: &Live, wants: &mut Wants) {
    let mut of = OrganizationWants::default();
    let mut is_through = false;
    for share in &wanted.shares {
        match &share.share {
            Share::Ou { ou, tag_options: _, principals: _ } => {
                unit_wants(ou, wanted, live, &mut of);
                is_through = true;
            }
            Share::Organization { .. } => is_through = true,
            Share::Account { .. } | Share::Member { .. } => {}
        }
    }
    for receiver in portfolio.into_iter().flat_map(|portfolio| portfolio.shares.keys()) {
        match receiver {
            Receiver::Ou(ou) => {
                of.units.insert(ou.clone());
                is_through = true;
            }
            Receiver::Organization(_) => is_through = true,
            Receiver::Account(_) | Receiver::Member(_) => {}
        }
    }
    entries_wants(wanted, live, &mut of);
    for entry in &wanted.recipients {
        match &entry.who {
            // To tell whether the account is below a node that is shared with.
            Recipients::Account(account) if is_through => drop(of.accounts.insert(account.clone())),
            Recipients::Account(_) | Recipients::Ou(_) | Recipients::Organization(_) => {}
        }
    }
    let organizations = BTreeMap::from([(wanted.organization.clone(), of)]);
    *wants = std::mem::take(wants).and(Wants { organizations, ..Wants::default() });
}

/// Asks which accounts the entries for units and for the organization cover.
pub(super) fn entries_wants(wanted: &DesiredPortfolio, live: &Live, of: &mut OrganizationWants) {
    for entry in &wanted.recipients {
        match &entry.who {
            Recipients::Ou(ou) => unit_wants(ou, wanted, live, of),
            Recipients::Organization(_) => of.everyone = true,
            Recipients::Account(_) => {}
        }
    }
}

fn unit_wants(ou: &OuRef, wanted: &DesiredPortfolio, live: &Live, of: &mut OrganizationWants) {
    if let OuRef::Path(path) = ou {
        of.paths.insert(path.clone());
    }
    of.units.extend(resolve_unit(ou, &wanted.organization, live).ok());
}
