//! IAM's `SimulatePrincipalPolicy`, the only call to IAM: what a role may do, without doing it.
//!
//! Written by hand over the SDK's signer and XML reader, which the other SDK crates bring in anyway. The crate
//! `aws-sdk-iam` is 17 MB of source and takes a minute to build, for one call.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::error::metadata::ErrorMetadata;

use super::by_hand::ByHand;
use super::connection::Connection;
use super::iam_answer::{Simulated, page, refusal};
use super::operation::Operation;
use super::percent::encoded;
use super::place::{Place, iam_region};
use super::request::{Answer, Request};

/// The version of IAM's API.
const VERSION: &str = "2010-05-08";

/// A client of IAM.
#[derive(Debug, Clone)]
pub(crate) struct Iam(ByHand);

impl Iam {
    /// `place` selects the partition; IAM has one address in each.
    pub(super) fn new(config: &SdkConfig, connection: Connection, place: &Place) -> Self {
        let region = iam_region(&place.region);
        let endpoint = usual_endpoint(region.as_str());
        Self(ByHand::new(config, connection, ("IAM", "iam"), region.as_str(), endpoint))
    }

    /// A request for one page: whether a role may call some actions on every resource. `context` holds condition keys
    /// with their values.
    pub(super) fn simulate(
        &self,
        role: &str,
        actions: &[String],
        context: &[(&str, &str)],
        marker: Option<String>,
    ) -> Simulate {
        let mut form = vec![
            ("Action".to_owned(), Operation::SimulatePrincipalPolicy.name().to_owned()),
            ("Version".to_owned(), VERSION.to_owned()),
            ("PolicySourceArn".to_owned(), role.to_owned()),
        ];
        let actions = actions.iter().zip(1..);
        form.extend(actions.map(|(action, number)| (format!("ActionNames.member.{number}"), action.clone())));
        for ((key, value), number) in context.iter().zip(1..) {
            let entry = format!("ContextEntries.member.{number}");
            form.push((format!("{entry}.ContextKeyName"), (*key).to_owned()));
            form.push((format!("{entry}.ContextKeyType"), "string".to_owned()));
            form.push((format!("{entry}.ContextKeyValues.member.1"), (*value).to_owned()));
        }
        form.extend(marker.map(|marker| ("Marker".to_owned(), marker)));
        let pairs = form.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
        Simulate { iam: self.clone(), body: pairs.collect::<Vec<_>>().join("&") }
    }
}

/// IAM's address in the partition of its region (AWS General Reference, "IAM endpoints and quotas").
fn usual_endpoint(region: &str) -> &'static str {
    match region {
        "cn-north-1" => "https://iam.cn-north-1.amazonaws.com.cn",
        "us-gov-west-1" => "https://iam.us-gov.amazonaws.com",
        _ => "https://iam.amazonaws.com",
    }
}

/// A request that is not signed yet.
#[derive(Debug, Clone)]
pub(super) struct Simulate {
    iam: Iam,
    body: String,
}

/// One page of decisions, and the marker of the next page.
pub(super) struct Simulation {
    pub(super) decisions: Vec<Simulated>,
    pub(super) next: Option<String>,
}

impl Request for Simulate {
    const OPERATION: Operation = Operation::SimulatePrincipalPolicy;

    type Output = Simulation;
    type Error = ErrorMetadata;

    fn attempt(self) -> Answer<Simulation, ErrorMetadata> {
        const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
        Box::pin(async move {
            let Self { iam: Iam(iam), body } = self;
            let read = |answer: &[u8]| {
                page(&String::from_utf8_lossy(answer)).map(|(decisions, next)| Simulation { decisions, next })
            };
            let refused = |answer: &HttpResponse| {
                refusal(&answer.body().bytes().map(String::from_utf8_lossy).unwrap_or_default())
            };
            iam.post(Self::OPERATION, &[FORM], body, read, refused).await
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iam_has_one_address_in_each_partition() {
        let address = |home: &str| usual_endpoint(iam_region(&home.parse().unwrap()).as_str());
        assert_eq!(address("eu-west-1"), "https://iam.amazonaws.com");
        assert_eq!(address("cn-northwest-1"), "https://iam.cn-north-1.amazonaws.com.cn");
        assert_eq!(address("us-gov-east-1"), "https://iam.us-gov.amazonaws.com");
    }
}
