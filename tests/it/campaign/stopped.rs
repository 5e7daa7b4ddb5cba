//! Applies that are killed or told to stop after a write has taken effect and before its answer arrives, for every
//! write.

use std::process::{Child, Command, Output};
use std::sync::Arc;

use catalog_sync::sandbox::{Call, Fault, Sandbox};
use serde_json::Value;

use super::super::commands::bed::{Bed, Ran, against};
use super::apply::{Truth, differences, told};
use super::case::{Case, Verdict, check};
use super::facts::facts;
use super::scene::SCENES;

/// Longer than any test runs, so the answer never arrives.
const NEVER_MS: u64 = 86_400_000;

const SIGNALS: [&str; 3] = ["KILL", "TERM", "INT"];

/// Starts an apply in a bed against a sandbox of this process.
fn apply(bed: &Bed, sandbox: &Sandbox) -> Child {
    against(sandbox, &bed.path(""))
        .args(["apply", "--auto-approve", "--allow-removals", "99", "--share-pause", "0s", "--out", "report.json"])
        .spawn()
        .unwrap()
}

async fn ended(child: Child) -> Output {
    tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap()
}

/// What a run printed. A run that was killed has the status -1.
fn said(output: &Output) -> Ran {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { status: output.status.code().unwrap_or(-1), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

/// Whether an operation was called more often than `skip` times.
fn was_called(calls: &[Call], operation: &str, skip: u32) -> bool {
    calls.iter().filter(|call| call.operation == operation).nth(usize::try_from(skip).unwrap()).is_some()
}

async fn hold(truth: &Truth, operation: &str, skip: u32, signal: &str) -> Verdict {
    let bed = truth.scene.bed();
    let mut world = truth.start.clone();
    let operation_of = Some(operation.to_owned());
    world.faults.push(Fault { operation: operation_of, skip, times: Some(1), delay_ms: NEVER_MS, ..Fault::default() });
    let sandbox = Sandbox::start(world).await.unwrap();
    let first = apply(&bed, &sandbox);
    let process = first.id().to_string();
    let mut first = std::pin::pin!(ended(first));
    tokio::select! {
        () = sandbox.until(|calls| was_called(calls, operation, skip)) => {}
        output = &mut first => return Err(told(&said(&output), "it ended before the write")),
    }
    let sent = Command::new("kill").args(["-s", signal, &process]).status().unwrap();
    assert!(sent.success());
    let first = said(&first.await);
    truth.safe(&sandbox.world(), &first)?;
    if signal != "KILL" {
        check([1, 5].contains(&first.status), || told(&first, "an exit status of an apply that was stopped"))?;
        let report = std::fs::read_to_string(bed.path("report.json"));
        let report: Value = report.ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let changes =
            report["targets"].as_array().into_iter().flatten().filter_map(|it| it["changes"].as_array()).flatten();
        let begun = changes.filter(|change| change["error"]["code"] == "Interrupted").count();
        check(begun > 0, || told(&first, "nothing is told as begun and not known"))?;
    }
    sandbox.change(|world| world.faults.clear());
    let second = said(&ended(apply(&bed, &sandbox)).await);
    check(second.status == 0, || {
        format!("{}\n--- before\n{}", told(&second, "the run after it failed"), first.stdout)
    })?;
    let end = facts(&truth.start, &sandbox.world());
    check(end == truth.after, || told(&second, &format!("it ends otherwise\n{}", differences(&truth.after, &end))))
}

fn is_write(operation: &str) -> bool {
    // All services of the tool name their reads with these words. Assuming a role changes nothing.
    let reads = ["List", "Describe", "Get", "BatchDescribe", "Search", "Assume"];
    !reads.iter().any(|read| operation.starts_with(read))
}

/// Each signal during each write of each scene.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for scene in SCENES {
        let truth = Arc::new(Truth::of(scene));
        let writes = truth.calls.clone().into_iter().filter(|(operation, _)| is_write(operation));
        for (operation, skip) in writes.flat_map(|(operation, count)| (0..count).map(move |n| (operation.clone(), n))) {
            for signal in SIGNALS {
                let (truth, operation) = (Arc::clone(&truth), operation.clone());
                let kind = format!("apply/{}/{signal}", scene.name);
                cases.push(Case::new(kind, format!("{operation} {}", skip + 1), move || {
                    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
                    runtime.unwrap().block_on(hold(&truth, &operation, skip, signal))
                }));
            }
        }
    }

    cases
}
