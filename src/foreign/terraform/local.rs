//! Turns portfolios of other accounts that hold products of a shared one into `local_portfolio`.

use std::collections::{BTreeMap, BTreeSet};

use crate::foreign::gather::{Gathered, Key};
use crate::foreign::names::{self, words};
use crate::foreign::reader::{Reader, shown};
use crate::model::desired::{LocalMode, Recipients};
use crate::model::draft::{Commented, LocalDraft, RecipientDraft};
use crate::model::id::{AccountId, Region};
use crate::model::local::LaunchRole;
use crate::model::recipient::PrincipalRef;

use super::resource::Resource;

/// A portfolio of an account other than the catalog's own.
pub(super) struct Local<'n> {
    it: &'n Resource<'n>,
    name: &'n str,
    pub(super) account: AccountId,
    region: Region,
    /// Its products. The value is the shared portfolio that each was taken from.
    products: BTreeMap<&'n str, Option<&'n str>>,
    roles: BTreeMap<&'n str, LaunchRole>,
    principals: BTreeSet<PrincipalRef>,
    /// The addresses of the resources that belong to it.
    parts: Vec<String>,
}

/// Data from the rest of the state.
pub(super) struct Known<'k> {
    /// Finds the key of a portfolio by its id.
    pub(super) key: &'k dyn Fn(&str, &Resource<'_>) -> Result<Key, String>,
    /// Product names by id.
    pub(super) products: &'k BTreeMap<&'k str, &'k str>,
}

impl<'n> Local<'n> {
    pub(super) fn new(it: &'n Resource<'n>, name: &'n str, account: AccountId, region: Region) -> Self {
        let (products, roles) = (BTreeMap::new(), BTreeMap::new());
        Self { it, name, account, region, products, roles, principals: BTreeSet::new(), parts: Vec::new() }
    }

    pub(super) fn grant(&mut self, it: &Resource<'_>, principal: PrincipalRef) {
        self.parts.push(it.address.clone());
        self.principals.insert(principal);
    }

    pub(super) fn product(&mut self, it: &Resource<'n>) -> Result<(), String> {
        let Some(product) = it.get("product_id") else {
            return Err("an association without a `product_id`".to_owned());
        };
        self.parts.push(it.address.clone());
        self.products.insert(product, it.get("source_portfolio_id"));
        Ok(())
    }

    pub(super) fn constraint(&mut self, it: &Resource<'n>) -> Result<(), String> {
        let kind = it.get("type").unwrap_or_default();
        if kind != "LAUNCH" {
            return Err(format!("a constraint of type {}: a catalog has launch roles alone", shown(kind)));
        }
        let (Some(product), Some(parameters)) = (it.get("product_id"), it.get("parameters")) else {
            return Err("a constraint without a `product_id` and `parameters`".to_owned());
        };
        let parameters: serde_json::Value =
            serde_json::from_str(parameters).map_err(|_| "its `parameters` are no JSON".to_owned())?;
        let text = |key: &str| parameters.get(key).and_then(serde_json::Value::as_str);
        let role = match (text("LocalRoleName"), text("RoleArn")) {
            (Some(name), _) => names::launch_role(name)?,
            (None, Some(arn)) => names::role_arn(arn)?,
            (None, None) => return Err("its `parameters` name neither `LocalRoleName` nor `RoleArn`".to_owned()),
        };
        self.parts.push(it.address.clone());
        self.roles.insert(product, role);
        Ok(())
    }

    /// Adds the entry of `recipients`, or reports why it can't.
    pub(super) fn add(&self, known: &Known<'_>, reader: &mut Reader<'_>, gathered: &mut Gathered<'_>) {
        if let Err(why) = self.try_add(known, reader, gathered) {
            let with = if self.parts.is_empty() { String::new() } else { format!(", with {}", self.parts.join(", ")) };
            self.it.leave(reader, &format!("portfolio {} of account {}{with}: {why}", shown(self.name), self.account));
        }
    }

    fn try_add(&self, known: &Known<'_>, reader: &Reader<'_>, gathered: &mut Gathered<'_>) -> Result<(), String> {
        let Self { it, name, account, region, products, roles, principals, parts: _ } = self;
        let sources: BTreeSet<Option<&str>> = products.values().copied().collect();
        let source = match sources.into_iter().collect::<Vec<_>>().as_slice() {
            [] => return Err("no product of it is in this state".to_owned()),
            [Some(source)] => *source,
            [None] => return Err("its products are the account's own".to_owned()),
            _ => return Err("its products come from several portfolios, and a catalog takes them from one".to_owned()),
        };
        let key = (known.key)(source, it)?;
        if key.1 != *region {
            return Err(format!("it lives in {region}, and the portfolio that it takes products from in {}", key.1));
        }
        let named = products.keys().map(|id| known.products.get(id).map(|name| words(name, 8_191)));
        let named: Option<Result<BTreeSet<String>, String>> = named.collect();
        let Some(named) = named else {
            return Err("the names of its products are not in this state, and a catalog goes by names".to_owned());
        };
        let mut launch: BTreeSet<Option<&LaunchRole>> = products.keys().map(|id| roles.get(id)).collect();
        let (Some(role), true) = (launch.pop_first(), launch.is_empty()) else {
            return Err("its products have several launch roles, and a catalog gives all of them one".to_owned());
        };
        let provider = words(it.get("provider_name").unwrap_or_default(), 50)?;
        let description = it.get("description").map(|text| words(text, 2_000)).transpose()?;
        let local = LocalDraft {
            name: Some(words(name, 100)?),
            provider: Commented { value: provider, comment: None },
            description,
            products: Some(named?),
            adopt: true,
            mode: LocalMode::Reference,
            launch_role: role.cloned(),
        };
        let who = Recipients::Account(account.clone());
        let entry = RecipientDraft { who, except: BTreeSet::new(), local: Some(local), principals: principals.clone() };
        gathered.recipient(&key, &reader.spot(it.place), entry, None)
    }
}
