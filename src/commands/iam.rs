//! `iam`: the permissions that the roles of this catalog need, and their trust policies. No network.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use serde::Serialize;
use serde_yaml::SerializerOptions;

use super::exit::{Exit, UsageError};
use super::{catalog, output};
use crate::access::trust::{ISSUER, Jobs};
use crate::access::{self, Document, Given, Stack};
use crate::cli::{Common, Format, Iam as Options, Init};
use crate::cloud::Operation;
use crate::model::desired::Desired;
use crate::model::id::AccountId;
use crate::model::permission::{Need, Use};
use crate::model::repository::Repository;
use crate::render::escape;

/// The version of the JSON form.
const VERSION: u32 = 1;

/// Prints the policies of each kind of account, or the template of one kind.
pub(super) fn run(common: &Common, options: &Options) -> Result<Exit> {
    let format = common.format.unwrap_or(Format::Text);
    if matches!(format, Format::Markdown | Format::Sarif | Format::Yaml) {
        return Err(UsageError("iam prints text, json or cloudformation".to_owned()).into());
    }
    let covered = accounts(&options.recipients)?;
    let Some(catalog) = catalog::load(common)? else { return Ok(Exit::Error) };
    let catalogs: Vec<&Desired> = catalog.all().collect();
    let stacks = access::stacks(&catalog.desired.settings, &catalogs, &covered);
    if stacks.is_empty() {
        output::tell(
            "error: there is no role to describe: the settings name none (`access.role`), or no file says anything of an \
             account",
        );
        return Ok(Exit::Error);
    }
    unknown(&covered, &stacks)?;
    let stacks = chosen(stacks, options.kind.as_deref())?;
    let is_told = format != Format::Text;
    let by_token = is_told && stacks.iter().flat_map(|stack| &stack.roles).any(access::Role::is_entered_by_token);
    // The text format prints no trust policies, so it needs no jobs.
    let jobs = if by_token { Some(jobs(options)?) } else { None };
    let needs = needs(options.usage);
    let given = Given { needs: &needs, jobs: jobs.as_ref(), issuer: issuer(options)? };
    let text = match format {
        Format::Json => json(&stacks, given)?,
        Format::Cloudformation => cloudformation(&stacks, given)?,
        Format::Text | Format::Markdown | Format::Sarif | Format::Yaml => summary(&stacks, given)?,
    };
    output::result(common, |sink| sink.write_all(text.as_bytes()))?;
    Ok(Exit::Done)
}

/// The permissions that the operations need. `usage`: includes those that only `plan --usage` needs.
fn needs(usage: bool) -> Vec<Need> {
    let is_asked = |operation: &&Operation| usage || operation.uses() != [Use::Licences];
    Operation::ALL.iter().filter(is_asked).flat_map(|operation| operation.needs()).collect()
}

fn accounts(given: &[String]) -> Result<BTreeSet<AccountId>> {
    let parse = |text: &String| text.trim().parse().map_err(|error| UsageError(format!("--recipient: {error}")).into());
    given.iter().map(parse).collect()
}

/// Fails unless each `--recipient` account is named in the settings, has another part, and can be covered by
/// `recipients`. Other recipients get their roles without the option.
fn unknown(covered: &BTreeSet<AccountId>, stacks: &[Stack]) -> Result<()> {
    let is_several = |account: &&AccountId| {
        let of = |stack: &&Stack| stack.accounts.contains(*account) && !stack.is_open;
        stacks.iter().find(of).is_some_and(|stack| stack.parts.len() > 1)
    };
    match covered.iter().find(|account| !is_several(account)) {
        None => Ok(()),
        Some(account) => Err(UsageError(format!(
            "--recipient {account}: the settings name no such account, or no file has `recipients` for a unit or the \
             organization that could cover it. Other accounts that receive portfolios need no option"
        ))
        .into()),
    }
}

fn chosen(stacks: Vec<Stack>, kind: Option<&str>) -> Result<Vec<Stack>> {
    let Some(kind) = kind else { return Ok(stacks) };
    let names: Vec<String> = stacks.iter().map(|stack| stack.name.clone()).collect();
    let chosen: Vec<Stack> = stacks.into_iter().filter(|stack| stack.name == kind).collect();
    if chosen.is_empty() {
        let names = names.join(", ");
        return Err(UsageError(format!("--kind {kind}: this catalog has no such accounts; there are {names}")).into());
    }
    Ok(chosen)
}

/// The jobs that may enter the roles. Names all missing options in one error.
fn jobs(options: &Options) -> Result<Jobs> {
    let Options {
        kind: _,
        repository,
        owner_id,
        repository_id,
        branch,
        environment,
        issuer: _,
        usage: _,
        recipients: _,
    } = options;
    let wrong = |option: &str, error: &dyn std::fmt::Display| UsageError(format!("{option}: {error}"));
    let missing = [
        (repository.is_none(), "--repository (or GITHUB_REPOSITORY)"),
        (owner_id.is_none(), "--owner-id (or GITHUB_REPOSITORY_OWNER_ID)"),
        (repository_id.is_none(), "--repository-id (or GITHUB_REPOSITORY_ID)"),
    ];
    let missing: Vec<&str> = missing.into_iter().filter(|(is_missing, _)| *is_missing).map(|(_, name)| name).collect();
    let (Some(repository), Some(owner_id), Some(repository_id)) = (repository, owner_id, repository_id) else {
        let name = repository.as_deref().unwrap_or("OWNER/NAME");
        return Err(UsageError(format!(
            "the roles trust the jobs of a repository, and these are missing: {}. `gh api repos/{name} --jq '.owner.id, \
             .id'` prints both numbers; a job of GitHub Actions has all three in its environment",
            missing.join(", ")
        ))
        .into());
    };
    Ok(Jobs {
        repository: repository.parse::<Repository>().map_err(|error| wrong("--repository", &error))?,
        owner_id: *owner_id,
        repository_id: *repository_id,
        branch: branch.parse().map_err(|error| wrong("--branch", &error))?,
        environment: environment.parse().map_err(|error| wrong("--environment", &error))?,
    })
}

/// The issuer as it stands in the ARN of an IAM OIDC provider: without `https://`.
fn issuer(options: &Options) -> Result<&str> {
    let issuer = options.issuer.strip_prefix("https://").unwrap_or(&options.issuer).trim_end_matches('/');
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/".contains(&byte);
    if issuer.is_empty() || issuer.starts_with('/') || !issuer.bytes().all(is_plain) {
        return Err(
            UsageError(format!("--issuer: `{}` is not a host, with a path where it has one", options.issuer)).into()
        );
    }
    Ok(issuer)
}

#[derive(Serialize)]
struct Documents {
    version: u32,
    kinds: Vec<Document>,
}

fn json(stacks: &[Stack], given: Given<'_>) -> Result<String> {
    let kinds = stacks.iter().map(|stack| access::document(stack, given)).collect::<Result<_, _>>()?;
    Ok(serde_json::to_string_pretty(&Documents { version: VERSION, kinds })? + "\n")
}

fn cloudformation(stacks: &[Stack], given: Given<'_>) -> Result<String> {
    let [stack] = stacks else {
        let names: Vec<&str> = stacks.iter().map(|stack| stack.name.as_str()).collect();
        return Err(UsageError(format!(
            "this catalog needs roles in {} kinds of accounts, with a template each: give --kind with one of {}",
            names.len(),
            names.join(", ")
        ))
        .into());
    };
    template(stack, given)
}

/// The template of one kind of account, below a comment that names the accounts.
fn template(stack: &Stack, given: Given<'_>) -> Result<String> {
    // Keeps each text on one line, however long it is.
    let mut options = SerializerOptions::default();
    options.prefer_block_scalars = false;
    let text = serde_yaml::to_string_with_options(&access::template(stack, given)?, options);
    let text = text.context("can't write the template")?;
    // CloudFormation resolves `{{…}}` anywhere in a template, so a name must not contain it.
    if text.contains("{{") {
        let message =
            "a name in the settings holds `{{`, in which CloudFormation would look for a secret or a parameter";
        return Err(UsageError(message.to_owned()).into());
    }
    Ok(format!("# Made by `catalog-sync iam`. For {}.\n{}\n", whom(stack), text.trim_end()))
}

/// The accounts of a kind, in words.
fn whom(stack: &Stack) -> String {
    let accounts: Vec<String> = stack.accounts.iter().map(ToString::to_string).collect();
    match (accounts.is_empty(), stack.is_open) {
        (true, _) => "each account below the units of `recipients`".to_owned(),
        (false, true) => format!("{}, and each account below the units of `recipients`", accounts.join(", ")),
        (false, false) => accounts.join(", "),
    }
}

/// A kind of account with its rendered template.
pub(super) struct Kind {
    pub(super) name: String,
    pub(super) template: String,
    /// The accounts, in words.
    pub(super) accounts: String,
}

/// The templates for the accounts of a new catalog. Empty if the repository or one of its ids is not known.
pub(super) fn kinds(options: &Init, desired: &Desired) -> Result<Vec<Kind>> {
    let (Some(repository), Some(owner_id), Some(repository_id)) =
        (&options.repository, options.owner_id, options.repository_id)
    else {
        return Ok(Vec::new());
    };
    let jobs = Jobs {
        repository: repository.parse().map_err(|error| UsageError(format!("--repository: {error}")))?,
        owner_id,
        repository_id,
        branch: "main".parse()?,
        environment: "catalog-sync-apply".parse()?,
    };
    let needs = needs(false);
    let given = Given { needs: &needs, jobs: Some(&jobs), issuer: ISSUER };
    let stacks = access::stacks(&desired.settings, &[desired], &BTreeSet::new());
    let kind =
        |stack: &Stack| Ok(Kind { name: stack.name.clone(), template: template(stack, given)?, accounts: whom(stack) });
    stacks.iter().map(kind).collect()
}

/// The actions of each role, for people.
fn summary(stacks: &[Stack], given: Given<'_>) -> Result<String> {
    let mut out = String::new();
    for stack in stacks {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{}: {}", stack.name, escape::terminal(&whom(stack)));
        for role in &stack.roles {
            let home = access::Home::Any(role.partition().to_owned());
            let policies = access::policies(role, given.needs, &home)?;
            let _ = writeln!(out, "  {}", escape::terminal(&role.arn));
            let mut actions: Vec<&str> = policies
                .iter()
                .flat_map(|policy| &policy.statement)
                .flat_map(|statement| statement.action.0.iter().map(String::as_str))
                .collect();
            actions.sort_unstable();
            actions.dedup();
            for action in actions {
                let _ = writeln!(out, "    {action}");
            }
            if policies.len() > 1 {
                let _ = writeln!(out, "    in {} managed policies: one holds 6,144 characters", policies.len());
            }
        }
    }
    out.push_str(
        "\n--format json prints the policies, and --format cloudformation --kind KIND a template for a StackSet.\n",
    );
    Ok(out)
}
