//! The workflows of docs/matrix.md with jobs in a matrix, in a real runner: the jobs, their files, and the one report.

use std::fs;

use catalog_sync::sandbox::{START_ACCESS_KEY, START_SECRET, Sandbox, World};
use serde_json::json;

use super::bed::{Bed, Ran};
use super::stand_in::StandIn;

const DOCS: &str = include_str!("../../../docs/matrix.md");

/// Names with characters that a shell, a pattern or a list splits or expands.
const NAMES: [&str; 4] = ["Tools, EU", "All [x]* of it", "Say \"hi\" to 'them'", "a $(b) `c` \\d"];

/// The example workflow of the page, with this repository's action.
fn workflow(name: &str) -> String {
    let begin = format!("```yaml\n# .github/workflows/{name}\n");
    let text = DOCS.split_once(&begin).unwrap().1.split("```").next().unwrap();
    text.replace("ACTION@COMMIT", "./")
}

/// A list that governs an experience of each name, in a repository and in an AWS.
async fn scene() -> Option<(Bed, StandIn, Sandbox)> {
    let bed = Bed::new()?;
    for other in [
        "portfolios/data-platform",
        "portfolios/developer-sandbox",
        "marketplace/data-science",
        "marketplace/engineering",
    ] {
        fs::remove_file(bed.path(&format!("repository/catalog/{other}.yaml"))).unwrap();
    }
    let mut list = "approved: [prod-a1b2c3d4e5f60]\nunlisted: keep\nexperiences:\n".to_owned();
    let mut world = World::example();
    let marketplace = &mut world.organizations.get_mut("acme").unwrap().marketplace;
    for (number, name) in NAMES.iter().enumerate() {
        list.extend(["  - {organization: acme, name: ", &json!(name).to_string(), "}\n"]);
        let mut experience = marketplace.experiences["exp-acmebase0001"].clone();
        (*name).clone_into(&mut experience.name);
        experience.policy.as_mut().unwrap().allowed.clear();
        marketplace.experiences.insert(format!("exp-odd{number}"), experience);
    }
    bed.write("repository/catalog/marketplace/baseline.yaml", &list);
    bed.write("repository/.github/workflows/plan.yml", &workflow("catalog-plan.yml"));
    bed.write("repository/.github/workflows/apply.yml", &workflow("catalog-apply.yml"));
    bed.commit("Odd names");
    Some((bed, StandIn::start().await, Sandbox::start(world).await.unwrap()))
}

fn act((bed, github, aws): &(Bed, StandIn, Sandbox), workflow: &str, event: &str, payload: &serde_json::Value) -> Ran {
    let url = aws.url();
    let variables = [
        ("CATALOG_SYNC_BINARY", env!("CARGO_BIN_EXE_catalog-sync")),
        ("GITHUB_API_URL", &*github.url),
        ("GITHUB_TOKEN", "ghs_test"),
        ("AWS_ENDPOINT_URL", &*url),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", START_ACCESS_KEY),
        ("AWS_SECRET_ACCESS_KEY", START_SECRET),
    ];
    bed.act(workflow, event, payload, &variables)
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_a_matrix_take_targets_whatever_their_names_hold() {
    let Some(scene) = scene().await else { return };
    let (bed, github, aws) = &scene;
    let base = bed.git(&["rev-parse", "HEAD"]);
    let list = fs::read_to_string(bed.path("repository/catalog/marketplace/baseline.yaml")).unwrap();
    bed.write(
        "repository/catalog/marketplace/baseline.yaml",
        &list.replace("prod-a1b2c3d4e5f60", "prod-b2c3d4e5f6a71"),
    );
    let head = bed.commit("Another product");
    let event = json!({
        "action": "synchronize", "number": 7,
        "pull_request": {
            "number": 7, "labels": [],
            "head": {"sha": head, "ref": "topic", "repo": {"full_name": "acme/catalog", "fork": false}},
            "base": {"sha": base, "ref": "main", "repo": {"full_name": "acme/catalog"}},
        },
        "repository": {"full_name": "acme/catalog", "default_branch": "main"},
    });
    github.state().heads.insert(7, head.clone());
    act(&scene, "plan", "pull_request", &event).ends(true);
    let body = github.state().bodies(7).remove(0);
    assert!(body.contains("### Catalog plan: 4 to create"), "{body}");
    assert!(!body.contains("could not be read"), "every job answered: {body}");

    let pull = json!({
        "number": 7, "merged_at": "2026-11-21T03:00:00Z", "merge_commit_sha": head,
        "html_url": "https://github.com/acme/catalog/pull/7",
        "base": {"sha": base, "ref": "main"}, "head": {"sha": head, "ref": "topic"},
    });
    github.state().heads.clear();
    github.state().comes_onto_main(&head);
    github.state().pulls.insert(head.clone(), vec![pull]);
    let push = json!({
        "ref": "refs/heads/main", "before": base, "after": head,
        "repository": {"full_name": "acme/catalog", "default_branch": "main"},
    });
    act(&scene, "apply", "push", &push).ends(true);
    let world = aws.world();
    for number in 0..NAMES.len() {
        let experience = &world.organizations["acme"].marketplace.experiences[&format!("exp-odd{number}")];
        let allowed = &experience.policy.as_ref().unwrap().allowed;
        assert!(allowed.contains("prod-b2c3d4e5f6a71"), "{}: {allowed:?}", experience.name);
    }
    let state = github.state();
    assert!(state.bodies(7).iter().any(|body| body.contains("### Applied: ")), "{:?}", state.bodies(7));
    assert!(!state.deployments.is_empty());
}
