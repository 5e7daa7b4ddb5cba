//! The table of operations, the bound on calls in flight, the count of calls, and the messages about waiting.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use catalog_sync::cloud::{Cloud, Operation, Options, Service, Timing, Waits, products, read};
use catalog_sync::model::change::{Resource, Work};
use catalog_sync::model::desired::OuRef;
use catalog_sync::model::edit::{Delta, ExperienceEdit, HubEdit, On, ProductEdit, RecipientEdit};
use catalog_sync::model::experience::Listing;
use catalog_sync::model::live::Live;
use catalog_sync::model::market_wants::ProductWants;
use catalog_sync::model::offer::Reference;
use catalog_sync::model::portfolio::{NodeKind, Receiver, Share};
use catalog_sync::model::recipient::{AcceptedBy, Principal, PrincipalType};
use catalog_sync::model::report::Outcome;
use catalog_sync::model::settings::{Access, Mode};
use catalog_sync::model::target::TargetName;
use catalog_sync::model::wants::{AccessWants, OrganizationWants as Questions, ReceivedWants, ShelfWants, Wants};
use catalog_sync::sandbox::{Call, Drop, Fault, FaultError, Paths, START_ACCESS_KEY, Sandbox, World};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::bed::{
    Bed, HUB, all_live, by_id, by_name, changes, complete, id, one, plan_of, read_all, reason, target, write,
};
use super::inside;

fn throttle(region: &str, times: Option<u32>) -> Fault {
    let error = FaultError { code: "ThrottlingException".to_owned(), message: "slow down".to_owned(), status: 400 };
    Fault {
        service: Some("servicecatalog".to_owned()),
        region: Some(region.to_owned()),
        times,
        error: Some(error),
        ..Fault::default()
    }
}

async fn read_with(bed: &Bed, options: Options) -> Live {
    read_all(&Cloud::new(&bed.desired.settings, Mode::Plan, options), &bed.desired).await
}

/// The error code of a request of this operation, as the SDK addresses it but with an empty body.
async fn bare(sandbox: &Sandbox, operation: Operation) -> String {
    let service = operation.service().prefix();
    let scope = format!("{START_ACCESS_KEY}/20261121/us-east-1/{service}/aws4_request");
    let form = |version: &str| ("/".to_owned(), None, format!("Action={}&Version={version}", operation.name()));
    let json = |target: &'static str| ("/".to_owned(), Some(target), "{}".to_owned());
    let (path, target, body) = match operation.service() {
        Service::Sts => form("2011-06-15"),
        Service::Iam => form("2010-05-08"),
        Service::Marketplace => (format!("/{}", operation.name()), None, String::new()),
        Service::Discovery => (format!("/2026-02-05/{}", operation.name()), None, "{}".to_owned()),
        Service::Organizations => json("AWSOrganizationsV20161128"),
        Service::ServiceCatalog => json("AWS242ServiceCatalogService"),
        Service::LicenseManager => json("AWSLicenseManager"),
    };
    let target = target.map(|target| format!("x-amz-target: {target}.{}\r\n", operation.name())).unwrap_or_default();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: sandbox\r\nconnection: close\r\ncontent-length: {}\r\n{target}authorization: \
         AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature={}\r\n\r\n{body}",
        body.len(),
        "0".repeat(64),
    );
    let mut stream = TcpStream::connect(sandbox.url().trim_start_matches("http://")).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn the_sandbox_knows_every_operation_of_the_table() {
    let sandbox = Sandbox::start(World::example()).await.unwrap();
    for operation in Operation::ALL {
        let answer = bare(&sandbox, *operation).await;
        assert!(answer.starts_with("HTTP/1.1 "), "{operation:?}: {answer}");
        assert!(!answer.contains("UnknownOperation") && !answer.contains("scoped to"), "{operation:?}: {answer}");
    }
    let calls: BTreeSet<String> = sandbox.calls().into_iter().map(|call| call.operation).collect();
    assert_eq!(calls.len(), Operation::ALL.len());
}

/// Reads and writes a little of everything, and returns the calls.
async fn everything() -> Vec<Call> {
    let ou = |path: &str| Share::Ou { ou: OuRef::Path(path.to_owned()), tag_options: false, principals: false };
    let mut bed = Bed::usual().await;
    bed.want_portfolio("us-east-1", by_name("Data Platform"), [ou("Workloads")]);
    bed.want_portfolio("eu-west-1", by_id("port-euro"), []);
    bed.want_experience(all_live(&[]));
    // Data that AWS may leave out of an answer is read by other calls.
    bed.sandbox.change(|world| {
        world.unproven.paths = Paths::LeftOut;
        world.unproven.batch_describe.leaves_out = vec!["exp-base".to_owned()];
    });
    let cloud = bed.cloud(Mode::Apply);
    let mut live = read_all(&cloud, &bed.desired).await;
    let few = Questions { accounts: BTreeSet::from([id("333333333333")]), ..Questions::default() };
    let units = BTreeSet::from([id("ou-acme-prod0001"), id("ou-acme-gone0001")]);
    for questions in
        [few, Questions { units, ..Questions::default() }, Questions { everyone: true, ..Questions::default() }]
    {
        let wants = Wants { organizations: BTreeMap::from([(id("acme"), questions)]), ..Wants::default() };
        read::read(&cloud, &mut live, |_| wants.clone()).await;
    }
    let names = ShelfWants { names: BTreeSet::from([id("port-euro")]), ..ShelfWants::new(&id("acme")) };
    let portfolios = BTreeMap::from([((id(HUB), id("eu-west-1")), names)]);
    let reached = BTreeSet::from([(id("port-data"), Receiver::Ou(id("ou-acme-prod0001")))]);
    let access = AccessWants {
        own: BTreeSet::from([(id("port-data"), NodeKind::Unit)]),
        reached,
        sharing: true,
        ..AccessWants::new(&id("acme"))
    };
    let access = BTreeMap::from([((id(HUB), id("us-east-1")), access)]);
    let wants = Wants { portfolios, access, ..Wants::default() };
    read::read(&cloud, &mut live, |_| wants.clone()).await;
    let share = |tag_options| Share::Ou { ou: id("ou-acme-sand0001"), tag_options, principals: false };
    for delta in [
        Delta::Create(share(false)),
        Delta::Update { before: share(false), after: share(true) },
        Delta::Remove(share(true)),
    ] {
        bed.share(&cloud, "port-data", [HubEdit::Share(delta)]).await;
    }
    let received = ReceivedWants { accepted: true, ..ReceivedWants::new(&id("acme")) };
    let received = BTreeMap::from([((id("333333333333"), id("us-east-1")), received)]);
    let wants = Wants { received, ..Wants::default() };
    read::read(&cloud, &mut live, |_| wants.clone()).await;
    let engineer = Principal { arn: "arn:aws:iam:::role/Engineer*".to_owned(), kind: PrincipalType::Pattern };
    let member = Share::Account { account: id("333333333333"), tag_options: false };
    bed.share(&cloud, "port-data", [HubEdit::Share(Delta::Create(member))]).await;
    let grants =
        vec![RecipientEdit::Accept(AcceptedBy::Imported), RecipientEdit::Grant(On::Imported, engineer.clone())];
    for edits in [grants, vec![RecipientEdit::Revoke(On::Imported, engineer)]] {
        let imported = Resource { id: Some(id("port-data")), name: "Data".to_owned() };
        let (account, work) = ("333333333333", Work::Recipient { imported, local: None, changes: changes(edits) });
        let name = TargetName::Recipient { file: id("data"), account: Some(id(account)), region: id("us-east-1") };
        let outcomes = write(&cloud, &plan_of(target(name, account, work))).await;
        assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Applied), "{outcomes:?}");
    }
    let product = ProductEdit { product: id("prod-c"), before: None, after: Listing::Approved, notes: None };
    // If a change set's start gets no answer, the set is looked up by its name.
    let (operation, drop) = (Some("StartChangeSet".to_owned()), Some(Drop::Before));
    bed.sandbox.change(|world| world.faults.push(Fault { operation, drop, times: Some(6), ..Fault::default() }));
    bed.list(&cloud, "exp-base", Some("procpolicy-base"), [ExperienceEdit::Product(product)]).await;
    products::search(&cloud, "snyk", None, 1).await.unwrap();
    products::look_up(&cloud, &Reference::Product("prod-77aa00bb11cc2".to_owned())).await.unwrap();
    products::look_up(&cloud, &Reference::Listing("prodview-none".to_owned())).await.unwrap();
    bed.sandbox.calls()
}

#[tokio::test]
async fn the_table_says_what_is_called_and_what_writes() {
    let mut calls = everything().await;
    calls.extend(inside::every_call().await);
    let mut plain = Bed::new(|world| world.start = Some(HUB.to_owned())).await;
    plain.desired.settings.organizations.get_mut(&id("acme")).unwrap().access = Access::default();
    plain.want_portfolio("us-east-1", by_id("port-data"), []);
    plain.read().await;
    calls.extend(plain.sandbox.calls());
    // Only `doctor` calls these operations.
    let usual = Bed::usual().await;
    let (cloud, acme) = (usual.cloud(Mode::Plan), id("acme"));
    cloud.administrators(&acme, "servicecatalog.amazonaws.com").await.unwrap();
    cloud.simulate(&acme, &id(HUB), &["servicecatalog:DeletePortfolioShare".to_owned()], &[]).await.unwrap();
    // Only `plan --usage` calls this operation.
    let product = ProductWants { organization: acme, ids: BTreeSet::from([id("prod-a")]) };
    let wants = Wants { usage: BTreeMap::from([(id(HUB), product)]), ..Wants::default() };
    read::read(&cloud, &mut Live::default(), |_| wants.clone()).await;
    calls.extend(usual.sandbox.calls());

    let mut called = BTreeSet::new();
    for call in &calls {
        let row = Operation::ALL.iter().find(|row| row.name() == call.operation).expect("a row");
        assert_eq!(row.service().prefix(), call.service);
        assert_eq!(row.writes(), call.is_write(), "{row:?}");
        called.insert(*row);
    }
    // Only a GitHub Actions job has a token to exchange: see tests/it/cloud/session.rs.
    called.insert(Operation::AssumeRoleWithWebIdentity);
    let idle: Vec<&Operation> = Operation::ALL.iter().filter(|row| !called.contains(row)).collect();
    assert!(idle.is_empty(), "rows that nothing calls: {idle:?}");
}

#[tokio::test]
async fn an_account_that_is_throttled_starves_no_other() {
    let mut bed = Bed::new(|world| world.faults.push(throttle("us-east-1", None))).await;
    bed.want_portfolio("us-east-1", by_name("Data Platform"), []);
    let (hour, day) = (Duration::from_hours(1), Duration::from_hours(24));
    let timing = Timing { backoff: hour, patience: day, ..Timing::loopback() };
    let cloud = Cloud::new(&bed.desired.settings, Mode::Plan, Options { concurrency: 1, timing, ..bed.options() });
    let throttled = bed.desired.clone();
    bed.desired.portfolios.clear();
    bed.want_portfolio("eu-west-1", by_name("Data Platform"), []);
    let other = async {
        while bed.calls("ListPortfolios") == 0 {
            tokio::task::yield_now().await;
        }
        read_all(&cloud, &bed.desired).await
    };
    let both = async {
        tokio::select! {
            _ = read_all(&cloud, &throttled) => panic!("it is throttled for a day"),
            live = other => live,
        }
    };
    let live = timeout(Duration::from_secs(20), both).await.expect("the one that waits for an hour holds no permit");
    complete(live.portfolios[&(id(HUB), id("eu-west-1"))].clone());
}

#[tokio::test]
async fn every_attempt_counts() {
    let mut bed = Bed::new(|world| {
        world.faults.push(throttle("us-east-1", Some(3)));
        let sts = Some("sts".to_owned());
        world.faults.push(Fault { service: sts, times: Some(2), drop: Some(Drop::After), ..Fault::default() });
    })
    .await;
    bed.want_portfolio("us-east-1", by_name("Data Platform"), []);
    let cloud = bed.cloud(Mode::Plan);
    read_all(&cloud, &bed.desired).await;
    assert_eq!(cloud.calls().total(), bed.sandbox.calls().len() as u64);
    assert_eq!(*cloud.progress().borrow(), cloud.calls().total());
    assert_eq!(cloud.calls().by_operation["AssumeRole"], 3);
    assert_eq!(cloud.calls().by_operation["ListPortfolios"], 4);
}

#[tokio::test]
async fn a_call_that_is_throttled_for_long_goes_on_and_says_so() {
    let mut bed = Bed::new(|world| world.faults.push(throttle("us-east-1", Some(20)))).await;
    bed.want_portfolio("us-east-1", by_name("Data Platform"), []);
    let said = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&said);
    let waits = Waits::new(move |sentence| hears.lock().unwrap().push(sentence.to_owned()));
    let timing = Timing { quiet: Duration::from_millis(100), ..Timing::loopback() };
    let live = read_with(&bed, Options { waits, timing, ..bed.options() }).await;
    complete(live.portfolios[&(id(HUB), id("us-east-1"))].clone());
    let said = said.lock().unwrap();
    assert!(said.first().is_some_and(|sentence| sentence.starts_with("waiting for ")), "{said:?}");
    assert!(said[0].ends_with("in 111111111111 us-east-1: ThrottlingException: slow down"), "{said:?}");
    assert!(said.len() < 10, "not each time: {said:?}");
}

#[tokio::test]
async fn a_quota_is_not_tried_again() {
    let mut fault = throttle("us-east-1", None);
    fault.error.as_mut().unwrap().code = "LimitExceededException".to_owned();
    let mut bed = Bed::new(|world| world.faults.push(fault)).await;
    bed.want_portfolio("us-east-1", by_name("Data Platform"), []);
    bed.want_experience(one("exp-base"));
    let said = reason(bed.read().await.portfolios[&(id(HUB), id("us-east-1"))].clone());
    assert!(said.contains("LimitExceededException"), "{said}");
    assert_eq!(bed.calls("ListPortfolios"), 1);
}

/// The policies of `iam` allow only operations that have a use in the table.
#[test]
fn every_operation_that_asks_for_a_permission_has_a_use() {
    for operation in Operation::ALL {
        let is_free = [Operation::AssumeRoleWithWebIdentity, Operation::GetCallerIdentity].contains(operation);
        assert_eq!(operation.uses().is_empty(), is_free, "{operation:?}");
    }
}
