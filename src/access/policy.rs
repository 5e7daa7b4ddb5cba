//! The permissions of a role: the rows of the table of operations that are needed for what is done in its account.

use std::collections::{BTreeMap, BTreeSet};

use super::duty::{Duty, Entered, Portfolio, Where};
use super::home::{Home, PLACEHOLDER, Whose};
use super::stack::Role;
use super::statement::{Condition, Policy, Statement, Text, Values};
use super::text;
use crate::model::id::Region;
use crate::model::local::LaunchRole;
use crate::model::permission::{Need, Scope, Use};
use crate::model::settings::Mode;

/// The longest managed policy, in characters without whitespace, and the most managed policies of a role (IAM User
/// Guide, "IAM and AWS STS quotas").
const LONGEST: usize = 6144;
const MOST: usize = 10;

/// The error for a role that would need more policies than a role can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{role} would need {needed} managed policies of {LONGEST} characters, and a role can have {MOST}: name portfolios by \
     `portfolio:` rather than by `id:`, and experiences by `all_live: true`, which one statement covers"
)]
pub struct TooLong {
    role: String,
    needed: usize,
}

/// The policies that allow what the role is needed for, and nothing else. Several if one would be too long.
pub fn policies(role: &Role, needs: &[Need], home: &Home) -> Result<Vec<Policy>, TooLong> {
    let policies = packed(statements(role, needs, home));
    if policies.len() > MOST {
        return Err(TooLong { role: role.arn.clone(), needed: policies.len() });
    }
    Ok(policies)
}

/// The uses for which a role needs an operation.
fn uses(role: &Role, need: &Need) -> BTreeSet<Use> {
    let may = |mode: Mode| role.modes.contains(&mode) && (mode == Mode::Apply || !need.writes);
    let modes: Vec<Mode> = [Mode::Plan, Mode::Apply].into_iter().filter(|mode| may(*mode)).collect();
    let has = |it: &&Use| role.duty.uses.contains(it) && modes.iter().any(|mode| it.is_in(*mode));
    need.uses.iter().filter(has).copied().collect()
}

/// The resources that an action is allowed for, and the allowed values of its condition key.
type Allowed<'n> = (BTreeSet<Text>, BTreeSet<&'n str>);

/// The statements. Actions that are allowed for the same resources on the same condition share a statement.
fn statements(role: &Role, needs: &[Need], home: &Home) -> Vec<Statement> {
    let mut by_action: BTreeMap<(&str, Option<&str>), Allowed<'_>> = BTreeMap::new();
    for need in needs {
        let resources = uses(role, need).into_iter().flat_map(|it| resources(role, need.scope, it, home));
        let resources: BTreeSet<Text> = resources.collect();
        if !resources.is_empty() {
            let key = need.condition.map(|(key, _)| key);
            let (all, values) = by_action.entry((&need.action, key)).or_default();
            all.extend(resources);
            values.extend(need.condition.iter().flat_map(|(_, values)| values.iter()));
        }
    }
    let mut statements: BTreeMap<(&str, BTreeSet<Text>, Condition), BTreeSet<String>> = BTreeMap::new();
    for ((action, key), (resources, values)) in by_action {
        let service = action.split(':').next().unwrap_or_default();
        statements.entry((service, resources, condition(key, &values))).or_default().insert(action.to_owned());
    }
    statements
        .into_iter()
        .map(|((_, resources, condition), actions)| {
            Statement::permission(actions.into_iter().collect(), resources.into_iter().collect(), condition)
        })
        .collect()
}

fn condition(key: Option<&str>, values: &BTreeSet<&str>) -> Condition {
    let condition = key.map(|key| {
        let values = Values(values.iter().map(|value| Text::from(*value)).collect());
        ("StringEquals", BTreeMap::from([(key.to_owned(), values)]))
    });
    condition.into_iter().collect()
}

/// The resources that an operation is allowed for, for one use.
fn resources(role: &Role, scope: Scope, it: Use, home: &Home) -> Vec<Text> {
    let Duty { uses, owned, received, launch_roles, experiences, mirrored, enters } = &role.duty;
    match scope {
        Scope::Everything => vec![Text::from("*")],
        Scope::Role => {
            let filled = |entered| role.modes.iter().map(move |mode| entered_arn(entered, *mode, home));
            enters.iter().flat_map(filled).collect()
        }
        // The path of a role is part of its ARN but not of its name, so `launch_role` covers every path.
        Scope::LaunchRole => launch_roles.iter().flat_map(|role| launch_role(role, home)).collect(),
        Scope::OwnRole => vec![home.filled(&text::like(&role.arn))],
        Scope::Catalog => in_regions(received, "*", home),
        // AWS chooses the ids of portfolios that are created.
        Scope::Portfolio if it == Use::LocalPortfolios => in_regions(received, "portfolio/*", home),
        Scope::Portfolio => {
            // AWS does not document which account is in the ARN of a received portfolio.
            let (portfolios, whose) =
                if it == Use::Recipients { (received, Whose::AnyAccount) } else { (owned, Whose::Own) };
            let any: BTreeSet<&Region> =
                portfolios.iter().filter(|(_, id)| id.is_none()).map(|(region, _)| region).collect();
            portfolios
                .iter()
                .filter(|(region, id)| id.is_none() || !any.contains(region))
                .map(|(region, id)| {
                    let id = id.as_ref().map_or("*", |id| id.as_str());
                    home.arn("catalog", region.as_str(), whose, &format!("portfolio/{id}"))
                })
                .collect()
        }
        Scope::Entity | Scope::Change => {
            let beside = match (scope, it) {
                (Scope::Change, _) => "ChangeSet/*",
                (_, Use::Audiences | Use::Governing) => "Audience/*",
                (_, Use::Brandings) => "BrandingSettings/*",
                _ => "ProcurementPolicy/*",
            };
            let experiences = if it == Use::MirroredExperiences { mirrored } else { experiences };
            let mut names = vec![beside.to_owned()];
            if it == Use::Governing {
                names.push("ProcurementPolicy/*".to_owned());
            }
            // Which experience governs an account is known only after asking AWS.
            let reads_any =
                scope == Scope::Entity && uses.contains(&Use::Governing) && role.modes.contains(&Mode::Plan);
            if reads_any || experiences.contains(&None) {
                names.push("Experience/*".to_owned());
            } else {
                names.extend(experiences.iter().flatten().map(|id| format!("Experience/{id}")));
            }
            let region = Region::marketplace();
            // Experiences belong to the management account, even if a delegated administrator governs them.
            let arn = |name: String| {
                let resource = format!("AWSMarketplace/{name}");
                home.arn("aws-marketplace", region.as_str(), Whose::AnyAccount, &resource)
            };
            names.into_iter().map(arn).collect()
        }
    }
}

/// A resource of the account's own Service Catalog, in the regions where it receives portfolios.
fn in_regions(received: &BTreeSet<Portfolio>, resource: &str, home: &Home) -> Vec<Text> {
    let regions: BTreeSet<&Region> = received.iter().map(|(region, _)| region).collect();
    regions.into_iter().map(|region| home.arn("catalog", region.as_str(), Whose::Own, resource)).collect()
}

fn launch_role(role: &LaunchRole, home: &Home) -> Vec<Text> {
    match role {
        LaunchRole::Name(name) => ["role/", "role/*/"]
            .map(|path| home.arn("iam", "", Whose::Own, &format!("{path}{}", text::like(name))))
            .into(),
        LaunchRole::Arn(arn) => vec![Text::Plain(text::like(arn))],
    }
}

fn entered_arn(entered: &Entered, mode: Mode, home: &Home) -> Text {
    let Entered { template, account } = entered;
    let template = template.replace("{mode}", mode.as_str());
    match account {
        Where::Account(account) => Text::Plain(text::like(&template.replace("{account}", account.as_str()))),
        Where::Anywhere => Text::Plain(text::like(&template).replace("{account}", "*")),
        Where::Here => home.filled(&template),
    }
}

/// Packs the statements into as few policies as their lengths allow, in their order.
fn packed(statements: Vec<Statement>) -> Vec<Policy> {
    let mut policies: Vec<Vec<Statement>> = Vec::new();
    for statement in statements.into_iter().flat_map(split) {
        match policies.last_mut() {
            Some(last) if length(&[&last[..], std::slice::from_ref(&statement)].concat()) <= LONGEST => {
                last.push(statement);
            }
            _ => policies.push(vec![statement]),
        }
    }
    policies.into_iter().map(Policy::new).collect()
}

/// Splits a statement that is too long for a policy into several, each with a part of its resources.
fn split(statement: Statement) -> Vec<Statement> {
    let resources = statement.resource.as_ref().map_or(&[][..], |resources| &resources.0);
    if length(std::slice::from_ref(&statement)) <= LONGEST || resources.len() < 2 {
        return vec![statement];
    }
    let (first, second) = resources.split_at(resources.len() / 2);
    let with = |resources: &[Text]| {
        let mut part = statement.clone();
        part.resource = Some(Values(resources.to_vec()));
        part
    };
    [with(first), with(second)].into_iter().flat_map(split).collect()
}

/// The length of a policy once it is in IAM. The placeholder counts as the account id that replaces it. CloudFormation's
/// functions count as they are written, which is longer than their results.
fn length(statements: &[Statement]) -> usize {
    let text = serde_json::to_string(&Policy::new(statements.to_vec()));
    text.map_or(usize::MAX, |text| text.replace(PLACEHOLDER, "111111111111").len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policy_with_placeholders_still_fits_with_account_ids() {
        let resource = |at: usize| Text::Plain(format!("arn:aws:iam::{PLACEHOLDER}:role/launch-{at}"));
        let statement = |at: usize| {
            Statement::permission(vec!["iam:PassRole".to_owned()], vec![resource(at)], Condition::default())
        };
        let policies = packed((0..500).map(statement).collect());
        let lengths = policies.iter().map(|policy| {
            serde_json::to_string(policy).map_or(0, |text| text.replace(PLACEHOLDER, "123456789012").len())
        });
        let longest = lengths.max();
        assert!(longest.is_some_and(|longest| (LONGEST - 200..=LONGEST).contains(&longest)), "{longest:?}");
    }
}
