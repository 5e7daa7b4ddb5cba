//! `doctor`: the verdict and message of each link, and the exit status.

mod organization;
mod page;
mod policy;
mod recipients;
mod roles;
mod token;
mod trouble;

use serde_json::Value;

use super::bed::{Bed, Ran};

/// Two accounts that are entered through a third.
const SETTINGS: &str = "
version: 1
organizations:
  acme:
    id: o-acme000001
    service_catalog_account: '111111111111'
    marketplace_account: '111111111112'
access:
  role: arn:aws:iam::{account}:role/catalog-sync-{mode}
  through: arn:aws:iam::111111111119:role/entry-{mode}
  external_id: acme-catalog
regions: [us-east-1]
";

const PORTFOLIO: &str = "
portfolio: Data
shares: [{ou: Workloads}]
";

const WORLD: &str = "
start: '111111111119'
accounts: {'111111111111': {}, '111111111112': {}, '111111111119': {}}
organizations:
  acme:
    id: o-acme000001
    management_account: '111111111110'
    delegated_administrators:
      servicecatalog.amazonaws.com: ['111111111111', '111111111113']
      private-marketplace.marketplace.amazonaws.com: ['111111111112']
    accounts:
      '111111111110': management
      '111111111111': hub
      '111111111112': shop
      '111111111113': old-hub
      '111111111119': entry
    ous:
      - name: Workloads
        id: ou-acme-work0001
        accounts: {'333333333331': web, '333333333332': app, '333333333333': {name: closed, status: SUSPENDED}}
    marketplace: {experiences: {exp-one000000001: {name: One}}}
";

fn bed() -> Bed {
    Bed::new(WORLD, &[("catalog/settings.yaml", SETTINGS), ("catalog/portfolios/data.yaml", PORTFOLIO)])
}

/// Gives an account of the world a role.
fn role(bed: &Bed, account: &str, name: &str, yaml: &str) {
    let role = serde_yaml::from_str(yaml).unwrap();
    bed.change_world(|world| {
        world.accounts.entry(account.to_owned()).or_default().roles.insert(name.to_owned(), role);
    });
}

/// The links of a kind, as JSON.
fn links(ran: &Ran, kind: &str) -> Vec<Value> {
    let links = ran.json()["links"].as_array().unwrap().clone();
    links.into_iter().filter(|link| link["link"] == kind).collect()
}

/// The verdicts of the links of a kind.
fn verdicts(ran: &Ran, kind: &str) -> Vec<String> {
    links(ran, kind).iter().map(|link| link["verdict"].as_str().unwrap().to_owned()).collect()
}

/// The one link of a kind.
#[track_caller]
fn one(ran: &Ran, kind: &str) -> Value {
    let links = links(ran, kind);
    assert_eq!(links.len(), 1, "{}", ran.stdout);
    links[0].clone()
}
