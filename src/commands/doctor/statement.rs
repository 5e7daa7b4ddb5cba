//! Policy statements for the advice on failed links.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::access::statement::{Statement, Values};
use crate::access::trust::{ISSUER, Subject, of_jobs, of_role};
use crate::access::{Home, statement::Text};

/// A token's claims.
pub(super) type Claims = BTreeMap<&'static str, String>;

/// The trust statement for a job's token. It allows the subject in both forms that GitHub sends.
pub(super) fn for_token(role: &str, audience: &str, claims: &Claims) -> Option<String> {
    let subjects: Vec<Subject> = subjects(claims).into_iter().map(Subject::Exactly).collect();
    Some(text(&of_jobs(&home(role)?, host(issuer(claims)), audience, &subjects)))
}

/// The issuer of a token.
pub(super) fn issuer(claims: &Claims) -> &str {
    claims.get("iss").map_or(ISSUER, String::as_str)
}

/// The issuer without `https://`. The IAM OIDC provider and its condition keys have this name.
pub(super) fn host(issuer: &str) -> &str {
    issuer.strip_prefix("https://").unwrap_or(issuer)
}

/// The trust statement for a caller by ARN.
pub(super) fn for_caller(role: &str, caller: &str, external_id: Option<&str>) -> Option<String> {
    let Principal { arn, pattern } = principal(caller);
    let mut statement = of_role(&home(role)?, &arn, external_id);
    if let Some(pattern) = pattern {
        let pattern = ("aws:PrincipalArn".to_owned(), Values(vec![Text::Plain(pattern)]));
        statement.condition.insert("ArnLike", BTreeMap::from([pattern]));
    }
    Some(text(&statement))
}

/// A statement that allows actions.
pub(super) fn allow(actions: &[String], resource: &str) -> String {
    text(&Statement::permission(actions.to_vec(), vec![resource.into()], BTreeMap::new()))
}

/// A statement that denies actions. `access` has no such statement, since its roles are refused what nothing allows.
pub(super) fn deny(actions: &[String]) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Deny {
        effect: &'static str,
        action: Values<String>,
        resource: &'static str,
    }
    text(&Deny { effect: "Deny", action: Values(actions.to_vec()), resource: "*" })
}

fn text(statement: &impl Serialize) -> String {
    // Texts and maps with texts for keys always serialize.
    serde_json::to_string_pretty(statement).unwrap_or_default()
}

/// The account of a role. `None` if the role is no ARN.
fn home(role: &str) -> Option<Home> {
    let mut parts = role.split(':').skip(1);
    let (partition, account) = (parts.next()?, parts.nth(2)?);
    Some(Home::Account(partition.to_owned(), account.parse().ok()?))
}

/// The subject of a token, with and without the numeric ids of owner and repository. GitHub switches between the forms
/// when a repository is renamed or transferred.
fn subjects(claims: &Claims) -> Vec<String> {
    let claim = |name: &str| claims.get(name).map(String::as_str).unwrap_or_default();
    let subject = claim("sub");
    let (owner, repository) = claim("repository").split_once('/').unwrap_or_default();
    let named = format!("repo:{owner}/{repository}:");
    let numbered = format!("repo:{owner}@{}/{repository}@{}:", claim("repository_owner_id"), claim("repository_id"));
    let has_numbers = !claim("repository_owner_id").is_empty() && !claim("repository_id").is_empty();
    let other = match (subject.strip_prefix(&named), subject.strip_prefix(&numbered)) {
        (Some(rest), _) if has_numbers => Some(format!("{numbered}{rest}")),
        (_, Some(rest)) => Some(format!("{named}{rest}")),
        _ => None,
    };
    std::iter::once(subject.to_owned()).chain(other).collect()
}

struct Principal {
    arn: String,
    /// A pattern for the role's ARN, if the session's ARN does not give the full ARN of the role.
    pattern: Option<String>,
}

/// The principal for a caller; for a session, its role. A session's ARN lacks the role's path, and a trust policy with
/// a wrong path matches nobody. The roles of IAM Identity Center always have a path, so they get a pattern.
fn principal(caller: &str) -> Principal {
    let parts: Vec<&str> = caller.splitn(6, ':').collect();
    let session = |resource: &str| resource.strip_prefix("assumed-role/")?.split('/').next().map(str::to_owned);
    match *parts {
        ["arn", partition, "sts", "", account, resource] => match session(resource) {
            Some(role) if role.starts_with("AWSReservedSSO_") => Principal {
                arn: format!("arn:{partition}:iam::{account}:root"),
                pattern: Some(format!("arn:{partition}:iam::{account}:role/aws-reserved/sso.amazonaws.com/*{role}")),
            },
            Some(role) => Principal { arn: format!("arn:{partition}:iam::{account}:role/{role}"), pattern: None },
            None => Principal { arn: format!("arn:{partition}:iam::{account}:root"), pattern: None },
        },
        _ => Principal { arn: caller.to_owned(), pattern: None },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn subjects_of(subject: &str) -> Vec<String> {
        subjects(&BTreeMap::from([
            ("sub", subject.to_owned()),
            ("repository", "acme/catalog".to_owned()),
            ("repository_owner_id", "12".to_owned()),
            ("repository_id", "34".to_owned()),
        ]))
    }

    #[test]
    fn both_forms_of_a_subject_are_let_in_and_no_made_up_one() {
        let both = ["repo:acme/catalog:pull_request", "repo:acme@12/catalog@34:pull_request"];
        assert_eq!(subjects_of(both[0]), both);
        assert_eq!(subjects_of(both[1]), [both[1], both[0]]);
        assert_eq!(subjects_of("repository_owner:acme"), ["repository_owner:acme"]);
        let alone = BTreeMap::from([("sub", both[0].to_owned()), ("repository", "acme/catalog".to_owned())]);
        assert_eq!(subjects(&alone), [both[0]]);
    }

    #[test]
    fn session_is_let_in_by_its_role() {
        let told = |caller: &str| -> (Value, Value) {
            let text = for_caller("arn:aws:iam::222222222222:role/r", caller, None).unwrap();
            let statement: Value = serde_json::from_str(&text).unwrap();
            (statement["Principal"]["AWS"].clone(), statement["Condition"].clone())
        };
        let plain = told("arn:aws-cn:sts::111111111111:assumed-role/Admin/me");
        assert_eq!(plain, (json!("arn:aws-cn:iam::111111111111:role/Admin"), Value::Null));
        let (principal, condition) = told("arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Admin_0a/me");
        assert_eq!(principal, "arn:aws:iam::111111111111:root");
        let pattern = "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Admin_0a";
        assert_eq!(condition, json!({"ArnLike": {"aws:PrincipalArn": pattern}}));
        assert_eq!(
            told("arn:aws:iam::111111111111:user/me"),
            (json!("arn:aws:iam::111111111111:user/me"), Value::Null)
        );
    }

    #[test]
    fn role_that_is_no_arn_has_no_statement() {
        assert_eq!(for_caller("role/r", "arn:aws:iam::111111111111:user/me", None), None);
    }
}
