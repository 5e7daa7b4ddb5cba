//! Writing inside an account that receives a portfolio: its local portfolio, products, copies and launch roles.

use std::collections::{BTreeMap, BTreeSet};

use catalog_sync::cloud::read;
use catalog_sync::model::change::{ChangeId, Resource, Work};
use catalog_sync::model::edit::{CopyEdit, Delta, Held, Kind, On, RecipientEdit};
use catalog_sync::model::id::CatalogProductId;
use catalog_sync::model::live::Live;
use catalog_sync::model::local::{LaunchRole, LocalPortfolio};
use catalog_sync::model::recipient::{Principal, PrincipalType};
use catalog_sync::model::report::Outcome;
use catalog_sync::model::settings::Mode;
use catalog_sync::model::target::TargetName;
use catalog_sync::model::wants::{ReceivedWants, Wants};
use catalog_sync::sandbox::{
    Call, Drop, Fault, FaultError, InheritedConstraints, Portfolio, ProductFailure, Region, World,
};

use super::bed::{Bed, changes, failure, id, plan_of, target, write};

const SHOP: &str = "333333333333";

/// A hub whose portfolio holds two products, and an account that has accepted its share.
const WORLD: &str = r#"
organizations:
  acme:
    id: o-acme000001
    management_account: "111111111110"
    accounts: {"111111111110": management, "111111111111": hub, "333333333333": shop}
accounts:
  "111111111111":
    regions:
      us-east-1:
        products:
          prod-one: {name: One, versions: {pa-one1: {name: v1}}}
          prod-two: {name: Two, versions: {pa-two1: {name: v1}, pa-two2: {name: v2}}}
        portfolios:
          port-data:
            name: Data
            shares: [{account: "333333333333", accepted: true}]
            products: {prod-one: {}, prod-two: {}}
            constraints: {cons-hub: {product: prod-one, parameters: '{"RoleArn": "arn:aws:iam::111111111111:role/Hub"}'}}
  "333333333333":
    regions:
      us-east-1:
        imports: {port-data: {}}
        products: {prod-mine: {name: Mine, versions: {pa-mine: {name: v1}}}}
        portfolios: {port-mine: {name: Local, products: {prod-mine: {}}}}
"#;

async fn bed(change: impl FnOnce(&mut World)) -> Bed {
    Bed::new(|world| {
        *world = World::parse(WORLD, "world").unwrap();
        change(world);
    })
    .await
}

/// Applies edits in the shop account. `local` is the id of its local portfolio, if that exists.
async fn run(bed: &Bed, local: Option<&str>, edits: Vec<RecipientEdit>) -> Vec<Outcome> {
    let imported = Resource { id: Some(id("port-data")), name: "Data".to_owned() };
    let local = Some(Resource { id: local.map(id), name: "Local".to_owned() });
    let name = TargetName::Recipient { file: id("data"), account: Some(id(SHOP)), region: id("us-east-1") };
    let mut changes = changes(edits);
    // The order that a plan gives: a launch role comes after its product, and the portfolio is removed last.
    let ids: Vec<ChangeId> = changes.iter().map(|change| change.seen().id(&name)).collect();
    for (change, own) in changes.iter_mut().zip(&ids) {
        let comes_before = |other: &&ChangeId| match &change.edit {
            RecipientEdit::Launch { role: Delta::Create(_), .. } => {
                other.key == own.key && matches!(other.kind, Kind::ProductAssociation | Kind::ProductCopy)
            }
            RecipientEdit::Local(Delta::Remove(_), _) => *other != own,
            _ => false,
        };
        change.about.waits_for = ids.iter().filter(comes_before).cloned().collect();
    }
    let work = Work::Recipient { imported, local, changes };
    write(&bed.cloud(Mode::Apply), &plan_of(target(name, SHOP, work))).await
}

async fn applies(bed: &Bed, local: Option<&str>, edits: Vec<RecipientEdit>) {
    let outcomes = run(bed, local, edits).await;
    assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Applied), "{outcomes:?}");
}

fn local() -> LocalPortfolio {
    LocalPortfolio {
        name: "Local".to_owned(),
        provider: "Acme".to_owned(),
        description: "From the hub".to_owned(),
        tag: Some(id("data")),
    }
}

fn role(name: &str) -> LaunchRole {
    LaunchRole::Name(name.to_owned())
}

fn principal() -> Principal {
    Principal { arn: format!("arn:aws:iam::{SHOP}:role/Engineer"), kind: PrincipalType::Iam }
}

fn copy_of(product: &str, versions: &[&str]) -> RecipientEdit {
    RecipientEdit::Copy(CopyEdit::Make { of: id(product), versions: versions.iter().map(|it| id(it)).collect() })
}

fn launch(product: Held, role: LaunchRole) -> RecipientEdit {
    RecipientEdit::Launch { product, constraint: None, role: Delta::Create(role) }
}

/// Edits for a portfolio with a product, a copy, a launch role on each, and a principal.
fn everything() -> Vec<RecipientEdit> {
    vec![
        RecipientEdit::Local(Delta::Create(local()), None),
        RecipientEdit::Associate(id("prod-one")),
        copy_of("prod-two", &["pa-two1"]),
        launch(Held::Itself(id("prod-one")), role("Launch")),
        launch(
            Held::Copy { of: id("prod-two"), id: None },
            LaunchRole::Arn(format!("arn:aws:iam::{SHOP}:role/Launch")),
        ),
        RecipientEdit::Grant(On::Local, principal()),
    ]
}

/// The shop account's world.
fn shop(bed: &Bed) -> Region {
    bed.sandbox.world().accounts[SHOP].regions["us-east-1"].clone()
}

/// The portfolio that was made: it carries the tag `catalog-sync`.
fn made(bed: &Bed) -> (String, Portfolio) {
    let is_ours = |portfolio: &Portfolio| portfolio.tags.contains_key("catalog-sync");
    let mut ours: Vec<_> = shop(bed).portfolios.into_iter().filter(|(_, portfolio)| is_ours(portfolio)).collect();
    assert_eq!(ours.len(), 1, "{ours:?}");
    ours.remove(0)
}

/// The copy that was made, by its id.
fn copied(bed: &Bed) -> String {
    let of_two = shop(bed).products.into_iter().filter(|(_, it)| it.source.as_deref() == Some("prod-two"));
    let copies: Vec<_> = of_two.collect();
    assert_eq!(copies.len(), 1, "{copies:?}");
    assert_eq!(copies[0].1.tags["catalog-sync"], "data");
    assert_eq!(copies[0].1.tags["catalog-sync-source"], "prod-two");
    copies[0].0.clone()
}

/// Checks that everything in [`everything`] was made, and returns the local portfolio's id.
fn is_whole(bed: &Bed) -> String {
    let (portfolio, it) = made(bed);
    let copy = copied(bed);
    assert_eq!(
        (it.name.as_str(), it.provider.as_str(), it.description.as_deref()),
        ("Local", "Acme", Some("From the hub"))
    );
    assert_eq!(it.products.keys().map(String::as_str).collect::<BTreeSet<_>>(), BTreeSet::from(["prod-one", &copy]));
    assert_eq!(it.products["prod-one"].from.as_deref(), Some("port-data"));
    assert_eq!(it.products[&copy].from, None);
    assert_eq!(it.constraints.len(), 2, "{:?}", it.constraints);
    assert_eq!(it.principals.len(), 1);
    assert!(shop(bed).portfolios["port-mine"].products.contains_key("prod-mine"), "somebody else's is left alone");
    portfolio
}

fn fault(operation: &str, times: u32) -> Fault {
    Fault { operation: Some(operation.to_owned()), times: Some(times), ..Fault::default() }
}

fn answers(code: &str, fault: Fault) -> Fault {
    Fault { error: Some(FaultError { code: code.to_owned(), message: "said AWS".to_owned(), status: 400 }), ..fault }
}

const MAKES: [&str; 6] = [
    "CreatePortfolio",
    "AssociateProductWithPortfolio",
    "CopyProduct",
    "UpdateProduct",
    "CreateConstraint",
    "AssociatePrincipalWithPortfolio",
];

#[tokio::test]
async fn everything_is_made_once_and_a_second_run_sends_no_change() {
    let bed = bed(|_| {}).await;
    applies(&bed, None, everything()).await;
    is_whole(&bed);
    let writes = || bed.sandbox.calls().iter().filter(|call| call.is_write()).count();
    let before = writes();
    applies(&bed, None, everything()).await;
    is_whole(&bed);
    assert_eq!(writes(), before);
}

#[tokio::test]
async fn lost_answer_is_followed_by_a_look_and_nothing_is_made_twice() {
    for operation in MAKES {
        for (times, drop) in [(6, Drop::After), (7, Drop::After), (6, Drop::Before)] {
            let bed = bed(|world| world.faults.push(Fault { drop: Some(drop), ..fault(operation, times) })).await;
            applies(&bed, None, everything()).await;
            is_whole(&bed);
        }
    }
}

#[tokio::test]
async fn what_is_throttled_or_not_found_at_first_is_made_all_the_same() {
    for operation in MAKES {
        let bed = bed(|world| world.faults.push(answers("ThrottlingException", fault(operation, 3)))).await;
        applies(&bed, None, everything()).await;
        is_whole(&bed);
    }
    for operation in ["AssociateProductWithPortfolio", "CopyProduct", "UpdateProduct", "CreateConstraint"] {
        let bed = bed(|world| world.faults.push(answers("ResourceNotFoundException", fault(operation, 3)))).await;
        applies(&bed, None, everything()).await;
        is_whole(&bed);
    }
}

#[tokio::test]
async fn what_is_seen_late_or_vanishes_again_is_waited_for() {
    let bed = bed(|world| {
        world.pending.product = 9;
        world.pending.product_flickers = true;
        world.pending.constraint = 9;
        world.pending.copy = 9;
        world.pending.principal = 9;
        world.unproven.inherited_constraints = InheritedConstraints::WithLocal;
    })
    .await;
    applies(&bed, None, everything()).await;
    is_whole(&bed);
}

#[tokio::test]
async fn everything_is_removed_and_the_hubs_constraint_stays() {
    let bed = bed(|world| world.unproven.inherited_constraints = InheritedConstraints::WithLocal).await;
    applies(&bed, None, everything()).await;
    let (portfolio, copy) = (is_whole(&bed), copied(&bed));
    let constraints = made(&bed).1.constraints;
    let of = |product: &str| id(constraints.iter().find(|(_, it)| it.product == product).unwrap().0);
    let removals = || {
        let copy: CatalogProductId = id(&copy);
        vec![
            RecipientEdit::Revoke(On::Local, principal()),
            RecipientEdit::Launch {
                product: Held::Itself(id("prod-one")),
                constraint: Some(of("prod-one")),
                role: Delta::Remove(role("Launch")),
            },
            RecipientEdit::Dissociate {
                product: id("prod-one"),
                constraints: BTreeSet::from([of("prod-one"), id("cons-gone")]),
            },
            RecipientEdit::Copy(CopyEdit::Drop {
                of: id("prod-two"),
                constraints: BTreeSet::from([of(copy.as_str())]),
                copy,
            }),
            RecipientEdit::Local(Delta::Remove(local()), Some(id(&portfolio))),
        ]
    };
    bed.sandbox.change(|world| {
        for operation in ["DeleteConstraint", "DisassociateProductFromPortfolio", "DeleteProduct", "DeletePortfolio"] {
            world.faults.push(Fault { drop: Some(Drop::After), ..fault(operation, 1) });
        }
    });
    applies(&bed, Some(&portfolio), removals()).await;
    let left = shop(&bed);
    assert_eq!(left.portfolios.keys().collect::<Vec<_>>(), ["port-mine"]);
    assert_eq!(left.products.keys().collect::<Vec<_>>(), ["prod-mine"]);
    let hub = bed.sandbox.world().accounts["111111111111"].regions["us-east-1"].clone();
    assert_eq!(hub.portfolios["port-data"].constraints.len(), 1);
    let writes = || bed.sandbox.calls().iter().filter(|call| call.is_write()).count();
    let before = writes();
    let gone = vec![removals().remove(4), removals().remove(3)];
    applies(&bed, Some(&portfolio), gone).await;
    assert_eq!(writes(), before, "what is gone counts as done");
}

#[tokio::test]
async fn failed_copy_tells_awss_reason_and_stops_no_neighbour() {
    let failing = ProductFailure { detail: "Internal Failure".to_owned(), ..ProductFailure::default() };
    let bed = bed(|world| world.copy_errors.push(failing)).await;
    let outcomes = run(&bed, None, everything()).await;
    assert!(failure(&outcomes[2]).contains("Internal Failure"), "{outcomes:?}");
    assert_eq!((&outcomes[1], &outcomes[3], &outcomes[5]), (&Outcome::Applied, &Outcome::Applied, &Outcome::Applied));
    assert!(matches!(&outcomes[4], Outcome::Skipped(_)), "{outcomes:?}");
}

#[tokio::test]
async fn failed_constraint_names_the_role() {
    let bed = bed(|world| world.constraint_errors.push(ProductFailure::default())).await;
    let outcomes = run(&bed, None, everything()).await;
    let said = failure(&outcomes[3]);
    assert!(said.contains("ended FAILED") && said.contains("the role Launch exists"), "{said}");
}

#[tokio::test]
async fn copy_that_a_killed_run_left_is_gone_on_with_and_somebody_elses_is_not() {
    let copy = "{name: Two, source: prod-two, versions: {pa-copy: {name: v1, source: pa-two1}}}";
    let left = |name: &str| WORLD.replace("{prod-mine: {name", &format!("{{{name}: {copy}, prod-mine: {{name"));
    let stray = Bed::new(|world| *world = World::parse(&left("prod-stray"), "world").unwrap()).await;
    let edits =
        || vec![RecipientEdit::Local(Delta::Create(local()), None), copy_of("prod-two", &["pa-two1", "pa-two2"])];
    applies(&stray, None, edits()).await;
    assert_eq!(copied(&stray), "prod-stray");
    assert_eq!(shop(&stray).products["prod-stray"].versions.len(), 2, "what was missing is copied into it");
    let theirs = left("prod-theirs").replace("products: {prod-mine: {}}", "products: {prod-theirs: {}}");
    let theirs = Bed::new(|world| *world = World::parse(&theirs, "world").unwrap()).await;
    applies(&theirs, None, edits()).await;
    assert!(shop(&theirs).products["prod-theirs"].tags.is_empty());
    assert_eq!(shop(&theirs).products.len(), 3);
}

#[tokio::test]
async fn what_changed_since_the_plan_is_a_conflict() {
    let bed = bed(|_| {}).await;
    applies(&bed, None, everything()).await;
    let (portfolio, copy) = (is_whole(&bed), copied(&bed));
    let constraint = made(&bed).1.constraints.into_iter().find(|(_, it)| it.product == "prod-one").unwrap().0;
    bed.sandbox.change(|world| {
        let region = world.accounts.get_mut(SHOP).unwrap().regions.get_mut("us-east-1").unwrap();
        region.portfolios.get_mut(&portfolio).unwrap().tags.clear();
        region.products.get_mut(&copy).unwrap().tags.clear();
    });
    let after = LocalPortfolio { name: "Other".to_owned(), ..local() };
    let one = || Held::Itself(id("prod-one"));
    let update = Delta::Update { before: role("Before"), after: role("After") };
    let edits: Vec<RecipientEdit> = vec![
        RecipientEdit::Local(Delta::Update { before: local(), after }, Some(id(&portfolio))),
        RecipientEdit::Launch { product: one(), constraint: Some(id(&constraint)), role: update },
        RecipientEdit::Copy(CopyEdit::Drop { of: id("prod-two"), copy: id(&copy), constraints: BTreeSet::new() }),
    ];
    let mut edits = edits;
    let writes = || bed.sandbox.calls().iter().filter(|call| call.is_write()).count();
    let before = writes();
    for outcome in run(&bed, Some(&portfolio), std::mem::take(&mut edits)).await {
        assert!(failure(&outcome).contains("Conflict"), "{outcome:?}");
    }
    let removal = vec![RecipientEdit::Local(Delta::Remove(local()), Some(id(&portfolio)))];
    assert!(failure(&run(&bed, Some(&portfolio), removal).await[0]).contains("Conflict"));
    let other = vec![launch(one(), role("Other"))];
    let said = failure(&run(&bed, Some(&portfolio), other).await[0]);
    assert!(said.contains("has the launch role Launch by"), "{said}");
    assert_eq!(writes(), before);
}

#[tokio::test]
async fn everything_is_changed_in_its_place() {
    let bed = bed(|_| {}).await;
    applies(&bed, None, everything()).await;
    let (portfolio, copy) = (is_whole(&bed), copied(&bed));
    let constraint = made(&bed).1.constraints.into_iter().find(|(_, it)| it.product == "prod-one").unwrap().0;
    let after =
        LocalPortfolio { name: "Other".to_owned(), description: String::new(), tag: Some(id("new")), ..local() };
    let versions = |ids: &[&str]| ids.iter().map(|it| id(it)).collect();
    let edits = || {
        let role = Delta::Update { before: role("Launch"), after: role("After") };
        let (before, after_versions) = (versions(&["pa-two1"]), versions(&["pa-two1", "pa-two2"]));
        vec![
            RecipientEdit::Local(Delta::Update { before: local(), after: after.clone() }, Some(id(&portfolio))),
            RecipientEdit::Copy(CopyEdit::Renew { of: id("prod-two"), copy: id(&copy), before, after: after_versions }),
            RecipientEdit::Launch { product: Held::Itself(id("prod-one")), constraint: Some(id(&constraint)), role },
        ]
    };
    for _ in 0..2 {
        applies(&bed, Some(&portfolio), edits()).await;
        let (_, it) = made(&bed);
        assert_eq!((it.name.as_str(), it.tags["catalog-sync"].as_str()), ("Other", "new"));
        assert_eq!(it.constraints[&constraint].parameters, r#"{"LocalRoleName":"After"}"#);
        assert_eq!(shop(&bed).products[&copy].versions.len(), 2);
    }
    assert_eq!((bed.calls("UpdatePortfolio"), bed.calls("UpdateConstraint")), (1, 1), "the second time it was done");
}

#[tokio::test]
async fn copy_of_somebody_else_is_taken_over_by_its_tags() {
    let copy = "{name: Two, source: prod-two, versions: {pa-copy: {name: v1, source: pa-two1}}}";
    let world = WORLD.replace("{prod-mine: {name", &format!("{{prod-theirs: {copy}, prod-mine: {{name"));
    let bed = Bed::new(|it| *it = World::parse(&world, "world").unwrap()).await;
    let adopt = || RecipientEdit::Copy(CopyEdit::Adopt { of: id("prod-two"), copy: id("prod-theirs") });
    applies(&bed, Some("port-mine"), vec![adopt()]).await;
    assert_eq!(copied(&bed), "prod-theirs");
    applies(&bed, Some("port-mine"), vec![adopt()]).await;
    assert_eq!(bed.calls("UpdateProduct"), 1);
}

#[tokio::test]
async fn refused_operation_is_called_once() {
    let bed = bed(|world| {
        let refused = answers("AccessDeniedException", fault("AssociateProductWithPortfolio", 99));
        world.faults.push(refused);
    })
    .await;
    let edits = vec![
        RecipientEdit::Local(Delta::Create(local()), None),
        RecipientEdit::Associate(id("prod-one")),
        RecipientEdit::Associate(id("prod-two")),
        RecipientEdit::Grant(On::Local, principal()),
    ];
    let outcomes = run(&bed, None, edits).await;
    assert!(failure(&outcomes[1]).contains("AccessDeniedException"));
    let Outcome::Skipped(why) = &outcomes[2] else { panic!("{outcomes:?}") };
    assert_eq!(why, "not tried: AssociateProductWithPortfolio was refused before (AccessDeniedException)");
    assert_eq!(outcomes[3], Outcome::Applied);
    assert_eq!(bed.calls("AssociateProductWithPortfolio"), 1);
}

#[tokio::test]
async fn portfolio_that_is_not_empty_stays_and_awss_word_says_why() {
    let bed = bed(|_| {}).await;
    applies(&bed, None, everything()).await;
    let portfolio = is_whole(&bed);
    let removal = vec![RecipientEdit::Local(Delta::Remove(local()), Some(id(&portfolio)))];
    let said = failure(&run(&bed, Some(&portfolio), removal).await[0]);
    assert!(said.contains("ResourceInUseException") && said.contains("products"), "{said}");
    is_whole(&bed);
}

/// Makes every call that the tool makes inside a recipient, and returns the calls.
pub(super) async fn every_call() -> Vec<Call> {
    let copy = "{name: Two, source: prod-two, versions: {pa-copy: {name: v1, source: pa-two1}}}";
    let world = WORLD.replace("{prod-mine: {name", &format!("{{prod-stray: {copy}, prod-mine: {{name"));
    let bed = Bed::new(|it| *it = World::parse(&world, "world").unwrap()).await;
    let mut edits = everything();
    edits[2] = copy_of("prod-two", &["pa-two1", "pa-two2"]);
    applies(&bed, None, edits).await;
    let (portfolio, copy) = (made(&bed).0, copied(&bed));
    let constraints = made(&bed).1.constraints;
    let one = constraints.iter().find(|(_, it)| it.product == "prod-one").unwrap().0;
    let two = constraints.iter().find(|(_, it)| it.product == copy).unwrap().0;
    let after = LocalPortfolio { name: "Other".to_owned(), ..local() };
    let other = Delta::Update { before: role("Launch"), after: role("Other") };
    let product = Held::Itself(id("prod-one"));
    let edits = vec![
        RecipientEdit::Local(Delta::Update { before: local(), after: after.clone() }, Some(id(&portfolio))),
        RecipientEdit::Launch { product, constraint: Some(id(one)), role: other },
    ];
    applies(&bed, Some(&portfolio), edits).await;
    let (one, two) = (BTreeSet::from([id(one)]), BTreeSet::from([id(two)]));
    let edits = vec![
        RecipientEdit::Revoke(On::Local, principal()),
        RecipientEdit::Dissociate { product: id("prod-one"), constraints: one },
        RecipientEdit::Copy(CopyEdit::Drop { of: id("prod-two"), copy: id(&copy), constraints: two }),
        RecipientEdit::Local(Delta::Remove(after), Some(id(&portfolio))),
    ];
    applies(&bed, Some(&portfolio), edits).await;
    // The calls that only a plan makes.
    let wants = ReceivedWants { versions: BTreeSet::from([id("prod-mine")]), ..ReceivedWants::new(&id("acme")) };
    let received = BTreeMap::from([((id(SHOP), id("us-east-1")), wants)]);
    let wants = Wants { received, ..Wants::default() };
    read::read(&bed.cloud(Mode::Plan), &mut Live::default(), |_| wants.clone()).await;
    bed.sandbox.calls()
}
