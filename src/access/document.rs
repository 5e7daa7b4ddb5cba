//! The documents for a kind of account: plain policies, and a CloudFormation template.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::home::Home;
use super::policy::{TooLong, policies};
use super::stack::{Role, Stack, Trust};
use super::statement::{Policy, Statement, Text};
use super::trust::{self, Jobs};
use crate::model::id::{AccountId, Name};
use crate::model::permission::Need;
use crate::model::settings::Mode;

/// The input for documents beside the catalog.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The table of operations.
    pub needs: &'a [Need],
    /// The repository. `None` only if no role is entered with a token.
    pub jobs: Option<&'a Jobs>,
    /// The issuer of GitHub's tokens, without `https://`.
    pub issuer: &'a str,
}

impl Given<'_> {
    fn trust(&self, role: &Role, home: &Home) -> Policy {
        let statement = |trust: &Trust| -> Option<Statement> {
            Some(match trust {
                Trust::Jobs(mode, audience) => trust::of_jobs(home, self.issuer, audience, &self.jobs?.subjects(*mode)),
                Trust::Role(arn, external_id) => trust::of_role(home, arn, external_id.as_deref()),
            })
        };
        Policy::new(role.trusts.iter().filter_map(statement).collect())
    }
}

/// The roles of a kind of account as plain policies.
#[derive(Debug, Serialize)]
pub struct Document {
    kind: String,
    organizations: Vec<Name>,
    accounts: Vec<AccountId>,
    /// Whether further accounts, below OUs, are of this kind.
    and_others: bool,
    /// The identity providers that each account needs, with their audiences.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    identity_providers: BTreeMap<String, Vec<String>>,
    roles: Vec<RoleDocument>,
}

#[derive(Debug, Serialize)]
struct RoleDocument {
    arn: Text,
    modes: Vec<&'static str>,
    trust_policy: Policy,
    policies: Vec<Policy>,
}

/// The policies for a kind of account. If it has several accounts, `{account}` stands for the id.
pub fn document(stack: &Stack, given: Given<'_>) -> Result<Document, TooLong> {
    let only = stack.accounts.first().filter(|_| stack.accounts.len() == 1 && !stack.is_open);
    let home = |role: &Role| match only {
        Some(account) => Home::Account(role.partition().to_owned(), account.clone()),
        None => Home::Any(role.partition().to_owned()),
    };
    let role = |role: &Role| {
        let home = home(role);
        Ok(RoleDocument {
            arn: home.filled(&role.arn),
            modes: role.modes.iter().map(|mode| mode.as_str()).collect(),
            trust_policy: given.trust(role, &home),
            policies: policies(role, given.needs, &home)?,
        })
    };
    let audiences = audiences(stack);
    Ok(Document {
        kind: stack.name.clone(),
        organizations: stack.organizations.iter().cloned().collect(),
        accounts: stack.accounts.iter().cloned().collect(),
        and_others: stack.is_open,
        identity_providers: if audiences.is_empty() {
            BTreeMap::new()
        } else {
            BTreeMap::from([(given.issuer.to_owned(), audiences)])
        },
        roles: stack.roles.iter().map(role).collect::<Result<_, _>>()?,
    })
}

/// The audiences of the tokens with which some role is entered.
fn audiences(stack: &Stack) -> Vec<String> {
    let audience = |trust: &Trust| match trust {
        Trust::Jobs(_, audience) => Some(audience.clone()),
        Trust::Role(..) => None,
    };
    let mut all: Vec<String> = stack.roles.iter().flat_map(|role| &role.trusts).filter_map(audience).collect();
    all.sort();
    all.dedup();
    all
}

/// A mapping that keeps the order of its entries.
#[derive(Debug)]
struct Entries<T>(Vec<(String, T)>);

impl<T: Serialize> Serialize for Entries<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// A CloudFormation template.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Template {
    #[serde(rename = "AWSTemplateFormatVersion")]
    version: &'static str,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<Parameters>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conditions: Option<Conditions>,
    resources: Entries<Resource>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Parameters {
    provider_exists: Parameter,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    r#type: &'static str,
    default: &'static str,
    allowed_values: [&'static str; 2],
    description: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Conditions {
    make_provider: Equals,
}

#[derive(Debug, Serialize)]
struct Equals {
    #[serde(rename = "Fn::Equals")]
    equals: (Ref, &'static str),
}

#[derive(Debug, Serialize)]
struct Ref {
    #[serde(rename = "Ref")]
    to: String,
}

fn reference(to: &str) -> Ref {
    Ref { to: to.to_owned() }
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Resource {
    Provider {
        #[serde(rename = "Type")]
        kind: &'static str,
        #[serde(rename = "Condition")]
        condition: &'static str,
        #[serde(rename = "Properties")]
        properties: Provider,
    },
    Policy {
        #[serde(rename = "Type")]
        kind: &'static str,
        #[serde(rename = "Properties")]
        properties: ManagedPolicy,
    },
    Role {
        #[serde(rename = "Type")]
        kind: &'static str,
        #[serde(rename = "Properties")]
        properties: Properties,
    },
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Provider {
    url: String,
    client_id_list: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ManagedPolicy {
    description: String,
    policy_document: Policy,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Properties {
    role_name: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<Text>,
    managed_policy_arns: Vec<Ref>,
    assume_role_policy_document: Policy,
}

/// The CloudFormation template for a kind of account.
pub fn template(stack: &Stack, given: Given<'_>) -> Result<Template, TooLong> {
    let mut resources = Vec::new();
    let audiences = audiences(stack);
    let has_provider = !audiences.is_empty();
    if has_provider {
        let properties = Provider { url: format!("https://{}", given.issuer), client_id_list: audiences };
        let provider = Resource::Provider { kind: "AWS::IAM::OIDCProvider", condition: "MakeProvider", properties };
        resources.push(("Provider".to_owned(), provider));
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for role in &stack.roles {
        let base = logical(role);
        let count = seen.entry(base.clone()).or_default();
        *count += 1;
        let base = if *count == 1 { base } else { format!("{base}{count}") };
        let all = policies(role, given.needs, &Home::Stack)?;
        let is_one = all.len() == 1;
        let mut attached = Vec::new();
        for (at, policy_document) in all.into_iter().enumerate() {
            let name = if is_one { format!("{base}Policy") } else { format!("{base}Policy{}", at + 1) };
            attached.push(reference(&name));
            let description = format!("What catalog-sync does as {}", name_of(&role.arn));
            let properties = ManagedPolicy { description, policy_document };
            resources.push((name, Resource::Policy { kind: "AWS::IAM::ManagedPolicy", properties }));
        }
        let (path, role_name) = path_and_name(&role.arn);
        let properties = Properties {
            role_name: Home::Stack.filled(role_name),
            path: path.map(|path| Home::Stack.filled(path)),
            managed_policy_arns: attached,
            assume_role_policy_document: given.trust(role, &Home::Stack),
        };
        resources.push((format!("{base}Role"), Resource::Role { kind: "AWS::IAM::Role", properties }));
    }
    let make_provider = Equals { equals: (reference("ProviderExists"), "no") };
    Ok(Template {
        version: "2010-09-09",
        description: format!("The roles of catalog-sync in an account of the kind {}", stack.name),
        parameters: has_provider.then(|| Parameters {
            provider_exists: Parameter {
                r#type: "String",
                default: "no",
                allowed_values: ["yes", "no"],
                description: format!("Whether the account has the identity provider {} already", given.issuer),
            },
        }),
        conditions: has_provider.then_some(Conditions { make_provider }),
        resources: Entries(resources),
    })
}

/// The name of a role's resources in a template.
fn logical(role: &Role) -> String {
    let entry = if role.is_entry { "Entry" } else { "" };
    let mode = match (role.modes.contains(&Mode::Plan), role.modes.contains(&Mode::Apply)) {
        (true, false) => "Plan",
        (false, true) => "Apply",
        _ => "Shared",
    };
    format!("{entry}{mode}")
}

fn name_of(arn: &str) -> &str {
    path_and_name(arn).1
}

/// The path of a role, if it has one, and its name.
fn path_and_name(arn: &str) -> (Option<&str>, &str) {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or(arn);
    let resource = resource.strip_prefix("role").unwrap_or(resource);
    match resource.rfind('/') {
        Some(0) | None => (None, resource.trim_start_matches('/')),
        Some(at) => (resource.get(..=at), resource.get(at + 1..).unwrap_or_default()),
    }
}
