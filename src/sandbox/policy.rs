//! Evaluates the policies of roles as IAM does: action, resource and condition all have to match. An element that is
//! not emulated matches nothing.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use serde_json::Value;

use super::auth::Caller;
use super::codec::form;
use super::permission::{self, Known};
use super::reply::Failure;
use super::request::{Request, Service};
use super::world::World;

/// Operations that IAM checks against a portfolio (Service Authorization Reference, "AWS Service Catalog").
const ON_PORTFOLIO: [&str; 12] = [
    "AcceptPortfolioShare",
    "AssociatePrincipalWithPortfolio",
    "CreatePortfolioShare",
    "DeletePortfolio",
    "DeletePortfolioShare",
    "DescribePortfolio",
    "DescribePortfolioShares",
    "DisassociatePrincipalFromPortfolio",
    "ListPortfolioAccess",
    "ListPrincipalsForPortfolio",
    "UpdatePortfolio",
    "UpdatePortfolioShare",
];

/// An action on a resource that has to be allowed.
struct Ask {
    action: String,
    resource: String,
    context: Vec<(String, String)>,
}

impl Ask {
    fn new(service: Service, operation: &str, resource: impl Into<String>) -> Self {
        Self { action: format!("{}:{operation}", service.name()), resource: resource.into(), context: Vec::new() }
    }
}

/// Refuses a call that no policy of the caller's role allows. [`permission::check`] decides for roles without policies.
pub(super) fn check(world: &World, caller: &Caller, request: &Request, region: &str) -> Result<(), Failure> {
    let Known::Yes(role) = permission::role(world, &caller.account, &caller.role) else { return Ok(()) };
    let Some(policies) = &role.policies else { return Ok(()) };
    let is_allowed = |ask: &Ask| statements(policies).any(|statement| allows(statement, ask));
    match asks(world, caller, request, region).into_iter().find(|ask| !is_allowed(ask)) {
        None => Ok(()),
        Some(Ask { action, resource, context: _ }) => Err(request.service.denied(format!(
            "User: {} is not authorized to perform: {action} on resource: {resource} because no identity-based policy \
             allows the {action} action",
            caller.arn()
        ))),
    }
}

/// Whether a policy allows an action on every resource, without any condition keys.
pub(super) fn allows_everywhere(policies: &[Value], action: &str) -> bool {
    let ask = Ask { action: action.to_owned(), resource: "*".to_owned(), context: Vec::new() };
    statements(policies).any(|statement| allows(statement, &ask))
}

/// Whether a trust policy admits a principal. `kind` is `AWS` or `Federated`; `context` holds the condition keys.
pub(super) fn trusts(trust: &Value, action: &str, kind: &str, arn: &str, context: Vec<(String, String)>) -> bool {
    let ask = Ask { action: action.to_owned(), resource: String::new(), context };
    statements(std::slice::from_ref(trust)).any(|statement| {
        let principals = statement.get("Principal").and_then(|principal| principal.get(kind));
        is_allow(statement)
            && texts(statement.get("Action")).any(|text| text == action)
            && texts(principals).any(|principal| principal == arn)
            && fits_condition(statement, &ask)
    })
}

fn statements(policies: &[Value]) -> impl Iterator<Item = &Value> {
    policies.iter().filter_map(|policy| policy.get("Statement")?.as_array()).flatten()
}

fn is_allow(statement: &Value) -> bool {
    statement.get("Effect").is_some_and(|effect| effect == "Allow")
}

fn allows(statement: &Value, ask: &Ask) -> bool {
    is_allow(statement)
        && texts(statement.get("Action")).any(|text| like(text, &ask.action))
        && texts(statement.get("Resource")).any(|text| like(text, &ask.resource))
        && fits_condition(statement, ask)
}

/// Whether every key of every operator matches. A key that the request does not have matches no value.
fn fits_condition(statement: &Value, ask: &Ask) -> bool {
    let Some(condition) = statement.get("Condition") else { return true };
    let Some(operators) = condition.as_object() else { return false };
    operators.iter().all(|(operator, keys)| {
        keys.as_object().is_some_and(|keys| {
            keys.iter().all(|(key, values)| {
                let mut given = ask.context.iter().filter(|(name, _)| name == key);
                given.any(|(_, given)| {
                    texts(Some(values)).any(|value| match operator.as_str() {
                        "StringEquals" => tokens(value, false) == tokens_of(given),
                        "StringLike" => like(value, given),
                        _ => false,
                    })
                })
            })
        })
    })
}

fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let many = value.and_then(Value::as_array).into_iter().flatten();
    value.into_iter().filter(|value| value.is_string()).chain(many).filter_map(Value::as_str)
}

/// A token of a pattern.
#[derive(Debug, PartialEq, Eq)]
enum Token {
    Is(char),
    /// `?`
    One,
    /// `*`
    Any,
    /// A policy variable. The sandbox knows no values of variables, so it matches nothing.
    Variable,
}

fn tokens_of(text: &str) -> Vec<Token> {
    text.chars().map(Token::Is).collect()
}

/// Splits a text of a policy into tokens. `${*}`, `${?}` and `${$}` stand for the characters themselves.
fn tokens(text: &str, has_wildcards: bool) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let variable = rest.strip_prefix("${").and_then(|rest| rest.split_once('}'));
        if let Some((name, after)) = variable {
            let mut letters = name.chars();
            tokens.push(match (letters.next(), letters.next()) {
                (Some(c @ ('*' | '?' | '$')), None) => Token::Is(c),
                _ => Token::Variable,
            });
            rest = after;
            continue;
        }
        tokens.push(match c {
            '*' if has_wildcards => Token::Any,
            '?' if has_wildcards => Token::One,
            c => Token::Is(c),
        });
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    tokens
}

/// Whether a text matches a pattern with `*` and `?`.
fn like(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    // `fits[n]`: whether the first n characters of the text match the pattern so far.
    let mut fits: Vec<bool> = (0..=text.len()).map(|length| length == 0).collect();
    for token in tokens(pattern, true) {
        let mut next = vec![false; fits.len()];
        for (length, _) in fits.iter().enumerate().filter(|(_, fits)| **fits) {
            let one = text.get(length).is_some_and(|c| match token {
                Token::Is(wanted) => wanted == *c,
                Token::One => true,
                Token::Any | Token::Variable => false,
            });
            let range =
                if token == Token::Any { length..next.len() } else { length + 1..length + 1 + usize::from(one) };
            next.get_mut(range).into_iter().flatten().for_each(|it| *it = true);
        }
        fits = next;
    }
    fits.last() == Some(&true)
}

/// Everything that has to be allowed for a request.
fn asks(world: &World, caller: &Caller, request: &Request, region: &str) -> Vec<Ask> {
    let Request { service, operation, discovery: _, query, headers: _, body } = request;
    let members: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default();
    match (service, operation.as_str()) {
        (Service::Iam, "SimulatePrincipalPolicy") => {
            let form = form(&String::from_utf8_lossy(body));
            vec![Ask::new(*service, operation, form.get("PolicySourceArn").map(String::as_str).unwrap_or_default())]
        }
        // `GetCallerIdentity` needs no permission.
        (Service::Sts, "GetCallerIdentity") => Vec::new(),
        (Service::Sts, _) => {
            let form = form(&String::from_utf8_lossy(body));
            vec![Ask::new(*service, operation, form.get("RoleArn").map(String::as_str).unwrap_or_default())]
        }
        (Service::Portfolios, name) if ON_PORTFOLIO.contains(&name) => {
            let is_it = ["DescribePortfolio", "UpdatePortfolio", "DeletePortfolio"].contains(&name);
            let id = if is_it { text("Id") } else { text("PortfolioId") };
            let others = world.accounts.iter().filter(|(account, _)| **account != caller.account);
            let regions = others.filter_map(|(_, it)| it.regions.get(region));
            // AWS does not document which account stands in the ARN of a received portfolio. Both ARNs have to be
            // allowed. A portfolio that no account has, such as a deleted one, gets the caller's account.
            let is_received = regions.into_iter().any(|it| it.portfolios.contains_key(id));
            let accounts =
                if is_received { &[&*caller.account, "000000000000"][..] } else { &[caller.account.as_str()][..] };
            let arn = |account: &&str| format!("arn:aws:catalog:{region}:{account}:portfolio/{id}");
            let besides = tags(name).iter().map(|action| Ask::new(*service, action, arn(&&*caller.account)));
            accounts.iter().map(|account| Ask::new(*service, operation, arn(account))).chain(besides).collect()
        }
        (Service::Portfolios, "CreatePortfolio") => {
            let catalog = format!("arn:aws:catalog:{region}:{}:*", caller.account);
            ["CreatePortfolio", "TagResource"].map(|action| Ask::new(*service, action, catalog.clone())).into()
        }
        (Service::Portfolios, "UpdateProduct") => {
            let actions = std::iter::once(operation.as_str()).chain(tags(operation).iter().copied());
            actions.map(|action| Ask::new(*service, action, "*")).collect()
        }
        (Service::Portfolios, "CreateConstraint" | "UpdateConstraint") => {
            let passed = passed(&caller.account, text("Parameters"));
            std::iter::once(Ask::new(*service, operation, "*")).chain(passed).collect()
        }
        (Service::Marketplace, "DescribeEntity") => {
            let id = form(query).remove("entityId").unwrap_or_default();
            vec![Ask::new(*service, operation, entity(world, caller, &id))]
        }
        (Service::Marketplace, "BatchDescribeEntities") => {
            let all = members.get("EntityRequestList").and_then(Value::as_array).into_iter().flatten();
            let ids = all.filter_map(|one| one.get("EntityId")?.as_str());
            ids.map(|id| Ask::new(*service, "DescribeEntity", entity(world, caller, id))).collect()
        }
        (Service::Marketplace, "StartChangeSet") => changes(world, caller, request, &members),
        _ => vec![Ask::new(*service, operation, "*")],
    }
}

/// Further actions that an operation needs because it can change tags.
fn tags(operation: &str) -> &'static [&'static str] {
    if ["UpdatePortfolio", "UpdateProduct"].contains(&operation) { &["TagResource", "UntagResource"] } else { &[] }
}

/// The `iam:PassRole` that a launch role needs.
fn passed(account: &str, parameters: &str) -> Option<Ask> {
    let parameters: Value = serde_json::from_str(parameters).ok()?;
    let named = |name: &str| parameters.get(name).and_then(Value::as_str).map(str::to_owned);
    let local = || named("LocalRoleName").map(|name| format!("arn:aws:iam::{account}:role/{name}"));
    let context = vec![("iam:PassedToService".to_owned(), "servicecatalog.amazonaws.com".to_owned())];
    Some(Ask { action: "iam:PassRole".to_owned(), resource: named("RoleArn").or_else(local)?, context })
}

fn changes(world: &World, caller: &Caller, request: &Request, members: &Value) -> Vec<Ask> {
    let mut asks = Vec::new();
    for change in members.get("ChangeSet").and_then(Value::as_array).into_iter().flatten() {
        let id = change.get("Entity").and_then(|entity| entity.get("Identifier")?.as_str()).unwrap_or_default();
        let change_type = change.get("ChangeType").and_then(Value::as_str).unwrap_or_default();
        for resource in [entity(world, caller, id), arn(world, caller, "ChangeSet/new")] {
            let context = vec![("catalog:ChangeType".to_owned(), change_type.to_owned())];
            asks.push(Ask { context, ..Ask::new(request.service, &request.operation, resource) });
        }
    }
    asks
}

/// The ARN of an entity, whose type follows from its id. An entity that a change set has yet to make is
/// `Experience/new`.
fn entity(world: &World, caller: &Caller, id: &str) -> String {
    let id = id.split('@').next().unwrap_or_default();
    if id.is_empty() || id.starts_with('$') {
        return arn(world, caller, "Experience/new");
    }
    let is_experience = world.organizations.values().any(|it| it.marketplace.experiences.contains_key(id));
    let parts = [("brandsettings-", "BrandingSettings"), ("aud-", "Audience")];
    let part = parts.iter().find(|(prefix, _)| id.starts_with(prefix)).map_or("ProcurementPolicy", |(_, kind)| kind);
    arn(world, caller, &format!("{}/{id}", if is_experience { "Experience" } else { part }))
}

/// An ARN in the management account, which owns the entities of a private marketplace.
fn arn(world: &World, caller: &Caller, resource: &str) -> String {
    let account = world.organization_of(&caller.account).map_or(&caller.account, |it| &it.management_account);
    format!("arn:aws:aws-marketplace:us-east-1:{account}:AWSMarketplace/{resource}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn patterns_fit_as_iam_reads_them() {
        assert!(like("*", "") && like("a*c?", "abbcd") && like("arn:*:role/x", "arn:aws:iam::1:role/x"));
        assert!(!like("a*c", "abd") && !like("a?", "a") && !like("", "a"));
        assert!(like("a${*}${?}${$}{x}", "a*?${x}") && !like("a${*}", "ab"));
        assert!(!like("${aws:username}", "${aws:username}"), "a variable is no text");
        assert!(!like("arn:x", "*"), "what AWS checks against nothing is allowed by `*` alone");
    }

    #[test]
    fn all_of_a_condition_has_to_fit() {
        let trust = json!({"Statement": [{
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"AWS": "arn:entry"},
            "Condition": {"StringEquals": {"sts:ExternalId": "acme"}},
        }]});
        let said = |id: &str| vec![("sts:ExternalId".to_owned(), id.to_owned())];
        assert!(trusts(&trust, "sts:AssumeRole", "AWS", "arn:entry", said("acme")));
        assert!(!trusts(&trust, "sts:AssumeRole", "AWS", "arn:entry", said("other")));
        assert!(!trusts(&trust, "sts:AssumeRole", "AWS", "arn:entry", Vec::new()));
        assert!(!trusts(&trust, "sts:AssumeRole", "AWS", "arn:other", said("acme")));
    }
}
