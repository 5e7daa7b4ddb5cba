//! Reads and checks the catalog for a command, and shows its findings.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};

use super::filter::{self, Filter};
use super::output;
use crate::catalog::source::{self, CatalogFiles};
use crate::catalog::{self, Loaded};
use crate::cli::Common;
use crate::model::change::CatalogVersion;
use crate::model::desired::Desired;
use crate::model::finding::Severity;
use crate::model::id::Name;
use crate::model::target::TargetName;
use crate::model::trust::Before;
use crate::plan::{self, Earlier, Limits, Removals};
use crate::render::findings;

/// A catalog without errors, and the earlier catalogs that it is compared with.
#[derive(Clone)]
pub(super) struct Catalog {
    pub(super) desired: Desired,
    pub(super) base: Option<Desired>,
    /// Earlier catalogs that some targets are compared with instead of the base.
    pub(super) earlier: Vec<Earlier>,
    /// The base's settings. Known even if other files of the base have errors.
    pub(super) before: Before,
    pub(super) version: CatalogVersion,
}

impl Catalog {
    /// The catalog as its own base: everything that differs is then drift.
    pub(super) fn into_drift(self) -> Self {
        let Self { desired, base: _, earlier: _, before: _, version } = self;
        let (base, before) = (Some(desired.clone()), Before::Known(desired.settings.clone()));
        Self { desired, base, earlier: Vec::new(), before, version }
    }

    /// The targets that this catalog names, and those that only the base or an earlier catalog names: they may need a
    /// clean-up.
    pub(super) fn names(&self) -> BTreeSet<TargetName> {
        self.all().flat_map(|desired| filter::names(desired, None)).collect()
    }

    /// This catalog, its base and the earlier catalogs.
    pub(super) fn all(&self) -> impl Iterator<Item = &Desired> {
        let earlier = self.earlier.iter().filter_map(|it| it.desired.as_ref());
        [&self.desired].into_iter().chain(&self.base).chain(earlier)
    }

    /// The targets that a filter asks for as a whole.
    ///
    /// # Errors
    ///
    /// If a pattern matches no target.
    pub(super) fn asked(&self, filter: &Filter) -> Result<BTreeSet<TargetName>> {
        let names = self.names();
        let chosen = filter.against(&names)?;
        Ok(names.into_iter().filter(|name| chosen.matches_whole(name)).collect())
    }

    /// The organizations in which the catalog differs from its base. All organizations if there is no base.
    pub(super) fn differing(&self) -> BTreeSet<Name> {
        match &self.base {
            Some(base) => plan::differing(base, &self.desired),
            None => self.desired.settings.organizations.keys().cloned().collect(),
        }
    }

    /// A warning about roles that plan and apply share, if there are no earlier settings that could allow it.
    pub(super) fn on_its_own_word(&self) -> Option<String> {
        let organizations = self.desired.settings.organizations.values();
        let shared: BTreeSet<&str> = organizations.flat_map(|organization| organization.access.shared()).collect();
        if self.before != Before::Nothing || shared.is_empty() {
            return None;
        }
        let shared: Vec<&str> = shared.into_iter().collect();
        Some(format!(
            "This plan uses a role that can write, {}. Only this catalog allows that (`shared_role: true`): there is no \
             base to confirm it.",
            shared.join(", ")
        ))
    }

    /// The limits on removals, with the number that was allowed for this run.
    pub(super) fn limits(&self, allow_removals: Option<usize>) -> Limits {
        let max_removals = plan::max_removals(&self.desired.settings, &self.before);
        Limits { max_removals, allow_removals, shown: Removals::default() }
    }
}

/// Reads and checks the catalog and, with `--base`, its base. `None` if the catalog has errors; its findings were then
/// printed to standard error.
pub(super) fn load(common: &Common) -> Result<Option<Catalog>> {
    let files = source::read_dir(&common.catalog)?;
    let Loaded { desired, findings } = catalog::load(&files, today());
    show(common, &files, &findings)?;
    let Some(desired) = desired else { return Ok(None) };
    let Base { revision, desired: base, settings: before } = base(common)?;
    let head = source::head_revision(&common.catalog).unwrap_or_else(|error| {
        output::tell(&format!("warning: the commit of this catalog is unknown, so the plan names none: {error:#}"));
        None
    });
    let version = CatalogVersion {
        digest: desired.digest.clone(),
        revision: head,
        base: revision,
        sandbox: common.is_sandboxed(),
    };
    Ok(Some(Catalog { desired, base, earlier: Vec::new(), before, version }))
}

/// Like [`load`], but gives an empty catalog if the folder does not exist. For commands that work without a catalog.
pub(super) fn load_if_there(common: &Common) -> Result<Option<Catalog>> {
    if common.catalog.exists() {
        return load(common);
    }
    let path = common.catalog.display();
    output::say(
        common,
        &format!("There is no catalog at {path}: AWS is asked with the credentials of this environment"),
    );
    let desired = Desired::default();
    let version = CatalogVersion { digest: String::new(), revision: None, base: None, sandbox: common.is_sandboxed() };
    Ok(Some(Catalog { desired, base: None, earlier: Vec::new(), before: Before::Nothing, version }))
}

/// A catalog with nothing but settings that are not in a file yet. `None` if they have errors; the findings were then
/// printed to standard error.
pub(super) fn of_settings(common: &Common, text: &str) -> Result<Option<Catalog>> {
    let mut files = CatalogFiles::new(&common.catalog);
    files.files.insert(files.shown("settings.yaml"), text.as_bytes().to_vec());
    let Loaded { desired, findings } = catalog::load(&files, today());
    show(common, &files, &findings)?;
    let Some(desired) = desired else { return Ok(None) };
    let digest = desired.digest.clone();
    let version = CatalogVersion { digest, revision: None, base: None, sandbox: common.is_sandboxed() };
    Ok(Some(Catalog { desired, base: None, earlier: Vec::new(), before: Before::Nothing, version }))
}

/// Today's date in UTC. `until` is compared with it, so the result is the same in every time zone.
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
    findings::text(found, &output::pages(), |file| contents(files, file), &mut sink)
        .context("can't write to standard error")
}

/// The text of a file, to show the line of a finding.
pub(super) fn contents(files: &CatalogFiles, file: &str) -> Option<String> {
    files.files.get(file).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
}

/// A catalog as of an earlier commit.
pub(super) struct Base {
    /// The commit.
    pub(super) revision: Option<String>,
    /// `None` if there is no base, no catalog in that commit, or an error in it.
    pub(super) desired: Option<Desired>,
    pub(super) settings: Before,
}

fn base(common: &Common) -> Result<Base> {
    match &common.base {
        Some(revision) => as_of(common, revision),
        None => Ok(Base { revision: None, desired: None, settings: Before::Nothing }),
    }
}

/// Reads the catalog as of a revision. Warns if it has errors.
pub(super) fn as_of(common: &Common, revision: &str) -> Result<Base> {
    let commit = source::resolve_revision(&common.catalog, revision)?;
    let files = source::read_revision(&common.catalog, &commit)?;
    if files.is_empty() {
        return Ok(Base { revision: Some(commit), desired: None, settings: Before::Nothing });
    }
    let settings = catalog::settings(&files, today()).map_or(Before::Unusable, Before::Known);
    let Loaded { desired, findings: _ } = catalog::load(&files, today());
    if desired.is_none() {
        output::tell(&format!(
            "warning: the catalog of {revision} has errors. Drift can't be told from new changes, and nothing is \
             cleaned up that only it listed"
        ));
    }
    Ok(Base { revision: Some(commit), desired, settings })
}
