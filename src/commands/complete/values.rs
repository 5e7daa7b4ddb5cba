//! Completion values that only the program knows: targets, products and accounts of the catalog, and names of
//! commands.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap_complete::{ArgValueCandidates, ArgValueCompleter, CompletionCandidate};

use crate::catalog::{Loaded, load, source};
use crate::commands::{catalog, filter};
use crate::model::desired::{Desired, Recipients};
use crate::model::portfolio::Share;

/// Adds values from the catalog in `folder` to the arguments of `command`.
pub(super) fn of_catalog(command: clap::Command, folder: PathBuf) -> clap::Command {
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let there = folder.clone();
    let targets = ArgValueCompleter::new(move |typed: &OsStr| targets(&there, typed));
    let of_accounts = folder.clone();
    let accounts = ArgValueCandidates::new(move || accounts(&of_accounts));
    let products = ArgValueCandidates::new(move || products(&folder));
    command.mut_arg("targets", |arg| arg.add(targets.clone())).mut_subcommands(|command| match command.get_name() {
        "man" => command.mut_arg("command", |arg| {
            let names = names.clone();
            arg.add(ArgValueCandidates::new(move || names.iter().map(CompletionCandidate::new).collect()))
        }),
        "explain" => command
            .mut_arg("account", |arg| arg.add(accounts.clone()))
            .mut_arg("product", |arg| arg.add(products.clone())),
        "products" => command.mut_subcommand("show", |show| show.mut_arg("ids", |arg| arg.add(products.clone()))),
        _ => command,
    })
}

/// The catalog's folder according to a command line.
pub(super) fn folder(words: &[OsString]) -> PathBuf {
    let mut named = None;
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        if word == "--catalog" {
            named = words.peek().map(|word| PathBuf::from(*word)).or(named);
        } else if let Some(folder) = word.to_str().and_then(|word| word.strip_prefix("--catalog=")) {
            named = Some(PathBuf::from(folder));
        }
    }
    let variable = || std::env::var_os("CATALOG_SYNC_CATALOG").filter(|value| !value.is_empty()).map(PathBuf::from);
    home(named.or_else(variable).unwrap_or_else(|| PathBuf::from("catalog")))
}

/// Replaces a leading `~`. A shell does so only when it runs the command.
fn home(path: PathBuf) -> PathBuf {
    match (path.strip_prefix("~"), std::env::var_os("HOME")) {
        (Ok(rest), Some(home)) => Path::new(&home).join(rest),
        _ => path,
    }
}

fn read(folder: &Path) -> Option<Desired> {
    let Loaded { desired, findings: _ } = load(&source::read_dir(folder).ok()?, catalog::today());
    desired
}

/// The targets that complete a value. In a comma-separated list, only the part after the last comma is completed.
fn targets(folder: &Path, typed: &OsStr) -> Vec<CompletionCandidate> {
    let (Some(typed), Some(desired)) = (typed.to_str(), read(folder)) else { return Vec::new() };
    // Names with control characters need no care: a catalog with one has an error and offers no names.
    let names: Vec<String> = filter::names(&desired, None).iter().map(ToString::to_string).collect();
    let beginning = |begun: &str| names.iter().any(|name| name.starts_with(begun));
    let before = if beginning(typed) { 0 } else { typed.rfind(',').map_or(0, |comma| comma + 1) };
    let (before, begun) = typed.split_at(before);
    let fitting = names.iter().filter(|name| name.starts_with(begun));
    fitting.map(|name| CompletionCandidate::new(format!("{before}{name}"))).collect()
}

fn products(folder: &Path) -> Vec<CompletionCandidate> {
    let Some(desired) = read(folder) else { return Vec::new() };
    let names: BTreeMap<String, String> =
        desired.product_names.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    names.into_iter().map(|(id, name)| CompletionCandidate::new(id).help(Some(name.into()))).collect()
}

/// The accounts that shares and `recipients` name by id.
fn accounts(folder: &Path) -> Vec<CompletionCandidate> {
    let Some(desired) = read(folder) else { return Vec::new() };
    let mut accounts = BTreeSet::new();
    for portfolio in desired.portfolios.values() {
        accounts.extend(portfolio.shares.iter().filter_map(|it| match &it.share {
            Share::Account { account, .. } | Share::Member { account, .. } => Some(account),
            Share::Ou { .. } | Share::Organization { .. } => None,
        }));
        accounts.extend(portfolio.recipients.iter().filter_map(|it| match &it.who {
            Recipients::Account(account) => Some(account),
            Recipients::Ou(_) | Recipients::Organization(_) => None,
        }));
    }
    accounts.into_iter().map(|account| CompletionCandidate::new(account.as_str())).collect()
}
