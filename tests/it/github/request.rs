//! A request for a product becomes one pull request, for as long as the request stands.

use std::fs;

use catalog_sync::commands::obstacle::{Obstacle, Request};
use serde_json::{Value, json};

use super::bench::{Bench, Ran};
use super::stand_in::Fault;
use super::ways_out::told;

const ID: &str = "3d4c9f9b-b809-4f5e-9fac-a9ae98b05cbb";
const BRANCH: &str = "catalog-sync/request/3d4c9f9b-b809-4f5e-9fac-a9ae98b05cbb";
const BASELINE: &str = "catalog/marketplace/baseline.yaml";

/// The `repository_dispatch` event that the rule of docs/events.md sends.
pub(super) fn event(stage: &str, product: &str, experience: &str) -> Value {
    json!({
        "action": "catalog-sync-request",
        "client_payload": {
            "detail-type": format!("Product Request {stage}"),
            "detail": {
                "requestId": ID,
                "expirationDate": "2026-12-27T13:12:22Z",
                "schemaVersion": "1.0.0",
                "product": {
                    "id": product,
                    "arn": format!("arn:aws:aws-marketplace:us-east-1:123456789012:AWSMarketplace/SaaSProduct/{product}"),
                    "title": "MSP360 Backup for Google Workspace",
                },
                "manufacturer": {"name": "Test Vendor"},
                "experienceId": experience,
                "productProcurementRequestId": "prodprocreq-67890",
                "catalog": "AWSMarketplace",
                "requesterArn": "arn:aws:iam::255182084545:user/pmp-enduser",
            },
        },
        "repository": {"default_branch": "main"},
    })
}

async fn dispatch(bench: &Bench, event: &Value) -> Ran {
    let head = bench.git(&["rev-parse", "HEAD"]);
    bench.github.state().comes_onto_main(&head);
    bench.ci("repository_dispatch", event, &head, &[]).await
}

pub(super) async fn asked(bench: &Bench) -> Ran {
    dispatch(bench, &event("Created", "prod-new0000000001", "exp-acmebase0001")).await
}

fn text(bench: &Bench, path: &str) -> String {
    fs::read_to_string(bench.path("repository").join(path)).expect("it is there")
}

fn body(bench: &Bench) -> String {
    bench.github.state().git.proposal()["body"].as_str().expect("a text").to_owned()
}

/// The number of calls that created something of a kind.
fn made(bench: &Bench, what: &str) -> usize {
    let call = format!("POST /repos/acme/catalog/{what}");
    bench.github.state().calls.iter().filter(|it| **it == call).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn request_becomes_a_pull_request_and_stays_one() {
    let bench = Bench::new().await;
    let ran = asked(&bench).await.exits(0);
    let pull = bench.github.state().git.proposal();
    assert_eq!(ran.outputs["pull-request-url"], pull["html_url"].as_str().unwrap());
    assert_eq!(pull["title"], "Approve MSP360 Backup for Google Workspace, asked for in Private Marketplace");
    assert_eq!((&pull["head"]["ref"], &pull["base"]["ref"]), (&json!(BRANCH), &json!("main")));
    insta::assert_snapshot!(body(&bench));
    // Only the entry was added.
    let (before, new) = (text(&bench, BASELINE), bench.github.state().git.file(BRANCH, BASELINE));
    let entry = "  - id: prod-new0000000001 # Test Vendor\n    name: MSP360 Backup for Google Workspace\n";
    let last = "  - 1a2b3c4d-1111-2222-3333-444455556666 # the id alone will do\n";
    assert_eq!(new, before.replacen(last, &format!("{last}{entry}"), 1));

    let calls = bench.github.state().calls.len();
    asked(&bench).await.exits(0);
    let state = bench.github.state();
    assert_eq!(state.git.proposal(), pull);
    let again: Vec<&String> = state.calls.iter().skip(calls).filter(|call| !call.starts_with("GET")).collect();
    assert_eq!(again, ["POST /repos/acme/catalog/git/blobs"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn request_that_is_over_has_no_pull_request() {
    for (stage, why) in
        [("Cancelled", "has taken it back"), ("Expired", "has expired"), ("Declined", "was declined in the console")]
    {
        let bench = Bench::new().await;
        let over = event(stage, "prod-new0000000001", "exp-acmebase0001");
        let ran = dispatch(&bench, &over).await.exits(0);
        assert!(ran.stderr.contains("no open pull request"), "{}", ran.stderr);
        asked(&bench).await.exits(0);
        for _ in 0..2 {
            dispatch(&bench, &over).await.exits(0);
        }
        let pull = bench.github.state().git.proposal();
        assert_eq!(pull["state"], "closed");
        let said = bench.github.state().bodies(pull["number"].as_u64().unwrap());
        assert!(matches!(said.as_slice(), [one] if one.contains(why)), "{said:?}");
        // A late event of the same request opens no further pull request.
        let ran = asked(&bench).await.exits(0);
        assert!(ran.stderr.contains("is closed: no other one is opened"), "{}", ran.stderr);
        assert_eq!(bench.github.state().git.proposal()["state"], "closed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn approved_in_the_console_it_is_to_be_merged() {
    let bench = Bench::new().await;
    asked(&bench).await.exits(0);
    dispatch(&bench, &event("Approved", "prod-new0000000001", "exp-acmebase0001")).await.exits(0);
    let pull = bench.github.state().git.proposal();
    assert_eq!(pull["state"], "open");
    assert!(body(&bench).contains("It was approved in the console already"), "{pull}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_catalog_has_an_answer_for_is_not_proposed() {
    for (product, words) in [
        ("prod-4xk6p2ab3cdef", "is approved already by catalog/marketplace/baseline.yaml:3"),
        ("prod-zzzzzzzzzzzzz", "is rejected by catalog/marketplace/baseline.yaml:21 (licence forbids our use)"),
    ] {
        let bench = Bench::new().await;
        let ran = dispatch(&bench, &event("Created", product, "exp-acmebase0001")).await.exits(0);
        assert!(ran.stderr.contains(words) && ran.summary.contains("No pull request is needed"), "{}", ran.stderr);
        assert!(bench.github.state().git.proposals.is_empty());
    }
    // Once the product is listed, the pull request is closed.
    let bench = Bench::new().await;
    asked(&bench).await.exits(0);
    bench.edit("marketplace/baseline.yaml", "rejected:\n", "rejected:\n  - prod-new0000000001\n");
    asked(&bench).await.exits(0);
    assert_eq!(bench.github.state().git.proposal()["state"], "closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn list_that_goes_on_is_followed_and_nothing_is_forced() {
    let bench = Bench::new().await;
    asked(&bench).await.exits(0);
    let first = bench.github.state().git.branches[BRANCH].clone();
    // Another product was added at the same place of the list.
    let last = "  - 1a2b3c4d-1111-2222-3333-444455556666 # the id alone will do\n";
    let head = bench.edit("marketplace/baseline.yaml", last, &format!("{last}  - prod-other00000001\n"));
    asked(&bench).await.exits(0);
    {
        let state = bench.github.state();
        let tip = &state.git.commits[&state.git.branches[BRANCH]];
        assert_eq!(tip.parents, [first, head.clone()]);
        assert!(state.git.file(BRANCH, BASELINE).contains("  - prod-other00000001\n  - id: prod-new0000000001 # Test"));
        assert!(!tip.message.contains("MSP360"), "{}", tip.message);
    }
    // A run of an older commit does not move the branch back.
    let tip = bench.github.state().git.branches[BRANCH].clone();
    bench.git(&["checkout", "--quiet", "HEAD~1"]);
    asked(&bench).await.exits(0);
    assert_eq!(bench.github.state().git.branches[BRANCH], tip);
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_of_people_are_left_to_them() {
    let bench = Bench::new().await;
    asked(&bench).await.exits(0);
    bench.github.state().git.push(BRANCH, "somebody");
    let tip = bench.github.state().git.branches[BRANCH].clone();
    bench.edit("marketplace/baseline.yaml", "approved:\n", "approved:\n  - prod-other00000001\n");
    asked(&bench).await.exits(0);
    assert_eq!(bench.github.state().git.branches[BRANCH], tip);
    assert!(body(&bench).contains("This branch has commits by others"), "{}", body(&bench));
    // Without its pull request the branch has commits by others, so no pull request is opened for it.
    bench.github.state().git.proposals.clear();
    let ran = asked(&bench).await.exits(1);
    assert!(ran.stderr.contains("has commits by others and no pull request"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_answers_make_no_second_one() {
    let bench = Bench::new().await;
    bench.github.state().lose = vec![
        "POST /repos/acme/catalog/git/blobs",
        "POST /repos/acme/catalog/git/trees",
        "POST /repos/acme/catalog/git/commits",
        "POST /repos/acme/catalog/git/refs",
        "POST /repos/acme/catalog/pulls",
    ];
    asked(&bench).await.exits(0);
    assert_eq!((made(&bench, "git/refs"), made(&bench, "pulls")), (1, 1));
    bench.github.state().git.proposal();
}

#[tokio::test(flavor = "multi_thread")]
async fn repository_that_lets_no_workflow_open_pull_requests_is_told_which_setting_does() {
    let bench = Bench::new().await;
    bench.github.state().git.may_not_propose = true;
    let ran = asked(&bench).await.exits(1);
    assert!(ran.stdout.contains("Allow GitHub Actions to create and approve pull requests"), "{}", ran.stdout);
    assert_eq!(ran.outputs["reason"], "access");
    // With the setting the next run continues where the first one stopped.
    bench.github.state().git.may_not_propose = false;
    asked(&bench).await.exits(0);
    bench.github.state().git.proposal();
    assert_eq!(made(&bench, "git/refs"), 1);
    // The message names the missing permission.
    let fault = Fault {
        call: "POST /repos/acme/catalog/git/blobs",
        status: 403,
        headers: vec![],
        body: r#"{"message": "Resource not accessible by integration"}"#,
        times: 1,
    };
    bench.github.state().faults.push(fault);
    let ran = asked(&bench).await.exits(1);
    assert!(ran.stderr.contains("needs `contents: write`"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_are_nothing_but_names() {
    let bench = Bench::new().await;
    let mut event = event("Created", "prod-new0000000001", "exp-acmebase0001");
    let evil = "x\r\n  - id: prod-evil00000001\n# catalog-sync: ignore[product-id] y\n::error::boo\n<!-- catalog-sync:request {} --> @team fixes #7 `|` \u{202e}";
    for path in ["/client_payload/detail/product/title", "/client_payload/detail/manufacturer/name"] {
        *event.pointer_mut(path).unwrap() = json!(evil);
    }
    event["client_payload"]["detail"]["requesterArn"] = json!(evil);
    event["client_payload"]["detail"]["expirationDate"] = json!(evil);
    let ran = dispatch(&bench, &event).await.exits(0);
    let new = bench.github.state().git.file(BRANCH, BASELINE);
    let (before, after) = (text(&bench, BASELINE), new.lines().count());
    assert_eq!(after, before.lines().count() + 2, "{new}");
    assert!(!new.lines().any(|line| line.trim_start().starts_with("- id: prod-evil")), "{new}");
    let body = body(&bench);
    assert_eq!((body.matches("<!--").count(), body.contains("@team")), (1, false), "{body}");
    assert!(!ran.stdout.lines().any(|line| line.starts_with("::error::boo")), "{}", ran.stdout);
    // The edited catalog is valid and has no new warnings.
    fs::write(bench.path("repository").join(BASELINE), new).unwrap();
    bench.commit("merge");
    let ran = bench.raw(&["validate"], &[]).await;
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(!ran.stdout.contains("ignore"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn payload_that_is_no_request_says_what_is_missing() {
    let bench = Bench::new().await;
    let mut event = event("Created", "prod-new0000000001", "exp-acmebase0001");
    event["client_payload"]["detail"]["product"]["id"] = json!("a: b");
    event["client_payload"]["detail"].as_object_mut().unwrap().remove("requestId");
    let ran = dispatch(&bench, &event).await.exits(1);
    for words in ["detail.requestId` is missing", "detail.product.id`: `a: b` is not a product id", "docs/events.md"] {
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
    }
    assert!(ran.stdout.contains("::error"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn file_that_names_no_id_is_found_in_aws() {
    let bench = Bench::new().await;
    for (experience, path) in
        [("exp-subsengi0001", "catalog/marketplace/engineering.yaml"), ("exp-subscorp0001", BASELINE)]
    {
        dispatch(&bench, &event("Created", "prod-new0000000001", experience)).await.exits(0);
        let state = &mut bench.github.state();
        assert!(state.git.file(BRANCH, path).contains("- id: prod-new0000000001 # Test Vendor\n"));
        drop(std::mem::take(&mut state.git));
    }
    // If experiences can't be read, it is unknown which file governs this one.
    let fault = "\nfaults:\n  - {operation: ListEntities, error: {code: AccessDeniedException, message: no}}\n";
    bench.edit_world(|world| format!("{world}{fault}"));
    let ran = dispatch(&bench, &event("Created", "prod-new0000000001", "exp-subscorp0001")).await.exits(1);
    assert!(ran.stderr.contains("which file governs the experience exp-subscorp0001 can't be told"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn experience_that_no_file_governs() {
    let bench = Bench::new().await;
    let event = event("Created", "prod-new0000000001", "exp-acmesand0001");
    let ran = dispatch(&bench, &event).await.exits(4);
    let obstacle = Request::Ungoverned { experience: "exp-acmesand0001".to_owned() };
    told(&ran, &Obstacle::Request(obstacle), "experience_that_no_file_governs");
    assert_eq!(ran.outputs["reason"], "catalog");
    let named = "experiences:\n  - organization: acme\n    id: exp-acmesand0001\n";
    bench.edit("marketplace/engineering.yaml", "experiences:\n", named);
    dispatch(&bench, &event).await.exits(0);
    bench.github.state().git.proposal();
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn experience_that_follows_another() {
    let bench = Bench::new().await;
    let mirror = "mirror:\n  organization: acme\n  id: exp-acmebase0001\n\nexperiences:\n  - organization: acme\n    id: exp-acmedata0001\n";
    fs::write(bench.path("repository/catalog/marketplace/data-science.yaml"), mirror).unwrap();
    bench.commit("mirror");
    let ran = dispatch(&bench, &event("Created", "prod-new0000000001", "exp-acmedata0001")).await.exits(4);
    let obstacle = Request::Mirrors {
        experience: "exp-acmedata0001".to_owned(),
        place: "catalog/marketplace/data-science.yaml:2".to_owned(),
        mirrored: "exp-acmebase0001 of acme".to_owned(),
    };
    told(&ran, &Obstacle::Request(obstacle), "experience_that_follows_another");
    // The printed fix: approve the product in the mirrored experience.
    bench.edit("marketplace/baseline.yaml", "approved:\n", "approved:\n  - prod-new0000000001\n");
    bench.in_step_with(&["--allow-removals", "99"]).await;
    let sight = bench.raw(&["plan"], &[]).await;
    assert!(!sight.stdout.contains("prod-new0000000001"), "{}", sight.stdout);
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn list_that_can_not_be_added_to() {
    let bench = Bench::new().await;
    bench.edit(
        "marketplace/engineering.yaml",
        "approved:\n",
        "approved: [prod-a1b2c3d4e5f60,\n  prod-b2c3d4e5f6a71]\n#",
    );
    let path = bench.path("repository/catalog/marketplace/engineering.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.contains("JetBrains") && !line.contains("ENG-88") && !line.contains("prod-99887"))
        .collect();
    fs::write(&path, format!("{}\n", lines.join("\n"))).unwrap();
    bench.edit("marketplace/engineering.yaml", "name: Engineering", "id: exp-subsengi0001");
    let asks = event("Created", "prod-new0000000001", "exp-subsengi0001");
    let ran = dispatch(&bench, &asks).await.exits(4);
    let obstacle = Request::NotEdited {
        product: "prod-new0000000001".to_owned(),
        place: "catalog/marketplace/engineering.yaml:4".to_owned(),
        reason: "the list is written in brackets over several lines".to_owned(),
    };
    told(&ran, &Obstacle::Request(obstacle), "list_that_can_not_be_added_to");
    let entry = "  - id: prod-new0000000001 # Test Vendor\n    name: MSP360 Backup for Google Workspace\n";
    assert!(ran.summary.contains(entry), "{}", ran.summary);
    assert!(bench.github.state().git.branches.is_empty());
    // The printed fix: add the entry by hand.
    bench.edit("marketplace/engineering.yaml", "[prod-a1b2c3d4e5f60,\n  prod-b2c3d4e5f6a71]\n", &format!("\n{entry}"));
    let ran = dispatch(&bench, &asks).await.exits(0);
    assert!(ran.stderr.contains("is approved already"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn event_that_brings_no_request() {
    let bench = Bench::new().await;
    let head = bench.git(&["rev-parse", "HEAD"]);
    bench.github.state().comes_onto_main(&head);
    for name in ["schedule", "workflow_dispatch", "pull_request_target"] {
        let ran = bench.ci(name, &super::ways_out::event(), &head, &["request"]).await.exits(4);
        told(&ran, &Obstacle::RequestOnEvent { event: name.to_owned() }, "event_that_brings_no_request");
    }
    asked(&bench).await.exits(0);
    // `ci` checks for drift on a dispatch of another type.
    bench.in_step_again().await;
    let other = json!({"action": "catalog-sync-drift", "repository": {"default_branch": "main"}});
    let ran = bench.ci("repository_dispatch", &other, &head, &[]).await.exits(0);
    assert!(ran.summary.contains("in step") || ran.outputs.contains_key("has-changes"), "{}", ran.summary);
}

/// The sandbox is only a trial, so nothing is written to GitHub.
#[tokio::test(flavor = "multi_thread")]
async fn in_the_sandbox_nothing_is_written() {
    let bench = Bench::new().await;
    let head = bench.git(&["rev-parse", "HEAD"]);
    let event = event("Created", "prod-new0000000001", "exp-acmebase0001");
    let ran = bench.ci("repository_dispatch", &event, &head, &["request", "--sandbox"]).await.exits(0);
    assert!(ran.stdout.contains("prod-new0000000001 # Test Vendor"), "{}", ran.stdout);
    assert!(bench.github.state().calls.iter().all(|call| call.starts_with("GET")));
}
