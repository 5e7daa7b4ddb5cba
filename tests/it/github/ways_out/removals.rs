//! A plan removes more than is allowed, in total or of one kind.

use catalog_sync::commands::obstacle::{LABEL, Label, Obstacle, Place};
use catalog_sync::plan::{Exceeded, LimitOf};
use catalog_sync::render::escape::markdown::prose;
use catalog_sync::sandbox::{ShareTarget, World};

use super::super::bench::{Bench, Ran};
use super::super::due;
use super::{by_hand, told};

/// Limits in the settings, and the limit that is exceeded with each.
const LIMITS: [(&str, LimitOf); 3] = [
    ("max_removals: 0", LimitOf::All),
    ("max_removals: {portfolios: 0, marketplace: 99}", LimitOf::Portfolios),
    ("max_removals: {portfolios: 99, marketplace: 0}", LimitOf::Marketplace),
];

/// A pull request that removes more than the limit allows.
async fn too_much((setting, of): (&str, LimitOf)) -> (Bench, String, String) {
    let bench = Bench::in_step().await;
    let base = bench.edit("settings.yaml", "max_removals: 20", setting);
    let head = match of {
        LimitOf::All | LimitOf::Portfolios => {
            bench.edit("portfolios/data-platform.yaml", "  - account: \"999999999992\" # the auditors\n", "")
        }
        LimitOf::Marketplace => {
            bench.edit("marketplace/baseline.yaml", "  - id: prod-b2c3d4e5f6a71\n    name: MongoDB Atlas\n", "")
        }
    };
    (bench, base, head)
}

/// Asserts that a run says by how much the limit is exceeded and what to do. Returns the number of removals.
#[track_caller]
fn passes(ran: &Ran, of: LimitOf, place: Place, test: &str) -> String {
    let all: usize = ran.outputs["removes"].parse().unwrap();
    assert!(all > 0);
    told(ran, &Obstacle::TooMuch { exceeded: Exceeded { removals: all, limit: 0, of, all }, place }, test);
    all.to_string()
}

const PASSER_BY: &str = "passer-by";

/// The ways in which the label can be insufficient. All are tried with one limit; the others differ only in what they
/// count.
fn labels(of: LimitOf) -> Vec<Label> {
    let all = [Label::Missing, Label::TooOld, Label::NotBy(Some(PASSER_BY.to_owned()))];
    all.into_iter().take(if of == LimitOf::All { 3 } else { 1 }).collect()
}

fn off(bench: &Bench) {
    let mut state = bench.github.state();
    let at = state.tick();
    let event = serde_json::json!({"event": "unlabeled", "label": {"name": LABEL}, "created_at": at});
    state.events.entry(7).or_default().push(event);
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn plan_of_a_pull_request() {
    for limit in LIMITS {
        for lacks in labels(limit.1) {
            let (bench, base, head) = too_much(limit).await;
            match &lacks {
                Label::Missing => {}
                Label::TooOld => bench.github.state().label(7, LABEL),
                Label::NotBy(_) => {
                    bench.github.state().label_by(7, LABEL, PASSER_BY);
                    bench.github.state().may_not_write = vec![PASSER_BY];
                }
            }
            let ran = bench.plan(&base, &head, &[]).await.exits(0);
            passes(&ran, limit.1, Place::PullRequest(Label::Missing), "plan_of_a_pull_request");
            let body = bench.github.state().bodies(7).remove(0);
            let exceeded = Exceeded { removals: 0, limit: 0, of: limit.1, all: 0 };
            let obstacle = Obstacle::TooMuch { exceeded, place: Place::PullRequest(lacks.clone()) };
            assert!(body.contains(&prose(&obstacle.way_out())), "{lacks:?}: {body}");
            // The printed fix: the label is put on, or put on again, and the check runs again.
            off(&bench);
            bench.github.state().label(7, LABEL);
            bench.plan(&base, &head, &[]).await.exits(0);
            let body = bench.github.state().bodies(7).remove(0);
            assert!(body.contains("allows what this takes away") && !body.contains("will be refused"), "{body}");
            bench.merge(&base, &head, &[]).await.exits(0);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn merge() {
    for limit in LIMITS {
        for lacks in labels(limit.1) {
            let ways: &[bool] = if lacks == Label::Missing { &[true, false] } else { &[true] };
            for by_label in ways {
                let (bench, base, head) = too_much(limit).await;
                if lacks == Label::TooOld {
                    bench.github.state().label(7, LABEL);
                }
                bench.plan(&base, &head, &[]).await.exits(0);
                if let Label::NotBy(_) = &lacks {
                    bench.github.state().label_by(7, LABEL, PASSER_BY);
                    bench.github.state().may_not_write = vec![PASSER_BY];
                }
                let ran = bench.merge(&base, &head, &[]).await.exits(4);
                assert_eq!(ran.outputs["reason"], "removals");
                let number = passes(&ran, limit.1, Place::Merge { number: 7, label: lacks.clone() }, "merge");
                if *by_label {
                    off(&bench);
                    bench.github.state().label(7, LABEL);
                    bench.push(&base, &head, &[]).await.exits(0);
                } else {
                    by_hand(&bench, &["apply", "--allow-removals", &number]).await.exits(0);
                }
                let ran = bench.drift(&[]).await.exits(0);
                assert_eq!(ran.outputs["has-changes"], "false");
                let plan = bench.github.state().bodies(7).remove(0);
                assert!(!by_label || !plan.contains("An apply will be refused"), "{plan}");
            }
        }
    }
}

/// Shares a portfolio or approves a product by hand, and lets the issue show it.
async fn drifted(bench: &Bench, (setting, of): (&str, LimitOf)) {
    bench.edit("settings.yaml", "max_removals: 20", setting);
    bench.edit_world(|text| {
        let mut world = World::parse(&text, "world").unwrap();
        match of {
            LimitOf::All | LimitOf::Portfolios => {
                let hub = world.accounts.get_mut("111111111112").unwrap().regions.get_mut("us-east-1").unwrap();
                let shares = &mut hub.portfolios.get_mut("port-dataplatform1").unwrap().shares;
                let mut more = shares.iter().find(|share| share.to.id() == "999999999992").unwrap().clone();
                more.to = ShareTarget::Account("888888888882".to_owned());
                shares.push(more);
            }
            LimitOf::Marketplace => {
                let experiences = &mut world.organizations.get_mut("acme").unwrap().marketplace.experiences;
                let policy = experiences.get_mut("exp-acmebase0001").unwrap().policy.as_mut().unwrap();
                policy.allowed.insert("prod-bought-in-secret".to_owned());
            }
        }
        world.to_yaml()
    });
    let ran = bench.drift(&[]).await.exits(0);
    passes(&ran, of, Place::ByHand, "apply_by_hand");
    let ran = by_hand(bench, &["apply"]).await.exits(4);
    passes(&ran, of, Place::ByHand, "apply_by_hand");
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn apply_by_hand() {
    for limit in LIMITS {
        let bench = Bench::in_step().await;
        drifted(&bench, limit).await;
        by_hand(&bench, &["apply", "--allow-removals", "1"]).await.exits(0);
        assert_eq!(bench.drift(&[]).await.exits(0).outputs["has-changes"], "false");

        let bench = Bench::in_step().await;
        drifted(&bench, limit).await;
        let base = bench.git(&["rev-parse", "HEAD"]);
        let head = bench.edit("settings.yaml", limit.0, "max_removals: 1");
        bench.plan(&base, &head, &[]).await.exits(0);
        bench.merge(&base, &head, &[]).await.exits(0);
        by_hand(&bench, &["apply"]).await.exits(0);
        assert_eq!(bench.drift(&[]).await.exits(0).outputs["has-changes"], "false");
    }
}

/// The label of a merged pull request allows no other removals: what its plan has not shown is held to the limit.
#[tokio::test(flavor = "multi_thread")]
async fn label_allows_no_drift_by_hand() {
    let (bench, base, head) = too_much(LIMITS[0]).await;
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.github.state().label(7, LABEL);
    bench.merge(&base, &head, &[]).await.exits(0);
    bench.edit_world(|world| world.replacen("- prod-a1b2c3d4e5f60", "- prod-b1b2c3d4e5f60", 1));
    bench.drift(&[]).await.exits(0);
    let ran = by_hand(&bench, &["apply"]).await.exits(4);
    let number = passes(&ran, LimitOf::All, Place::ByHand, "apply_by_hand");
    by_hand(&bench, &["apply", "--allow-removals", &number]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn due() {
    let exceeded = Exceeded { removals: 2, limit: 1, of: LimitOf::Portfolios, all: 2 };
    let obstacle = Obstacle::TooMuch { exceeded, place: Place::Due };
    let limited = || async {
        let bench = due::ended().await;
        let base = bench.git(&["rev-parse", "HEAD"]);
        let head = bench.edit("settings.yaml", "max_removals: 20", "max_removals: {portfolios: 1}");
        bench.merged(&base, &head);
        let ran = due::due(&bench, &[]).await.exits(4);
        told(&ran, &obstacle, "due");
        bench
    };
    let bench = limited().await;
    by_hand(&bench, &["due", "--allow-removals", "2"]).await.exits(0);
    assert!(due::shares(&bench).is_empty());

    let bench = limited().await;
    bench.number.set(8);
    let base = bench.git(&["rev-parse", "HEAD"]);
    let head = bench.edit("portfolios/data-platform.yaml", "until: 2020-01-01", "until: 2999-01-01");
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.merged(&base, &head);
    let ran = due::due(&bench, &[]).await.exits(0);
    assert!(ran.summary.contains("Nothing is due"), "{}", ran.summary);
}
