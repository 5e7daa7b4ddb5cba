//! Experiences that mirror another one: what is reviewed, what the schedule carries out, and what is reported.

use std::collections::BTreeSet;
use std::fs;

use catalog_sync::sandbox::{ExperienceStatus, Policy, World};
use serde_json::Value;

use super::bench::Bench;
use super::due::due;

const CURATED: &str = "exp-acmecura0001";
const CORPORATE: &str = "exp-subscorp0001";
const SNYK: &str = "prod-77aa00bb11cc2";
const CONFLUENT: &str = "prod-c3d4e5f6a7b82";
const ADDED: &str = "prod-0000000000007";

fn edit_world<T>(bench: &Bench, edit: impl FnOnce(&mut World) -> T) -> T {
    let mut result = None;
    bench.edit_world(|text| {
        let mut world = World::parse(&text, "world").unwrap();
        result = Some(edit(&mut world));
        world.to_yaml()
    });
    result.unwrap()
}

fn policy<'w>(world: &'w mut World, organization: &str, id: &str) -> &'w mut Policy {
    let experiences = &mut world.organizations.get_mut(organization).unwrap().marketplace.experiences;
    experiences.get_mut(id).unwrap().policy.as_mut().unwrap()
}

/// Approves a product in an experience, as in the console.
fn approve(bench: &Bench, organization: &str, id: &str, product: &str) {
    edit_world(bench, |world| {
        let policy = policy(world, organization, id);
        policy.denied.remove(product);
        policy.allowed.insert(product.to_owned());
    });
}

fn deny(bench: &Bench, organization: &str, id: &str, product: &str) {
    edit_world(bench, |world| {
        let policy = policy(world, organization, id);
        policy.allowed.remove(product);
        policy.denied.insert(product.to_owned());
    });
}

fn approved(bench: &Bench, organization: &str, id: &str) -> BTreeSet<String> {
    edit_world(bench, |world| policy(world, organization, id).allowed.clone())
}

fn has(bench: &Bench, product: &str) -> bool {
    approved(bench, "subsidiary", CORPORATE).contains(product)
}

/// A pull request that makes the subsidiary's experience mirror `mirrored`.
fn write_mirror(bench: &Bench, mirrored: &str) -> (String, String) {
    let base = bench.git(&["rev-parse", "HEAD"]);
    let file = bench.path("repository/catalog/marketplace/follow.yaml");
    let text = format!(
        "mirror: {{organization: acme, id: {mirrored}}}\nexperiences:\n  - {{organization: subsidiary, id: {CORPORATE}}}\n"
    );
    fs::write(file, text).unwrap();
    let entry = "  - organization: subsidiary\n    all_live: true # every experience that is enabled and not archived\n    \
                 except: [exp-subsengi0001] # engineering.yaml governs that one\n";
    (base, bench.edit("marketplace/baseline.yaml", entry, ""))
}

/// A bench in step, with an experience that people edit. Its products are those of the subsidiary's experience.
async fn curated() -> Bench {
    let bench = Bench::in_step().await;
    edit_world(&bench, |world| {
        let followed = world.organizations["subsidiary"].marketplace.experiences[CORPORATE].clone();
        let experiences = &mut world.organizations.get_mut("acme").unwrap().marketplace.experiences;
        let mut curated = followed;
        (curated.name, curated.audience) = ("Curated".to_owned(), None);
        experiences.insert(CURATED.to_owned(), curated);
        // Enabled, so that there is no warning for the issue.
        experiences.get_mut("exp-acmedata0001").unwrap().status = ExperienceStatus::Enabled;
    });
    bench
}

/// The bench of `curated`, with a mirror that was reviewed and applied.
async fn following() -> Bench {
    let bench = curated().await;
    let (base, head) = write_mirror(&bench, CURATED);
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.merge(&base, &head, &[]).await.exits(0);
    bench
}

fn deployments(bench: &Bench, environment: &str) -> Vec<(Value, Vec<String>)> {
    let state = bench.github.state();
    let of_it = state.deployments.iter().filter(|it| it["environment"] == environment);
    let states = |id: &Value| {
        let statuses = state.statuses.get(&id.as_u64().unwrap()).into_iter().flatten();
        statuses.map(|status| status["state"].as_str().unwrap().to_owned()).collect()
    };
    of_it.map(|it| (it["payload"].clone(), states(&it["id"]))).collect()
}

const FOLLOWING: &str = "catalog-sync-mirror/subsidiary";

#[tokio::test(flavor = "multi_thread")]
async fn schedule_brings_followers_in_step_and_nothing_else() {
    let bench = following().await;
    assert_eq!(deployments(&bench, FOLLOWING).len(), 1, "the apply saw it in step");
    approve(&bench, "acme", CURATED, ADDED);
    deny(&bench, "acme", CURATED, CONFLUENT);
    // The follower and an experience under another list are both edited in the console.
    deny(&bench, "subsidiary", CORPORATE, SNYK);
    deny(&bench, "acme", "exp-acmebase0001", SNYK);
    let bases = bench.github.state().deployment_states("subsidiary");
    let ran = due(&bench, &[]).await.exits(0);
    assert_eq!((&*ran.outputs["creates"], &*ran.outputs["removes"]), ("2", "1"), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("not approved in Curated") || ran.stdout.contains("denied in Curated"),
        "{}",
        ran.stdout
    );
    assert!(has(&bench, ADDED) && has(&bench, SNYK) && !has(&bench, CONFLUENT));
    assert!(!approved(&bench, "acme", "exp-acmebase0001").contains(SNYK), "other drift is left as it is");
    assert_eq!(bench.github.state().deployment_states("subsidiary"), bases, "the base does not move");
    assert_eq!(deployments(&bench, "catalog-sync-due/subsidiary").len(), 1);
    // A second run has nothing left to do and records the date.
    let before = deployments(&bench, FOLLOWING);
    let ran = due(&bench, &[]).await.exits(0);
    assert!(ran.summary.contains("Nothing is due"), "{}", ran.summary);
    let after = deployments(&bench, FOLLOWING);
    assert_eq!(after.len(), before.len());
    let successes =
        |all: &[(Value, Vec<String>)]| all.iter().flat_map(|(_, it)| it).filter(|it| *it == "success").count();
    assert_eq!(successes(&after), successes(&before) + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn status_tells_when_each_was_in_step() {
    let bench = following().await;
    let line = |text: &str| text.lines().find(|it| it.contains("marketplace/follow/")).unwrap_or_default().to_owned();
    let status = bench.raw(&["status"], &[]).await;
    let first = line(&status.stdout);
    assert!(
        first.contains(&format!("{CORPORATE}: in step with {CURATED} of acme 20 November 2026")),
        "{}",
        status.stdout
    );
    let head = bench.git(&["rev-parse", "--short=7", "HEAD"]);
    assert!(first.contains(&head), "{first}");
    // A run that failed to bring the follower in step.
    approve(&bench, "acme", CURATED, ADDED);
    let fault = "\nfaults:\n  - {operation: StartChangeSet, error: {code: AccessDeniedException, message: no}}\n";
    bench.edit_world(|world| world + fault);
    due(&bench, &[]).await.exits(1);
    let status = bench.raw(&["status"], &[]).await;
    assert_eq!(line(&status.stdout), first, "the last time that it was in step");
    assert!(status.stdout.contains("behind it since: "), "{}", status.stdout);
    let status = bench.raw(&["status", "--format", "json"], &[]).await;
    let read: Value = serde_json::from_str(&status.stdout).unwrap();
    let mirrors = &read["organizations"]["subsidiary"]["mirrors"][0];
    assert_eq!(mirrors["mirrors"], format!("{CURATED} of acme"));
    assert!(mirrors["in_step"].is_object() && mirrors["behind"].is_object(), "{read}");
    let status = bench.raw(&["status", "--format", "markdown"], &[]).await;
    assert!(status.stdout.contains("| experience | mirrors | in step |"), "{}", status.stdout);
    // The next run brings it in step, so it is no longer behind.
    edit_world(&bench, |world| world.faults.clear());
    due(&bench, &[]).await.exits(0);
    let status = bench.raw(&["status"], &[]).await;
    assert_ne!(line(&status.stdout), first);
    assert!(!status.stdout.contains("behind it"), "{}", status.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn mirror_whose_merge_was_not_applied_brings_nothing() {
    let bench = curated().await;
    let base = bench.git(&["rev-parse", "HEAD"]);
    let first = bench.edit("settings.yaml", "max_removals: 20", "max_removals: 19");
    bench.plan(&base, &first, &[]).await.exits(0);
    bench.merge(&base, &first, &[]).await.exits(0);
    bench.number.set(8);
    let (base, head) = write_mirror(&bench, CURATED);
    approve(&bench, "acme", CURATED, ADDED);
    bench.merged(&base, &head);
    let ran = due(&bench, &[]).await.exits(0);
    assert!(ran.summary.contains("1 change follows a mirrored experience and is not carried out"), "{}", ran.summary);
    assert!(!has(&bench, ADDED));
}

#[tokio::test(flavor = "multi_thread")]
async fn limit_stops_what_a_mirror_brings_and_opens_the_issue() {
    let bench = following().await;
    let base = bench.git(&["rev-parse", "HEAD"]);
    let head = bench.edit("settings.yaml", "max_removals: 20", "max_removals: 1");
    bench.merged(&base, &head);
    deny(&bench, "acme", CURATED, CONFLUENT);
    deny(&bench, "acme", CURATED, SNYK);
    let ran = due(&bench, &[]).await.exits(4);
    assert_eq!(ran.outputs["reason"], "removals");
    assert!(has(&bench, SNYK) && has(&bench, CONFLUENT));
    let issue = bench.github.state().issues.values().next().cloned().expect("an issue");
    let body = issue["body"].as_str().unwrap();
    assert!(body.contains("What is due is not carried out: it takes away 2"), "{body}");
    assert!(body.contains("No drift, 2 behind what they mirror"), "{body}");
    // The next drift check neither closes the issue nor calls the difference drift.
    bench.drift(&[]).await.exits(0);
    let issue = bench.github.state().issues.values().next().cloned().expect("an issue");
    assert_eq!(issue["state"], "open");
    due(&bench, &["--allow-removals", "2"]).await.exits(0);
    assert!(!has(&bench, SNYK) && !has(&bench, CONFLUENT));
    bench.drift(&[]).await.exits(0);
    assert_eq!(bench.github.state().issues.values().next().unwrap()["state"], "closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_behind_alone_opens_no_issue_and_is_told() {
    let bench = following().await;
    approve(&bench, "acme", CURATED, ADDED);
    let ran = bench.drift(&[]).await.exits(0);
    assert!(bench.github.state().issues.is_empty());
    assert!(ran.summary.contains("No drift, 1 behind what they mirror"), "{}", ran.summary);
    assert_eq!((&*ran.outputs["has-changes"], &*ran.outputs["drift"]), ("true", "0"));
    bench.drift(&["--fail-on-drift", "true"]).await.exits(3);
    // An issue with drift lists the difference separately.
    deny(&bench, "acme", "exp-acmebase0001", SNYK);
    bench.drift(&[]).await.exits(0);
    let issue = bench.github.state().issues.values().next().cloned().expect("an issue");
    let body = issue["body"].as_str().unwrap();
    assert!(body.contains("Drift: 1 in Git and not live, 1 behind what they mirror"), "{body}");
    assert!(body.contains("@@ behind what is mirrored @@") && body.contains("follows by itself"), "{body}");
}

/// A pull request that adds a product to the list of the following organization's other experience.
fn change_other_list(bench: &Bench) -> (String, String) {
    let base = bench.git(&["rev-parse", "HEAD"]);
    let head = bench.edit(
        "marketplace/engineering.yaml",
        "approved:\n",
        "approved:\n  - id: prod-1a2b3c4d5e6f7\n    name: Our tool\n",
    );
    (base, head)
}

#[tokio::test(flavor = "multi_thread")]
async fn merge_leaves_what_a_mirror_brings_since_the_review_to_the_schedule() {
    let bench = following().await;
    bench.number.set(8);
    let (base, head) = change_other_list(&bench);
    approve(&bench, "acme", CURATED, ADDED);
    bench.plan(&base, &head, &[]).await.exits(0);
    let comment = bench.github.state().bodies(8).concat();
    assert!(comment.contains("behind what is mirrored, not by this pull request: 1 to create"), "{comment}");
    assert!(!comment.contains("drift from before"), "{comment}");
    // The mirrored experience is edited once more between review and merge.
    deny(&bench, "acme", CURATED, CONFLUENT);
    let ran = bench.merge(&base, &head, &[]).await.exits(0);
    let engineering = approved(&bench, "subsidiary", "exp-subsengi0001");
    assert!(engineering.contains("prod-1a2b3c4d5e6f7"), "the merge's own change is made: {}", ran.stdout);
    assert!(has(&bench, ADDED), "what the review has shown goes with it");
    assert!(has(&bench, CONFLUENT), "what nobody has seen is left");
    assert!(ran.summary.contains("Left for the schedule: 1 change"), "{}", ran.summary);
    assert!(!ran.summary.contains("Drift is left"), "{}", ran.summary);
    assert!(bench.github.state().issues.is_empty(), "it is no drift");
    assert_eq!(bench.github.state().deployment_states("subsidiary")[0], "success");
    due(&bench, &[]).await.exits(0);
    assert!(!has(&bench, CONFLUENT));
}

#[tokio::test(flavor = "multi_thread")]
async fn merge_that_writes_the_mirror_is_refused_where_the_mirrored_experience_changed() {
    let bench = curated().await;
    let (base, head) = write_mirror(&bench, CURATED);
    bench.plan(&base, &head, &[]).await.exits(0);
    deny(&bench, "acme", CURATED, CONFLUENT);
    let ran = bench.merge(&base, &head, &[]).await.exits(4);
    assert_eq!(ran.outputs["reason"], "unreviewed");
    assert!(has(&bench, CONFLUENT));
}

#[tokio::test(flavor = "multi_thread")]
async fn merge_of_the_list_that_governs_the_mirrored_experience_reaches_its_followers() {
    let bench = Bench::in_step().await;
    let (base, head) = write_mirror(&bench, "exp-acmebase0001");
    bench.plan(&base, &head, &["--allow-removals", "99"]).await.exits(0);
    bench.merge(&base, &head, &[]).await.exits(0);
    bench.number.set(8);
    let base = head;
    let head = bench.edit(
        "marketplace/baseline.yaml",
        "approved:\n",
        "approved:\n  - id: prod-1a2b3c4d5e6f7\n    name: Our tool\n",
    );
    bench.plan(&base, &head, &[]).await.exits(0);
    let comment = bench.github.state().bodies(8).concat();
    assert!(comment.contains("approved in Baseline exp-acmebase0001"), "{comment}");
    bench.merge(&base, &head, &[]).await.exits(0);
    assert!(approved(&bench, "acme", "exp-acmebase0001").contains("prod-1a2b3c4d5e6f7"));
    assert!(has(&bench, "prod-1a2b3c4d5e6f7"));
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_of_a_governed_experience_is_not_carried_to_its_followers() {
    let bench = Bench::in_step().await;
    let (base, head) = write_mirror(&bench, "exp-acmebase0001");
    bench.plan(&base, &head, &[]).await.exits(0);
    bench.merge(&base, &head, &[]).await.exits(0);
    // The list does not approve the product, so the governed experience has drift. A follower must not get that drift.
    approve(&bench, "acme", "exp-acmebase0001", ADDED);
    let ran = due(&bench, &[]).await.exits(0);
    assert!(ran.summary.contains("1 change follows a mirrored experience and is not carried out"), "{}", ran.summary);
    assert!(ran.summary.contains("which a file governs"), "{}", ran.summary);
    assert!(!has(&bench, ADDED));
    let denied = edit_world(&bench, |world| policy(world, "subsidiary", CORPORATE).denied.clone());
    assert!(!denied.contains(ADDED));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nothing_brings_in_step_opens_the_issue_after_two_days() {
    let bench = following().await;
    approve(&bench, "acme", CURATED, ADDED);
    let seen_before = |hours: i64| {
        let mut state = bench.github.state();
        let of_it = |it: &&Value| it["environment"] == FOLLOWING;
        let id = state.deployments.iter().find(of_it).unwrap()["id"].as_u64().unwrap();
        let now: jiff::Timestamp = state.tick().parse().unwrap();
        let then = now - jiff::SignedDuration::from_hours(hours);
        state.statuses.get_mut(&id).unwrap()[0]["created_at"] = then.to_string().into();
    };
    seen_before(47);
    bench.drift(&[]).await.exits(0);
    assert!(bench.github.state().issues.is_empty());
    seen_before(49);
    bench.drift(&[]).await.exits(0);
    let issue = bench.github.state().issues.values().next().cloned().expect("an issue");
    let body = issue["body"].as_str().unwrap();
    assert!(
        body.contains("behind the ones that they mirror for two days") && body.contains("No drift, 1 behind"),
        "{body}"
    );
    due(&bench, &[]).await.exits(0);
    bench.drift(&[]).await.exits(0);
    assert_eq!(bench.github.state().issues.values().next().unwrap()["state"], "closed");
}
