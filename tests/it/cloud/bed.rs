//! A world, and catalogs about it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalog_sync::cloud::{Cloud, Endpoint, Options, read};
use catalog_sync::model::change::{Change, Edit, Origin, Subject, Target, TargetState};
use catalog_sync::model::desired::{
    Desired, DesiredExperience, DesiredPortfolio, DesiredShare, ExperienceSelector, OuRef, ProductLists, Selector,
    Unlisted,
};
use catalog_sync::model::finding::Source;
use catalog_sync::model::id::{AccountId, ExperienceId, PortfolioId, Region};
use catalog_sync::model::live::{Live, Reading};
use catalog_sync::model::portfolio::{Portfolio, Share};
use catalog_sync::model::report::Outcome;
use catalog_sync::model::settings::{Access, Mode, OrganizationSettings, Settings};
use catalog_sync::model::target::TargetName;
use catalog_sync::sandbox::{START_ACCESS_KEY, START_SECRET, Sandbox, World};

pub(super) const HUB: &str = "111111111111";
pub(super) const MARKET: &str = "111111111112";

/// An organization with a hub for portfolios, a marketplace administrator and some accounts in units.
const WORLD: &str = r#"
organizations:
  acme:
    id: o-acme000001
    management_account: "111111111110"
    delegated_administrators:
      servicecatalog.amazonaws.com: ["111111111111"]
      private-marketplace.marketplace.amazonaws.com: ["111111111112"]
    accounts: {"111111111110": management, "111111111111": hub, "111111111112": market}
    ous:
      - name: Workloads
        id: ou-acme-work0001
        accounts: {"222222222222": shared}
        ous:
          - name: Production
            id: ou-acme-prod0001
            accounts: {"333333333333": payments, "444444444444": {name: orders, status: SUSPENDED}}
          - {name: Staging, id: ou-acme-stag0001, accounts: {"555555555555": trial}}
      - {name: Sandbox, id: ou-acme-sand0001}
    marketplace:
      experiences:
        exp-base:
          name: Base
          policy: {id: procpolicy-base, name: Base, allowed: [prod-a, prod-b], denied: [prod-x]}
        exp-open: {name: Open}
        exp-off: {name: "Off", status: Disabled, policy: {id: procpolicy-off, name: "Off"}}
        exp-old: {name: Base, status: Disabled, admin_status: Restricted}
accounts:
  "666666666666": {}
  "111111111111":
    regions:
      us-east-1:
        portfolios:
          port-data:
            name: Data Platform
            shares:
              - {account: "333333333333", tag_options: true}
              - {account: "666666666666", accepted: true}
              - {member: "222222222222"}
              - {ou: ou-acme-prod0001, principals: true}
          port-other: {name: Other}
          port-twin1: {name: Twin}
          port-twin2: {name: Twin}
      eu-west-1:
        portfolios:
          port-euro: {name: Data Platform, shares: [{organization: o-acme000001}]}
"#;

pub(super) struct Bed {
    pub(super) sandbox: Sandbox,
    pub(super) desired: Desired,
}

impl Bed {
    /// The world with `change` made to it.
    pub(super) async fn new(change: impl FnOnce(&mut World)) -> Self {
        let mut world = World::parse(WORLD, "world").unwrap();
        change(&mut world);
        Self { sandbox: Sandbox::start(world).await.unwrap(), desired: catalog() }
    }

    pub(super) async fn usual() -> Self {
        Self::new(|_| ()).await
    }

    pub(super) fn options(&self) -> Options {
        Options::loopback(Endpoint {
            url: self.sandbox.url(),
            access_key_id: START_ACCESS_KEY.to_owned(),
            secret_access_key: START_SECRET.to_owned(),
        })
    }

    pub(super) fn cloud(&self, mode: Mode) -> Cloud {
        Cloud::new(&self.desired.settings, mode, self.options())
    }

    pub(super) async fn read(&self) -> Live {
        read::read(&self.cloud(Mode::Plan), &self.desired).await
    }

    /// A portfolio of the hub in `us-east-1`, read in full.
    pub(super) async fn portfolio(&mut self, selector: Selector<PortfolioId>) -> Reading<Portfolio> {
        self.desired.portfolios.clear();
        self.want_portfolio("us-east-1", selector, []);
        let mut live = self.read().await;
        let shelf = live.portfolios.remove(&(id(HUB), id("us-east-1"))).unwrap();
        match shelf {
            Reading::Complete(mut shelf) => shelf.read.pop_first().expect("one was read").1,
            Reading::Unreadable(reason) => Reading::Unreadable(reason),
        }
    }

    pub(super) fn want_portfolio(
        &mut self,
        region: &str,
        portfolio: Selector<PortfolioId>,
        shares: impl IntoIterator<Item = Share<OuRef>>,
    ) {
        let file = format!("p{}", self.desired.portfolios.len());
        let name = TargetName::Portfolio { file: id(&file), organization: id("acme"), region: id(region) };
        let shares = shares.into_iter().map(|share| DesiredShare { share, source: source() }).collect();
        let desired = DesiredPortfolio {
            account: id(HUB),
            region: id(region),
            portfolio,
            source: source(),
            shares,
            unlisted: Unlisted::Remove,
        };
        self.desired.portfolios.insert(name, desired);
    }

    pub(super) fn want_experience(&mut self, selector: ExperienceSelector) {
        let products =
            ProductLists { approved: BTreeMap::new(), rejected: BTreeMap::new(), unlisted: Unlisted::Remove };
        self.desired.experiences.push(DesiredExperience {
            file: id("baseline"),
            organization: id("acme"),
            account: id(MARKET),
            selector,
            products: Arc::new(products),
            source: source(),
        });
    }

    /// Applies edits to a portfolio of the hub.
    pub(super) async fn share(
        &self,
        cloud: &Cloud,
        portfolio: &str,
        edits: impl IntoIterator<Item = Edit>,
    ) -> Vec<Outcome> {
        let subject = Subject::Portfolio { id: id(portfolio), name: "Data Platform".to_owned() };
        let name = TargetName::Portfolio { file: id("data"), organization: id("acme"), region: id("us-east-1") };
        cloud.writer().expect("a writer").write(&target(name, HUB, subject, edits)).await
    }

    /// Applies edits to an experience.
    pub(super) async fn list(
        &self,
        cloud: &Cloud,
        experience: &str,
        policy: Option<&str>,
        edits: impl IntoIterator<Item = Edit>,
    ) -> Vec<Outcome> {
        let policy = policy.map(id);
        let subject = Subject::Experience { id: id(experience), name: "Base".to_owned(), policy };
        let name = TargetName::Marketplace {
            file: id("baseline"),
            organization: id("acme"),
            experience: experience.to_owned(),
        };
        cloud.writer().expect("a writer").write(&target(name, MARKET, subject, edits)).await
    }

    /// How often an operation was called, as the sandbox saw it.
    pub(super) fn calls(&self, operation: &str) -> usize {
        self.sandbox.calls().iter().filter(|call| call.operation == operation).count()
    }
}

pub(super) fn by_name<I>(name: &str) -> Selector<I> {
    Selector::Name(name.to_owned())
}

pub(super) fn by_id(portfolio: &str) -> Selector<PortfolioId> {
    Selector::Id(id(portfolio))
}

pub(super) fn one(experience: &str) -> ExperienceSelector {
    ExperienceSelector::One(Selector::Id(id::<ExperienceId>(experience)))
}

pub(super) fn all_live(except: &[&str]) -> ExperienceSelector {
    ExperienceSelector::AllLive { except: except.iter().map(|it| id(it)).collect::<BTreeSet<_>>() }
}

/// What a test wants read, or why it could not be.
pub(super) fn complete<T: std::fmt::Debug>(reading: Reading<T>) -> T {
    match reading {
        Reading::Complete(value) => value,
        Reading::Unreadable(reason) => panic!("unreadable: {reason}"),
    }
}

pub(super) fn reason<T: std::fmt::Debug>(reading: Reading<T>) -> String {
    match reading {
        Reading::Complete(value) => panic!("readable: {value:?}"),
        Reading::Unreadable(reason) => reason,
    }
}

/// Code and message of the failure that a change came to.
pub(super) fn failure(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Failed(failure) => failure.to_string(),
        other => panic!("not failed: {other:?}"),
    }
}

pub(super) fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn target(name: TargetName, account: &str, subject: Subject, edits: impl IntoIterator<Item = Edit>) -> Target {
    let changes = edits.into_iter().map(|edit| Change {
        edit,
        origin: Origin::PullRequest,
        source: None,
        label: String::new(),
        notes: Vec::new(),
    });
    Target {
        name,
        account: id(account),
        account_name: None,
        region: id::<Region>("us-east-1"),
        state: TargetState::Complete { subject, changes: changes.collect(), left_alone: 0 },
        warnings: Vec::new(),
    }
}

fn source() -> Source {
    Source { file: "catalog/x.yaml".to_owned(), line: 1, column: 1, end_column: None }
}

fn catalog() -> Desired {
    let access =
        Access { role: Some("arn:aws:iam::{account}:role/catalog-sync-{mode}".to_owned()), ..Access::default() };
    let acme = OrganizationSettings {
        id: id("o-acme000001"),
        service_catalog_account: Some(id::<AccountId>(HUB)),
        marketplace_account: Some(id::<AccountId>(MARKET)),
        access,
        source: source(),
    };
    let settings = Settings {
        organizations: BTreeMap::from([(id("acme"), acme)]),
        regions: vec![id("us-east-1")],
        max_removals: 20,
    };
    Desired {
        settings,
        portfolios: BTreeMap::new(),
        experiences: Vec::new(),
        product_names: BTreeMap::new(),
        digest: String::new(),
    }
}
