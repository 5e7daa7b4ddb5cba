//! The `accounts` of a manifest, and which of them an item is for.

use std::collections::BTreeSet;

use crate::foreign::names::{self, Node as Place};
use crate::foreign::reader::{Reader, get, shown};
use crate::model::id::{AccountId, Region};
use crate::yaml::{Entry, Node};

/// The accounts and units of a manifest.
#[derive(Default)]
pub(super) struct Accounts {
    all: Vec<Account>,
}

/// An entry of `accounts`.
struct Account {
    node: Place,
    name: Option<String>,
    default_region: Option<Region>,
    enabled: BTreeSet<Region>,
    tags: BTreeSet<String>,
    /// Accounts that are excluded from an OU.
    except: BTreeSet<AccountId>,
    /// Whether OUs below it are excluded. A catalog entry can't say that.
    excludes_units: bool,
    /// Whether its tags replace those of its OU.
    is_overwritten: bool,
}

/// One account or OU that an item is for.
pub(super) struct Target {
    pub(super) spot: String,
    pub(super) node: Place,
    pub(super) name: Option<String>,
    pub(super) regions: BTreeSet<Region>,
    pub(super) except: BTreeSet<AccountId>,
    pub(super) excludes_units: bool,
}

const KNOWN: [&str; 9] =
    ["account_id", "ou", "name", "default_region", "regions_enabled", "tags", "exclude", "append", "overwrite"];

impl Accounts {
    pub(super) fn read(&mut self, root: &Node<'_>, reader: &mut Reader<'_>) {
        for node in reader.list(root.get("accounts"), "accounts") {
            let entries = reader.map(node, "accounts");
            if let Some(account) = Account::read(node, entries, reader) {
                self.all.push(account);
            }
        }
    }

    /// The targets of an item, from the tags and accounts in `node`.
    pub(super) fn targets(&self, node: Option<&Node<'_>>, what: &str, reader: &mut Reader<'_>) -> Vec<Target> {
        let Some(node) = node else { return Vec::new() };
        let label = format!("{what}, deploy_to");
        let entries = reader.map(node, &label);
        let mut found = Vec::new();
        for tagged in reader.list(get(entries, "tags"), &label) {
            let fields = reader.map(tagged, &label);
            let Some(tag) = reader.text(get(fields, "tag"), &label) else { continue };
            let all: Vec<&Account> = self.all.iter().filter(|account| account.tags.contains(tag)).collect();
            if all.is_empty() {
                reader.leave(
                    tagged.place,
                    &format!("{label}: no account or unit of the manifest has the tag {}", shown(tag)),
                );
            }
            for account in all {
                let regions = regions(get(fields, "regions"), Some(account), &label, reader);
                let mut except = account.except.clone();
                except.extend(self.taken_out(tag));
                let (node, name) = (account.node.clone(), account.name.clone());
                found.push(Target {
                    spot: reader.spot(tagged.place),
                    node,
                    name,
                    regions,
                    except,
                    excludes_units: account.excludes_units,
                });
            }
        }
        for named in reader.list(get(entries, "accounts"), &label) {
            let fields = reader.map(named, &label);
            let Some(id) = reader.id::<AccountId>(get(fields, "account_id"), &label) else { continue };
            let node = Place::Account(id);
            let account = self.all.iter().find(|account| account.node == node);
            let regions = regions(get(fields, "regions"), account, &label, reader);
            let name = account.and_then(|account| account.name.clone());
            found.push(Target {
                spot: reader.spot(named.place),
                node,
                name,
                regions,
                except: BTreeSet::new(),
                excludes_units: false,
            });
        }
        reader.others(entries, &["tags", "accounts"], &label);
        found
    }

    /// The accounts whose tags replace those of their OU and lack this one.
    fn taken_out(&self, tag: &str) -> impl Iterator<Item = AccountId> {
        let without = self.all.iter().filter(move |account| account.is_overwritten && !account.tags.contains(tag));
        without.filter_map(|account| match &account.node {
            Place::Account(id) => Some(id.clone()),
            Place::Ou(_) | Place::Everyone => None,
        })
    }
}

impl Account {
    fn read(node: &Node<'_>, entries: &[Entry<'_>], reader: &mut Reader<'_>) -> Option<Self> {
        let id = get(entries, "account_id").filter(|node| !node.is_null());
        let ou = get(entries, "ou").filter(|node| !node.is_null());
        let place = match (id, ou) {
            (Some(id), _) => Place::Account(reader.id(Some(id), "accounts, account_id")?),
            (None, Some(ou)) => match names::unit(reader.text(Some(ou), "accounts, ou")?) {
                Ok(place) => place,
                Err(why) => {
                    reader.leave(ou.place, &format!("accounts, ou: {why}"));
                    return None;
                }
            },
            (None, None) => {
                reader.leave(node.place, "accounts: an entry with neither `account_id` nor `ou`");
                return None;
            }
        };
        let name = get(entries, "name").and_then(Node::text).filter(|name| match &place {
            Place::Account(id) => *name != id.as_str(),
            Place::Ou(_) | Place::Everyone => false,
        });
        let mut account = Self {
            node: place,
            name: name.map(str::to_owned),
            default_region: None,
            enabled: BTreeSet::new(),
            tags: BTreeSet::new(),
            except: BTreeSet::new(),
            excludes_units: false,
            is_overwritten: false,
        };
        account.terms(entries, reader);
        for key in ["append", "overwrite"] {
            let Some(more) = get(entries, key).filter(|node| !node.is_null()) else { continue };
            let more = reader.map(more, key);
            account.is_overwritten |= key == "overwrite" && get(more, "tags").is_some();
            account.terms(more, reader);
            reader.others(more, &["default_region", "regions_enabled", "tags"], &format!("accounts, {key}"));
        }
        if let Some(exclude) = get(entries, "exclude").filter(|node| !node.is_null()) {
            let fields = reader.map(exclude, "accounts, exclude");
            for node in reader.list(get(fields, "accounts"), "accounts, exclude") {
                account.except.extend(reader.id::<AccountId>(Some(node), "accounts, exclude"));
            }
            for node in reader.list(get(fields, "ous"), "accounts, exclude, ous") {
                let unit = node.text().unwrap_or_default();
                account.excludes_units = true;
                let what = format!("accounts, exclude: the unit {}: an entry can only leave accounts out", shown(unit));
                reader.leave(node.place, &what);
            }
            reader.others(fields, &["accounts", "ous"], "accounts, exclude");
        }
        reader.others(entries, &KNOWN, "accounts");
        Some(account)
    }

    /// Adds regions and tags.
    fn terms(&mut self, entries: &[Entry<'_>], reader: &mut Reader<'_>) {
        if let Some(region) = reader.id(get(entries, "default_region"), "accounts, default_region") {
            self.default_region = Some(region);
        }
        for node in reader.list(get(entries, "regions_enabled"), "accounts, regions_enabled") {
            self.enabled.extend(reader.id::<Region>(Some(node), "accounts, regions_enabled"));
        }
        for node in reader.list(get(entries, "tags"), "accounts, tags") {
            self.tags.extend(reader.text(Some(node), "accounts, tags").map(str::to_owned));
        }
    }
}

/// The regions of a target. Empty if the manifest does not say which they are.
fn regions(
    node: Option<&Node<'_>>,
    account: Option<&Account>,
    what: &str,
    reader: &mut Reader<'_>,
) -> BTreeSet<Region> {
    let Some(node) = node else { return BTreeSet::new() };
    if !node.items().is_empty() {
        return node.items().iter().filter_map(|region| reader.id(Some(region), what)).collect();
    }
    match reader.text(Some(node), what) {
        Some("default_region") => account.and_then(|it| it.default_region.clone()).into_iter().collect(),
        Some("enabled" | "regions_enabled" | "enabled_regions") => {
            account.map(|it| it.enabled.clone()).unwrap_or_default()
        }
        // Only Puppet's own configuration knows these regions.
        Some("all" | "home_region") | None => BTreeSet::new(),
        Some(_) => reader.id(Some(node), what).into_iter().collect(),
    }
}
