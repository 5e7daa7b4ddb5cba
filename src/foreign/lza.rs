//! The Landing Zone Accelerator on AWS: `customizations-config.yaml`, with `accounts-config.yaml` for the accounts' ids.
//!
//! The meaning of the keys is taken from its sources: `customizations-config.ts`, `customizations-stack.ts` and the
//! function `propagate-portfolio-associations`.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::desired::Recipients;
use crate::model::draft::{Draft, RecipientDraft};
use crate::model::id::{AccountId, Region};
use crate::model::lists::Selector;
use crate::model::recipient::PrincipalRef;
use crate::yaml::{Entry, Node};

use super::file::{Destination, Trouble};
use super::gather::{Gathered, Key, Terms};
use super::names::{self, Node as Place};
use super::reader::{Reader, get, shown};

/// The file next to `customizations-config.yaml` that lists the accounts.
pub const ACCOUNTS_FILE: &str = "accounts-config.yaml";

/// The accelerator's name for the management account.
const MANAGEMENT: &str = "Management";

/// The reason for keeping unlisted live shares if a share could not be taken over.
const KEPT: &str = "not all shares of the accelerator could be taken over: list the rest, then remove this";

/// Account ids, found by the accelerator's names of accounts.
struct Accounts {
    emails: BTreeMap<String, String>,
    ids: BTreeMap<String, AccountId>,
}

impl Accounts {
    fn of(trees: &[(&str, Node<'_>)], draft: &mut Draft) -> Self {
        let mut accounts = Self { emails: BTreeMap::new(), ids: BTreeMap::new() };
        for (path, root) in trees {
            let mut reader = Reader::new(path, &mut draft.left_out, &mut draft.altered);
            for section in ["mandatoryAccounts", "workloadAccounts"] {
                for account in reader.list(root.get(section), section) {
                    let texts = (account.get("name").and_then(Node::text), account.get("email").and_then(Node::text));
                    if let (Some(name), Some(email)) = texts {
                        accounts.emails.insert(name.to_owned(), email.to_ascii_lowercase());
                    }
                }
            }
            for known in reader.list(root.get("accountIds"), "accountIds") {
                let email = known.get("email").and_then(Node::text).map(str::to_ascii_lowercase);
                let id: Option<AccountId> = reader.id(known.get("accountId"), "accountId");
                if let (Some(email), Some(id)) = (email, id) {
                    accounts.ids.insert(email, id);
                }
            }
        }
        accounts
    }

    /// The id of an account, or the reason why it is not known.
    fn id(&self, name: &str) -> Result<AccountId, String> {
        if let Ok(id) = name.parse() {
            return Ok(id);
        }
        let called = shown(name);
        let Some(email) = self.emails.get(name) else {
            return Err(format!(
                "the id of account {called} is not known: {ACCOUNTS_FILE} does not name it, or was not given"
            ));
        };
        self.ids.get(email).cloned().ok_or_else(|| {
            format!("the id of account {called} is not known: {ACCOUNTS_FILE} has none for {email} under `accountIds`")
        })
    }
}

pub(super) fn read(trees: &[(&str, Node<'_>)], to: Destination<'_>, draft: &mut Draft) -> Result<(), Trouble> {
    let accounts = Accounts::of(trees, draft);
    let mut gathered = Gathered::new(to);
    let mut is_there = false;
    for (path, root) in trees {
        let Some(customizations) = root.get("customizations") else { continue };
        is_there = true;
        let mut reader = Reader::new(path, &mut draft.left_out, &mut draft.altered);
        let entries = reader.map(customizations, "customizations");
        reader.others(entries, &["serviceCatalogPortfolios"], "customizations");
        reader.others(root.entries(), &["customizations"], "this file");
        let portfolios = get(entries, "serviceCatalogPortfolios");
        for node in reader.list(portfolios, "serviceCatalogPortfolios") {
            Portfolio { reader: &mut reader, accounts: &accounts, to }.read(node, &mut gathered);
        }
    }
    if !is_there {
        let path = trees.first().map_or("", |(path, _)| path);
        return Err(Trouble(format!("{path}: there is no `customizations` here: give `customizations-config.yaml`")));
    }
    gathered.into_drafts(draft);
    Ok(())
}

/// Reads an entry of `serviceCatalogPortfolios`.
struct Portfolio<'p, 'r, 's> {
    reader: &'p mut Reader<'r>,
    accounts: &'p Accounts,
    to: Destination<'s>,
}

/// The keys of a portfolio with a counterpart in a catalog.
const KNOWN: [&str; 6] = ["name", "account", "regions", "portfolioAssociations", "shareTargets", "shareTagOptions"];
/// The keys that `rest` reports one by one.
const SAID: [&str; 3] = ["provider", "products", "tagOptions"];

impl Portfolio<'_, '_, '_> {
    fn read(mut self, node: &Node<'_>, gathered: &mut Gathered<'_>) {
        let entries = self.reader.map(node, "a portfolio");
        let Some(name) = self.reader.text(get(entries, "name"), "name") else {
            self.reader.leave(node.place, "a portfolio without a name that can be read");
            return;
        };
        let what = format!("portfolio {}", shown(name));
        if let Err(why) = names::portfolio(name) {
            self.reader.leave(node.place, &format!("{what}: no file can name it so, since {why}"));
            return;
        }
        let Some(is_of_management) = self.owner(entries, &what) else { return };
        let regions: Vec<Region> = self
            .reader
            .list(get(entries, "regions"), &format!("{what}, regions"))
            .iter()
            .filter_map(|region| self.reader.id(Some(region), &format!("{what}, regions")))
            .collect();
        if regions.is_empty() {
            self.reader.leave(node.place, &format!("{what}: no region that can be read"));
            return;
        }
        let keys: Vec<Key> = regions.into_iter().map(|region| (Selector::Name(name.to_owned()), region)).collect();
        for key in &keys {
            gathered.portfolio(key);
        }
        let nodes = self.shares(entries, &what, is_of_management, &keys, gathered);
        self.associations(entries, &what, &nodes, &keys, gathered);
        self.rest(entries, &what);
    }

    /// Whether the portfolio belongs to the management account. `None` if it belongs to another account than the
    /// catalog's own, or if its account can't be read; that was reported.
    fn owner(&mut self, entries: &[Entry<'_>], what: &str) -> Option<bool> {
        let Some(account) = get(entries, "account") else { return Some(false) };
        let name = self.reader.text(Some(account), &format!("{what}, account"))?;
        let owner = self.to.organization.service_catalog_account.as_ref();
        match self.accounts.id(name) {
            Ok(id) if Some(&id) == owner => {}
            Ok(id) => {
                let owner = owner.map_or("no account", |owner| owner.as_str());
                self.reader.leave(
                    account.place,
                    &format!(
                        "{what}: it lives in account {} {id}, and the portfolios of {} are those of {owner} \
                         (`service_catalog_account` in settings.yaml)",
                        shown(name),
                        self.to.name
                    ),
                );
                return None;
            }
            Err(why) => {
                let says = format!(
                    "{what}: whether it lives in the `service_catalog_account` of {} can't be told, and its file takes that for \
                     granted: {why}",
                    self.to.name
                );
                self.reader.alter(account.place, &says);
            }
        }
        Some(name == MANAGEMENT)
    }

    /// Adds the shares. Returns the receivers that were taken over: associations are propagated to these.
    fn shares(
        &mut self,
        entries: &[Entry<'_>],
        what: &str,
        is_of_management: bool,
        keys: &[Key],
        gathered: &mut Gathered<'_>,
    ) -> Vec<(Place, Option<String>)> {
        let Some(targets) = get(entries, "shareTargets").filter(|node| !node.is_null()) else { return Vec::new() };
        let before = self.reader.count();
        let tag_options = self.reader.flag(get(entries, "shareTagOptions"), &format!("{what}, shareTagOptions"));
        let terms = Terms { tag_options: tag_options.unwrap_or_default(), ..Terms::default() };
        let label = format!("{what}, shareTargets");
        let targets = self.reader.map(targets, &label);
        let mut found: Vec<(&Node<'_>, Result<Place, String>, Option<String>)> = Vec::new();
        for unit in self.reader.list(get(targets, "organizationalUnits"), &label) {
            let Some(name) = self.reader.text(Some(unit), &label) else { continue };
            let node = if is_of_management {
                names::unit(name)
            } else {
                Err(format!(
                    "the unit {}: the accelerator shares with units from the account {MANAGEMENT} alone",
                    shown(name)
                ))
            };
            found.push((unit, node, None));
        }
        for account in self.reader.list(get(targets, "accounts"), &label) {
            let Some(name) = self.reader.text(Some(account), &label) else { continue };
            found.push((account, self.accounts.id(name).map(Place::Account), Some(name.to_owned())));
        }
        self.reader.others(targets, &["organizationalUnits", "accounts"], &label);
        let mut nodes = Vec::new();
        for (at, node, comment) in found {
            let added = node.and_then(|node| {
                for key in keys {
                    gathered.share(key, node.clone(), terms, comment.as_deref())?;
                }
                Ok(node)
            });
            match added {
                Ok(node) => nodes.push((node, comment)),
                Err(why) => self.reader.leave(at.place, &format!("{label}: {why}")),
            }
        }
        if self.reader.count() > before {
            for key in keys {
                gathered.keep(key, KEPT);
            }
        }
        nodes
    }

    /// Adds the associations that the accelerator propagates to the accounts with which a portfolio is shared.
    fn associations(
        &mut self,
        entries: &[Entry<'_>],
        what: &str,
        nodes: &[(Place, Option<String>)],
        keys: &[Key],
        gathered: &mut Gathered<'_>,
    ) {
        let mut spread: BTreeSet<PrincipalRef> = BTreeSet::new();
        let mut spot = None;
        let label = format!("{what}, portfolioAssociations");
        for association in self.reader.list(get(entries, "portfolioAssociations"), &label) {
            let fields = self.reader.map(association, &label);
            let kind = self.reader.text(get(fields, "type"), &format!("{label}, type"));
            let name = self.reader.text(get(fields, "name"), &format!("{label}, name"));
            let is_spread =
                self.reader.flag(get(fields, "propagateAssociation"), &format!("{label}, propagateAssociation"));
            self.reader.others(fields, &["type", "name", "propagateAssociation"], &label);
            let (Some(kind), Some(name)) = (kind, name) else {
                self.reader
                    .leave(association.place, &format!("{label}: an entry without a type and a name that can be read"));
                continue;
            };
            let who = format!("{} {}", kind, shown(name));
            self.reader.leave(
                association.place,
                &format!("{label}: {who} in the account that owns the portfolio, where a catalog grants nothing"),
            );
            if is_spread != Some(true) {
                continue;
            }
            let principal = match kind {
                "Role" => names::principal(&format!("role/{name}")),
                "User" => names::principal(&format!("user/{name}")),
                "Group" => names::principal(&format!("group/{name}")),
                "PermissionSet" => names::permission_set(name),
                _ => Err(format!("{} is no type that is known", shown(kind))),
            };
            match principal {
                Ok(principal) => {
                    spot.get_or_insert_with(|| self.reader.spot(association.place));
                    spread.insert(principal);
                }
                Err(why) => self.reader.leave(association.place, &format!("{label}: {why}")),
            }
        }
        let Some(spot) = spot else { return };
        for (node, comment) in nodes {
            let who = match node {
                Place::Account(account) => Recipients::Account(account.clone()),
                Place::Ou(ou) => Recipients::Ou(ou.clone()),
                Place::Everyone => Recipients::Organization(self.to.organization.id.clone()),
            };
            let draft = RecipientDraft { who, except: BTreeSet::new(), local: None, principals: spread.clone() };
            for key in keys {
                if let Err(why) = gathered.recipient(key, &spot, draft.clone(), comment.as_deref()) {
                    self.reader.leave_at(&spot, &format!("{label}: {why}"));
                }
            }
        }
    }

    /// Reports the keys without a counterpart.
    fn rest(&mut self, entries: &[Entry<'_>], what: &str) {
        for entry in entries {
            let place = entry.place;
            match entry.key.as_ref() {
                "provider" => {
                    self.reader
                        .leave(place, &format!("{what}, provider: that of the portfolio itself stays as it is in AWS"));
                }
                "products" => {
                    for product in self.reader.list(Some(&entry.value), &format!("{what}, products")) {
                        let name = product.get("name").and_then(Node::text).unwrap_or("without a name");
                        let more = if product.get("constraints").is_some() { " and its constraints" } else { "" };
                        self.reader.leave(
                            product.place,
                            &format!("{what}: product {}{more}: a catalog makes no products of the hub's", shown(name)),
                        );
                    }
                }
                "tagOptions" => {
                    self.reader.leave(place, &format!("{what}, tagOptions: a catalog makes none; it shares them"));
                }
                _ => {}
            }
        }
        let known: Vec<&str> = KNOWN.into_iter().chain(SAID).collect();
        self.reader.others(entries, &known, what);
    }
}
