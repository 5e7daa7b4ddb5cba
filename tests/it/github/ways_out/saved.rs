//! On the command line: a sandbox plan applied to AWS and the other way round, and the answer at the prompt.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::ffi::OsStringExt as _;
use std::process::{Command, Stdio};

use catalog_sync::commands::obstacle::Obstacle;
use catalog_sync::sandbox::{START_ACCESS_KEY, START_SECRET};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::super::bench::{Bench, Ran};
use super::told;

/// Runs a command against AWS, for which the world serves at an endpoint address.
async fn of_aws(bench: &Bench, args: &[&str]) -> Ran {
    let url = bench.aws();
    let variables = [
        ("CATALOG_SYNC_SANDBOX", ""),
        ("CATALOG_SYNC_SHARE_PAUSE", "0s"),
        ("AWS_ENDPOINT_URL", &*url),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", START_ACCESS_KEY),
        ("AWS_SECRET_ACCESS_KEY", START_SECRET),
    ];
    bench.raw(args, &variables).await
}

/// Runs a command in the sandbox.
async fn of_sandbox(bench: &Bench, args: &[&str]) -> Ran {
    bench.raw(args, &[]).await
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn plan_of_the_sandbox_for_aws() {
    let plan = ["plan", "--out", "plan.json"];
    let apply = ["apply", "plan.json"];
    let bench = Bench::new().await;
    assert_eq!(of_sandbox(&bench, &plan).await.code, 0);
    let ran = of_aws(&bench, &apply).await;
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    told(&ran, &Obstacle::PlannedInSandbox, "plan_of_the_sandbox_for_aws");
    assert_eq!(of_aws(&bench, &plan).await.code, 0);
    let ran = of_aws(&bench, &apply).await;
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    // The other fix: the sandbox was meant.
    let bench = Bench::new().await;
    assert_eq!(of_sandbox(&bench, &plan).await.code, 0);
    assert_eq!(of_aws(&bench, &apply).await.code, 4);
    let ran = of_sandbox(&bench, &apply).await;
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn plan_of_aws_for_the_sandbox() {
    let plan = ["plan", "--out", "plan.json"];
    let apply = ["apply", "plan.json"];
    let bench = Bench::new().await;
    assert_eq!(of_aws(&bench, &plan).await.code, 0);
    let ran = of_sandbox(&bench, &apply).await;
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    told(&ran, &Obstacle::PlannedInAws, "plan_of_aws_for_the_sandbox");
    let ran = of_aws(&bench, &apply).await;
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    // The other fix: the sandbox was meant.
    let bench = Bench::new().await;
    assert_eq!(of_aws(&bench, &plan).await.code, 0);
    assert_eq!(of_sandbox(&bench, &apply).await.code, 4);
    assert_eq!(of_sandbox(&bench, &plan).await.code, 0);
    let ran = of_sandbox(&bench, &apply).await;
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

/// Runs the binary on a terminal and types an answer.
fn answered(bench: &Bench, args: &[&str], answer: &str) -> Ran {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&ours).and_then(|()| unlockpt(&ours)).expect("its other end");
    let name = ptsname(&ours, Vec::new()).expect("its name").into_bytes();
    let theirs = File::options().read(true).write(true).open(std::ffi::OsString::from_vec(name));
    writeln!(File::from(ours.try_clone().expect("another handle")), "{answer}").expect("somebody types");
    let ran = Command::new(env!("CARGO_BIN_EXE_catalog-sync"))
        .args(args)
        .current_dir(bench.path("repository"))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(crate::calls())
        .env("CATALOG_SYNC_SANDBOX", bench.path("world.yaml"))
        .stdin(Stdio::from(theirs.expect("the other end")))
        .output()
        .expect("the binary runs");
    bench.ran(ran)
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn answer_other_than_yes() {
    let bench = Bench::new().await;
    for answer in ["no", "y", "", "yes please"] {
        let ran = answered(&bench, &["apply"], answer);
        assert_eq!(ran.code, 4, "{}", ran.stderr);
        told(&ran, &Obstacle::AnsweredOtherwise, "answer_other_than_yes");
        assert!(ran.stderr.contains("Apply this? Only `yes` will do: "), "{}", ran.stderr);
    }
    let ran = answered(&bench, &["apply"], "yes");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(of_sandbox(&bench, &["plan", "--detailed-exitcode"]).await.code, 0, "everything was applied");
    let bench = Bench::new().await;
    assert_eq!(answered(&bench, &["apply"], "no").code, 4);
    assert_eq!(answered(&bench, &["apply", "--auto-approve"], "").code, 0);
}
