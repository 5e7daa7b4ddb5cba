//! Trust policies, which say what may assume a role: GitHub's token, or another role.

use std::collections::BTreeMap;
use std::fmt;

use super::home::{Home, Whose};
use super::statement::{Condition, Principal, Statement, Text, Values};
use super::text;
use crate::model::repository::Repository;
use crate::model::settings::Mode;

/// The issuer of github.com's tokens. GitHub Enterprise has issuers of its own.
pub const ISSUER: &str = "token.actions.githubusercontent.com";

/// The repository whose jobs may assume a role, with the branch and the environment that they need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jobs {
    /// The repository with the catalog.
    pub repository: Repository,
    /// The id of the repository's owner on GitHub.
    pub owner_id: u64,
    /// The id of the repository on GitHub.
    pub repository_id: u64,
    /// The default branch. Its jobs may plan, as those of pull requests may.
    pub branch: RefName,
    /// The environment of the jobs that apply.
    pub environment: RefName,
}

/// The name of a branch or an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefName(String);

impl std::str::FromStr for RefName {
    type Err = InvalidName;

    fn from_str(name: &str) -> Result<Self, InvalidName> {
        let refused = |why| Err(InvalidName { name: name.to_owned(), why });
        if name.trim().is_empty() || name.len() > 255 {
            return refused("is not a name of 1 to 255 characters");
        }
        if name.chars().any(char::is_control) {
            return refused("holds a control character");
        }
        // CloudFormation resolves dynamic references (`{{resolve:…}}`) anywhere in a template.
        if name.contains("{{") {
            return refused("holds `{{`, in which CloudFormation would look for a secret or a parameter: rename it");
        }
        Ok(Self(name.to_owned()))
    }
}

impl fmt::Display for RefName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The error for a text that is not accepted as the name of a branch or an environment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` {why}")]
pub struct InvalidName {
    name: String,
    why: &'static str,
}

/// A condition for the subject of a token.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// Exactly this text.
    Exactly(String),
    /// Any text that begins with this one.
    Beginning(String),
}

impl Jobs {
    /// The subjects of the tokens of jobs in a mode, in two forms. GitHub sends the form with ids for repositories that
    /// were created, renamed or transferred since July 2026, and the short form for others.
    pub fn subjects(&self, mode: Mode) -> Vec<Subject> {
        let Self { repository, owner_id, repository_id, branch, environment } = self;
        let (owner, name) = (repository.owner(), repository.name());
        let forms = [format!("repo:{owner}/{name}"), format!("repo:{owner}@{owner_id}/{name}@{repository_id}")];
        forms
            .iter()
            .flat_map(|form| match mode {
                Mode::Plan => vec![
                    Subject::Exactly(format!("{form}:pull_request")),
                    Subject::Exactly(format!("{form}:ref:refs/heads/{branch}")),
                    // A merge queue creates branches with a new name each time.
                    Subject::Beginning(format!("{form}:ref:refs/heads/gh-readonly-queue/{branch}/")),
                ],
                // GitHub encodes the colon of an environment's name (OpenID Connect reference, "Filtering for a
                // specific environment").
                Mode::Apply => {
                    vec![Subject::Exactly(format!("{form}:environment:{}", environment.0.replace(':', "%3A")))]
                }
            })
            .collect()
    }
}

/// The statement that allows jobs whose token has the audience and one of the subjects. `issuer` is without `https://`.
///
/// ```json
/// {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": "arn:aws:iam::…"}, "Condition": …}
/// ```
pub fn of_jobs(home: &Home, issuer: &str, audience: &str, subjects: &[Subject]) -> Statement {
    let is_plain = subjects.iter().all(|subject| matches!(subject, Subject::Exactly(_)));
    let values = subjects.iter().map(|subject| match subject {
        Subject::Exactly(text) if is_plain => text::equals(text),
        Subject::Exactly(text) => text::like(text),
        Subject::Beginning(text) => format!("{}*", text::like(text)),
    });
    let (aud, sub) = (format!("{issuer}:aud"), format!("{issuer}:sub"));
    let audience = (aud, Values(vec![Text::Plain(text::equals(audience))]));
    let subjects = (sub, Values(values.map(Text::Plain).collect()));
    let condition = if is_plain {
        Condition::from([("StringEquals", BTreeMap::from([audience, subjects]))])
    } else {
        Condition::from([("StringEquals", BTreeMap::from([audience])), ("StringLike", BTreeMap::from([subjects]))])
    };
    let provider = Principal::Federated(home.arn("iam", "", Whose::Own, &format!("oidc-provider/{issuer}")));
    Statement::trust("sts:AssumeRoleWithWebIdentity", provider, condition)
}

/// The statement that allows a role, with the external id if given. `role` is an ARN in which `{account}` stands for
/// the account of the document.
pub fn of_role(home: &Home, role: &str, external_id: Option<&str>) -> Statement {
    let condition = external_id.map(|id| {
        let id = Values(vec![Text::Plain(text::equals(id))]);
        ("StringEquals", BTreeMap::from([("sts:ExternalId".to_owned(), id)]))
    });
    Statement::trust("sts:AssumeRole", Principal::Aws(home.filled(role)), condition.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn as_json(statement: &Statement) -> Value {
        serde_json::to_value(statement).unwrap()
    }

    fn jobs(environment: &str) -> Jobs {
        Jobs {
            repository: "acme/catalog".parse().unwrap(),
            owner_id: 1,
            repository_id: 22,
            branch: "main".parse().unwrap(),
            environment: environment.parse().unwrap(),
        }
    }

    fn home() -> Home {
        Home::Account("aws-us-gov".to_owned(), "111111111111".parse().unwrap())
    }

    #[test]
    fn apply_is_let_in_by_its_environment_alone_and_without_a_pattern() {
        let statement =
            of_jobs(&home(), ISSUER, "sts.amazonaws.com", &jobs("catalog-sync-apply").subjects(Mode::Apply));
        let expected = json!({
            "Effect": "Allow",
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {
                "Federated": "arn:aws-us-gov:iam::111111111111:oidc-provider/token.actions.githubusercontent.com",
            },
            "Condition": { "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": [
                    "repo:acme/catalog:environment:catalog-sync-apply",
                    "repo:acme@1/catalog@22:environment:catalog-sync-apply",
                ],
            } },
        });
        assert_eq!(as_json(&statement), expected);
    }

    #[test]
    fn plan_is_let_in_for_pull_requests_the_branch_and_its_merge_queue() {
        let issuer = "github.acme.example/_services/token";
        let statement = as_json(&of_jobs(&Home::Stack, issuer, "a", &jobs("e").subjects(Mode::Plan)));
        let subjects = &statement["Condition"]["StringLike"]["github.acme.example/_services/token:sub"];
        let expected = json!([
            "repo:acme/catalog:pull_request",
            "repo:acme/catalog:ref:refs/heads/main",
            "repo:acme/catalog:ref:refs/heads/gh-readonly-queue/main/*",
            "repo:acme@1/catalog@22:pull_request",
            "repo:acme@1/catalog@22:ref:refs/heads/main",
            "repo:acme@1/catalog@22:ref:refs/heads/gh-readonly-queue/main/*",
        ]);
        assert_eq!(*subjects, expected);
        let provider = "arn:${AWS::Partition}:iam::${AWS::AccountId}:oidc-provider/github.acme.example/_services/token";
        assert_eq!(statement["Principal"]["Federated"]["Fn::Sub"], provider);
    }

    #[test]
    fn names_are_no_patterns_and_no_variables() {
        let mut hostile = jobs("a:${aws:username}*");
        let values = |subjects: &[Subject]| as_json(&of_jobs(&home(), ISSUER, "a", subjects))["Condition"].to_string();
        assert!(values(&hostile.subjects(Mode::Apply)).contains("environment:a%3A${$}{aws%3Ausername}*\""));
        hostile.branch = "x${*}?y".parse().unwrap();
        assert!(values(&hostile.subjects(Mode::Plan)).contains("ref:refs/heads/x${$}{${*}}${?}y\""));
        for refused in ["", " ", "a\nb", "{{resolve:ssm:x}}"] {
            assert!(refused.parse::<RefName>().is_err(), "{refused}");
        }
    }

    #[test]
    fn a_chained_role_trusts_the_entry_role_that_says_the_external_id() {
        let role = "arn:aws:iam::{account}:role/entry-plan";
        let entered = "arn:aws-us-gov:iam::111111111111:role/entry-plan";
        let statement = of_role(&home(), entered, Some("acme-catalog"));
        let expected = json!({
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": { "AWS": entered },
            "Condition": { "StringEquals": { "sts:ExternalId": "acme-catalog" } },
        });
        assert_eq!(as_json(&statement), expected);
        let open = as_json(&of_role(&Home::Stack, role, None));
        assert_eq!(open["Principal"]["AWS"]["Fn::Sub"], "arn:aws:iam::${AWS::AccountId}:role/entry-plan");
        assert!(open.get("Condition").is_none());
    }
}
