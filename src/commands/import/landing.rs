//! Writes drafts to catalog files, whatever they were made from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::catalog::source::CatalogFiles;
use crate::catalog::{Loaded, load, write};
use crate::cli::Common;
use crate::commands::exit::UsageError;
use crate::commands::put::{self, NewFile};
use crate::commands::{catalog, files, output};
use crate::model::draft::Draft;
use crate::model::finding::Severity;
use crate::model::id::Name;
use crate::model::settings::Settings;
use crate::plan::Taken;
use crate::render::{escape, findings};

/// An organization of the settings by its name.
pub(super) fn known(name: &str, settings: &Settings) -> Result<Name> {
    let found = settings.organizations.keys().find(|known| known.as_str() == name);
    found.cloned().ok_or_else(|| {
        let all: Vec<&str> = settings.organizations.keys().map(Name::as_str).collect();
        UsageError(format!("there is no organization `{name}` in the settings, which have {}", all.join(", "))).into()
    })
}

/// The names that files of the catalog have already.
pub(super) fn taken(existing: &CatalogFiles, rewrite: bool) -> Taken {
    let in_folder = |folder: &str| -> BTreeSet<Name> {
        let stem = |path: &String| {
            let name = existing.inside(path).strip_prefix(folder)?.strip_prefix('/')?;
            name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"))?.parse().ok()
        };
        existing.files.keys().filter_map(stem).collect()
    };
    Taken { rewrite, portfolios: in_folder("portfolios"), lists: in_folder("marketplace") }
}

/// Writes the files, or shows them. `false` if the catalog would have an error with them: the findings were shown, and
/// nothing was written.
pub(super) fn land(
    common: &Common,
    existing: &CatalogFiles,
    (drawn, settings): (&Draft, Option<&str>),
    is_dry: bool,
) -> Result<bool> {
    let mut written = texts(existing, drawn);
    written.extend(settings.map(|text| (existing.shown("settings.yaml"), text.to_owned())));
    if !is_sound(common, existing, &written)? {
        return Ok(false);
    }
    if is_dry {
        show(common, &written)?;
        return Ok(true);
    }
    put(existing, &written)?;
    output::result(common, |sink| written.keys().try_for_each(|path| writeln!(sink, "{}", escape::terminal(path))))?;
    Ok(true)
}

/// The text of each file, by path.
fn texts(existing: &CatalogFiles, drawn: &Draft) -> BTreeMap<String, String> {
    let path = |folder: &str, name: &Name| existing.shown(&format!("{folder}/{name}.yaml"));
    let portfolios = drawn.portfolios.iter().map(|(name, it)| (path("portfolios", name), write::portfolio(it)));
    let lists = drawn.lists.iter().map(|(name, it)| (path("marketplace", name), write::list(it)));
    portfolios.chain(lists).collect()
}

/// Whether the catalog has no error with the new files. If it has, shows the findings.
fn is_sound(common: &Common, existing: &CatalogFiles, written: &BTreeMap<String, String>) -> Result<bool> {
    let mut with = existing.clone();
    with.files.extend(written.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())));
    let Loaded { desired, findings: found } = load(&with, catalog::today());
    if desired.is_some() {
        return Ok(true);
    }
    let errors: Vec<_> = found.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
    let mut sink = output::beside(common);
    findings::text(&errors, &output::pages(), |file| catalog::contents(&with, file), &mut sink)
        .context("can't write to standard error")?;
    output::tell("error: nothing was written, since the catalog would have these errors with the new files.");
    Ok(false)
}

fn show(common: &Common, written: &BTreeMap<String, String>) -> Result<()> {
    output::result(common, |sink| {
        for (at, (path, text)) in written.iter().enumerate() {
            let blank = if at == 0 { "" } else { "\n" };
            write!(sink, "{blank}# {}\n{}", escape::terminal(path), text)?;
        }
        Ok(())
    })
}

fn put(existing: &CatalogFiles, written: &BTreeMap<String, String>) -> Result<()> {
    let is_new = |path: &&String| !existing.files.contains_key(*path);
    let new = written.iter().filter(|(path, _)| is_new(path));
    // An existing catalog's folder was checked for symbolic links when it was read. A new one is created below an
    // existing folder.
    let dir = Path::new(&existing.dir);
    let root = dir.ancestors().find(|above| above.is_dir()).unwrap_or_else(|| Path::new("."));
    let below = dir.strip_prefix(root).unwrap_or(dir);
    let inside = |path: &String| below.join(existing.inside(path));
    let new: Vec<NewFile> = new.map(|(path, text)| NewFile { path: inside(path), text: text.clone() }).collect();
    let in_the_way = put::in_the_way(root, &new)?;
    if !in_the_way.is_empty() {
        anyhow::bail!("nothing was written, since this is there already: {}", in_the_way.join("; "));
    }
    put::put(root, &new)?;
    for (path, text) in written {
        if let Some(before) = existing.files.get(path) {
            files::replace(Path::new(path), before, text.as_bytes())?;
        }
    }
    Ok(())
}
