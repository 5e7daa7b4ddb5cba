//! The catalogs and worlds of the campaign. They are small, and together they need every call that a plan and an apply
//! make.

use std::collections::BTreeMap;

use catalog_sync::sandbox::World;

use super::super::commands::bed::Bed;

/// A catalog, and a world that differs from it.
pub(super) struct Scene {
    pub(super) name: &'static str,
    make: fn() -> Bed,
}

pub(super) const SCENES: &[Scene] = &[
    Scene { name: "shares", make: shares },
    Scene { name: "recipients", make: recipients },
    Scene { name: "experiences", make: experiences },
    Scene { name: "mirror", make: mirror },
];

impl Scene {
    /// A new folder that holds the catalog and the world.
    pub(super) fn bed(&self) -> Bed {
        (self.make)()
    }
}

/// The world that is saved in a bed.
pub(super) fn world(bed: &Bed) -> World {
    World::read(&bed.path("world.yaml")).unwrap()
}

/// How often each operation was called, read from the list that `--verbose` prints.
pub(super) fn calls(stderr: &str) -> BTreeMap<String, u32> {
    let listed = stderr.lines().filter_map(|line| {
        let (count, operation) = line.strip_prefix("  ")?.trim_start().split_once(' ')?;
        let is_operation = operation.chars().all(char::is_alphanumeric);
        Some((operation.to_owned(), count.parse().ok().filter(|_| is_operation)?))
    });
    listed.collect()
}

/// The example: shares of every kind, and product lists of two organizations.
fn shares() -> Bed {
    let bed = Bed::example();
    bed.change_world(|_| {});
    bed
}

const RECIPIENTS_SETTINGS: &str = r#"
version: 1
organizations:
  acme: {id: o-acme000001, service_catalog_account: "111111111112"}
access: {role: "arn:aws:iam::{account}:role/catalog-sync-{mode}"}
regions: [us-east-1]
safety: {max_removals: 50}
"#;

/// One account gets a local portfolio, another has one that differs, a third holds copies, and one outside of the
/// organization has a share to accept.
const RECIPIENTS: &str = r#"
portfolio: Data
organization: acme
shares:
  - ou: Shops
  - account: "999999999991"
recipients:
  - account: "333333333331"
    local_portfolio: {name: Our Data, provider: Platform, description: From the hub, launch_role: Launcher}
    principals: [role/Engineer]
  - account: "333333333332"
    local_portfolio: {name: Our Data, provider: Platform, unlisted_products: remove, products: [Warehouse], launch_role: Launcher}
    principals: [role/Engineer, role/Analyst]
  - account: "333333333333"
    local_portfolio: {name: Our Data, provider: Platform, mode: copy}
    principals: [role/Engineer]
  - account: "999999999991"
    principals: [role/Auditor]
"#;

const RECIPIENTS_WORLD: &str = r#"
organizations:
  acme:
    id: o-acme000001
    management_account: "111111111111"
    delegated_administrators: {servicecatalog.amazonaws.com: ["111111111112"]}
    accounts: {"111111111111": management}
    ous:
      - {name: Shared, id: ou-acme-shared01, accounts: {"111111111112": hub}}
      - {name: Shops, id: ou-acme-shops001, accounts: {"333333333331": shop, "333333333332": billing, "333333333333": lab}}
accounts:
  "111111111112":
    regions:
      us-east-1:
        portfolios:
          port-data:
            name: Data
            shares: [{member: "333333333332"}, {account: "888888888881"}]
            products: {prod-stream: {}, prod-warehouse: {}}
        products:
          prod-stream: {name: Stream, versions: {pa-stream1: {name: v1}}}
          prod-warehouse: {name: Warehouse, versions: {pa-warehouse1: {name: v1}, pa-warehouse2: {name: v2}}}
  "333333333332":
    regions:
      us-east-1:
        imports:
          port-data: {principals: ["arn:aws:iam::333333333332:role/Stranger"]}
        portfolios:
          port-billing:
            name: Our Data
            provider: Nobody
            tags: {catalog-sync: data}
            products: {prod-stream: {from: port-data}, prod-warehouse: {from: port-data}, prod-mine: {}}
            constraints: {cons-billing: {product: prod-warehouse, parameters: '{"LocalRoleName":"Other"}'}}
            principals: ["arn:aws:iam::333333333332:role/Analyst", "arn:aws:iam::333333333332:role/Stranger"]
        products:
          prod-mine: {name: Mine, versions: {pa-mine1: {name: v1}}}
  "333333333333":
    regions:
      us-east-1:
        portfolios:
          port-lab:
            name: Our Data
            provider: Platform
            tags: {catalog-sync: data}
            products: {prod-copy: {}}
        products:
          prod-copy:
            name: Warehouse
            source: prod-warehouse
            tags: {catalog-sync: data, catalog-sync-source: prod-warehouse}
            versions: {pa-copy1: {name: v1, source: pa-warehouse1}}
  "888888888881": {}
  "999999999991": {}
"#;

fn recipients() -> Bed {
    let files = [("catalog/settings.yaml", RECIPIENTS_SETTINGS), ("catalog/portfolios/data.yaml", RECIPIENTS)];
    Bed::new(RECIPIENTS_WORLD, &files)
}

const EXPERIENCES_SETTINGS: &str = r#"
version: 1
organizations:
  acme: {id: o-acme000001, marketplace_account: "111111111112"}
access: {role: "arn:aws:iam::{account}:role/catalog-sync-{mode}"}
safety: {max_removals: 50}
"#;

const EXPERIENCES_WORLD: &str = r#"
organizations:
  acme:
    id: o-acme000001
    management_account: "111111111111"
    delegated_administrators: {private-marketplace.marketplace.amazonaws.com: ["111111111112"]}
    accounts: {"111111111111": management, "111111111112": market}
    ous:
      - {name: Workloads, id: ou-acme-work0001, accounts: {"333333333331": shop, "333333333332": billing}}
      - {name: Labs, id: ou-acme-labs0001, accounts: {"444444444441": lab}}
    marketplace:
      experiences:
        exp-general00001:
          name: General
          description: For all
          policy: {name: General, requests: Allow, allowed: [prod-0000000000001, prod-0000000000007], denied: [prod-0000000000009]}
          audience: {principals: [ou-acme-work0001, "333333333331"]}
        exp-oldlist00001:
          name: Old
          policy: {name: Old, allowed: [prod-0000000000001]}
"#;

const ENGINEERING: &str = r##"
approved: [prod-0000000000001, prod-0000000000002]
rejected: [prod-0000000000003]
experiences:
  - organization: acme
    name: Engineering
    create: true
    description: What engineers may buy
    status: enabled
    user_requests: false
    audience: [{ou: Workloads}]
    branding: {title: Engineering, information: Ask procurement, theme_color: "#0E7F74", logo_url: "https://example.com/logo.png"}
"##;

const GENERAL: &str = r"
approved: [prod-0000000000001, prod-0000000000004]
rejected: [prod-0000000000007]
experiences:
  - {organization: acme, name: General, description: For everybody else, user_requests: false, audience: [{ou: Labs}]}
";

const OLD: &str = r"
approved: [prod-0000000000001]
experiences:
  - {organization: acme, name: Old, status: disabled}
";

fn experiences() -> Bed {
    let files = [
        ("catalog/settings.yaml", EXPERIENCES_SETTINGS),
        ("catalog/marketplace/engineering.yaml", ENGINEERING),
        ("catalog/marketplace/general.yaml", GENERAL),
        ("catalog/marketplace/old.yaml", OLD),
    ];
    Bed::new(EXPERIENCES_WORLD, &files)
}

const MIRROR_SETTINGS: &str = r#"
version: 1
organizations:
  central: {id: o-central001, marketplace_account: "111111111112"}
  north: {id: o-north00001, marketplace_account: "222222222222"}
access: {role: "arn:aws:iam::{account}:role/catalog-sync-{mode}"}
safety: {max_removals: 50}
"#;

const MIRROR_WORLD: &str = r#"
organizations:
  central:
    id: o-central001
    management_account: "111111111111"
    delegated_administrators: {private-marketplace.marketplace.amazonaws.com: ["111111111112"]}
    accounts: {"111111111111": management, "111111111112": market}
    marketplace:
      experiences:
        exp-curated00001:
          name: Curated
          policy: {name: Curated, allowed: [prod-0000000000001, prod-0000000000002], denied: [prod-0000000000003]}
  north:
    id: o-north00001
    management_account: "222222222221"
    delegated_administrators: {private-marketplace.marketplace.amazonaws.com: ["222222222222"]}
    accounts: {"222222222221": management, "222222222222": market}
    marketplace:
      experiences:
        exp-northone0001: {name: One, policy: {name: One, allowed: [prod-0000000000003, prod-0000000000009]}}
        exp-northtwo0001: {name: Two, policy: {name: Two, allowed: [prod-0000000000001]}}
"#;

fn mirror() -> Bed {
    let files = [
        ("catalog/settings.yaml", MIRROR_SETTINGS),
        (
            "catalog/marketplace/mirror.yaml",
            "mirror: {organization: central, id: exp-curated00001}\nexperiences:\n  - {organization: north, all_live: true}\n",
        ),
    ];
    Bed::new(MIRROR_WORLD, &files)
}
