//! `import`: catalog files of what is live.

mod adopt;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::exit::{Exit, UsageError};
use super::put::{self, NewFile};
use super::{catalog, cloud, files, output};
use crate::catalog::source::{self, CatalogFiles};
use crate::catalog::{Loaded, load, write};
use crate::cli::{Common, Format, Import};
use crate::cloud::read;
use crate::model::draft::Draft;
use crate::model::finding::Severity;
use crate::model::id::Name;
use crate::model::live::Live;
use crate::model::settings::{Mode, Settings};
use crate::plan::{self, Taken, What};
use crate::render::{escape, findings};

/// Reads what was chosen, and writes its files: all new ones or none, then those that are written anew, each as a whole.
pub(super) async fn run(common: &Common, options: &Import) -> Result<Exit> {
    if common.format.is_some_and(|format| format != Format::Text) {
        return Err(UsageError("import writes YAML files and has no other --format".to_owned()).into());
    }
    if options.adopt {
        return adopt::run(common, options).await;
    }
    let Some(catalog) = catalog::load(common)? else { return Ok(Exit::Error) };
    let desired = &catalog.desired;
    let what = what(options, &desired.settings)?;
    let existing = source::read_dir(&common.catalog)?;
    let session = cloud::open(common, &catalog, Mode::Plan).await?;
    output::say(common, "Reading what is live …");
    let mut live = Live::default();
    read::read(&session.cloud, &mut live, |live| plan::import_wants(&what, desired, live)).await;
    session.close(common).await?;

    let drawn = plan::draft(&what, desired, &taken(&existing, options.force), &live);
    let written = texts(&existing.dir, &drawn);
    if !is_sound(common, &existing, &written)? {
        return Ok(Exit::Error);
    }
    if options.dry_run {
        show(common, &written)?;
    } else {
        put(&existing, &written)?;
        output::result(common, |sink| {
            written.keys().try_for_each(|path| writeln!(sink, "{}", escape::terminal(path)))
        })?;
    }
    Ok(tell(common, options, &drawn))
}

fn what(options: &Import, settings: &Settings) -> Result<What> {
    let Import { organization, portfolio, experience, recipients, adopt: _, dry_run: _, force: _ } = options;
    let known = |name: &String| {
        let found = settings.organizations.keys().find(|known| known.as_str() == name);
        found.cloned().ok_or_else(|| {
            let all: Vec<&str> = settings.organizations.keys().map(Name::as_str).collect();
            UsageError(format!("there is no organization `{name}` in the settings, which have {}", all.join(", ")))
        })
    };
    Ok(What {
        organizations: organization.iter().map(known).collect::<Result<_, _>>()?,
        portfolios: portfolio.iter().cloned().collect(),
        experiences: experience.iter().cloned().collect(),
        recipients: *recipients,
    })
}

/// The names of files that are there.
fn taken(existing: &CatalogFiles, rewrite: bool) -> Taken {
    let in_folder = |folder: &str| -> BTreeSet<Name> {
        let stem = |path: &String| {
            let name = existing.inside(path).strip_prefix(folder)?.strip_prefix('/')?;
            name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"))?.parse().ok()
        };
        existing.files.keys().filter_map(stem).collect()
    };
    Taken { rewrite, portfolios: in_folder("portfolios"), lists: in_folder("marketplace") }
}

/// The files' texts by their paths.
fn texts(dir: &str, drawn: &Draft) -> BTreeMap<String, String> {
    let path = |folder: &str, name: &Name| format!("{dir}/{folder}/{name}.yaml");
    let portfolios = drawn.portfolios.iter().map(|(name, it)| (path("portfolios", name), write::portfolio(it)));
    let lists = drawn.lists.iter().map(|(name, it)| (path("marketplace", name), write::list(it)));
    portfolios.chain(lists).collect()
}

/// Whether the catalog is still without an error with the new files in it. Otherwise the findings are shown.
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
    output::tell(
        "error: nothing was written, since the catalog would have these errors with the files of what is live.",
    );
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
    let inside = |path: &String| PathBuf::from(existing.inside(path));
    let new: Vec<NewFile> = new.map(|(path, text)| NewFile { path: inside(path), text: text.clone() }).collect();
    // The way to the catalog was looked at when it was read.
    let root = Path::new(&existing.dir);
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

/// What is in no file, and what to do now.
fn tell(common: &Common, options: &Import, drawn: &Draft) -> Exit {
    let Draft { portfolios, lists, left_out, unread } = drawn;
    for sentence in left_out {
        output::say(common, &format!("left out: {sentence}"));
    }
    for sentence in unread.iter().collect::<BTreeSet<_>>() {
        output::tell(&format!("error: {sentence}"));
    }
    let files = portfolios.len() + lists.len();
    let said = match (files, options.dry_run) {
        (0, _) => "Nothing to import.".to_owned(),
        (1, true) => "1 file; nothing was written.".to_owned(),
        (count, true) => format!("{count} files; nothing was written."),
        (count, false) => {
            let what = if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
            format!("{what} written. `catalog-sync plan` should find nothing to change in what they govern.")
        }
    };
    output::say(common, &said);
    if unread.is_empty() { Exit::Done } else { Exit::Error }
}
