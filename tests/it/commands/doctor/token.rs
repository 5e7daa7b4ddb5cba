//! `doctor` in GitHub Actions: the OIDC token, its claims, and the trust policy that accepts it. The token itself is
//! never printed.

use std::process::{Command, Stdio};

use catalog_sync::sandbox::{START_ACCESS_KEY, START_SECRET, Sandbox, World};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::super::bed::Ran;

const SUBJECT: &str = "repo:acme/catalog:pull_request";
const REQUEST_TOKEN: &str = "request-token-0815";

fn part(value: &str) -> String {
    aws_smithy_types::base64::encode(value).replace('+', "-").replace('/', "_").replace('=', "")
}

/// The three parts of the token of a job with this subject and ref.
fn token(subject: &str, reference: &str) -> [String; 3] {
    let claims = json!({
        "iss": "https://token.actions.githubusercontent.com",
        "sub": subject,
        "aud": "sts.amazonaws.com",
        "exp": 4_102_444_800_u64,
        "repository": "acme/catalog",
        "repository_id": "34",
        "repository_owner_id": "12",
        "ref": reference,
        "actor": "somebody-private",
        "job_workflow_ref": "acme/catalog/.github/workflows/plan.yml@refs/pull/7/merge",
    });
    [part(r#"{"alg":"RS256","typ":"JWT"}"#), part(&claims.to_string()), part("signature-4711")]
}

/// A server that gives tokens as GitHub does.
async fn github(status: &'static str, token: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/token?api-version=2.0", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 4096];
            assert!(stream.read(&mut request).await.unwrap() > 0);
            let body = json!({"value": token}).to_string();
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            stream.write_all((head + &body).as_bytes()).await.unwrap();
        }
    });
    url
}

/// A GitHub Actions job and its world.
struct Job {
    settings: String,
    world: World,
    subject: &'static str,
    reference: &'static str,
    status: &'static str,
    args: Vec<&'static str>,
    aws: Option<String>,
}

impl Job {
    fn new() -> Self {
        // Without an entry role, the token opens the session of each account.
        let settings = super::SETTINGS.replace("  through: arn:aws:iam::111111111119:role/entry-{mode}\n", "");
        let world = World::parse(super::WORLD, "world").unwrap();
        let (args, reference) = (vec!["--format", "json"], "refs/pull/7/merge\u{1b}[31m");
        Self { settings, world, subject: SUBJECT, reference, status: "200 OK", args, aws: None }
    }

    /// Runs `doctor` in the job, and checks that nothing it prints contains a part of a secret.
    async fn doctor(self) -> Ran {
        let Self { settings, world, subject, reference, status, args, aws } = self;
        let sandbox = Sandbox::start(world).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("catalog/portfolios")).unwrap();
        std::fs::write(folder.path().join("catalog/settings.yaml"), settings).unwrap();
        std::fs::write(folder.path().join("catalog/portfolios/data.yaml"), super::PORTFOLIO).unwrap();
        let parts = token(subject, reference);
        let url = github(status, parts.join(".")).await;
        let mut command = Command::new(env!("CARGO_BIN_EXE_catalog-sync"));
        command.arg("doctor").args(args).current_dir(folder.path()).env_clear().stdin(Stdio::null());
        command
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("AWS_ENDPOINT_URL", aws.unwrap_or_else(|| sandbox.url()))
            .env("AWS_ACCESS_KEY_ID", START_ACCESS_KEY)
            .env("AWS_SECRET_ACCESS_KEY", START_SECRET)
            .env("AWS_REGION", "us-east-1")
            .env("ACTIONS_ID_TOKEN_REQUEST_URL", url)
            .env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", REQUEST_TOKEN);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let ran = Ran::of(&output);
        let said = format!("{}\n{}", ran.stdout, ran.stderr);
        let secrets = [REQUEST_TOKEN, START_SECRET, "sandbox-entry-secret", "signature-4711", "somebody-private"];
        for secret in secrets.into_iter().chain(parts.iter().map(String::as_str)) {
            assert!(!said.contains(secret), "{secret} is told:\n{said}");
        }
        ran
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_token_says_is_told_and_nothing_else_of_it() {
    let ran = Job { args: Vec::new(), ..Job::new() }.doctor().await.ends(0);
    let ran = ran
        .shows("The OIDC token of this job\n")
        .shows("  sub                  repo:acme/catalog:pull_request\n")
        .shows("  aud                  sts.amazonaws.com\n")
        .shows("  ref                  refs/pull/7/merge␛[31m\n")
        .shows("  job_workflow_ref     acme/catalog/.github/workflows/plan.yml@refs/pull/7/merge\n");
    assert!(!ran.stdout.contains('\u{1b}'), "{:?}", ran.stdout);
    let json = Job::new().doctor().await.ends(0).json();
    assert_eq!(json["start"][0]["token"]["sub"], SUBJECT);
}

#[tokio::test(flavor = "multi_thread")]
async fn trust_that_refuses_the_subject_is_told_with_the_statement_for_both_its_forms() {
    let mut job = Job::new();
    job.world.oidc.subjects = vec!["repo:acme/catalog:ref:refs/heads/main".to_owned()];
    let ran = job.doctor().await.ends(1);
    let failed = &super::links(&ran, "role")[0];
    assert_eq!(failed["error"]["operation"], "AssumeRoleWithWebIdentity");
    assert!(failed["message"].as_str().unwrap().contains("Not authorized to perform sts:AssumeRoleWithWebIdentity"));
    let statement = json!({
        "Effect": "Allow",
        "Principal": {
            "Federated": "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com",
        },
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": [SUBJECT, "repo:acme@12/catalog@34:pull_request"],
        }},
    });
    assert_eq!(failed["mends"][0]["statement"], statement);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_picture_of_a_token_is_what_is_told() {
    let mut job = Job { args: Vec::new(), reference: "refs/pull/7/merge", ..Job::new() };
    job.world.oidc.subjects = vec!["repo:acme/catalog:ref:refs/heads/main".to_owned()];
    let ran = job.doctor().await.ends(1);
    super::page::pictures(super::page::block("text"), &ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn subject_with_numbers_is_let_in_without_them_too() {
    let mut job = Job { subject: "repo:acme@12/catalog@34:environment:catalog-sync-apply", ..Job::new() };
    job.args.extend(["--mode", "apply"]);
    job.world.oidc.subjects = vec!["nobody".to_owned()];
    let ran = job.doctor().await.ends(1);
    let mends = &super::links(&ran, "role")[0]["mends"];
    let subjects = &mends[0]["statement"]["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"];
    assert_eq!(subjects[1], "repo:acme/catalog:environment:catalog-sync-apply", "{mends}");
}

#[tokio::test(flavor = "multi_thread")]
async fn apply_role_in_the_job_of_a_pull_request_is_told_to_be_none_of_its_business() {
    let mut job = Job::new();
    job.args.extend(["--mode", "apply"]);
    job.world.oidc.subjects = vec!["repo:acme/catalog:environment:*".to_owned()];
    let ran = job.doctor().await.ends(1);
    let advice = super::links(&ran, "role")[0]["mends"][0]["advice"].as_str().unwrap().to_owned();
    assert!(advice.contains("An apply role lets in jobs of its environment alone"), "{advice}");
}

#[tokio::test(flavor = "multi_thread")]
async fn account_without_the_identity_provider_is_told_how_to_make_it() {
    let mut job = Job::new();
    job.world.oidc.accounts = vec!["111111111112".to_owned()];
    let ran = job.doctor().await.ends(1);
    let roles = super::links(&ran, "role");
    let message = roles[0]["message"].as_str().unwrap();
    assert!(message.contains("InvalidIdentityToken: No OpenIDConnect provider found in your account"), "{message}");
    assert_eq!(
        roles[0]["mends"][0]["text"],
        "aws iam create-open-id-connect-provider --url https://token.actions.githubusercontent.com --client-id-list \
         sts.amazonaws.com"
    );
    assert_eq!(roles[1]["verdict"], "holds", "the other account has it");
}

#[tokio::test(flavor = "multi_thread")]
async fn audience_that_the_provider_does_not_know_is_told() {
    let mut job = Job::new();
    job.world.oidc.audiences = ["elsewhere".to_owned()].into();
    let ran = job.doctor().await.ends(1);
    let mend = &super::links(&ran, "role")[1]["mends"][0];
    assert_eq!(
        mend["text"],
        "aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn \
         arn:aws:iam::111111111112:oidc-provider/token.actions.githubusercontent.com --client-id sts.amazonaws.com"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn job_that_gets_no_token_is_told_the_permission_and_nothing_is_tried() {
    let ran = Job { status: "403 Forbidden", ..Job::new() }.doctor().await.ends(1);
    let failed = super::one(&ran, "start");
    assert_eq!(failed["mends"][0]["text"], "permissions:\n  id-token: write");
    assert_eq!(super::verdicts(&ran, "role"), ["not_tried", "not_tried"]);
    assert_eq!(ran.json()["start"], json!([]));
    let text = Job { status: "403 Forbidden", args: Vec::new(), ..Job::new() }.doctor().await.ends(1);
    assert!(!text.stdout.contains("000000000000"), "no account is made up: {}", text.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn entry_role_takes_the_token_and_the_accounts_take_the_entry_role() {
    let mut job = Job { settings: super::SETTINGS.to_owned(), ..Job::new() };
    job.world.oidc.accounts = vec!["111111111119".to_owned()];
    let ran = job.doctor().await.ends(0);
    assert_eq!(super::verdicts(&ran, "entry_role"), ["holds"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn aws_that_can_not_be_reached_fails_with_the_host() {
    let (_socket, gone) = crate::refusing();
    let job = Job { settings: super::SETTINGS.to_owned(), aws: Some(format!("http://{gone}")), ..Job::new() };
    let ran = job.doctor().await.ends(1);
    let failed = super::one(&ran, "entry_role");
    assert_eq!(failed["error"]["code"], "NoConnection", "{failed}");
    assert!(failed["message"].as_str().unwrap().contains(&gone.to_string()), "{failed}");
}
