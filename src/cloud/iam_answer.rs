//! The XML answers of `SimulatePrincipalPolicy`.

use aws_smithy_types::error::metadata::ErrorMetadata;
use aws_smithy_xml::decode::{Document, ScopedDecoder, XmlDecodeError, try_data};

/// IAM's decision about an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// A statement allows it.
    Allowed,
    /// A statement denies it.
    Denied,
    /// No statement allows it for every resource. A statement may still allow it for some.
    NotAllowed,
}

/// The decision about one action, by the role's policies, its permissions boundary and the organization's policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulated {
    /// The action, such as `servicecatalog:CreatePortfolioShare`.
    pub action: String,
    /// The decision for every resource at once.
    pub decision: Decision,
    /// Condition keys in the role's policies that the request gave no value for. With a value, the decision may differ.
    pub untold: Vec<String>,
}

/// The decisions on a page, and the marker of the next page.
pub(super) fn page(xml: &str) -> Result<(Vec<Simulated>, Option<String>), XmlDecodeError> {
    let mut document = Document::new(xml);
    let mut root = document.root_element()?;
    let mut decisions = Vec::new();
    let (mut marker, mut is_truncated, mut is_answer) = (None, false, false);
    while let Some(mut result) = root.next_tag() {
        if !result.start_el().matches("SimulatePrincipalPolicyResult") {
            continue;
        }
        is_answer = true;
        while let Some(mut tag) = result.next_tag() {
            match tag.start_el().local() {
                "EvaluationResults" => {
                    while let Some(mut member) = tag.next_tag() {
                        decisions.push(decision(&mut member)?);
                    }
                }
                "IsTruncated" => is_truncated = try_data(&mut tag)?.trim() == "true",
                "Marker" => marker = Some(try_data(&mut tag)?.into_owned()),
                _ => {}
            }
        }
    }
    if !is_answer {
        return Err(XmlDecodeError::custom("IAM's answer has no SimulatePrincipalPolicyResult"));
    }
    Ok((decisions, marker.filter(|_| is_truncated)))
}

fn decision(member: &mut ScopedDecoder<'_, '_>) -> Result<Simulated, XmlDecodeError> {
    let (mut action, mut decision, mut untold) = (None, None, Vec::new());
    while let Some(mut tag) = member.next_tag() {
        match tag.start_el().local() {
            "EvalActionName" => action = Some(try_data(&mut tag)?.into_owned()),
            "EvalDecision" => decision = Some(try_data(&mut tag)?.into_owned()),
            "MissingContextValues" => {
                while let Some(mut key) = tag.next_tag() {
                    untold.push(try_data(&mut key)?.into_owned());
                }
            }
            _ => {}
        }
    }
    let action = action.ok_or_else(|| XmlDecodeError::custom("a decision without its action"))?;
    let decision = match decision.as_deref() {
        Some("allowed") => Decision::Allowed,
        Some("explicitDeny") => Decision::Denied,
        Some("implicitDeny") => Decision::NotAllowed,
        other => return Err(XmlDecodeError::custom(format!("a decision that is not known: {other:?}"))),
    };
    Ok(Simulated { action, decision, untold })
}

/// The error in an answer. Without code and message if the answer can't be read.
pub(super) fn refusal(xml: &str) -> ErrorMetadata {
    let mut builder = ErrorMetadata::builder();
    let mut document = Document::new(xml);
    let Ok(mut root) = document.root_element() else { return builder.build() };
    while let Some(mut error) = root.next_tag() {
        if !error.start_el().matches("Error") {
            continue;
        }
        while let Some(mut tag) = error.next_tag() {
            let name = tag.start_el().local().to_owned();
            let Ok(text) = try_data(&mut tag) else { continue };
            builder = match name.as_str() {
                "Code" => builder.code(text.into_owned()),
                "Message" => builder.message(text.into_owned()),
                _ => builder,
            };
        }
    }
    builder.build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(members: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><SimulatePrincipalPolicyResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
             <SimulatePrincipalPolicyResult>{members}</SimulatePrincipalPolicyResult><ResponseMetadata><RequestId>1\
             </RequestId></ResponseMetadata></SimulatePrincipalPolicyResponse>"
        )
    }

    #[test]
    fn decisions_and_the_conditions_they_hang_on_are_read() {
        let members = "<IsTruncated>true</IsTruncated><Marker>next</Marker><EvaluationResults>\
             <member><EvalActionName>a:B</EvalActionName><EvalResourceName>*</EvalResourceName>\
             <EvalDecision>allowed</EvalDecision><MatchedStatements><member><SourcePolicyId>P</SourcePolicyId></member>\
             </MatchedStatements><MissingContextValues/></member>\
             <member><EvalActionName>a:C</EvalActionName><EvalDecision>implicitDeny</EvalDecision>\
             <MissingContextValues><member>catalog:ChangeType</member></MissingContextValues></member>\
             </EvaluationResults>";
        let (decisions, next) = page(&answer(members)).unwrap();
        let told: Vec<_> = decisions.iter().map(|it| (it.action.as_str(), it.decision, it.untold.len())).collect();
        assert_eq!(told, [("a:B", Decision::Allowed, 0), ("a:C", Decision::NotAllowed, 1)]);
        assert_eq!(next.as_deref(), Some("next"));
    }

    #[test]
    fn answer_that_is_not_understood_is_no_decision() {
        for members in [
            "<EvaluationResults><member><EvalActionName>a:B</EvalActionName></member></EvaluationResults>",
            "<EvaluationResults><member><EvalDecision>allowed</EvalDecision></member></EvaluationResults>",
            "<EvaluationResults><member><EvalActionName>a:B</EvalActionName><EvalDecision>perhaps</EvalDecision></member>\
             </EvaluationResults>",
        ] {
            assert!(page(&answer(members)).is_err(), "{members}");
        }
        assert!(page("<html></html>").is_err() && page("").is_err() && page("no xml").is_err());
    }

    #[test]
    fn refusal_has_code_and_message() {
        let xml = "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>no &lt;role&gt;</Message>\
                   </Error><RequestId>1</RequestId></ErrorResponse>";
        let error = refusal(xml);
        assert_eq!((error.code(), error.message()), (Some("NoSuchEntity"), Some("no <role>")));
        assert_eq!(refusal("<html>busy").code(), None);
    }
}
