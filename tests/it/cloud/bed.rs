//! A sandbox with a small world, and the catalog that a test plans against it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalog_sync::apply::Listener;
use catalog_sync::cloud::{Cloud, Endpoint, Ledger, Options, read};
use catalog_sync::model::change::{
    About, Because, CatalogVersion, Change, Origin, Plan, Resource, Target, TargetState, Untouched, Work,
};
use catalog_sync::model::desired::{
    Desired, DesiredExperience, DesiredPortfolio, DesiredShare, ExperienceSelector, ExperienceTerms, OuRef,
    ProductLists, Selector, Unlisted,
};
use catalog_sync::model::edit::{ExperienceEdit, HubEdit};
use catalog_sync::model::finding::Source;
use catalog_sync::model::id::{AccountId, ExperienceId, PortfolioId, Region};
use catalog_sync::model::live::{Found, Live, Reading, Shelf};
use catalog_sync::model::mirror::Products;
use catalog_sync::model::portfolio::{Portfolio, Share};
use catalog_sync::model::report::{Outcome, Report};
use catalog_sync::model::settings::{Access, MaxRemovals, Mode, OrganizationSettings, Settings};
use catalog_sync::model::target::{ExperienceKey, TargetName};
use catalog_sync::plan::{self, Goal, Limits, Removals};
use catalog_sync::sandbox::{START_ACCESS_KEY, START_SECRET, Sandbox, World};
use futures_util::future::join_all;

use crate::sandbox::shapes::problems;

pub(super) const HUB: &str = "111111111111";
pub(super) const MARKET: &str = "111111111112";

/// An organization with a hub account, a marketplace administrator and some accounts in OUs.
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

/// Checks, at the end of every test, that AWS would accept each change that was sent in a change set.
impl Drop for Bed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let world = self.sandbox.world();
        let sets = world.organizations.values().flat_map(|it| it.marketplace.change_sets.values());
        for change in sets.flat_map(|set| &set.changes) {
            let problems = problems(&change.change_type, &change.details);
            assert!(problems.is_empty(), "{problems:?}: {change:?}");
        }
    }
}

impl Bed {
    /// The world above after `change`.
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
        read_all(&self.cloud(Mode::Plan), &self.desired).await
    }

    pub(super) async fn planned(&self, mode: Mode) -> Plan {
        self.planned_from(mode, None).await
    }

    /// Plans the catalog, compared with the earlier catalog `base`.
    pub(super) async fn planned_from(&self, mode: Mode, base: Option<&Desired>) -> Plan {
        let live = read_from(&self.cloud(mode), &self.desired, base).await;
        plan::diff(
            &self.desired,
            &live,
            base,
            CatalogVersion { digest: String::new(), revision: None, base: None, sandbox: false },
        )
    }

    /// Plans, and applies the plan.
    pub(super) async fn apply(&self, listener: &mut impl Listener) -> Report {
        let limits = Limits { max_removals: MaxRemovals::default(), allow_removals: None, shown: Removals::default() };
        let approved = plan::approve(self.planned(Mode::Apply).await, limits, None).ok().unwrap();
        let writer = self.cloud(Mode::Apply).writer().unwrap();
        catalog_sync::apply::apply(approved, &writer, futures_util::stream::pending(), listener).await
    }

    /// A portfolio of the hub in `us-east-1`, read in full.
    pub(super) async fn portfolio(&mut self, selector: Selector<PortfolioId>) -> Found<Portfolio> {
        self.desired.portfolios.clear();
        self.want_portfolio("us-east-1", selector, []);
        let mut live = self.read().await;
        let mut shelf = live.portfolios.remove(&(id(HUB), id("us-east-1"))).unwrap();
        match (shelf.listed, shelf.read.pop_first()) {
            (_, Some((_, found))) => found,
            (Some(Reading::Unreadable(reason)), None) => Found::Unreadable(reason),
            (_, None) => panic!("none was read"),
        }
    }

    pub(super) fn want_portfolio(
        &mut self,
        region: &str,
        portfolio: Selector<PortfolioId>,
        shares: impl IntoIterator<Item = Share<OuRef>>,
    ) {
        let file = format!("p{}", self.desired.portfolios.len());
        let name =
            TargetName::Portfolio { file: id(&file), organization: id("acme"), region: id(region), former: None };
        let shares = shares
            .into_iter()
            .map(|share| DesiredShare { share, notes: None, until: None, source: source() })
            .collect();
        let desired = DesiredPortfolio {
            organization: id("acme"),
            account: id(HUB),
            region: id(region),
            portfolio,
            source: source(),
            shares,
            expired: Vec::new(),
            ignored: Vec::new(),
            unlisted: Unlisted::Remove,
            recipients: Vec::new(),
        };
        self.desired.portfolios.insert(name, desired);
    }

    pub(super) fn want_experience(&mut self, selector: ExperienceSelector) {
        let products = ProductLists {
            approved: BTreeMap::new(),
            rejected: BTreeMap::new(),
            expired: BTreeMap::new(),
            ignored: BTreeMap::new(),
            unlisted: Unlisted::Remove,
        };
        self.desired.experiences.push(DesiredExperience {
            file: id("baseline"),
            organization: id("acme"),
            account: id(MARKET),
            selector,
            terms: ExperienceTerms::default(),
            products: Products::Listed(Arc::new(products)),
            source: source(),
        });
    }

    /// Applies edits to a portfolio of the hub.
    pub(super) async fn share(
        &self,
        cloud: &Cloud,
        portfolio: &str,
        edits: impl IntoIterator<Item = HubEdit>,
    ) -> Vec<Outcome> {
        write(cloud, &share_plan(portfolio, edits)).await
    }

    /// Applies edits to an experience.
    pub(super) async fn list(
        &self,
        cloud: &Cloud,
        experience: &str,
        policy: Option<&str>,
        edits: impl IntoIterator<Item = ExperienceEdit>,
    ) -> Vec<Outcome> {
        write(cloud, &plan_of(experience_target(Ok(experience), policy, edits))).await
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

/// A plan of these edits to a portfolio of the hub.
pub(super) fn share_plan(portfolio: &str, edits: impl IntoIterator<Item = HubEdit>) -> Plan {
    let portfolio = Resource { id: Some(id(portfolio)), name: "Data Platform".to_owned() };
    let work = Work::Hub { portfolio, changes: changes(edits) };
    let name =
        TargetName::Portfolio { file: id("data"), organization: id("acme"), region: id("us-east-1"), former: None };
    plan_of(target(name, HUB, work))
}

pub(super) fn plan_of(target: Target) -> Plan {
    let catalog = CatalogVersion { digest: String::new(), revision: None, base: None, sandbox: false };
    Plan { digest: String::new(), catalog, targets: vec![target], released: Vec::new() }
}

/// A target of these edits to an experience: `Ok` holds the id of an existing one, called `Base`; `Err` the name of a
/// new one.
pub(super) fn experience_target(
    experience: Result<&str, &str>,
    policy: Option<&str>,
    edits: impl IntoIterator<Item = ExperienceEdit>,
) -> Target {
    let (resource, key) = match experience {
        Ok(known) => {
            (Resource { id: Some(id(known)), name: "Base".to_owned() }, ExperienceKey::Id(id::<ExperienceId>(known)))
        }
        Err(new) => (Resource { id: None, name: new.to_owned() }, ExperienceKey::Name(new.to_owned())),
    };
    let work = Work::Experience { experience: resource, policy: policy.map(id), changes: changes(edits) };
    let name = TargetName::Marketplace { file: id("baseline"), organization: id("acme"), experience: key };
    target(name, MARKET, work)
}

/// Applies a plan, its targets in parallel.
pub(super) async fn write_all(cloud: &Cloud, targets: Vec<Target>) -> Vec<Vec<Outcome>> {
    let catalog = CatalogVersion { digest: String::new(), revision: None, base: None, sandbox: false };
    let plan = Plan { digest: String::new(), catalog, targets, released: Vec::new() };
    let ledger = &Ledger::new(&plan);
    let writer = &cloud.writer().expect("a writer");
    join_all(plan.targets.iter().map(|target| writer.write(target, ledger))).await;
    plan.targets.iter().map(|target| ledger.outcomes(target)).collect()
}

/// Applies a plan of one target.
pub(super) async fn write(cloud: &Cloud, plan: &Plan) -> Vec<Outcome> {
    let ledger = Ledger::new(plan);
    cloud.writer().expect("a writer").write(&plan.targets[0], &ledger).await;
    ledger.outcomes(&plan.targets[0])
}

/// Reads what a plan of all targets needs.
pub(super) async fn read_all(cloud: &Cloud, desired: &Desired) -> Live {
    read_from(cloud, desired, None).await
}

async fn read_from(cloud: &Cloud, desired: &Desired, base: Option<&Desired>) -> Live {
    let mut live = Live::default();
    let goal = Goal { wanted: &|_| true };
    read::read(cloud, &mut live, |live| plan::wants(goal, desired, base, live)).await;
    live
}

/// A value that was read, or the reason it could not be read.
pub(super) trait Read<T> {
    fn result(self) -> Result<T, String>;
}

impl<T> Read<T> for Reading<T> {
    fn result(self) -> Result<T, String> {
        match self {
            Self::Complete(value) => Ok(value),
            Self::Unreadable(reason) => Err(reason),
        }
    }
}

impl<T> Read<T> for Found<T> {
    fn result(self) -> Result<T, String> {
        match self {
            Self::There(value) => Ok(value),
            Self::NotThere => panic!("not there"),
            Self::Unreadable(reason) => Err(reason),
        }
    }
}

impl<I: Ord + Clone, T: Clone> Read<Self> for Shelf<I, T> {
    fn result(self) -> Result<Self, String> {
        if let Some(Reading::Unreadable(reason)) = &self.listed {
            return Err(reason.clone());
        }
        for found in self.read.values() {
            if let Found::Unreadable(reason) = found {
                return Err(reason.clone());
            }
        }
        Ok(self)
    }
}

/// The value, which must have been read.
pub(super) fn complete<T: std::fmt::Debug>(reading: impl Read<T>) -> T {
    reading.result().unwrap()
}

/// The reason the value could not be read.
pub(super) fn reason<T: std::fmt::Debug>(reading: impl Read<T>) -> String {
    reading.result().unwrap_err()
}

/// Code and message of a failed change.
pub(super) fn failure(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Failed(failure) => failure.to_string(),
        other => panic!("not failed: {other:?}"),
    }
}

pub(super) fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

pub(super) fn changes<E>(edits: impl IntoIterator<Item = E>) -> Vec<Change<E>> {
    let about = About {
        origin: Origin::PullRequest,
        because: Because::Unlisted,
        waits_for: BTreeSet::new(),
        takes_from: None,
        audience: None,
        label: String::new(),
        notes: Vec::new(),
    };
    edits.into_iter().map(|edit| Change { edit, about: about.clone() }).collect()
}

pub(super) fn target(name: TargetName, account: &str, work: Work) -> Target {
    Target {
        name,
        organization: id("acme"),
        account: id(account),
        account_name: None,
        region: id::<Region>("us-east-1"),
        state: TargetState::Complete { work, left_alone: Untouched::default() },
        warnings: Vec::new(),
        silenced: Vec::new(),
        incomplete_shares: Vec::new(),
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
        max_removals: MaxRemovals::all(20),
        ..Settings::default()
    };
    Desired { settings, ..Desired::default() }
}
