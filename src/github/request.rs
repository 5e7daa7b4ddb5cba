//! Reads a request for a product from the `repository_dispatch` event that an EventBridge rule sends. Its
//! `client_payload` holds the AWS event's `detail-type` and `detail`.

use std::fmt::Display;
use std::str::FromStr;

use serde_json::Value;

use crate::model::request::{ProductRequest, Stage};

/// The type of this `repository_dispatch`.
pub const KIND: &str = "catalog-sync-request";

/// A payload that is not a request, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the event holds no request for a product: {}; docs/events.md has the rule that sends it", problems.join("; "))]
pub struct NoRequest {
    problems: Vec<String>,
}

const DETAIL: &str = "/client_payload/detail";

/// Parses the payload of a GitHub event.
pub fn read(json: &str) -> Result<ProductRequest, NoRequest> {
    let payload: Value =
        serde_json::from_str(json).map_err(|error| NoRequest { problems: vec![format!("it is not JSON: {error}")] })?;
    let mut problems = Vec::new();
    let stage = required::<String>(&payload, "/client_payload/detail-type", &mut problems).and_then(|name| {
        let known = Stage::ALL.iter().find(|(known, _)| *known == name).map(|(_, stage)| *stage);
        if known.is_none() {
            problems.push(format!("`client_payload.detail-type` is {name:?}, which is no event about a request"));
        }
        known
    });
    let id = required(&payload, &format!("{DETAIL}/requestId"), &mut problems);
    let product = required(&payload, &format!("{DETAIL}/product/id"), &mut problems);
    let experience = required(&payload, &format!("{DETAIL}/experienceId"), &mut problems);
    let text = |path: &str| payload.pointer(&format!("{DETAIL}/{path}")).and_then(Value::as_str).map(str::to_owned);
    match (stage, id, product, experience) {
        (Some(stage), Some(id), Some(product), Some(experience)) => Ok(ProductRequest {
            id,
            stage,
            product,
            title: text("product/title"),
            vendor: text("manufacturer/name"),
            experience,
            requester: text("requesterArn"),
            expires: text("expirationDate"),
        }),
        _ => Err(NoRequest { problems }),
    }
}

/// A required value. If it is missing or invalid, that is added to `problems`.
fn required<T: FromStr<Err: Display>>(payload: &Value, path: &str, problems: &mut Vec<String>) -> Option<T> {
    let name = path.trim_start_matches('/').replace('/', ".");
    match payload.pointer(path).map(|value| value.as_str().map(str::parse)) {
        None => problems.push(format!("`{name}` is missing")),
        Some(None) => problems.push(format!("`{name}` is no text")),
        Some(Some(Err(error))) => problems.push(format!("`{name}`: {error}")),
        Some(Some(Ok(value))) => return Some(value),
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_and_all_of_it() {
        let said = |json: &str| read(json).unwrap_err().to_string();
        let nothing = said("{}");
        for name in ["detail-type", "detail.requestId", "detail.product.id", "detail.experienceId"] {
            assert!(nothing.contains(&format!("`client_payload.{name}` is missing")), "{nothing}");
        }
        let odd = said(
            r#"{"client_payload": {"detail-type": "Offer Released", "detail": {"requestId": "../x", "product": {"id": 7},
                "experienceId": "exp-1"}}}"#,
        );
        for words in ["\"Offer Released\", which", "`../x` is not a request's id", "product.id` is no text"] {
            assert!(odd.contains(words), "{words}: {odd}");
        }
        assert!(!odd.contains("experienceId"), "{odd}");
        assert!(said("[").contains("not JSON"));
    }

    /// The documentation's EventBridge rule, applied to AWS's own example event, gives a payload that `read` accepts.
    #[test]
    fn rule_of_the_documentation_sends_what_is_read() {
        const RULE: &str = include_str!("../../docs/events.md");
        let line = |key: &str| {
            let line = RULE.lines().find_map(|line| line.trim().strip_prefix(key)).unwrap_or_default();
            line.trim().trim_matches('\'')
        };
        assert_eq!(line("InputPathsMap:"), "{type: $.detail-type, detail: $.detail}");
        assert!(RULE.contains("types: [catalog-sync-request]"), "the workflow is started by it");
        for (name, stage) in Stage::ALL {
            assert!(RULE.contains(&format!("- {name}\n")), "{name}");
            let detail = r#"{"requestId": "3d4c9f9b-b809-4f5e-9fac-a9ae98b05cbb",
                "expirationDate": "2022-11-01T13:12:22Z", "schemaVersion": "1.0.0",
                "product": {"id": "product-12345", "arn": "arn:x", "title": "MSP360 Backup"},
                "manufacturer": {"name": "Test Vendor"}, "experienceId": "exp-12345",
                "productProcurementRequestId": "prodprocreq-67890", "catalog": "AWSMarketplace",
                "requesterArn": "arn:aws:iam::255182084545:user/pmp-enduser"}"#;
            let sent = line("InputTemplate:").replace("<type>", &format!("{name:?}")).replace("<detail>", detail);
            let sent: Value = serde_json::from_str(&sent).unwrap();
            assert_eq!(sent["event_type"], KIND);
            // GitHub delivers the dispatch to the workflow in this form.
            let event = serde_json::json!({"action": sent["event_type"], "client_payload": sent["client_payload"]});
            let request = read(&event.to_string()).unwrap();
            assert_eq!((request.stage, request.title.as_deref()), (stage, Some("MSP360 Backup")));
        }
    }

    #[test]
    fn what_only_people_read_may_be_missing() {
        let json = r#"{"action": "catalog-sync-request", "client_payload": {"detail-type": "Product Request Expired",
            "detail": {"requestId": "3d4c9f9b-b809", "product": {"id": "prod-1"}, "experienceId": "exp-1"}}}"#;
        let request = read(json).unwrap();
        assert_eq!((request.stage, request.title, request.expires), (Stage::Expired, None, None));
    }
}
