//! The sandbox's records of its calls.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// Organizations' first answer is lost and its second one is a made-up error.
const FAULTS: &str = "faults:
  - {operation: DescribeOrganization, times: 1, drop: after}
  - {operation: DescribeOrganization, times: 1, error: {code: MadeUp, status: 500}}
";

/// Plans the example's catalog, with calls recorded in a folder.
fn plan(folder: &Path, calls: &Path) -> Output {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sandbox/example.yaml");
    let world = fs::read_to_string(example).expect("the example");
    fs::write(folder.join("world.yaml"), format!("{FAULTS}{world}")).expect("a world");
    Command::new(env!("CARGO_BIN_EXE_catalog-sync"))
        .args(["plan", "--sandbox=world.yaml", "--catalog"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("catalog"))
        .current_dir(folder)
        .env_clear()
        .env("CATALOG_SYNC_SANDBOX_CALLS", calls)
        .output()
        .expect("the binary runs")
}

#[test]
fn every_call_is_written_down_with_its_answer_and_without_what_lets_somebody_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let calls = folder.path().join("calls");
    let ran = plan(folder.path(), &calls);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let files: Vec<_> = fs::read_dir(&calls).expect("the calls").map(|file| file.expect("a file").path()).collect();
    assert_eq!(files.len(), 1, "one file a process: {files:?}");
    let text = fs::read_to_string(&files[0]).expect("the calls");
    for secret in ["ASIA", "sandbox-entry-secret", "Signature=", "<SessionToken>sandbox-"] {
        assert!(!text.contains(secret), "{secret} is written down");
    }
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(said.contains(&format!("{} AWS calls", lines.len())), "{} lines, and: {said}", lines.len());

    let of = |operation: &str| lines.iter().filter(|line| line["operation"] == operation).collect::<Vec<_>>();
    let described = of("DescribeOrganization");
    assert_eq!((&described[0]["answer"], &described[0]["fault"]), (&Value::Null, &Value::Bool(true)));
    assert_eq!((&described[1]["answer"]["status"], &described[1]["fault"]), (&Value::from(500), &Value::Bool(true)));
    let [entered, ..] = of("AssumeRole")[..] else { panic!("no role was entered") };
    assert_eq!(entered["request"]["signed_for"]["service"], "sts");
    let [shares, ..] = of("DescribePortfolioShares")[..] else { panic!("no shares were read") };
    let (request, answer) = (&shares["request"], &shares["answer"]);
    assert_eq!((&shares["service"], &shares["fault"]), (&Value::from("servicecatalog"), &Value::Bool(false)));
    assert_eq!(request["headers"]["x-amz-target"], "AWS242ServiceCatalogService.DescribePortfolioShares");
    assert!(request["headers"]["user-agent"].as_str().is_some_and(|agent| agent.contains("app/catalog-sync")));
    assert_eq!((&request["method"], &request["path"], &answer["status"]), (&"POST".into(), &"/".into(), &200.into()));
    for body in [&request["body"], &answer["body"]] {
        let body = serde_json::from_str::<Value>(body.as_str().expect("a text")).expect("JSON");
        assert!(body.get("PortfolioId").or(body.get("PortfolioShareDetails")).is_some(), "{body}");
    }
}

#[test]
fn a_folder_that_can_not_be_written_ends_the_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, "").expect("a file");
    let ran = plan(folder.path(), &file);
    assert_eq!(ran.status.code(), Some(1));
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(said.contains("CATALOG_SYNC_SANDBOX_CALLS: can't write"), "{said}");
}
