//! A run that is told to stop: changes that were made are reported as made, and no others.

use std::process::{Child, Command};

use catalog_sync::sandbox::{Sandbox, World};
use serde_json::Value;
use tempfile::TempDir;

use super::bed::against;

/// A running apply against a sandbox of this process.
struct Run {
    sandbox: Sandbox,
    folder: TempDir,
    child: Child,
}

impl Run {
    /// Starts an apply of the example in a world in which no share with an OU or the organization ever ends.
    async fn begin(arguments: &[&str]) -> Self {
        let mut world = World::example();
        world.pending.share = u32::MAX;
        let sandbox = Sandbox::start(world).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let catalog = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("catalog");
        let mut command = against(&sandbox, folder.path());
        let child =
            command.args(["apply", "--auto-approve", "--catalog"]).arg(catalog).args(arguments).spawn().unwrap();
        Self { sandbox, folder, child }
    }

    /// Waits until an operation was called.
    async fn until(&mut self, operation: &str) {
        while !self.sandbox.calls().iter().any(|call| call.operation == operation) {
            assert!(self.child.try_wait().unwrap().is_none(), "it ended before {operation}");
            tokio::task::yield_now().await;
        }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    async fn ended(self) -> (i32, String, Option<Value>) {
        let Self { sandbox, folder, child } = self;
        let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
        drop(sandbox);
        let report = std::fs::read_to_string(folder.path().join("report.json")).ok();
        let report = report.map(|text| serde_json::from_str(&text).unwrap());
        (output.status.code().expect("an exit status, not a signal"), String::from_utf8(output.stdout).unwrap(), report)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn interrupted_apply_reports_what_was_done_and_what_was_begun() {
    for signal in ["INT", "TERM"] {
        let mut run = Run::begin(&["--out", "report.json"]).await;
        run.until("DescribePortfolioShareStatus").await;
        run.signal(signal);
        let (status, stdout, report) = run.ended().await;
        // The exit status depends on whether a change was made before the signal.
        let made = report.as_ref().is_some_and(|report| report["summary"]["applied"] != 0);
        assert_eq!(status, if made { 5 } else { 1 }, "{stdout}");
        let report = report.expect("the report is written");
        let changes = report["targets"].as_array().unwrap().iter().flat_map(|it| it["changes"].as_array().unwrap());
        let begun: Vec<&Value> = changes.clone().filter(|change| change["error"]["code"] == "Interrupted").collect();
        assert!(!begun.is_empty(), "{report}");
        for change in begun {
            let said = change["error"]["message"].as_str().unwrap();
            assert!(said.contains(&format!("SIG{signal}")) && said.contains("may have taken effect or not"), "{said}");
        }
        assert!(changes.clone().all(|change| change["result"].is_string()), "{report}");
        assert!(stdout.contains("Interrupted"), "{stdout}");
        assert!(stdout.contains("Running it again is safe and finishes what was left."), "{stdout}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn report_that_can_not_be_written_is_found_out_before_anything_is_changed() {
    let run = Run::begin(&["--out", "no/such/folder/report.json"]).await;
    let url = run.sandbox.url();
    let Run { sandbox, folder: _, child } = run;
    let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
    assert_eq!(output.status.code(), Some(1), "{url}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("no/such/folder/report.json"), "{said}");
    assert!(!sandbox.calls().iter().any(catalog_sync::sandbox::Call::is_write), "nothing was changed");
}
