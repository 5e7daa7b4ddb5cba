//! Answers, in the protocol of the service.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value, json};

use super::codec::xml_escape;
use super::protocol::Protocol;

/// An error of AWS.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Failure {
    pub(super) code: String,
    pub(super) message: String,
    pub(super) status: u16,
    /// `ValidationExceptionFieldList` of the Marketplace Catalog: the invalid fields.
    pub(super) fields: Vec<Value>,
}

impl Failure {
    /// An error with status 400, which the JSON 1.1 services give for every error of the caller.
    pub(super) fn new(code: &str, message: impl Into<String>) -> Self {
        Self::with_status(code, 400, message)
    }

    pub(super) fn with_status(code: &str, status: u16, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), status, fields: Vec::new() }
    }

    /// The same error with another code.
    pub(super) fn with_code(self, code: &str) -> Self {
        Self { code: code.to_owned(), ..self }
    }

    /// The same error from STS or IAM, whose code for invalid input is `ValidationError`.
    pub(super) fn in_a_form(self) -> Self {
        if self.code == "ValidationException" { self.with_code("ValidationError") } else { self }
    }

    /// The error for a missing field.
    pub(super) fn missing(field: &str) -> Self {
        Self::constraint("null", field, "Member must not be null")
    }

    /// The error for a value that the service's model does not allow.
    pub(super) fn constraint(value: &str, field: &str, rule: &str) -> Self {
        let value = if value == "null" { value.to_owned() } else { format!("'{value}'") };
        let message =
            format!("1 validation error detected: Value {value} at '{field}' failed to satisfy constraint: {rule}");
        Self::new("ValidationException", message)
    }
}

/// The body of an answer: JSON, or for STS and IAM finished XML.
pub(super) enum Body {
    Json(Value),
    Xml(String),
}

/// A request id. Ids count up, so that a log can be matched with the list of calls.
fn request_id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

/// The member that holds an error's message in most of the services' models.
pub(super) const MESSAGE: &str = "Message";

/// The HTTP response for an outcome. `message` is the member that holds an error's message in JSON.
pub(super) fn render(
    outcome: &Result<Body, Failure>,
    protocol: Protocol,
    message: &str,
    number: usize,
) -> Response<Full<Bytes>> {
    let id = request_id(number);
    let (status, text) = match outcome {
        Ok(Body::Json(value)) => (200, value.to_string()),
        Ok(Body::Xml(xml)) => (200, xml.replace("{request-id}", &id)),
        Err(failure) => (failure.status, error_text(failure, protocol, message, &id)),
    };
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let content_type = match protocol {
        Protocol::Json11 => "application/x-amz-json-1.1",
        Protocol::RestJson => "application/json",
        Protocol::Query => "text/xml",
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert("x-amzn-requestid", id);
    }
    if let (Protocol::RestJson, Err(failure)) = (protocol, outcome)
        && let Ok(code) = HeaderValue::from_str(&failure.code)
    {
        headers.insert("x-amzn-errortype", code);
    }
    response
}

fn error_text(failure: &Failure, protocol: Protocol, member: &str, id: &str) -> String {
    let Failure { code, message, status, fields } = failure;
    match protocol {
        Protocol::Json11 => json!({"__type": code, member: message}).to_string(),
        Protocol::RestJson if fields.is_empty() => json!({member: message}).to_string(),
        Protocol::RestJson => json!({member: message, "ValidationExceptionFieldList": fields}).to_string(),
        Protocol::Query => {
            let kind = if *status < 500 { "Sender" } else { "Receiver" };
            let (code, message) = (xml_escape(code), xml_escape(message));
            format!(
                "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>{kind}</Type>\
                 <Code>{code}</Code><Message>{message}</Message></Error><RequestId>{id}</RequestId></ErrorResponse>"
            )
        }
    }
}

/// A JSON object without the members that are null, since AWS leaves those out.
pub(super) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let given = members.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(given.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
}
