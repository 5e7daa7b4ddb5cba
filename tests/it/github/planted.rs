//! The file of a matrix job is untrusted. Text planted in it becomes neither markup nor a link, and can't contradict
//! the catalog.

use serde_json::Value;

use super::bench::Bench;
use super::plan::propose;

/// Hostile text for every field that takes free text.
const EVIL: &str =
    "evil `code` </details> @team #1 [x](https://evil.example) <!-- state -->\n::error::boo\n# head \u{202e}gnp";

/// The saved plan of a pull request that approves one product and shares a portfolio, with text planted in it.
async fn planted(bench: &Bench, plant: impl Fn(&mut Value)) -> (String, String, String) {
    let base = bench.git(&["rev-parse", "HEAD"]);
    propose(bench);
    let product = "  - id: prod-a1b2c3d4e5f60";
    let more = format!("  - id: prod-1a2b3c4d5e6f7\n    name: Later\n    notes: SEC-1\n{product}");
    let head = bench.edit("marketplace/baseline.yaml", product, &more);
    let file = bench.path("plan.json").display().to_string();
    bench.plan(&base, &head, &["--comment=false", "--plan-file", &file]).await.exits(0);
    let mut plan: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    plant(&mut plan);
    std::fs::write(&file, plan.to_string()).unwrap();
    (base, head, file)
}

fn changes(plan: &mut Value) -> impl Iterator<Item = &mut Value> {
    let targets = plan["targets"].as_array_mut().unwrap().iter_mut();
    targets.flat_map(|target| target["changes"].as_array_mut().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_names_and_notes_of_a_planted_file_are_the_catalogs() {
    let bench = Bench::in_step().await;
    let (base, head, file) = planted(&bench, |plan| {
        for change in changes(plan) {
            change["source"]["file"] = "../../../../mallory/catalog/blob/main/x.yaml".into();
            change["label"] = "Wanted by the board".into();
        }
        plan["catalog"]["base"] = "../../../mallory/catalog/blob/main".into();
        plan["catalog"]["revision"] = "../../mallory".into();
    })
    .await;
    let ran = bench.plan(&base, &head, &["report", &file]).await.exits(0);
    let body = bench.github.state().bodies(7).remove(0);
    for text in [&body, &ran.summary] {
        assert!(!text.contains("mallory"), "{text}");
        assert!(text.contains("Later prod-1a2b3c4d5e6f7") && text.contains("SEC-1"), "{text}");
        assert!(text.contains("put together from the files of several jobs"), "{text}");
    }
    assert!(!body.contains("Wanted by the board prod-"), "{body}");
    assert!(body.contains(&format!("/blob/{head}/catalog/marketplace/baseline.yaml#L")), "{body}");
    assert!(body.contains(&format!("/blob/{head}/catalog/portfolios/data-platform.yaml#L")), "{body}");
    assert!(body.contains(&base[..7]), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_of_a_planted_file_are_text() {
    let bench = Bench::in_step().await;
    let long = format!("{EVIL} {}", "very long ".repeat(20_000));
    let (base, head, file) = planted(&bench, |plan| {
        for change in changes(plan) {
            change["label"] = EVIL.into();
            change["notes"] = serde_json::json!([EVIL, long]);
        }
        for target in plan["targets"].as_array_mut().unwrap() {
            target["account_name"] = EVIL.into();
            target["resource"]["name"] = EVIL.into();
            target["warnings"] = serde_json::json!([{"code": EVIL, "message": EVIL,
                "source": {"file": "../../mallory/x.yaml", "line": 1, "column": 1}}]);
            target["ignored"] = serde_json::json!([{"key": EVIL, "label": EVIL}]);
            target["other_notes"] = serde_json::json!([{"key": "prod-zzzzzzzzzzzzz", "label": EVIL, "wanted": EVIL,
                "live": EVIL, "source": {"file": "../../mallory/x.yaml", "line": 1, "column": 1}}]);
        }
        plan["released"] = serde_json::json!([{"target": "portfolio/gone/acme/us-east-1", "account": "111111111112",
            "region": "us-east-1", "resource": {"id": EVIL, "name": EVIL}, "keeps": {"portfolio_share": 3},
            "base_source": {"file": "../../../../mallory/x.yaml", "line": 1, "column": 1}}]);
    })
    .await;
    let ran = bench.plan(&base, &head, &["report", &file]).await.exits(0);
    let body = bench.github.state().bodies(7).remove(0);
    for text in [&body, &ran.summary] {
        // Leaves out code blocks and code spans. A span whose text contains backticks is fenced by two.
        let outside: String = text.split("\n```").step_by(2).collect();
        let outside: String = outside.split("``").step_by(2).collect();
        for raw in ["@team", " #1", "[x]", "://evil", "/mallory/", "\n# head", "\u{202e}", "evil `code`"] {
            assert!(!outside.contains(raw), "{raw} in {outside}");
        }
        assert!(outside.contains("evil"), "{outside}");
        assert_eq!(text.matches("\n```").count() % 2, 0, "{text}");
        assert_eq!(outside.matches("<details").count(), outside.matches("</details>").count(), "{outside}");
    }
    assert!(body.chars().count() < 65_536);
    // There is one state footer, the tool's own, and the log has no planted workflow command.
    assert_eq!(
        body.matches("<!-- state -->").count(),
        1 + body.matches("[x](https://evil.example) <!-- state -->").count()
    );
    let outside: String = ran.stdout.lines().filter(|line| line.trim_start().starts_with("::error")).collect();
    assert_eq!(outside, "");
    // The planted text is not applied: an apply plans again.
    bench.merge(&base, &head, &[]).await.exits(0);
    let body = bench.github.state().bodies(7).remove(0);
    assert!(body.contains("<!-- state --><b>applied</b> by [run "), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn file_that_contradicts_the_catalog_is_refused() {
    let bench = Bench::in_step().await;
    let (base, head, file) = planted(&bench, |plan| {
        for target in plan["targets"].as_array_mut().unwrap() {
            // Only targets without changes: the digest covers the others.
            if target["changes"].as_array().unwrap().is_empty() {
                target["account"] = "999999999999".into();
            }
        }
    })
    .await;
    let ran = bench.plan(&base, &head, &["report", &file]).await.exits(1);
    assert!(ran.stderr.contains("is in 999999999999 us-east-1, and the catalog says 111111111112"), "{}", ran.stderr);
    assert!(bench.github.state().bodies(7).is_empty());
}

/// A contributor may choose any names for files, OUs, accounts and products.
#[tokio::test(flavor = "multi_thread")]
async fn names_that_a_contributor_chooses_are_text_in_the_comment() {
    let bench = Bench::in_step().await;
    let base = bench.git(&["rev-parse", "HEAD"]);
    let folder = bench.path("repository/catalog/marketplace/included");
    let product = "  - id: prod-a1b2c3d4e5f60";
    let name = "\"evil ``` @team #1 <b>x</b> [y](https://evil.example) ::error::z ##[error]q\"";
    let more = format!("  - id: prod-1a2b3c4d5e6f7\n    name: {name}\n    notes: \"``` @team #1 <b>x</b>\"\n{product}");
    let head = bench.edit("marketplace/baseline.yaml", product, &more);
    let ran = bench.plan(&base, &head, &[]).await.exits(0);
    let body = bench.github.state().bodies(7).remove(0);
    let outside: String = body.split("\n````").step_by(2).collect();
    for raw in ["@team", " #1", "<b>x", "[y]", "://evil"] {
        assert!(!outside.contains(raw), "{raw} in {outside}");
    }
    assert!(body.contains("\n````diff\n") && body.contains("evil ``` @team #1"), "{body}");
    assert!(!ran.stdout.contains("##[error]") && !ran.stdout.contains("\n::error::"), "{}", ran.stdout);
    // A file whose name contains markup is an error, and its name is shown as text.
    std::fs::create_dir_all(&folder).unwrap();
    let path = "marketplace/`a` @team #1 <img>.yaml";
    std::fs::write(bench.path("repository/catalog").join(path), "approved: []\n").unwrap();
    let broken = bench.commit("a file");
    let ran = bench.plan(&base, &broken, &[]).await.exits(1);
    let outside: String = ran.summary.split("\n```").step_by(2).collect();
    assert!(!outside.contains("@team") && !outside.contains("<img>"), "{}", ran.summary);
    assert!(ran.summary.contains("@team #1 <img>.yaml"), "{}", ran.summary);
}
