//! `import --from`: makes catalog files from another tool's files. AWS is not asked.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::landing::{known, land, taken};
use crate::catalog::source;
use crate::cli::{Common, Foreign, ForeignKind, Import};
use crate::commands::exit::{Exit, UsageError};
use crate::commands::{catalog, output};
use crate::foreign::{self, Destination, ForeignFile, Kind};
use crate::model::draft::Draft;
use crate::model::id::Name;
use crate::model::settings::Settings;

pub(super) fn run(common: &Common, options: &Import) -> Result<Exit> {
    let Some(catalog) = catalog::load(&common.without_base())? else { return Ok(Exit::Error) };
    let settings = &catalog.desired.settings;
    let (files, kind) = files(&options.foreign)?;
    let name = organization(options, kind, settings)?;
    let Some(organization) = settings.organizations.get(&name) else {
        bail!("there is no organization `{name}` in the settings");
    };
    let to = Destination { name: &name, organization, settings };
    let mut drawn = foreign::read(&files, kind, to)?;
    rename(options, &mut drawn)?;

    let existing = source::read_dir(&common.catalog)?;
    leave_what_is_there(options, &taken(&existing, false), &mut drawn);
    if !land(common, &existing, (&drawn, None), options.dry_run)? {
        return Ok(Exit::Error);
    }
    tell(common, options, kind, &drawn);
    Ok(Exit::Done)
}

/// The given files, all of one kind, and files that belong to them and lie next to them.
fn files(options: &Foreign) -> Result<(Vec<ForeignFile>, Kind)> {
    let Foreign { from, from_format, name: _ } = options;
    let mut files = from.iter().map(read).collect::<Result<Vec<_>>>()?;
    let said = from_format.map(|kind| match kind {
        ForeignKind::Lza => Kind::Lza,
        ForeignKind::Puppet => Kind::Puppet,
        ForeignKind::Terraform => Kind::Terraform,
        ForeignKind::MarketplaceAutomation => Kind::MarketplaceAutomation,
        ForeignKind::Csv => Kind::Csv,
    });
    let kind = said.map_or_else(|| recognised(&files), Ok)?;
    let is_given = |path: &Path| from.iter().any(|given| given.as_path() == path);
    for path in from {
        let beside = path.with_file_name(foreign::ACCOUNTS_FILE);
        if kind == Kind::Lza
            && !is_given(&beside)
            && beside.is_file()
            && !files.iter().any(|it| Path::new(&it.path) == beside)
        {
            files.push(read(&beside)?);
        }
    }
    Ok((files, kind))
}

/// The one kind of all files. Fails if there are several.
fn recognised(files: &[ForeignFile]) -> Result<Kind> {
    let mut found = BTreeMap::new();
    for file in files {
        found.entry(foreign::recognise(file)?).or_insert(&file.path);
    }
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (Some((kind, _)), None) => Ok(kind),
        (Some((one, path)), Some((other, another))) => {
            let (one, other) = (one.word(), other.word());
            let text = format!("{path} is of {one} and {another} of {other}: import those of one tool at a time");
            Err(UsageError(text).into())
        }
        (None, _) => bail!("no file was given"),
    }
}

fn read(path: &PathBuf) -> Result<ForeignFile> {
    let shown = path.display();
    let reading = || format!("can't read {shown}");
    let file = fs::File::open(path).with_context(reading)?;
    if file.metadata().with_context(reading)?.is_dir() {
        bail!("can't read {shown}: it is a folder");
    }
    let mut bytes = Vec::new();
    file.take(foreign::MOST_BYTES + 1).read_to_end(&mut bytes).with_context(reading)?;
    if bytes.len() as u64 > foreign::MOST_BYTES {
        bail!("can't read {shown}: it has more than {} MiB", foreign::MOST_BYTES / 1024 / 1024);
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let (line, before) = place(error.as_bytes(), error.utf8_error().valid_up_to());
        anyhow::anyhow!("{shown}:{line}:{before}: this is not UTF-8: save the file as UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    Ok(ForeignFile { path: shown.to_string(), text })
}

/// The line and column of a byte. Everything before it must be valid UTF-8.
fn place(bytes: &[u8], at: usize) -> (usize, usize) {
    let before = String::from_utf8_lossy(bytes.get(..at).unwrap_or_default());
    let line = before.matches('\n').count() + 1;
    (line, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)
}

/// The organization that the files are imported for.
fn organization(options: &Import, kind: Kind, settings: &Settings) -> Result<Name> {
    let account = if kind.is_about_portfolios() { "service_catalog_account" } else { "marketplace_account" };
    match options.organization.as_slice() {
        [] => {}
        [name] => {
            let name = known(name, settings)?;
            let has_account = settings.organizations.get(&name).is_some_and(|it| {
                if kind.is_about_portfolios() {
                    it.service_catalog_account.is_some()
                } else {
                    it.marketplace_account.is_some()
                }
            });
            if !has_account {
                return Err(UsageError(format!("`{name}` has no `{account}` in settings.yaml")).into());
            }
            return Ok(name);
        }
        _ => {
            let text = "one file is about one organization: name one with --organization".to_owned();
            return Err(UsageError(text).into());
        }
    }
    let of_kind = settings.organizations.iter().filter(|(_, it)| {
        if kind.is_about_portfolios() { it.service_catalog_account.is_some() } else { it.marketplace_account.is_some() }
    });
    let names: Vec<&Name> = of_kind.map(|(name, _)| name).collect();
    match names.as_slice() {
        [name] => Ok((*name).clone()),
        [] => Err(UsageError(format!("no organization of settings.yaml has a `{account}`")).into()),
        _ => {
            let names: Vec<&str> = names.into_iter().map(Name::as_str).collect();
            let text = format!("whose file is this? Say it with --organization: {}", names.join(", "));
            Err(UsageError(text).into())
        }
    }
}

/// Renames the only drawn file as `--name` says.
fn rename(options: &Import, drawn: &mut Draft) -> Result<()> {
    let Some(name) = &options.foreign.name else { return Ok(()) };
    let name: Name =
        name.parse().map_err(|error: crate::model::id::InvalidId| UsageError(format!("--name: {error}")))?;
    match (drawn.portfolios.pop_first(), drawn.lists.pop_first()) {
        (Some((_, portfolio)), None) if drawn.portfolios.is_empty() => {
            drawn.portfolios.insert(name, portfolio);
        }
        (None, Some((_, list))) if drawn.lists.is_empty() => {
            drawn.lists.insert(name, list);
        }
        (None, None) => {}
        _ => return Err(UsageError("--name is for a single file, and several are to be written".to_owned()).into()),
    }
    Ok(())
}

/// Leaves out files that exist already, unless `--force` was given.
fn leave_what_is_there(options: &Import, taken: &crate::plan::Taken, drawn: &mut Draft) {
    if options.force {
        return;
    }
    let Draft { portfolios, lists, left_out, altered: _, unread: _ } = drawn;
    portfolios.retain(|name, _| keeps("portfolios", name, &taken.portfolios, left_out));
    lists.retain(|name, _| keeps("marketplace", name, &taken.lists, left_out));
}

fn keeps(folder: &str, name: &Name, taken: &std::collections::BTreeSet<Name>, left_out: &mut Vec<String>) -> bool {
    let is_free = !taken.contains(name);
    if !is_free {
        left_out.push(format!("{folder}/{name}.yaml is there already, and stays as it is without --force"));
    }
    is_free
}

/// Reports what was left out or altered, and the next step.
fn tell(common: &Common, options: &Import, kind: Kind, drawn: &Draft) {
    let Draft { portfolios, lists, left_out, altered, unread: _ } = drawn;
    for (word, sentences) in [("differs", altered), ("left out", left_out)] {
        for sentence in sentences {
            output::say(common, &format!("{word}: {sentence}"));
        }
    }
    let count = portfolios.len() + lists.len();
    let what = if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
    let said = match (count, options.dry_run) {
        (0, _) => "Nothing to import.".to_owned(),
        (_, true) => format!("{what}; nothing was written."),
        (_, false) if kind == Kind::Csv => {
            format!(
                "{what} written. Name the experiences that each governs under `experiences`, or include it in another list."
            )
        }
        (_, false) => {
            format!(
                "{what} written. `catalog-sync plan` shows how that differs from what is live: check it before you stop the other tool."
            )
        }
    };
    output::say(common, &said);
}
