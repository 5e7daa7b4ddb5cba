//! How a change set ended, as AWS tells it.

use aws_sdk_marketplacecatalog::operation::describe_change_set::DescribeChangeSetOutput;
use aws_sdk_marketplacecatalog::types::{ChangeStatus, ChangeSummary, ErrorDetail, FailureCode};

/// How a change set ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SetEnd {
    /// It was made. AWS may have remarks on it.
    Made(Vec<String>),
    /// Nothing of it was made.
    Failed(SetFailure),
    /// Somebody cancelled it: nothing of it was made.
    Cancelled,
}

/// Why a change set failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SetFailure {
    /// The code of the first error.
    pub(super) code: String,
    /// What AWS says, error by error.
    pub(super) said: Vec<String>,
    /// Whether the same set, made anew, may succeed.
    pub(super) passes: bool,
}

/// Codes that are about an experience and not about one of its products.
const WHOLE: &[&str] =
    &["ENTITY_NOT_FOUND", "ENTITY_ALREADY_EXISTS", "CALLER_NOT_AUTHORIZED", "AccessDeniedException", "INVALID_STATE"];

impl SetFailure {
    /// Whether one of the products may be the reason.
    pub(super) fn may_be_a_product(&self) -> bool {
        !WHOLE.contains(&self.code.as_str())
    }

    /// What AWS says of a product, if it names it.
    pub(super) fn of_product(&self, product: &str) -> Option<String> {
        let naming: Vec<&str> = self.said.iter().map(String::as_str).filter(|said| names(said, product)).collect();
        (!naming.is_empty()).then(|| naming.join("; "))
    }

    /// Everything that AWS says.
    pub(super) fn message(&self) -> String {
        if self.said.is_empty() { "AWS gave no reason".to_owned() } else { self.said.join("; ") }
    }
}

/// Whether a text holds an id as a word of its own: `prod-1` is not in `prod-12`.
fn names(text: &str, id: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).any(|word| word == id)
}

/// How a change set ended; `None` while it goes on.
pub(super) fn ended(answer: &DescribeChangeSetOutput) -> Option<SetEnd> {
    let errors: Vec<&ErrorDetail> = answer.change_set().iter().flat_map(ChangeSummary::error_detail_list).collect();
    let said = |error: &&ErrorDetail| {
        [error.error_code(), error.error_message()].into_iter().flatten().collect::<Vec<_>>().join(": ")
    };
    let mut said: Vec<String> = errors.iter().map(said).collect();
    match answer.status.as_ref()? {
        ChangeStatus::Succeeded => Some(SetEnd::Made(said)),
        ChangeStatus::Cancelled => Some(SetEnd::Cancelled),
        ChangeStatus::Failed => {
            let is_fault = answer.failure_code == Some(FailureCode::ServerFault);
            let fallback = if is_fault { "SERVER_FAULT" } else { "ChangeSetFailed" };
            let code = errors.iter().find_map(|error| error.error_code()).unwrap_or(fallback).to_owned();
            // Another change to an audience is under way.
            let passes = is_fault || code == "ENTITY_IN_USE";
            if said.is_empty() {
                said.extend(answer.failure_description.clone());
            }
            said.dedup();
            Some(SetEnd::Failed(SetFailure { code, said, passes }))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(said: &[&str]) -> SetFailure {
        let said = said.iter().map(|said| (*said).to_owned()).collect();
        SetFailure { code: "INVALID_INPUT".to_owned(), said, passes: false }
    }

    #[test]
    fn product_is_named_by_its_whole_id() {
        let failure = failed(&["INVALID_INPUT: Product prod-12 is not available.", "INVALID_INPUT: 'prod-3', too"]);
        assert_eq!(failure.of_product("prod-1"), None);
        assert_eq!(failure.of_product("prod-3").as_deref(), Some("INVALID_INPUT: 'prod-3', too"));
    }

    #[test]
    fn fault_of_aws_passes() {
        let answer = DescribeChangeSetOutput::builder()
            .status(ChangeStatus::Failed)
            .failure_code(FailureCode::ServerFault)
            .failure_description("Retry your request.")
            .build();
        let said = vec!["Retry your request.".to_owned()];
        let expected = SetFailure { code: "SERVER_FAULT".to_owned(), said, passes: true };
        assert_eq!(ended(&answer), Some(SetEnd::Failed(expected)));
    }
}
