//! GitHub's OIDC token, which gives a job access to AWS without a stored secret.
//! GitHub, "OpenID Connect reference": `GET $ACTIONS_ID_TOKEN_REQUEST_URL&audience=…`, `Authorization: bearer …`.

use std::collections::BTreeMap;

use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::base64;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::Value;

use super::connection::Connection;
use super::error::{CloudError, deepest};
use super::meaning::Meaning;
use super::pace::Patience;
use super::percent::encoded;
use super::place::Place;

/// How many times GitHub is asked if it does not answer or answers with a 5xx status.
const ATTEMPTS: u32 = 4;

/// Asks GitHub for a token. The error is a sentence.
pub(crate) async fn token(
    connection: &Connection,
    url: &str,
    secret: &str,
    audience: &str,
    mut patience: Patience,
) -> Result<String, String> {
    let mut left = ATTEMPTS;
    loop {
        left -= 1;
        match ask(connection, &with_audience(url, audience), secret).await {
            Err(Refusal { passes: true, reason: _ }) if left > 0 && patience.pause().await => {}
            answer => return answer.map_err(|refusal| refusal.reason),
        }
    }
}

/// Why there is no token, and whether asking again may help.
struct Refusal {
    passes: bool,
    reason: String,
}

async fn ask(connection: &Connection, address: &str, secret: &str) -> Result<String, Refusal> {
    let lasting = |reason: &str| Refusal { passes: false, reason: reason.to_owned() };
    let mut request = HttpRequest::new(SdkBody::empty());
    request.set_uri(address).map_err(|_| lasting("its address is invalid"))?;
    let headers = request.headers_mut();
    headers.insert("accept", "application/json");
    let bearer = format!("bearer {secret}");
    headers.try_insert("authorization", bearer).map_err(|_| lasting("the request token is no header's value"))?;
    let answer = connection.call(request).await.map_err(|error| Refusal { passes: true, reason: deepest(&error) })?;
    let status = answer.status().as_u16();
    let body = ByteStream::new(answer.into_body()).collect().await;
    let body = body.map_err(|error| Refusal { passes: true, reason: deepest(&error) })?.into_bytes();
    match status {
        200 => {
            let answer: Value = serde_json::from_slice(&body).map_err(|_| lasting("the answer is no JSON"))?;
            let token = answer.get("value").and_then(Value::as_str);
            token.map(str::to_owned).ok_or_else(|| lasting("the answer holds none"))
        }
        500.. => Err(Refusal { passes: true, reason: format!("GitHub answered with status {status}") }),
        _ => Err(lasting(&format!(
            "GitHub answered with status {status}; the job needs `permissions: id-token: write`, which a pull request \
             from a fork never gets"
        ))),
    }
}

/// The error for a token that GitHub did not give.
pub(crate) fn no_token(place: &Place, reason: &str) -> CloudError {
    let message = format!("could not get GitHub's OIDC token: {reason}");
    CloudError::own("GetIdToken", place, "NoToken", Meaning::Denied, message)
}

/// The issuer of github.com's tokens. GitHub Enterprise has issuers of its own.
pub(crate) const ISSUER: &str = "token.actions.githubusercontent.com";

/// The issuer that a token names, without `https://`: the name of its identity provider in AWS.
pub(crate) fn issuer(token: &str) -> String {
    let issuer = claim(token, "iss");
    issuer.map_or_else(|| ISSUER.to_owned(), |url| url.strip_prefix("https://").unwrap_or(&url).to_owned())
}

/// The value of a claim, read without verifying the signature. A trust policy has to allow the claim `sub`.
pub(crate) fn claim(token: &str, name: &str) -> Option<String> {
    Some(payload(token)?.get(name)?.as_str()?.to_owned())
}

/// The values of some claims. A list becomes one string with commas. `None` if the token can't be read.
pub(crate) fn claims(token: &str, names: &[&'static str]) -> Option<BTreeMap<&'static str, String>> {
    let payload = payload(token)?;
    let words = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(several) => Some(several.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")),
        _ => None,
    };
    Some(names.iter().filter_map(|name| Some((*name, words(payload.get(*name)?)?))).collect())
}

fn payload(token: &str) -> Option<Value> {
    let payload = token.split('.').nth(1)?.replace('-', "+").replace('_', "/");
    let padding = "=".repeat(payload.len().wrapping_neg() % 4);
    serde_json::from_slice(&base64::decode(payload + &padding).ok()?).ok()
}

/// The address with the audience added to its query. GitHub's address already has a query.
fn with_audience(url: &str, audience: &str) -> String {
    format!("{url}{}audience={}", if url.contains('?') { '&' } else { '?' }, encoded(audience))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subject_and_issuer_are_read_from_the_token() {
        let says =
            r#"{"sub":"repo:acme/catalog:ref:refs/heads/main?>","iss":"https://github.acme.example/_services/token"}"#;
        let payload = base64::encode(says).replace('+', "-").replace('/', "_").replace('=', "");
        let token = format!("head.{payload}.signature");
        assert_eq!(claim(&token, "sub").as_deref(), Some("repo:acme/catalog:ref:refs/heads/main?>"));
        assert_eq!(issuer(&token), "github.acme.example/_services/token");
        assert_eq!((claim("no token", "sub"), &*issuer("no token")), (None, ISSUER));
        assert_eq!(claims(&token, &["sub", "aud"]).map(|told| told.len()), Some(1));
        assert_eq!(claims("no.to+ken.", &["sub"]), None);
    }

    #[test]
    fn the_audience_joins_the_query() {
        assert_eq!(with_audience("http://x/?a=b", "sts.amazonaws.com"), "http://x/?a=b&audience=sts.amazonaws.com");
        assert_eq!(with_audience("http://x/", "https://a b"), "http://x/?audience=https%3A%2F%2Fa%20b");
    }
}
