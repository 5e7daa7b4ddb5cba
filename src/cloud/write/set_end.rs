//! The end of a change set, as AWS reports it.

use std::collections::BTreeMap;

use aws_sdk_marketplacecatalog::operation::describe_change_set::DescribeChangeSetOutput;
use aws_sdk_marketplacecatalog::types::{ChangeStatus, ChangeSummary, ErrorDetail, FailureCode};

use crate::cloud::change_type;

/// The end of a change set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SetEnd {
    /// All its changes were made.
    Made(Made),
    /// None of its changes were made.
    Failed(SetFailure),
    /// Somebody cancelled it, and none of its changes were made.
    Cancelled,
}

/// AWS's report about a set that succeeded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Made {
    /// AWS's remarks about the changes.
    pub(super) remarks: Vec<String>,
    /// The id of the experience that the set created, if it created one.
    pub(super) experience: Option<String>,
}

/// Why a change set failed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SetFailure {
    /// The code of the first error.
    pub(super) code: String,
    /// AWS's messages, one for each error.
    pub(super) said: Vec<String>,
    /// AWS's messages by change type.
    pub(super) of_types: BTreeMap<String, Vec<String>>,
    /// Whether the same set may succeed if it is made again.
    pub(super) passes: bool,
    /// Whether it may succeed as soon as another change to an audience has ended.
    pub(super) is_in_use: bool,
}

/// Codes about an experience rather than about one of its products.
const WHOLE: &[&str] =
    &["ENTITY_NOT_FOUND", "ENTITY_ALREADY_EXISTS", "CALLER_NOT_AUTHORIZED", "AccessDeniedException", "INVALID_STATE"];

impl SetFailure {
    /// Whether one of the products may be the reason.
    pub(super) fn may_be_a_product(&self) -> bool {
        !WHOLE.contains(&self.code.as_str())
    }

    /// AWS's messages that name a product or a principal. `None` if there are none.
    pub(super) fn naming(&self, id: &str) -> Option<String> {
        let naming: Vec<&str> = self.said.iter().map(String::as_str).filter(|said| names(said, id)).collect();
        (!naming.is_empty()).then(|| naming.join("; "))
    }

    /// AWS's messages about the changes of a type. `None` if there are none.
    pub(super) fn of_type(&self, change: &str) -> Option<String> {
        self.of_types.get(change).map(|said| said.join("; "))
    }

    /// All messages of AWS. `None` if there are none.
    pub(super) fn said(&self) -> Option<String> {
        (!self.said.is_empty()).then(|| self.said.join("; "))
    }

    /// All messages of AWS, or a sentence that there are none.
    pub(super) fn message(&self) -> String {
        self.said().unwrap_or_else(|| "AWS gave no reason".to_owned())
    }
}

/// Whether a text holds an id as a whole word: `prod-1` is not in `prod-12`.
fn names(text: &str, id: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).any(|word| word == id)
}

/// The end of a change set. `None` if it still runs.
pub(super) fn ended(answer: &DescribeChangeSetOutput) -> Option<SetEnd> {
    let errors: Vec<&ErrorDetail> = answer.change_set().iter().flat_map(ChangeSummary::error_detail_list).collect();
    let mut said: Vec<String> = errors.iter().map(|error| words(error)).collect();
    match answer.status.as_ref()? {
        ChangeStatus::Succeeded => Some(SetEnd::Made(Made { remarks: said, experience: made(answer) })),
        ChangeStatus::Cancelled => Some(SetEnd::Cancelled),
        ChangeStatus::Failed => {
            let is_fault = answer.failure_code == Some(FailureCode::ServerFault);
            let fallback = if is_fault { "SERVER_FAULT" } else { "ChangeSetFailed" };
            let code = errors.iter().find_map(|error| error.error_code()).unwrap_or(fallback).to_owned();
            let is_in_use = code == "ENTITY_IN_USE";
            let passes = is_fault || is_in_use;
            if said.is_empty() {
                said.extend(answer.failure_description.clone());
            }
            said.dedup();
            Some(SetEnd::Failed(SetFailure { code, said, of_types: of_types(answer), passes, is_in_use }))
        }
        _ => None,
    }
}

fn words(error: &ErrorDetail) -> String {
    [error.error_code(), error.error_message()].into_iter().flatten().collect::<Vec<_>>().join(": ")
}

fn of_types(answer: &DescribeChangeSetOutput) -> BTreeMap<String, Vec<String>> {
    let failed = answer.change_set().iter().filter(|change| !change.error_detail_list().is_empty());
    let said = failed.map(|change| {
        let said = change.error_detail_list().iter().map(words).collect();
        (change.change_type().unwrap_or_default().to_owned(), said)
    });
    said.collect()
}

/// The id of the experience that a set created, without its revision.
fn made(answer: &DescribeChangeSetOutput) -> Option<String> {
    let mut changes = answer.change_set().iter();
    let change = changes.find(|change| change.change_type() == Some(change_type::CREATE_EXPERIENCE))?;
    let identifier = change.entity()?.identifier()?;
    Some(identifier.split('@').next().unwrap_or(identifier).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(said: &[&str]) -> SetFailure {
        let said = said.iter().map(|said| (*said).to_owned()).collect();
        SetFailure { code: "INVALID_INPUT".to_owned(), said, ..SetFailure::default() }
    }

    #[test]
    fn product_is_named_by_its_whole_id() {
        let failure = failed(&["INVALID_INPUT: Product prod-12 is not available.", "INVALID_INPUT: 'prod-3', too"]);
        assert_eq!(failure.naming("prod-1"), None);
        assert_eq!(failure.naming("prod-3").as_deref(), Some("INVALID_INPUT: 'prod-3', too"));
    }

    #[test]
    fn fault_of_aws_passes() {
        let answer = DescribeChangeSetOutput::builder()
            .status(ChangeStatus::Failed)
            .failure_code(FailureCode::ServerFault)
            .failure_description("Retry your request.")
            .build();
        let said = vec!["Retry your request.".to_owned()];
        let expected = SetFailure { code: "SERVER_FAULT".to_owned(), said, passes: true, ..SetFailure::default() };
        assert_eq!(ended(&answer), Some(SetEnd::Failed(expected)));
    }
}
