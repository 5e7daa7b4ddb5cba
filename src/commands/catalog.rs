//! The catalog of a command: read, checked, and its findings shown.

use anyhow::{Context as _, Result};

use super::output;
use crate::catalog::source::{self, CatalogFiles};
use crate::catalog::{self, Loaded};
use crate::cli::Common;
use crate::model::change::CatalogVersion;
use crate::model::desired::Desired;
use crate::model::finding::Severity;
use crate::render::findings;

/// A catalog that can be used, and what it was before.
pub(super) struct Catalog {
    pub(super) desired: Desired,
    pub(super) base: Option<Desired>,
    pub(super) version: CatalogVersion,
}

/// Reads and checks the catalog and, with `--base`, what it was. None where it can't be used: the findings are then
/// on standard error.
pub(super) fn load(common: &Common) -> Result<Option<Catalog>> {
    let files = source::read_dir(&common.catalog)?;
    let Loaded { desired, findings } = catalog::load(&files, today());
    show(common, &files, &findings)?;
    let Some(desired) = desired else { return Ok(None) };
    let (base_revision, base) = base(common)?;
    let version = CatalogVersion {
        digest: desired.digest.clone(),
        revision: source::head_revision(&common.catalog),
        base: base_revision,
    };
    Ok(Some(Catalog { desired, base, version }))
}

/// The day that `until` is held against, in UTC: the same for everyone who looks.
pub(super) fn today() -> jiff::civil::Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

fn show(common: &Common, files: &CatalogFiles, found: &[crate::model::finding::Finding]) -> Result<()> {
    let errors = found.iter().any(|finding| finding.severity == Severity::Error);
    if !errors && !common.verbose {
        match found.len() {
            0 => {}
            1 => output::say(common, "The catalog has 1 warning: `catalog-sync validate` shows it."),
            count => {
                let text = format!("The catalog has {count} warnings: `catalog-sync validate` shows them.");
                output::say(common, &text);
            }
        }
        return Ok(());
    }
    let mut sink = output::beside(common);
    findings::text(found, |file| contents(files, file), &mut sink).context("can't write to standard error")
}

/// A file's text, to show the line that a finding is about.
pub(super) fn contents(files: &CatalogFiles, file: &str) -> Option<String> {
    files.files.get(file).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
}

fn base(common: &Common) -> Result<(Option<String>, Option<Desired>)> {
    let Some(revision) = &common.base else { return Ok((None, None)) };
    let commit = source::resolve_revision(&common.catalog, revision)?;
    let files = source::read_revision(&common.catalog, &commit)?;
    if files.is_empty() {
        return Ok((Some(commit), None));
    }
    let Loaded { desired, findings: _ } = catalog::load(&files, today());
    if desired.is_none() {
        output::tell(&format!(
            "warning: the catalog of {revision} has errors: what was drift before can't be told from what is new, and \
             nothing is cleaned up that it alone listed"
        ));
    }
    Ok((Some(commit), desired))
}
