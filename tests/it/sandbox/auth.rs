//! Which sessions may be opened, and as which role.

use std::collections::BTreeMap;

use aws_sdk_sts as sts;
use catalog_sync::sandbox::{Account, Fault, FaultError, Role, START_ACCESS_KEY, World};

use super::{ACME, Clients, HUB, PARTNER, SHOP, code, refusal, role, sandbox, session, start};

/// An unsigned token with these claims.
fn token(claims: &str) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let encode = |text: &str| {
        let bits: String = text.bytes().map(|byte| format!("{byte:08b}")).collect();
        let digit = |chunk: &[u8]| {
            let chunk = format!("{:0<6}", std::str::from_utf8(chunk).expect("digits"));
            char::from(alphabet[usize::from_str_radix(&chunk, 2).expect("digits")])
        };
        bits.as_bytes().chunks(6).map(digit).collect::<String>()
    };
    format!("{}.{}.c2lnbmF0dXJl", encode(r#"{"alg":"RS256"}"#), encode(claims))
}

const PULL_REQUEST: &str = r#"{"iss":"https://token.actions.githubusercontent.com","aud":"sts.amazonaws.com","sub":"repo:acme/catalog:pull_request"}"#;

fn with_role(name: &str, role: Role) -> Account {
    Account { roles: BTreeMap::from([(name.to_owned(), role)]), ..Account::default() }
}

#[tokio::test]
async fn the_starting_credentials_are_a_role_of_the_first_account() {
    let sandbox = sandbox(|_| {}).await;
    let identity = start(&sandbox).sts().get_caller_identity().send().await.expect("an identity");
    assert_eq!(identity.account(), Some(ACME));
    assert_eq!(identity.arn(), Some("arn:aws:sts::111111111111:assumed-role/sandbox-entry/start"));
}

#[tokio::test]
async fn a_role_is_assumed() {
    let sandbox = sandbox(|_| {}).await;
    let hub = role(&sandbox, HUB, "path/catalog-sync-plan").await;
    let identity = hub.sts().get_caller_identity().send().await.expect("an identity");
    assert_eq!(identity.arn(), Some("arn:aws:sts::111111111112:assumed-role/catalog-sync-plan/test"));
    let calls = sandbox.calls();
    assert_eq!(calls[0].operation, "AssumeRole");
    assert_eq!(calls[1].account.as_deref(), Some(HUB));
    assert_eq!(sandbox.stop().await, World::example(), "who only comes in changes nothing");
}

#[tokio::test]
async fn unknown_and_expired_credentials_are_refused_in_each_services_words() {
    let sandbox = sandbox(|world| world.sessions.seconds = Some(0)).await;
    let mut stranger = start(&sandbox);
    stranger.credentials = aws_credential_types::Credentials::new("AKIAIOSFODNN7EXAMPLE", "x", None, None, "test");
    assert_eq!(code(stranger.sts().get_caller_identity().send().await), "InvalidClientTokenId");
    assert_eq!(code(stranger.service_catalog().list_portfolios().send().await), "UnrecognizedClientException");
    assert_eq!(code(stranger.organizations().list_roots().send().await), "UnrecognizedClientException");
    let expired = role(&sandbox, HUB, "any").await;
    assert_eq!(code(expired.sts().get_caller_identity().send().await), "ExpiredToken");
    assert_eq!(code(expired.service_catalog().list_portfolios().send().await), "ExpiredTokenException");
    let entities = expired.marketplace().list_entities().catalog("AWSMarketplace").entity_type("Experience");
    assert_eq!(code(entities.send().await), "ExpiredTokenException");
}

#[tokio::test]
async fn a_session_without_its_token_is_nobody() {
    let sandbox = sandbox(|_| {}).await;
    let mut hub = role(&sandbox, HUB, "any").await;
    let key = hub.credentials.access_key_id().to_owned();
    hub.credentials = aws_credential_types::Credentials::new(key, "x", None, None, "test");
    assert_eq!(code(hub.service_catalog().list_portfolios().send().await), "UnrecognizedClientException");
    let key = START_ACCESS_KEY;
    hub.credentials = aws_credential_types::Credentials::new(key, "x", Some("odd".to_owned()), None, "test");
    assert_eq!(code(hub.service_catalog().list_portfolios().send().await), "UnrecognizedClientException");
}

#[tokio::test]
async fn a_session_may_end_unannounced() {
    let sandbox = sandbox(|world| world.sessions.calls = Some(1)).await;
    let hub = role(&sandbox, HUB, "any").await;
    hub.service_catalog().list_portfolios().send().await.expect("the first call");
    assert_eq!(code(hub.service_catalog().list_portfolios().send().await), "ExpiredTokenException");
}

#[tokio::test]
async fn a_chained_session_lasts_an_hour_at_most() {
    let sandbox = sandbox(|_| {}).await;
    let request = |seconds| {
        let arn = format!("arn:aws:iam::{HUB}:role/any");
        start(&sandbox).sts().assume_role().role_arn(arn).role_session_name("test").duration_seconds(seconds)
    };
    let (code, message) = refusal(request(3601).send().await);
    assert_eq!(code, "ValidationError");
    assert!(message.contains("role chaining"), "{message}");
    assert_eq!(super::code(request(60).send().await), "ValidationError");
    request(3600).send().await.expect("an hour");
}

#[tokio::test]
async fn a_role_asks_for_its_external_id_and_for_those_it_trusts() {
    let picky = Role {
        external_id: Some("acme-catalog".to_owned()),
        trusts: vec!["arn:aws:iam::111111111111:role/sandbox-*".to_owned()],
        ..Role::default()
    };
    let sandbox = sandbox(|world| drop(world.accounts.insert(SHOP.to_owned(), with_role("picky", picky)))).await;
    let request = |clients: &Clients, role: &str| {
        let arn = format!("arn:aws:iam::{SHOP}:role/{role}");
        clients.sts().assume_role().role_arn(arn).role_session_name("test")
    };
    let here = start(&sandbox);
    assert_eq!(code(request(&here, "picky").send().await), "AccessDenied");
    assert_eq!(code(request(&here, "other").external_id("acme-catalog").send().await), "AccessDenied");
    let hub = role(&sandbox, HUB, "any").await;
    assert_eq!(code(request(&hub, "picky").external_id("acme-catalog").send().await), "AccessDenied");
    request(&here, "picky").external_id("acme-catalog").send().await.expect("trusted");
}

#[tokio::test]
async fn nobody_enters_an_account_that_is_suspended_or_nowhere() {
    let sandbox = sandbox(|_| {}).await;
    for account in ["333333333335", "123456789012"] {
        let arn = format!("arn:aws:iam::{account}:role/any");
        let request = start(&sandbox).sts().assume_role().role_arn(&arn).role_session_name("test");
        let (code, message) = refusal(request.send().await);
        assert_eq!(code, "AccessDenied");
        assert!(message.ends_with(&format!("is not authorized to perform: sts:AssumeRole on resource: {arn}")));
    }
    role(&sandbox, PARTNER, "any").await;
}

#[tokio::test]
async fn a_plan_role_does_not_write() {
    let generous = Role { writes: Some(true), ..Role::default() };
    let strict = Role { deny: vec!["organizations:*".to_owned()], ..Role::default() };
    let sandbox = sandbox(|world| {
        world.accounts.insert(SHOP.to_owned(), with_role("generous-plan", generous));
        world.accounts.insert(ACME.to_owned(), with_role("strict", strict));
    })
    .await;
    let plan = role(&sandbox, HUB, "catalog-sync-plan").await;
    plan.service_catalog().list_portfolios().send().await.expect("reading");
    let accept = plan.service_catalog().accept_portfolio_share().portfolio_id("port-none").send().await;
    let (code, message) = refusal(accept);
    assert_eq!(code, "AccessDeniedException");
    let begins = "User: arn:aws:sts::111111111112:assumed-role/catalog-sync-plan/test is not authorized to perform: \
                  servicecatalog:AcceptPortfolioShare";
    assert!(message.starts_with(begins), "{message}");
    let shop = role(&sandbox, SHOP, "generous-plan").await;
    let accept = shop.service_catalog().accept_portfolio_share().portfolio_id("port-none").send().await;
    assert_eq!(super::code(accept), "ResourceNotFoundException");
    let strict = role(&sandbox, ACME, "strict").await;
    assert_eq!(super::code(strict.organizations().describe_organization().send().await), "AccessDeniedException");
    let calls = sandbox.calls();
    let writes: Vec<_> = calls.iter().filter(|call| call.is_write()).collect();
    assert_eq!(writes.len(), 2);
    assert_eq!(writes[0].role.as_deref(), Some("catalog-sync-plan"));
    assert_eq!(writes[0].outcome, Err("AccessDeniedException".to_owned()));
}

#[tokio::test]
async fn a_web_identity_is_exchanged_for_a_role() {
    let role = Role { subjects: vec!["repo:acme/*:pull_request".to_owned()], ..Role::default() };
    let sandbox = sandbox(|world| drop(world.accounts.insert(SHOP.to_owned(), with_role("ci", role)))).await;
    let request = |token: String| {
        let arn = format!("arn:aws:iam::{SHOP}:role/ci");
        let request = start(&sandbox).sts().assume_role_with_web_identity().role_arn(arn);
        request.role_session_name("run-1").web_identity_token(token)
    };
    let answer = request(token(PULL_REQUEST)).send().await.expect("the token is good");
    assert_eq!(answer.subject_from_web_identity_token(), Some("repo:acme/catalog:pull_request"));
    let inside = session(&sandbox, answer.credentials().expect("credentials"));
    let identity = inside.sts().get_caller_identity().send().await.expect("an identity");
    assert_eq!(identity.arn(), Some("arn:aws:sts::333333333331:assumed-role/ci/run-1"));

    assert_eq!(code(request("nonsense".to_owned()).send().await), "InvalidIdentityToken");
    let elsewhere = token(&PULL_REQUEST.replace("sts.amazonaws.com", "elsewhere"));
    assert_eq!(code(request(elsewhere).send().await), "InvalidIdentityToken");
    let stranger = token(&PULL_REQUEST.replace("acme", "other"));
    assert_eq!(code(request(stranger).send().await), "AccessDenied");
    let old = token(&PULL_REQUEST.replace('}', r#","exp":1}"#));
    assert_eq!(code(request(old).send().await), "ExpiredTokenException");
    assert_eq!(code(request(token(PULL_REQUEST)).duration_seconds(7200).send().await), "ValidationError");
}

#[tokio::test]
async fn the_marketplace_is_in_one_region_only() {
    let sandbox = sandbox(|_| {}).await;
    let entities = |clients: &Clients, region| {
        let client = clients.marketplace_in(region);
        client.list_entities().catalog("AWSMarketplace").entity_type("Experience")
    };
    let here = start(&sandbox);
    entities(&here, "us-east-1").send().await.expect("the region it is in");
    assert_eq!(code(entities(&here, "eu-west-1").send().await), "InvalidSignatureException");
}

#[tokio::test]
async fn answer_says_whose_session_it_is() {
    let other = format!("arn:aws:iam::{HUB}:role/elsewhere");
    let swapped = Role { answers_as: Some(other), ..Role::default() };
    let sandbox = sandbox(|world| drop(world.accounts.insert(SHOP.to_owned(), with_role("swapped", swapped)))).await;
    let assume = |account: &str, role: &str| {
        let arn = format!("arn:aws:iam::{account}:role/{role}");
        start(&sandbox).sts().assume_role().role_arn(arn).role_session_name("test").send()
    };
    let said = |answer: &sts::operation::assume_role::AssumeRoleOutput| {
        answer.assumed_role_user().map(|user| (user.arn().to_owned(), user.assumed_role_id().to_owned()))
    };
    let right = said(&assume(PARTNER, "path/right").await.expect("it lets us in")).expect("a user");
    assert_eq!(right.0, "arn:aws:sts::999999999991:assumed-role/right/test");
    assert!(right.1.starts_with("AROA") && right.1.ends_with(":test"), "{right:?}");
    let wrong = assume(SHOP, "swapped").await.expect("it lets us in");
    let elsewhere = "arn:aws:sts::111111111112:assumed-role/elsewhere/test";
    assert_eq!(said(&wrong).expect("a user").0, elsewhere);
    let inside = session(&sandbox, wrong.credentials().expect("credentials"));
    let identity = inside.sts().get_caller_identity().send().await.expect("an identity");
    assert_eq!(identity.arn(), Some(elsewhere), "what it does happens there");
}

#[tokio::test]
async fn verification_key_may_not_be_found_for_a_while() {
    let message = "Couldn't retrieve verification key from your identity provider, please reference \
                   AssumeRoleWithWebIdentity documentation for requirements";
    let error = FaultError { code: "InvalidIdentityToken".to_owned(), message: message.to_owned(), status: 400 };
    let fault = Fault {
        service: Some("sts".to_owned()),
        operation: Some("AssumeRoleWithWebIdentity".to_owned()),
        times: Some(2),
        error: Some(error),
        ..Fault::default()
    };
    let sandbox = sandbox(|world| world.faults.push(fault)).await;
    let enter = || {
        let request = start(&sandbox).sts().assume_role_with_web_identity();
        let request = request.role_arn(format!("arn:aws:iam::{SHOP}:role/ci")).role_session_name("run-1");
        request.web_identity_token(token(PULL_REQUEST)).send()
    };
    for _ in 0..2 {
        assert_eq!(refusal(enter().await), ("InvalidIdentityToken".to_owned(), message.to_owned()));
    }
    enter().await.expect("the same token, a moment later");
}
