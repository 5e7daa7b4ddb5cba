//! Opening sessions: role chaining, OIDC, renewal, refusals.

use std::sync::{Arc, Mutex};

use catalog_sync::cloud::{Cloud, Environment, Options, Starting};
use catalog_sync::model::live::Live;
use catalog_sync::model::settings::{Access, Mode};
use catalog_sync::sandbox::{Fault, FaultError, Role};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::bed::{Bed, HUB, by_id, by_name, complete, id, one, read_all, reason};

/// Makes the settings go through an entry role.
fn through(bed: &mut Bed) {
    let access = &mut bed.desired.settings.organizations.get_mut(&id("acme")).unwrap().access;
    access.through = Some("arn:aws:iam::111111111110:role/catalog-sync-entry-{mode}".to_owned());
    access.external_id = Some("acme-catalog".to_owned());
}

fn want_everything(bed: &mut Bed) {
    bed.want_portfolio("us-east-1", by_name("Data Platform"), []);
    bed.want_portfolio("eu-west-1", by_name("Data Platform"), []);
    bed.want_experience(one("exp-base"));
}

/// The calls to STS: account, role and operation.
fn to_sts(bed: &Bed) -> Vec<String> {
    let calls = bed.sandbox.calls().into_iter().filter(|call| call.service == "sts");
    let who = calls.map(|call| {
        format!("{}/{} {}", call.account.unwrap_or_default(), call.role.unwrap_or_default(), call.operation)
    });
    let mut who: Vec<String> = who.collect();
    who.sort();
    who
}

#[tokio::test]
async fn each_account_is_entered_once_for_all_its_regions() {
    let mut bed = Bed::usual().await;
    want_everything(&mut bed);
    let live = bed.read().await;
    assert_eq!(live.portfolios.len(), 2);
    assert_eq!(bed.calls("AssumeRole"), 2);
}

#[tokio::test]
async fn a_role_is_reached_through_another_that_is_entered_once() {
    let mut bed = Bed::new(|world| {
        let trusts = vec!["arn:aws:iam::111111111110:role/catalog-sync-entry-plan".to_owned()];
        let external_id = Some("acme-catalog".to_owned());
        let roles = &mut world.accounts.get_mut(HUB).unwrap().roles;
        roles.insert("catalog-sync-plan".to_owned(), Role { trusts, external_id, ..Role::default() });
    })
    .await;
    through(&mut bed);
    want_everything(&mut bed);
    let live = bed.read().await;
    complete(live.portfolios[&(id(HUB), id("us-east-1"))].clone());
    assert_eq!(
        to_sts(&bed),
        [
            "111111111110/catalog-sync-entry-plan AssumeRole",
            "111111111110/catalog-sync-entry-plan AssumeRole",
            "111111111110/sandbox-entry AssumeRole",
        ]
    );
}

#[tokio::test]
async fn without_a_role_the_starting_credentials_serve() {
    let mut bed = Bed::new(|world| world.start = Some(HUB.to_owned())).await;
    bed.desired.settings.organizations.get_mut(&id("acme")).unwrap().access = Access::default();
    bed.want_portfolio("us-east-1", by_id("port-data"), []);
    let live = bed.read().await;
    complete(live.portfolios[&(id(HUB), id("us-east-1"))].clone());
    assert_eq!(to_sts(&bed).len(), 1, "whose they are is asked once");
}

#[tokio::test]
async fn a_role_that_refuses_is_named_and_asked_once() {
    let mut bed = Bed::new(|world| {
        let role = Role { trusts: vec!["arn:aws:iam::999999999999:role/other".to_owned()], ..Role::default() };
        world.accounts.get_mut(HUB).unwrap().roles.insert("catalog-sync-plan".to_owned(), role);
    })
    .await;
    want_everything(&mut bed);
    let live = bed.read().await;
    let said = reason(live.portfolios[&(id(HUB), id("us-east-1"))].clone());
    assert!(said.starts_with("AssumeRole in 111111111111 us-east-1: AccessDenied: "), "{said}");
    assert!(said.contains("role arn:aws:iam::111111111111:role/catalog-sync-plan: check that it exists"), "{said}");
    assert!(said.contains("its trust policy lets the starting credentials in"), "{said}");
    complete(live.experiences[&id("111111111112")].clone());
    assert_eq!(bed.calls("AssumeRole"), 2, "one refusal, and the other account");
}

#[tokio::test]
async fn a_session_that_is_about_to_end_is_renewed() {
    let mut bed = Bed::new(|world| world.sessions.seconds = Some(60)).await;
    bed.want_portfolio("us-east-1", by_id("port-data"), []);
    let live = bed.read().await;
    complete(live.portfolios[&(id(HUB), id("us-east-1"))].clone());
    assert!(bed.calls("AssumeRole") > 1);
}

#[tokio::test]
async fn a_session_that_aws_ends_early_is_renewed() {
    let mut bed = Bed::new(|world| world.sessions.calls = Some(3)).await;
    through(&mut bed);
    want_everything(&mut bed);
    let live = bed.read().await;
    complete(live.portfolios[&(id(HUB), id("us-east-1"))].clone());
    complete(live.portfolios[&(id(HUB), id("eu-west-1"))].clone());
    complete(live.experiences[&id("111111111112")].clone());
}

/// A server that gives tokens as GitHub does, and the requests that it got.
struct TokenServer {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl TokenServer {
    async fn start(status: &'static str, subject: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/token?api-version=2.0", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        let token = jwt(subject);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = vec![0; 4096];
                let length = stream.read(&mut request).await.unwrap();
                seen.lock().unwrap().push(String::from_utf8_lossy(&request[..length]).into_owned());
                let body = serde_json::json!({"value": token}).to_string();
                let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                stream.write_all((head + &body).as_bytes()).await.unwrap();
            }
        });
        Self { url, asked }
    }

    fn options(&self, bed: &Bed) -> Options {
        let environment = Environment {
            token_url: Some(self.url.clone()),
            token_secret: Some("request-token".to_owned()),
            repository: Some("acme/catalog".to_owned()),
            run_id: Some("4711".to_owned()),
            ..Environment::default()
        };
        Options { environment, ..bed.options() }
    }
}

fn jwt(subject: &str) -> String {
    let claims = serde_json::json!({
        "iss": "https://token.actions.githubusercontent.com",
        "sub": subject,
        "aud": "sts.amazonaws.com",
        "exp": 4_102_444_800_u64,
    });
    let part =
        |value: &str| aws_smithy_types::base64::encode(value).replace('+', "-").replace('/', "_").replace('=', "");
    format!("{}.{}.{}", part(r#"{"alg":"RS256","typ":"JWT"}"#), part(&claims.to_string()), part("signature"))
}

async fn read_with(bed: &Bed, options: Options) -> Live {
    read_all(&Cloud::new(&bed.desired.settings, Mode::Plan, options), &bed.desired).await
}

#[tokio::test]
async fn in_actions_the_token_opens_the_first_role() {
    let mut bed = Bed::usual().await;
    through(&mut bed);
    want_everything(&mut bed);
    let github = TokenServer::start("200 OK", "repo:acme/catalog:pull_request").await;
    let live = read_with(&bed, github.options(&bed)).await;
    complete(live.portfolios[&(id(HUB), id("us-east-1"))].clone());
    assert_eq!(bed.calls("AssumeRoleWithWebIdentity"), 1);
    assert_eq!(bed.calls("AssumeRole"), 2);
    let asked = github.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 1);
    let request = asked[0].to_lowercase();
    assert!(request.starts_with("get /token?api-version=2.0&audience=sts.amazonaws.com http/1.1"), "{request}");
    assert!(request.contains("authorization: bearer request-token"), "{request}");
}

#[tokio::test]
async fn without_an_entry_role_the_token_opens_each_account() {
    let mut bed = Bed::usual().await;
    want_everything(&mut bed);
    let github = TokenServer::start("200 OK", "repo:acme/catalog:pull_request").await;
    read_with(&bed, github.options(&bed)).await;
    assert_eq!((bed.calls("AssumeRoleWithWebIdentity"), bed.calls("AssumeRole")), (2, 0));
}

#[tokio::test]
async fn a_trust_policy_that_lacks_the_subject_is_told_which() {
    let mut bed =
        Bed::new(|world| world.oidc.subjects = vec!["repo:acme/catalog:ref:refs/heads/main".to_owned()]).await;
    want_everything(&mut bed);
    let github = TokenServer::start("200 OK", "repo:acme/catalog:pull_request").await;
    let live = read_with(&bed, github.options(&bed)).await;
    let said = reason(live.portfolios[&(id(HUB), id("us-east-1"))].clone());
    assert!(said.starts_with("AssumeRoleWithWebIdentity in 111111111111 us-east-1: AccessDenied: "), "{said}");
    assert!(said.contains("the subject repo:acme/catalog:pull_request"), "{said}");
    assert!(!said.contains(&jwt("repo:acme/catalog:pull_request")), "the token is a secret");
}

#[tokio::test]
async fn a_job_without_the_permission_is_told_so() {
    let mut bed = Bed::usual().await;
    want_everything(&mut bed);
    let github = TokenServer::start("403 Forbidden", "").await;
    let live = read_with(&bed, github.options(&bed)).await;
    let said = reason(live.portfolios[&(id(HUB), id("us-east-1"))].clone());
    assert!(said.contains("`permissions: id-token: write`"), "{said}");
}

#[tokio::test]
async fn a_token_that_no_connection_leads_to_names_the_host() {
    let mut bed = Bed::usual().await;
    bed.want_portfolio("us-east-1", by_id("port-data"), []);
    let (_socket, host) = crate::refusing();
    let github = TokenServer { url: format!("http://{host}/token?secret=x"), asked: Arc::default() };
    let live = read_with(&bed, github.options(&bed)).await;
    let said = reason(live.portfolios[&(id(HUB), id("us-east-1"))].clone());
    assert!(said.contains(&format!("could not get GitHub's OIDC token: {host}: ")), "{said}");
    assert!(!said.contains("secret"), "{said}");
}

#[tokio::test]
async fn sts_that_is_throttled_is_asked_again() {
    let error = Some(FaultError { code: "Throttling".to_owned(), message: "Rate exceeded".to_owned(), status: 400 });
    let fault = Fault { operation: Some("AssumeRole".to_owned()), times: Some(2), error, ..Fault::default() };
    let mut bed = Bed::new(|world| world.faults.push(fault)).await;
    want_everything(&mut bed);
    complete(bed.read().await.experiences[&id("111111111112")].clone());
}

/// A fault with an error of STS.
fn refusal(operation: &str, code: &str, message: &str, times: Option<u32>) -> Fault {
    let error = FaultError { code: code.to_owned(), message: message.to_owned(), status: 400 };
    Fault { operation: Some(operation.to_owned()), times, error: Some(error), ..Fault::default() }
}

#[tokio::test]
async fn a_token_that_sts_could_not_verify_is_followed_by_another() {
    let message = "Couldn't retrieve verification key from your identity provider";
    let fault = refusal("AssumeRoleWithWebIdentity", "InvalidIdentityToken", message, Some(2));
    let mut bed = Bed::new(|world| world.faults.push(fault)).await;
    through(&mut bed);
    bed.want_portfolio("us-east-1", by_id("port-data"), []);
    let github = TokenServer::start("200 OK", "repo:acme/catalog:pull_request").await;
    let live = read_with(&bed, github.options(&bed)).await;
    complete(live.portfolios[&(id(HUB), id("us-east-1"))].clone());
    assert_eq!(github.asked.lock().unwrap().len(), 3, "a token for each attempt");
}

#[tokio::test]
async fn a_token_that_sts_never_verifies_is_given_up_after_a_few() {
    let message = "Couldn't retrieve verification key from your identity provider";
    let fault = refusal("AssumeRoleWithWebIdentity", "InvalidIdentityToken", message, None);
    let mut bed = Bed::new(|world| world.faults.push(fault)).await;
    through(&mut bed);
    bed.want_portfolio("us-east-1", by_id("port-data"), []);
    let github = TokenServer::start("200 OK", "repo:acme/catalog:pull_request").await;
    let live = read_with(&bed, github.options(&bed)).await;
    let said = reason(live.portfolios[&(id(HUB), id("us-east-1"))].clone());
    assert!(said.contains("InvalidIdentityToken: Couldn't retrieve verification key"), "{said}");
}

#[tokio::test]
async fn a_token_of_another_audience_is_no_question_of_trust() {
    let mut bed = Bed::new(|world| world.oidc.audiences = ["elsewhere".to_owned()].into()).await;
    want_everything(&mut bed);
    let github = TokenServer::start("200 OK", "repo:acme/catalog:pull_request").await;
    let live = read_with(&bed, github.options(&bed)).await;
    let said = reason(live.portfolios[&(id(HUB), id("us-east-1"))].clone());
    assert!(said.contains("check that account 111111111111 has the identity provider"), "{said}");
    assert!(said.contains("with the audience sts.amazonaws.com") && !said.contains("trust policy"), "{said}");
    assert_eq!(bed.calls("AssumeRoleWithWebIdentity"), 2, "once for each account");
}

#[tokio::test]
async fn a_wrong_secret_key_is_no_question_of_trust() {
    for (code, hint) in [
        ("SignatureDoesNotMatch", "check that the secret access key belongs to the access key id"),
        ("InvalidClientTokenId", "check the access key"),
    ] {
        let mut bed = Bed::new(|world| world.faults.push(refusal("AssumeRole", code, "says STS", None))).await;
        bed.want_portfolio("us-east-1", by_id("port-data"), []);
        let said = reason(bed.read().await.portfolios[&(id(HUB), id("us-east-1"))].clone());
        assert!(said.contains(code) && said.contains(hint), "{said}");
        assert!(!said.contains("trust policy"), "{said}");
        assert_eq!(bed.calls("AssumeRole"), 1);
    }
}

#[tokio::test]
async fn calls_are_counted_as_they_are_made() {
    let mut bed = Bed::usual().await;
    want_everything(&mut bed);
    let cloud = bed.cloud(Mode::Plan);
    let progress = cloud.progress();
    read_all(&cloud, &bed.desired).await;
    let made = bed.sandbox.calls().len() as u64;
    assert_eq!(cloud.calls().total(), made);
    assert_eq!(*progress.borrow(), made);
    assert!(cloud.writer().is_none(), "a plan has no writer");
}

#[tokio::test]
async fn one_call_at_a_time_is_enough_for_renewals() {
    let mut bed = Bed::new(|world| world.sessions.seconds = Some(60)).await;
    through(&mut bed);
    want_everything(&mut bed);
    let live = read_with(&bed, Options { concurrency: 1, ..bed.options() }).await;
    complete(live.portfolios[&(id(HUB), id("us-east-1"))].clone());
    complete(live.experiences[&id("111111111112")].clone());
}

#[tokio::test]
async fn the_environments_region_is_for_sts_alone() {
    let mut bed = Bed::usual().await;
    want_everything(&mut bed);
    let environment = Environment { region: Some("eu-central-1".to_owned()), ..Environment::default() };
    let live = read_with(&bed, Options { environment, ..bed.options() }).await;
    complete(live.experiences[&id("111111111112")].clone());
    let regions = |service: &str| {
        let calls = bed.sandbox.calls().into_iter().filter(|call| call.service == service);
        calls.map(|call| call.region).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(regions("sts").into_iter().collect::<Vec<_>>(), ["eu-central-1"]);
    assert_eq!(regions("aws-marketplace").into_iter().collect::<Vec<_>>(), ["us-east-1"]);
    assert_eq!(regions("organizations").into_iter().collect::<Vec<_>>(), ["us-east-1"]);
    assert_eq!(regions("servicecatalog").into_iter().collect::<Vec<_>>(), ["eu-west-1", "us-east-1"]);
}

#[tokio::test]
async fn the_way_in_can_be_looked_at_by_itself() {
    let mut bed = Bed::usual().await;
    through(&mut bed);
    let github = TokenServer::start("200 OK", "repo:acme/catalog:pull_request").await;
    let cloud = Cloud::new(&bed.desired.settings, Mode::Plan, github.options(&bed));
    cloud.enter(&id("acme"), &id(HUB)).await.unwrap();
    let Ok(Starting::Token(claims)) = cloud.starting("sts.amazonaws.com").await else { panic!("a token") };
    assert_eq!(claims["sub"], "repo:acme/catalog:pull_request");
    let start = Starting::Credentials { arn: "arn:aws:sts::111111111110:assumed-role/sandbox-entry/start".to_owned() };
    assert_eq!(bed.cloud(Mode::Plan).starting("sts.amazonaws.com").await, Ok(start));
}
