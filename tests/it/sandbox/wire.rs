//! Requests that no SDK sends: each of them gets an answer.

use catalog_sync::sandbox::{Role, START_ACCESS_KEY, Sandbox};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::sandbox;

/// Sends a raw request and returns the raw answer.
async fn send(sandbox: &Sandbox, path: &str, headers: &str, body: &[u8]) -> String {
    let address = sandbox.url().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let length = body.len();
    let head =
        format!("POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).await.expect("it is sent");
    stream.write_all(body).await.expect("it is sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

/// An `Authorization` header with this scope.
fn signed(region: &str, service: &str) -> String {
    let signature = "0".repeat(64);
    format!(
        "Authorization: AWS4-HMAC-SHA256 Credential={START_ACCESS_KEY}/20261121/{region}/{service}/aws4_request, \
         SignedHeaders=host, Signature={signature}\r\n"
    )
}

fn list_portfolios() -> &'static str {
    "X-Amz-Target: AWS242ServiceCatalogService.ListPortfolios\r\n"
}

#[tokio::test]
async fn what_is_no_call_is_told_so() {
    let sandbox = sandbox(|_| {}).await;
    assert!(send(&sandbox, "/", "", b"").await.starts_with("HTTP/1.1 404"));
    assert!(send(&sandbox, "/", "", &[0xff, 0xfe, b'%', b'=', b'&']).await.starts_with("HTTP/1.1 404"));
    assert!(send(&sandbox, "/", "X-Amz-Target: DynamoDB_20120810.ListTables\r\n", b"{}").await.contains("DynamoDB"));
    let odd = send(&sandbox, "/Odd", &signed("us-east-1", "aws-marketplace"), b"{}").await;
    assert!(odd.contains("UnknownOperationException"), "{odd}");
}

#[tokio::test]
async fn a_signature_has_the_right_scope() {
    let sandbox = sandbox(|_| {}).await;
    let send = |headers: String| {
        let headers = format!("{}{headers}", list_portfolios());
        async { send(&sandbox, "/", &{ headers }, b"{}").await }
    };
    assert!(send(String::new()).await.contains("MissingAuthenticationTokenException"));
    assert!(send("Authorization: Basic x\r\n".to_owned()).await.contains("MissingAuthenticationTokenException"));
    assert!(send(signed("us-east-1", "organizations")).await.contains("InvalidSignatureException"));
    assert!(send(signed("nowhere", "servicecatalog")).await.contains("InvalidSignatureException"));
    assert!(send(signed("us-east-1", "servicecatalog")).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn input_that_is_not_understood_is_an_error() {
    let sandbox = sandbox(|_| {}).await;
    let headers = format!("{}{}", list_portfolios(), signed("us-east-1", "servicecatalog"));
    for body in [&b"{"[..], b"[]", b"{\"PageSize\": \"ten\"}", b"{\"Unheard\": 1}", &[0xff, 0x00]] {
        let answer = send(&sandbox, "/", &headers, body).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        assert!(answer.contains("SerializationException"), "{answer}");
    }
    let sts = send(&sandbox, "/", &signed("us-east-1", "sts"), b"Action=AssumeRole&Policy=x").await;
    assert!(sts.contains("<Code>ValidationError</Code>"), "{sts}");
    let headers = signed("us-east-1", "aws-marketplace");
    let missing = send(&sandbox, "/StartChangeSet", &headers, b"{}").await;
    assert!(missing.starts_with("HTTP/1.1 422"), "{missing}");
    assert!(missing.contains("x-amzn-errortype: ValidationException"), "{missing}");
    let nothing = send(&sandbox, "/DescribeEntity?catalog=AWSMarketplace&entityId=%zz", &headers, b"").await;
    assert!(nothing.starts_with("HTTP/1.1 404"), "{nothing}");
}

#[tokio::test]
async fn an_error_is_spelled_as_its_service_has_it() {
    let sandbox = sandbox(|_| {}).await;
    let target = "X-Amz-Target: AWSOrganizationsV20161128.DescribeAccount\r\n";
    let headers = format!("{target}{}", signed("us-east-1", "organizations"));
    let organizations = send(&sandbox, "/", &headers, b"{\"AccountId\": \"000000000000\"}").await;
    assert!(organizations.contains("\"Message\":") && !organizations.contains("\"message\":"), "{organizations}");
    let headers = signed("us-east-1", "aws-marketplace");
    let discovery = send(&sandbox, "/2026-02-05/getProduct", &headers, b"{\"productId\": \"prod-none\"}").await;
    assert!(discovery.starts_with("HTTP/1.1 404"), "{discovery}");
    assert!(discovery.contains("\"message\":") && !discovery.contains("\"Message\":"), "{discovery}");
    let without_version = send(&sandbox, "/GetProduct", &headers, b"{\"productId\": \"prod-none\"}").await;
    assert!(without_version.contains("UnknownOperationException"), "{without_version}");
    for body in [&b"Action=AssumeRole"[..], b"Action=AssumeRoleWithWebIdentity"] {
        let nothing = send(&sandbox, "/", &signed("us-east-1", "sts"), body).await;
        assert!(nothing.contains("<Code>ValidationError</Code>"), "{nothing}");
    }
    let body = b"Action=SimulatePrincipalPolicy&Version=2010-05-08";
    let nothing = send(&sandbox, "/", &signed("us-east-1", "iam"), body).await;
    assert!(nothing.contains("<Code>ValidationError</Code>"), "{nothing}");
}

#[tokio::test]
async fn iam_says_what_a_role_may_do_and_takes_nothing_else() {
    let sandbox = sandbox(|world| {
        let roles = &mut world.accounts.entry("111111111111".to_owned()).or_default().roles;
        let only = Role { deny: vec!["servicecatalog:Delete*".to_owned()], ..Role::default() };
        roles.insert("sandbox-entry".to_owned(), Role::default());
        roles.insert("path/reader-plan".to_owned(), only);
    })
    .await;
    let ask = |role: &str, rest: &str| {
        let arn = format!("arn%3Aaws%3Aiam%3A%3A{role}");
        format!("Action=SimulatePrincipalPolicy&Version=2010-05-08&PolicySourceArn={arn}&{rest}")
    };
    let send = |region: &'static str, body: String| {
        let sandbox = &sandbox;
        async move { send(sandbox, "/", &signed(region, "iam"), body.as_bytes()).await }
    };
    let own = "111111111111:role/path/reader-plan";
    let actions = "ActionNames.member.2=servicecatalog%3AListPortfolios&ActionNames.member.10=servicecatalog%3ACreatePortfolio\
                   &ActionNames.member.1=servicecatalog%3ADeletePortfolio";
    let told = send("us-east-1", ask(own, actions)).await;
    assert!(told.starts_with("HTTP/1.1 200") && told.contains("<IsTruncated>false</IsTruncated>"), "{told}");
    let decisions: Vec<&str> = told.split("<EvalDecision>").skip(1).filter_map(|it| it.split('<').next()).collect();
    assert_eq!(decisions, ["explicitDeny", "allowed", "implicitDeny"], "in the order of their numbers");
    let page = send("us-east-1", ask(own, &format!("{actions}&MaxItems=2"))).await;
    assert!(page.contains("<IsTruncated>true</IsTruncated><Marker>"), "{page}");
    for (role, rest, code) in [
        ("111111111111:role/nobody", actions, "NoSuchEntity"),
        ("222222222222:role/x-plan", actions, "InvalidInput"),
        ("111111111111:user/somebody", actions, "InvalidInput"),
        (own, "", "ValidationError"),
        (own, "ActionNames.member.1=all", "InvalidInput"),
        (own, "ActionNames.member.1=a%3Ab&MaxItems=0", "ValidationError"),
        (own, "ActionNames.member.1=a%3Ab&Marker=x", "InvalidInput"),
        (own, "ActionNames.member.1=a%3Ab&ResourceArns.member.1=x", "ValidationError"),
    ] {
        let refused = send("us-east-1", ask(role, rest)).await;
        assert!(refused.contains(&format!("<Code>{code}</Code>")), "{role} {rest}: {refused}");
    }
    let elsewhere = send("eu-west-1", ask(own, actions)).await;
    assert!(elsewhere.contains("<Code>SignatureDoesNotMatch</Code>"), "{elsewhere}");
    let other = send("us-east-1", "Action=ListRoles&Version=2010-05-08".to_owned()).await;
    assert!(other.contains("does not emulate ListRoles"), "{other}");
}
