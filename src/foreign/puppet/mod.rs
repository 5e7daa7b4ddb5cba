//! Service Catalog Puppet: `spoke-local-portfolios` and `imported-portfolios` of a manifest.
//!
//! The meaning of the keys is taken from its sources: `schema.yaml`, `manifest_utils.py` and the tasks under
//! `workflow/portfolio`.

mod accounts;
mod item;

use std::collections::BTreeSet;

use crate::model::desired::Recipients;
use crate::model::draft::{Commented, Draft, LocalDraft, RecipientDraft};
use crate::model::id::Region;
use crate::model::lists::Selector;
use crate::model::recipient::PrincipalRef;
use crate::yaml::{Content, Node};

use super::file::{Destination, Trouble};
use super::gather::{Gathered, Terms};
use super::names::Node as Place;
use super::reader::{Reader, shown};

use accounts::{Accounts, Target};
use item::{Association, Item};

/// The reason for keeping unlisted live shares.
const KEPT: &str = "Puppet shares for launches and with single accounts, too: list what stays, then remove this";

/// The sections that are about portfolios.
const SECTIONS: [&str; 2] = ["spoke-local-portfolios", "imported-portfolios"];

pub(super) fn read(trees: &[(&str, Node<'_>)], to: Destination<'_>, draft: &mut Draft) -> Result<(), Trouble> {
    let mut accounts = Accounts::default();
    for (path, root) in trees {
        let Content::Map(_) = &root.content else {
            return Err(Trouble::at(path, root.place, "a manifest is a mapping with `accounts` and sections of items"));
        };
        accounts.read(root, &mut Reader::new(path, &mut draft.left_out, &mut draft.altered));
    }
    let mut gathered = Gathered::new(to);
    for (path, root) in trees {
        let mut reader = Reader::new(path, &mut draft.left_out, &mut draft.altered);
        for section in SECTIONS {
            let Some(items) = root.get(section) else { continue };
            for entry in reader.map(items, section) {
                let what = format!("{section} {}", shown(&entry.key));
                let Some(item) = Item::read(&entry.value, &what, section == "spoke-local-portfolios", &mut reader)
                else {
                    continue;
                };
                Writer { reader: &mut reader, accounts: &accounts, to, what }.add(&item, &entry.value, &mut gathered);
            }
        }
        for entry in root.entries() {
            let key = entry.key.as_ref();
            if SECTIONS.contains(&key) || matches!(key, "accounts" | "schema" | "Schema") {
                continue;
            }
            let more = if key == "launches" { ": the shares that Puppet makes for them are in no file" } else { "" };
            reader.leave(entry.place, &format!("{} has no counterpart in a catalog{more}", shown(key)));
        }
    }
    gathered.into_drafts(draft);
    Ok(())
}

/// Adds one item's shares and entries to the files.
struct Writer<'w, 'r, 's> {
    reader: &'w mut Reader<'r>,
    accounts: &'w Accounts,
    to: Destination<'s>,
    what: String,
}

impl Writer<'_, '_, '_> {
    fn add(mut self, item: &Item<'_>, node: &Node<'_>, gathered: &mut Gathered<'_>) {
        let targets = self.accounts.targets(item.targets, &self.what, self.reader);
        if targets.is_empty() {
            self.leave(node, "no account or unit that it is for could be taken over");
        }
        for target in &targets {
            let regions = self.regions(target);
            for region in regions {
                let key = (Selector::Name(item.portfolio.to_owned()), region);
                gathered.portfolio(&key);
                gathered.keep(&key, KEPT);
                if let Err(why) = self.one(item, target, &key, gathered) {
                    self.reader.leave_at(&target.spot, &format!("{}: {why}", self.what));
                }
            }
        }
    }

    fn leave(&mut self, node: &Node<'_>, why: &str) {
        self.reader.leave(node.place, &format!("{}: {why}", self.what));
    }

    /// The regions of a target. Those of the settings if only Puppet's own configuration knows them.
    fn regions(&mut self, target: &Target) -> Vec<Region> {
        if !target.regions.is_empty() {
            return target.regions.iter().cloned().collect();
        }
        let what = format!("{}: its regions are not in the manifest: those of settings.yaml were taken", self.what);
        self.reader.alter_at(&target.spot, &what);
        self.to.settings.regions.clone()
    }

    fn one(
        &mut self,
        item: &Item<'_>,
        target: &Target,
        key: &super::gather::Key,
        gathered: &mut Gathered<'_>,
    ) -> Result<(), String> {
        let is_account = matches!(target.node, Place::Account(_));
        if is_account && item.is_by_organization {
            return Err(
                "Puppet shares with units in this mode, and which unit the account is in is not in the manifest"
                    .to_owned(),
            );
        }
        let terms = Terms {
            tag_options: item.tag_options,
            // Account-to-account shares can't share principals.
            principals: item.principals && !is_account && item.is_by_organization,
            through_organization: false,
        };
        gathered.share(key, target.node.clone(), terms, target.name.as_deref())?;
        if !is_account && !item.is_by_organization {
            let more =
                if target.except.is_empty() { "" } else { ", and so with the accounts that are taken out of it" };
            let what = "Puppet shares with each account of the unit; the file shares with the unit itself";
            self.reader.alter_at(&target.spot, &format!("{}: {what}{more}", self.what));
        }
        if target.excludes_units {
            return Err(
                "what is inside the accounts: units are taken out, and an entry can only take out accounts".to_owned()
            );
        }
        let who = match &target.node {
            Place::Account(account) => Recipients::Account(account.clone()),
            Place::Ou(ou) => Recipients::Ou(ou.clone()),
            Place::Everyone => Recipients::Organization(self.to.organization.id.clone()),
        };
        let principals = self.principals(item, target);
        let local = match (&item.local, &item.launch) {
            (None, _) if principals.is_empty() => return Ok(()),
            (None, _) => None,
            (Some(_), Err(why)) => return Err(format!("what is inside the accounts: {why}")),
            (Some(mode), Ok(role)) => {
                let comment = "the manifest names none: write the one that people should see";
                Some(LocalDraft {
                    name: None,
                    provider: Commented { value: self.to.name.to_string(), comment: Some(comment.to_owned()) },
                    description: None,
                    products: None,
                    adopt: true,
                    mode: *mode,
                    launch_role: role.clone(),
                })
            }
        };
        let except = if is_account { BTreeSet::new() } else { target.except.clone() };
        let entry = RecipientDraft { who, except, local, principals };
        gathered.recipient(key, &target.spot, entry, target.name.as_deref())
    }

    /// The principals that may launch in a target. An ARN that names an account counts only in that account.
    fn principals(&mut self, item: &Item<'_>, target: &Target) -> BTreeSet<PrincipalRef> {
        let mut principals = BTreeSet::new();
        for Association { spot, who, account } in &item.associations {
            match (account, &target.node) {
                (None, _) => {
                    principals.insert(who.clone());
                }
                (Some(account), Place::Account(own)) if account == own => {
                    principals.insert(who.clone());
                }
                (Some(account), node) => {
                    let is_other = matches!(node, Place::Account(_));
                    let where_ =
                        if is_other { "it does nothing for another one" } else { "an entry for a unit can't say so" };
                    self.reader.leave_at(spot, &format!("{}: {who} of account {account} alone: {where_}", self.what));
                }
            }
        }
        principals
    }
}
