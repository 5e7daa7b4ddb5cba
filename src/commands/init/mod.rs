//! `init`: writes the first files of a catalog into the current folder. No network.

mod answers;
mod drafts;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result};

use self::answers::{Answers, Terminal};
use self::drafts::Draft;
use super::catalog;
use super::exit::{Exit, UsageError};
use super::iam;
use super::output;
use super::put::{self, NewFile};
use crate::catalog::source::CatalogFiles;
use crate::catalog::{Loaded, load};
use crate::cli::{Common, Init as Options};
use crate::model::desired::Desired;
use crate::model::finding::Severity;
use crate::render::escape;

/// Asks for missing values and writes the files: all or none, and never over an existing one.
pub(super) fn run(common: &Common, options: &Options) -> Result<Exit> {
    let folder = below(&common.catalog, "--catalog")?;
    let answers = answers(common, options)?;
    let mut drafts = drafts::all(&answers, &folder, common.is_sandboxed())?;
    let desired = checked(&folder, &drafts)?;
    let kinds = iam::kinds(options, &desired)?;
    drafts.extend(drafts::roles(&kinds));
    drafts.extend(world(common, &desired)?);

    let root = std::env::current_dir().context("can't tell which folder this is")?;
    let new = |draft: &Draft| NewFile { path: draft.path.clone(), text: draft.text.clone() };
    let files: Vec<NewFile> = drafts.iter().map(new).collect();
    let in_the_way = put::in_the_way(&root, &files)?;
    if !in_the_way.is_empty() {
        output::tell("error: nothing was written, since this is there already:");
        for line in in_the_way {
            output::tell(&format!("  {line}"));
        }
        output::tell("Move it away, or run init in another folder; the catalog's folder is given by `--catalog`.");
        return Ok(Exit::Error);
    }
    put::put(&root, &files)?;
    output::result(common, |sink| {
        drafts.iter().try_for_each(|draft| writeln!(sink, "{}", escape::terminal(&draft.path.display().to_string())))
    })?;
    output::say(common, "What is left to do; docs/adopt.md of catalog-sync says more:");
    let steps = drafts::next_steps(&answers, &folder, &drafts, &kinds, repository_around(&root).as_deref());
    for (at, step) in steps.iter().enumerate() {
        output::say(common, &format!("{}. {step}", at + 1));
    }
    Ok(Exit::Done)
}

fn answers(common: &Common, options: &Options) -> Result<Answers> {
    let stdin = io::stdin();
    let (mut input, mut output) = (stdin.lock(), io::stderr().lock());
    let terminal = stdin.is_terminal().then_some(Terminal { input: &mut input, output: &mut output });
    answers::collect(options, common.is_sandboxed(), terminal)
}

/// A relative path without `.`. Fails if it leads out of the current folder.
fn below(path: &Path, option: &str) -> Result<PathBuf> {
    let mut below = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::Normal(part) if part.to_str().is_some_and(|part| !part.contains(char::is_control)) => {
                below.push(part);
            }
            Component::Normal(_) | Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                let path = path.display();
                let message =
                    format!("{option} {path}: init writes in the folder that it runs in: give a path below it");
                return Err(UsageError(message).into());
            }
        }
    }
    Ok(below)
}

/// Loads the new catalog. Reports wrong answers that only the catalog's checks find.
fn checked(folder: &Path, drafts: &[Draft]) -> Result<Desired> {
    let dir = folder.to_str().context("the catalog's folder is not Unicode")?.to_owned();
    let mut files = BTreeMap::new();
    for draft in drafts.iter().filter(|draft| draft.is_of_the_catalog) {
        let path = draft.path.to_str().context("the catalog's folder is not Unicode")?;
        files.insert(path.to_owned(), draft.text.clone().into_bytes());
    }
    let Loaded { desired, findings } = load(&CatalogFiles { dir, files, findings: Vec::new() }, catalog::today());
    let (mut errors, mut warnings) = (Vec::new(), Vec::new());
    for finding in &findings {
        let sentence = format!("{}: {}", finding.message, finding.help);
        match finding.severity {
            Severity::Error => errors.push(sentence),
            Severity::Warning => warnings.push(sentence),
        }
    }
    let desired = desired.ok_or_else(|| UsageError(format!("nothing was written. {}", errors.join(". "))))?;
    for sentence in warnings {
        output::tell(&format!("warning: {sentence}"));
    }
    Ok(desired)
}

/// The sandbox's world file, if the sandbox was asked for.
#[cfg(feature = "sandbox")]
fn world(common: &Common, desired: &Desired) -> Result<Option<Draft>> {
    use crate::cli::Sandbox;

    let path = match &common.sandbox {
        None | Some(Sandbox::Off) => return Ok(None),
        Some(Sandbox::Made) => PathBuf::from("world.yaml"),
        Some(Sandbox::In(path)) => below(path, "--sandbox")?,
    };
    let text = super::sandbox::world_of(desired)?;
    Ok(Some(Draft { path, text, is_of_the_catalog: false }))
}

/// Without the sandbox feature there is no world.
#[cfg(not(feature = "sandbox"))]
#[expect(clippy::unnecessary_wraps, reason = "with the sandbox it can fail")]
fn world(_: &Common, _: &Desired) -> Result<Option<Draft>> {
    Ok(None)
}

/// The repository's root, if the folder is inside of a repository but is not its root.
fn repository_around(folder: &Path) -> Option<PathBuf> {
    let top = folder.ancestors().find(|above| above.join(".git").exists())?;
    (top != folder).then(|| top.to_owned())
}
