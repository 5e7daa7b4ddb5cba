//! An AWS whose roles have the policies that `iam` prints, and a GitHub that gives tokens.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use catalog_sync::sandbox::{Role, Sandbox, World};
use serde_json::{Value, json};

use super::super::bed::{Bed, Ran};

/// The AWS of a catalog. Only GitHub's token opens a session in it.
pub(super) struct Aws {
    runtime: tokio::runtime::Runtime,
    pub(super) sandbox: Sandbox,
    tokens: String,
    subject: Arc<Mutex<String>>,
}

/// Every account id in a world.
fn accounts(world: &World) -> BTreeSet<String> {
    let text = serde_json::to_string(world).unwrap();
    let words = text.split(|c: char| !c.is_ascii_digit());
    words.filter(|word| word.len() == 12).map(str::to_owned).collect()
}

/// Gives each account the roles of its kind. Another role can't be entered.
fn install(world: &mut World, kinds: &[Value]) {
    let all = accounts(world);
    let named: BTreeSet<String> = kinds.iter().flat_map(|kind| super::strings(&kind["accounts"])).collect();
    for kind in kinds {
        let mut places: BTreeSet<String> = super::strings(&kind["accounts"]).into_iter().collect();
        if kind["and_others"] == true {
            places.extend(all.difference(&named).cloned());
        }
        for account in places {
            let own: Value = serde_json::from_str(&kind.to_string().replace("{account}", &account)).unwrap();
            let roles = &mut world.accounts.entry(account.clone()).or_default().roles;
            for role in own["roles"].as_array().unwrap() {
                let name = role["arn"].as_str().unwrap().split(":role/").nth(1).unwrap().to_owned();
                let policies = Some(role["policies"].as_array().unwrap().clone());
                let trust_policy = Some(role["trust_policy"].clone());
                roles.insert(name, Role { policies, trust_policy, ..Role::default() });
            }
            // Any other role name exists, so that principals of portfolios can refer to it, and can't be entered.
            roles.insert("*".to_owned(), Role { trusts: vec!["nobody".to_owned()], ..Role::default() });
        }
    }
}

fn jwt(subject: &str) -> String {
    let claims = json!({
        "iss": "https://token.actions.githubusercontent.com",
        "sub": subject,
        "aud": "sts.amazonaws.com",
        "exp": 4_102_444_800_u64,
    });
    let part =
        |value: &str| aws_smithy_types::base64::encode(value).replace('+', "-").replace('/', "_").replace('=', "");
    format!("{}.{}.{}", part(r#"{"alg":"RS256","typ":"JWT"}"#), part(&claims.to_string()), part("signature"))
}

/// A server that answers each request with a token of the current subject.
fn github(subject: Arc<Mutex<String>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/token?api-version=2.0", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _length = stream.read(&mut [0; 4096]).unwrap();
            let body = json!({"value": jwt(&subject.lock().unwrap())}).to_string();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            stream.write_all((head + &body).as_bytes()).unwrap();
        }
    });
    url
}

impl Aws {
    /// Starts the AWS with the roles that `iam` prints for the current catalog.
    pub(super) fn start(bed: &Bed, mut world: World) -> Self {
        install(&mut world, &super::kinds(bed));
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let sandbox = runtime.block_on(Sandbox::start(world)).unwrap();
        let subject = Arc::default();
        let tokens = github(Arc::clone(&subject));
        Self { runtime, sandbox, tokens, subject }
    }

    /// Installs the roles again after a change of the catalog.
    pub(super) fn install(&self, bed: &Bed) {
        let kinds = super::kinds(bed);
        self.sandbox.change(|world| install(world, &kinds));
    }

    /// Runs a command as a job whose token has this subject.
    pub(super) fn run_as(&self, bed: &Bed, subject: &str, arguments: &[&str]) -> Ran {
        subject.clone_into(&mut self.subject.lock().unwrap());
        let variables = [
            ("AWS_ENDPOINT_URL", &*self.sandbox.url()),
            ("AWS_REGION", "us-east-1"),
            ("ACTIONS_ID_TOKEN_REQUEST_URL", &*self.tokens),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-token"),
            ("CATALOG_SYNC_SHARE_PAUSE", "0s"),
        ];
        bed.run_with(arguments, &variables)
    }

    /// Runs a command as a pull request's job, or an apply as a job of the apply environment.
    pub(super) fn run(&self, bed: &Bed, arguments: &[&str]) -> Ran {
        let applies = arguments.first() == Some(&"apply");
        let subject = if applies {
            "repo:acme/catalog:environment:catalog-sync-apply"
        } else {
            "repo:acme@1/catalog@22:pull_request"
        };
        self.run_as(bed, subject, arguments)
    }

    /// The IAM actions that the calls need, by account and role.
    pub(super) fn used(&self) -> BTreeMap<(String, String), BTreeSet<String>> {
        let mut used: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
        for call in self.sandbox.calls() {
            let (Some(account), Some(role)) = (call.account, call.role) else { continue };
            let operation = if call.operation == "BatchDescribeEntities" { "DescribeEntity" } else { &call.operation };
            let besides: &[&str] = match operation {
                "CreatePortfolio" => &["servicecatalog:TagResource"],
                "UpdatePortfolio" | "UpdateProduct" => &["servicecatalog:TagResource", "servicecatalog:UntagResource"],
                "CreateConstraint" | "UpdateConstraint" => &["iam:PassRole"],
                _ => &[],
            };
            let all = std::iter::once(format!("{}:{operation}", call.service));
            let all = all.chain(besides.iter().map(|action| (*action).to_owned()));
            used.entry((account, role)).or_default().extend(all);
        }
        used
    }

    /// The calls that were refused for lack of permission.
    pub(super) fn refused(&self) -> Vec<String> {
        let calls = self.sandbox.calls().into_iter();
        let refused = calls.filter(|call| call.outcome.as_ref().is_err_and(|code| code.starts_with("AccessDenied")));
        refused.map(|call| format!("{:?} {:?} {}", call.account, call.role, call.operation)).collect()
    }

    pub(super) fn stop(self) -> World {
        self.runtime.block_on(self.sandbox.stop())
    }
}
