//! The roles of each kind of account. Accounts with the same roles share a document.

use std::collections::BTreeSet;

use super::duty::Duty;
use super::survey::{Service, Site, survey};
use crate::model::desired::Desired;
use crate::model::id::{AccountId, Name};
use crate::model::permission::Part;
use crate::model::settings::{Access, Mode, Settings};

/// A role that the settings name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The ARN of the role. `{account}` stands for the account of the document.
    pub arn: String,
    /// The modes that the role is used in. Both only with `shared_role`.
    pub modes: BTreeSet<Mode>,
    /// Whether the role serves only to assume others.
    pub is_entry: bool,
    pub(super) trusts: BTreeSet<Trust>,
    pub(super) duty: Duty,
}

/// What may assume a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trust {
    /// Jobs of the repository in a mode, with a token for an audience.
    Jobs(Mode, String),
    /// A role with this ARN, with an external id if the settings have one.
    Role(String, Option<String>),
}

impl Role {
    /// The AWS partition of the role, such as `aws-us-gov`.
    pub fn partition(&self) -> &str {
        self.arn.split(':').nth(1).unwrap_or("aws")
    }

    /// Whether the role is entered with GitHub's token.
    pub fn is_entered_by_token(&self) -> bool {
        self.trusts.iter().any(|trust| matches!(trust, Trust::Jobs(..)))
    }
}

/// A kind of account: the accounts that need the same roles, for one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stack {
    /// The name: the parts, such as `hub-marketplace`, and what distinguishes kinds with the same parts.
    pub name: String,
    /// The parts that such an account plays.
    pub parts: BTreeSet<Part>,
    /// The accounts that are known to be of this kind.
    pub accounts: BTreeSet<AccountId>,
    /// Whether there may be more such accounts: the active ones below OUs, or all of the organization.
    pub is_open: bool,
    /// The organizations of the settings that these accounts serve.
    pub organizations: BTreeSet<Name>,
    /// The roles that such an account needs.
    pub roles: Vec<Role>,
}

/// The kinds of accounts in which the catalogs (the present one and its base) need roles. `covered` are accounts of the
/// settings that are below an OU of `recipients`; only AWS knows that.
pub fn stacks(settings: &Settings, catalogs: &[&Desired], covered: &BTreeSet<AccountId>) -> Vec<Stack> {
    let survey = survey(settings, catalogs, covered);
    let mut stacks: Vec<Stack> = Vec::new();
    for (site, services) in &survey.sites {
        let mut stack = Stack {
            name: String::new(),
            parts: services.values().flat_map(|service| service.parts.iter().copied()).collect(),
            accounts: services.values().flat_map(|service| service.named.iter().cloned()).collect(),
            is_open: services.values().any(|service| service.is_open),
            organizations: services.keys().cloned().collect(),
            roles: Vec::new(),
        };
        if let Site::Account(account) = site {
            stack.accounts.insert(account.clone());
        }
        let mut roles = Vec::new();
        for (organization, service) in services {
            if let Some(of) = settings.organizations.get(organization) {
                add_roles(&mut roles, &of.access, service);
            }
        }
        roles.sort_by(|one: &Role, other| (!one.is_entry, &one.modes).cmp(&(!other.is_entry, &other.modes)));
        stack.roles = roles;
        match stacks.iter_mut().find(|known| known.parts == stack.parts && known.roles == stack.roles) {
            Some(known) => {
                known.accounts.extend(stack.accounts);
                known.organizations.extend(stack.organizations);
                known.is_open |= stack.is_open;
            }
            None => stacks.push(stack),
        }
    }
    // Without `access.role`, no role has to be made.
    stacks.retain(|stack| !stack.roles.is_empty());
    stacks.sort_by(|one, other| (&one.parts, &one.organizations).cmp(&(&other.parts, &other.organizations)));
    name(&mut stacks);
    stacks
}

/// Adds the roles of an organization's `access` settings.
fn add_roles(roles: &mut Vec<Role>, access: &Access, service: &Service) {
    let Access { role, through, external_id, audience, shared_role: _ } = access;
    let Some(role) = role else { return };
    for mode in [Mode::Plan, Mode::Apply] {
        let filled = |template: &str| template.replace("{mode}", mode.as_str());
        let by_token = Trust::Jobs(mode, audience.clone());
        let mut add = |arn: String, is_entry: bool, trust: Trust, duty: &Duty| match roles
            .iter_mut()
            .find(|role| role.is_entry == is_entry && role.arn == arn)
        {
            Some(role) => {
                role.modes.insert(mode);
                role.trusts.insert(trust);
                role.duty.add(duty);
            }
            None => roles.push(Role {
                arn,
                modes: BTreeSet::from([mode]),
                is_entry,
                trusts: BTreeSet::from([trust]),
                duty: duty.clone(),
            }),
        };
        if let (Some(through), true) = (through, service.parts.contains(&Part::Entry)) {
            add(filled(through), true, by_token.clone(), &service.entry);
        }
        if service.parts.iter().any(|part| *part != Part::Entry) {
            let trust = match through {
                Some(through) => Trust::Role(filled(through), external_id.clone()),
                None => by_token,
            };
            add(filled(role), false, trust, &service.duty);
        }
    }
}

/// Names each kind by its parts. If several have the same parts, the organizations are added, and then the first
/// account.
fn name(stacks: &mut [Stack]) {
    let parts = |stack: &Stack| stack.parts.iter().map(|part| part.as_str()).collect::<Vec<_>>().join("-");
    let organizations = |stack: &Stack| {
        let names: Vec<&str> = stack.organizations.iter().map(Name::as_str).collect();
        format!("{}-{}", parts(stack), names.join("-"))
    };
    let account = |stack: &Stack| {
        let account = stack.accounts.first().map(ToString::to_string);
        format!("{}-{}", organizations(stack), account.unwrap_or_default())
    };
    let forms: [&dyn Fn(&Stack) -> String; 3] = [&parts, &organizations, &account];
    let names: Vec<String> = stacks
        .iter()
        .map(|stack| {
            let is_alone = |form: &&&dyn Fn(&Stack) -> String| {
                stacks.iter().filter(|other| form(other) == form(stack)).count() == 1
            };
            forms.iter().find(is_alone).map_or_else(|| account(stack), |form| form(stack))
        })
        .collect();
    for (stack, name) in stacks.iter_mut().zip(names) {
        stack.name = name;
    }
}
