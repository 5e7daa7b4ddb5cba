//! `import`: makes catalog files from what is live.

mod adopt;
mod fresh;
mod from;
mod landing;

use std::collections::BTreeSet;

use anyhow::Result;

use landing::{known, land, taken};

use super::exit::{Exit, UsageError};
use super::{catalog, cloud, output};
use crate::catalog::source::{self, CatalogFiles};
use crate::cli::{Common, Format, Import};
use crate::cloud::read;
use crate::model::draft::Draft;
use crate::model::id::Name;
use crate::model::live::Live;
use crate::model::settings::{Mode, Settings};
use crate::plan::{self, What};

/// Reads the chosen portfolios and experiences, and writes their files. Either all new files are written or none.
/// After that the replaced ones are written, each in one step.
pub(super) async fn run(common: &Common, options: &Import) -> Result<Exit> {
    if common.format.is_some_and(|format| format != Format::Text) {
        return Err(UsageError("import writes YAML files and has no other --format".to_owned()).into());
    }
    if options.adopt {
        return Box::pin(adopt::run(common, options)).await;
    }
    if !options.foreign.from.is_empty() {
        return from::run(common, options);
    }
    let (settings, existing) = match begun(common)? {
        Some(existing) => (None, existing),
        None => (
            Some(Box::pin(fresh::settings(common, named(options)?.as_ref())).await?),
            CatalogFiles::new(&common.catalog),
        ),
    };
    let catalog = match &settings {
        None => catalog::load(common)?,
        Some(text) => catalog::of_settings(common, text)?,
    };
    let Some(catalog) = catalog else { return Ok(Exit::Error) };
    let desired = &catalog.desired;
    let what = what(options, &desired.settings)?;
    let session = cloud::open(common, &catalog, Mode::Plan).await?;
    output::say(common, "Reading what is live …");
    let mut live = Live::default();
    read::read(&session.cloud, &mut live, |live| plan::import_wants(&what, desired, live)).await;
    session.close(common).await?;

    let drawn = plan::draft(&what, desired, &taken(&existing, options.force), &live);
    if !land(common, &existing, (&drawn, settings.as_deref()), options.dry_run)? {
        return Ok(Exit::Error);
    }
    Ok(tell(common, options, &drawn, settings.is_some()))
}

/// The present catalog's files. `None` if there is no catalog yet: no folder, or nothing in it.
fn begun(common: &Common) -> Result<Option<CatalogFiles>> {
    if !common.catalog.exists() {
        return Ok(None);
    }
    let existing = source::read_dir(&common.catalog)?;
    Ok(Some(existing).filter(|existing| !existing.is_empty() || !existing.findings.is_empty()))
}

/// The name for the one organization in new settings.
fn named(options: &Import) -> Result<Option<Name>> {
    match options.organization.as_slice() {
        [] => Ok(None),
        [one] => one.parse().map(Some).map_err(|error| UsageError(format!("--organization {one}: {error}")).into()),
        _ => {
            Err(UsageError("there is no settings.yaml yet, and one is written for one organization".to_owned()).into())
        }
    }
}

fn what(options: &Import, settings: &Settings) -> Result<What> {
    let Import { organization, portfolio, experience, recipients, adopt: _, dry_run: _, force: _, foreign: _ } =
        options;
    Ok(What {
        organizations: organization.iter().map(|name| known(name, settings)).collect::<Result<_>>()?,
        portfolios: portfolio.iter().cloned().collect(),
        experiences: experience.iter().cloned().collect(),
        recipients: *recipients,
    })
}

/// Reports what was left out, and the next step.
fn tell(common: &Common, options: &Import, drawn: &Draft, has_settings: bool) -> Exit {
    let Draft { portfolios, lists, left_out, altered: _, unread } = drawn;
    for sentence in left_out {
        output::say(common, &format!("left out: {sentence}"));
    }
    for sentence in unread.iter().collect::<BTreeSet<_>>() {
        output::tell(&format!("error: {sentence}"));
    }
    let files = portfolios.len() + lists.len() + usize::from(has_settings);
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
