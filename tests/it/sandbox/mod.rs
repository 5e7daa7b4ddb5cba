//! The sandbox, driven by the real SDK clients over loopback.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::format_collect,
    reason = "a test may stop in the middle"
)]

mod access;
mod auth;
mod catalog_products;
mod change_sets;
mod constraints;
mod copies;
mod entities;
mod example;
mod fault;
mod limits;
mod local;
mod marketplace;
mod marketplace_rules;
mod organizations;
mod principals;
mod recorded;
mod service_catalog;
pub(crate) mod shapes;
mod share_rules;
mod wire;

use aws_credential_types::Credentials;
use aws_sdk_marketplacecatalog as marketplacecatalog;
use aws_sdk_organizations as organizations_sdk;
use aws_sdk_servicecatalog as servicecatalog;
use aws_sdk_sts as sts;
use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::RetryConfig;
use catalog_sync::sandbox::{START_ACCESS_KEY, START_SECRET, Sandbox, World};

const ACME: &str = "111111111111";
const HUB: &str = "111111111112";
const SUBSIDIARY: &str = "222222222221";
const PROCUREMENT: &str = "222222222222";
const SHOP: &str = "333333333331";
const PARTNER: &str = "999999999991";

/// The clients of one set of credentials.
struct Clients {
    url: String,
    credentials: Credentials,
}

/// A sandbox with the built-in world after `change`.
async fn sandbox(change: impl FnOnce(&mut World)) -> Sandbox {
    let mut world = World::example();
    change(&mut world);
    Sandbox::start(world).await.expect("a free port")
}

/// Clients with the starting credentials.
fn start(sandbox: &Sandbox) -> Clients {
    Clients { url: sandbox.url(), credentials: Credentials::new(START_ACCESS_KEY, START_SECRET, None, None, "test") }
}

/// Clients with a session of a role in an account.
async fn role(sandbox: &Sandbox, account: &str, role: &str) -> Clients {
    let arn = format!("arn:aws:iam::{account}:role/{role}");
    let request = start(sandbox).sts().assume_role().role_arn(arn).role_session_name("test");
    let answer = request.send().await.expect("the role lets us in");
    session(sandbox, answer.credentials().expect("credentials"))
}

/// Clients with a session of the apply role in an account.
async fn apply(sandbox: &Sandbox, account: &str) -> Clients {
    role(sandbox, account, "catalog-sync-apply").await
}

/// Clients with the credentials of a session.
fn session(sandbox: &Sandbox, it: &sts::types::Credentials) -> Clients {
    let token = Some(it.session_token().to_owned());
    let credentials = Credentials::new(it.access_key_id(), it.secret_access_key(), token, None, "test");
    Clients { url: sandbox.url(), credentials }
}

fn http() -> SharedHttpClient {
    Builder::new().build_http()
}

/// A client that makes one attempt only, so that a test sees each answer.
macro_rules! client {
    ($self:expr, $sdk:ident, $region:expr) => {
        $sdk::Client::from_conf(
            $sdk::Config::builder()
                .behavior_version($sdk::config::BehaviorVersion::latest())
                .region($sdk::config::Region::new($region))
                .credentials_provider($self.credentials.clone())
                .retry_config(RetryConfig::disabled())
                .endpoint_url(&$self.url)
                .http_client(http())
                .build(),
        )
    };
}

impl Clients {
    fn sts(&self) -> sts::Client {
        client!(self, sts, "us-east-1")
    }

    fn organizations(&self) -> organizations_sdk::Client {
        client!(self, organizations_sdk, "us-east-1")
    }

    fn service_catalog(&self) -> servicecatalog::Client {
        self.service_catalog_in("us-east-1")
    }

    fn service_catalog_in(&self, region: &'static str) -> servicecatalog::Client {
        client!(self, servicecatalog, region)
    }

    fn marketplace(&self) -> marketplacecatalog::Client {
        self.marketplace_in("us-east-1")
    }

    fn marketplace_in(&self, region: &'static str) -> marketplacecatalog::Client {
        client!(self, marketplacecatalog, region)
    }
}

/// The code and the message of a refusal.
fn refusal<T, E, R>(outcome: Result<T, SdkError<E, R>>) -> (String, String)
where
    E: ProvideErrorMetadata + std::fmt::Debug,
{
    let Err(SdkError::ServiceError(error)) = outcome else { panic!("it was not refused") };
    let metadata = error.into_err();
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    (text(metadata.code()), text(metadata.message()))
}

/// The code of a refusal.
fn code<T, E, R>(outcome: Result<T, SdkError<E, R>>) -> String
where
    E: ProvideErrorMetadata + std::fmt::Debug,
{
    refusal(outcome).0
}
