//! The account of the credentials: nothing is read or written in another account than the intended one.

use catalog_sync::cloud::{Cloud, Endpoint, Options};
use catalog_sync::model::edit::{Delta, HubEdit};
use catalog_sync::model::portfolio::Share;
use catalog_sync::model::report::Outcome;
use catalog_sync::model::settings::{Access, Mode};
use catalog_sync::sandbox::{Fault, FaultError, World};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::bed::{Bed, HUB, by_id, complete, failure, id, read_all, reason};

/// A catalog without a role, with starting credentials of the account `start`.
async fn without_role(start: &str, faults: impl IntoIterator<Item = Fault>) -> Bed {
    let mut bed = Bed::new(|world: &mut World| {
        world.start = Some(start.to_owned());
        let other = world.accounts[HUB].clone();
        world.accounts.insert("666666666666".to_owned(), other);
        world.faults.extend(faults);
    })
    .await;
    bed.desired.settings.organizations.get_mut(&id("acme")).unwrap().access = Access::default();
    bed.want_portfolio("us-east-1", by_id("port-data"), []);
    bed
}

fn unavailable(times: Option<u32>) -> Fault {
    let error = FaultError { code: "ServiceUnavailable".to_owned(), message: "try later".to_owned(), status: 503 };
    Fault { operation: Some("GetCallerIdentity".to_owned()), times, error: Some(error), ..Fault::default() }
}

/// Creates a share and returns its outcome.
async fn share(bed: &Bed) -> Outcome {
    let share = Share::Account { account: id("222222222222"), tag_options: false };
    let edits = [HubEdit::Share(Delta::Create(share))];
    bed.share(&bed.cloud(Mode::Apply), "port-data", edits).await.remove(0)
}

/// The number of calls to services other than STS.
fn elsewhere(bed: &Bed) -> usize {
    bed.sandbox.calls().iter().filter(|call| call.service != "sts").count()
}

#[tokio::test]
async fn an_account_that_could_not_be_asked_for_at_once_is_asked_for_again() {
    let bed = without_role(HUB, [unavailable(Some(1))]).await;
    complete(bed.read().await.portfolios[&(id(HUB), id("us-east-1"))].clone());
    assert_eq!(bed.calls("GetCallerIdentity"), 2);
}

#[tokio::test]
async fn starting_credentials_of_another_account_change_nothing_even_if_sts_fails_once() {
    let bed = without_role("666666666666", [unavailable(Some(1))]).await;
    let said = failure(&share(&bed).await);
    assert!(said.starts_with("GetCallerIdentity in 111111111111 us-east-1: WrongAccount: "), "{said}");
    assert!(said.contains("are of account 666666666666: name a role that leads into 111111111111"), "{said}");
    let said = reason(bed.read().await.portfolios[&(id(HUB), id("us-east-1"))].clone());
    assert!(said.contains("WrongAccount"), "{said}");
    assert_eq!(elsewhere(&bed), 0);
}

#[tokio::test]
async fn credentials_of_nobody_knows_whom_change_nothing() {
    let bed = without_role(HUB, [unavailable(None)]).await;
    let said = failure(&share(&bed).await);
    let why = "GetCallerIdentity in 111111111111 us-east-1: ServiceUnavailable: the account of the starting \
               credentials is unknown: try later";
    assert_eq!(said, why);
    let said = reason(bed.read().await.portfolios[&(id(HUB), id("us-east-1"))].clone());
    assert_eq!(said, why);
    assert_eq!(elsewhere(&bed), 0);
}

#[tokio::test]
async fn a_role_that_leads_into_another_account_is_refused() {
    let mut bed = Bed::usual().await;
    bed.desired.settings.organizations.get_mut(&id("acme")).unwrap().access.role =
        Some("arn:aws:iam::666666666666:role/catalog-sync-{mode}".to_owned());
    bed.want_portfolio("us-east-1", by_id("port-data"), []);
    let said = failure(&share(&bed).await);
    assert!(said.contains("WrongAccount: `access.role` in settings.yaml is arn:aws:iam::666666666666:"), "{said}");
    assert!(said.contains("a role of another account than 111111111111: write {account}"), "{said}");
    bed.read().await;
    assert_eq!(bed.sandbox.calls(), Vec::new());
}

/// Starts an STS that answers every request with a session of this ARN, and returns its URL.
async fn sts_that_gives(arn: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let body = format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><AssumedRoleUser>\
         <AssumedRoleId>AROAX:x</AssumedRoleId><Arn>{arn}</Arn></AssumedRoleUser><Credentials><AccessKeyId>ASIAX\
         </AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>\
         2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
    );
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 8192];
            assert!(stream.read(&mut request).await.unwrap() > 0);
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    url
}

#[tokio::test]
async fn a_session_of_another_role_or_account_is_not_used() {
    for arn in [
        "arn:aws:sts::666666666666:assumed-role/catalog-sync-plan/catalog-sync",
        "arn:aws:sts::111111111111:assumed-role/administrator/catalog-sync",
        "",
    ] {
        let mut bed = Bed::usual().await;
        bed.want_portfolio("us-east-1", by_id("port-data"), []);
        let url = sts_that_gives(arn).await;
        let endpoint = Endpoint { url, access_key_id: "AKIAX".to_owned(), secret_access_key: "s".to_owned() };
        let cloud = Cloud::new(&bed.desired.settings, Mode::Plan, Options::loopback(endpoint));
        let live = read_all(&cloud, &bed.desired).await;
        let said = reason(live.portfolios[&(id(HUB), id("us-east-1"))].clone());
        assert!(said.starts_with("AssumeRole in 111111111111 us-east-1: WrongAccount: STS gave "), "{said}");
        assert!(said.contains("where arn:aws:iam::111111111111:role/catalog-sync-plan was asked for"), "{said}");
        assert_eq!(cloud.calls().by_operation.keys().collect::<Vec<_>>(), [&"AssumeRole"]);
    }
}
