//! `map`: which account sees what, as one HTML file.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::catalog::Catalog;
use super::exit::{Exit, UsageError};
use super::filter::{Chosen, Filter};
use super::{catalog, cloud, files, output};
use crate::cli::{Common, Format, Map as Options};
use crate::cloud::read;
use crate::model::atlas::Atlas;
use crate::model::change::{CatalogVersion, Plan};
use crate::model::live::Live;
use crate::model::settings::Mode;
use crate::model::target::TargetName;
use crate::plan::{self, Goal, Repairs, Scope, wire};
use crate::render::escape;
use crate::render::map::{self as rendered, Made};

/// The `--output` that means standard output.
const STDOUT: &str = "-";

/// The generator tag is within this many bytes of the beginning of a page.
const HEAD: u64 = 4096;

/// Reads AWS and writes the page.
pub(super) async fn run(common: &Common, options: &Options) -> Result<Exit> {
    if common.format.is_some_and(|format| format != Format::Text) {
        return Err(UsageError("map writes an HTML page and has no other --format".to_owned()).into());
    }
    let target = Destination::of(&options.output, options.force)?;
    let saved = options.plan.as_deref().map(saved).transpose()?;
    let Some(catalog) = catalog::load(common)? else { return Ok(Exit::Error) };
    if let (Some(saved), Some(file)) = (&saved, &options.plan) {
        fits(&saved.catalog, &catalog.version, file)?;
    }
    if let Some(sentence) = catalog.on_its_own_word() {
        output::tell(&format!("warning: {sentence}"));
    }
    let filter = Filter::new(common);
    let names = catalog.names();
    let chosen = filter.against(&names)?;
    let wanted = |name: &TargetName| is_shown(name) && chosen.may_match(name);
    if !names.is_empty() && !names.iter().any(wanted) {
        let what = "map shows portfolios and experiences, and --target matches none of them";
        return Err(UsageError(what.to_owned()).into());
    }
    let scope = Scope { wanted: &wanted, ungoverned: !filter.is_narrow() };

    let session = cloud::open(common, &catalog, Mode::Plan).await?;
    output::say(common, &reading(&catalog));
    let mut live = Live::default();
    let Catalog { desired, base, earlier, before: _, version } = &catalog;
    let next = |live: &Live| {
        let wants = plan::atlas_wants(scope, desired, saved.as_ref(), live);
        if saved.is_some() {
            return wants;
        }
        wants.and(plan::wants_of_all(Goal { wanted: &wanted }, desired, base.as_ref(), earlier, live))
    };
    read::read(&session.cloud, &mut live, next).await;
    session.close(common).await?;

    let plan = if let Some(saved) = saved {
        narrowed(saved, &chosen)
    } else {
        let plan = plan::compose(Repairs::No, desired, &live, base.as_ref(), earlier, version.clone());
        let plan = narrowed(plan, &chosen);
        chosen.found(plan.targets.iter().map(|target| &target.name))?;
        plan
    };
    let atlas = plan::atlas(scope, desired, &live, &plan);
    let at = live.began.map(moment).unwrap_or_default();
    let compared = compared(common, options);
    let made = Made {
        at: &at,
        version: env!("CARGO_PKG_VERSION"),
        sandboxed: common.is_sandboxed(),
        compared: compared.as_deref(),
    };
    target.write(common, rendered::page(&atlas, &made).as_bytes())?;
    tell(common, &atlas, &live);
    Ok(if atlas.is_whole() { Exit::Done } else { Exit::Error })
}

/// Recipient targets are left out: the map does not look inside receiving accounts.
fn is_shown(name: &TargetName) -> bool {
    match name {
        TargetName::Portfolio { .. } | TargetName::Marketplace { .. } => true,
        TargetName::Recipient { .. } => false,
    }
}

fn narrowed(plan: Plan, chosen: &Chosen) -> Plan {
    let names = plan.targets.iter().map(|target| &target.name);
    let wanted: BTreeSet<TargetName> =
        names.filter(|name| is_shown(name) && chosen.matches_planned(name)).cloned().collect();
    plan.restrict(&wanted)
}

fn saved(path: &Path) -> Result<Plan> {
    wire::plan_from_json(&files::read(path)?).with_context(|| format!("can't use {}", path.display()))
}

/// Refuses a saved plan of another catalog. Refuses a plan of the sandbox for a map of AWS, and the reverse.
fn fits(planned: &CatalogVersion, now: &CatalogVersion, file: &Path) -> Result<()> {
    let file = file.display();
    if planned.digest != now.digest {
        let of = planned.revision.as_ref().map(|it| format!(" (of commit {it})")).unwrap_or_default();
        bail!(
            "{file} is a plan of another catalog{of}: its digest is {}, and that of this one {}. Check out the commit that \
             it was made from, or make the plan anew",
            planned.digest,
            now.digest
        );
    }
    match (planned.sandbox, now.sandbox) {
        (true, false) => {
            bail!("{file} is a plan of the sandbox, and this map is of AWS: make the plan without --sandbox")
        }
        (false, true) => bail!("{file} is a plan of AWS, and this map is of the sandbox: make the plan with --sandbox"),
        (true, true) | (false, false) => Ok(()),
    }
}

fn compared(common: &Common, options: &Options) -> Option<String> {
    match (&options.plan, &common.base) {
        // Only the file's name: its folders mean nothing to whoever opens the page elsewhere.
        (Some(plan), _) => Some(format!("plan {}", plan.file_name().unwrap_or_default().to_string_lossy())),
        (None, Some(base)) => Some(format!("base {base}")),
        (None, None) => None,
    }
}

fn moment(at: jiff::Timestamp) -> String {
    at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn reading(catalog: &Catalog) -> String {
    match catalog.desired.settings.organizations.len() {
        1 => "Reading 1 organization, its portfolios and its experiences …".to_owned(),
        number => format!("Reading {number} organizations, their portfolios and their experiences …"),
    }
}

/// Where the page goes.
enum Destination<'a> {
    Stdout,
    /// A file that does not exist yet.
    New(&'a Path),
    /// A file to overwrite, with its present contents.
    Over(&'a Path, Vec<u8>),
    /// A device or a pipe.
    Other(&'a Path),
}

impl<'a> Destination<'a> {
    /// Checked before AWS is read, so that a page that can't be written fails at once.
    fn of(path: &'a Path, force: bool) -> Result<Self> {
        if path == Path::new(STDOUT) {
            return Ok(Self::Stdout);
        }
        let Ok(found) = fs::symlink_metadata(path) else { return Ok(Self::New(path)) };
        if found.is_dir() {
            bail!("can't write {}: it is a folder. Name a file", path.display());
        }
        if !found.is_file() {
            // Refuses symbolic links, except those to a device or a pipe.
            files::writable(path)?;
            return Ok(Self::Other(path));
        }
        if !force && !is_map(path)? {
            bail!(
                "{} is there and is no map of catalog-sync: name another file with --output, or write over it with --force",
                path.display()
            );
        }
        let before = fs::read(path).with_context(|| format!("can't read {}", path.display()))?;
        Ok(Self::Over(path, before))
    }

    fn write(&self, common: &Common, page: &[u8]) -> Result<()> {
        match self {
            Self::Stdout => return output::printed(page),
            Self::New(path) => files::create(path, page),
            Self::Over(path, before) => files::replace(path, before, page),
            Self::Other(path) => fs::write(path, page).with_context(|| format!("can't write {}", path.display())),
        }?;
        let path = self.path().display().to_string();
        output::result(common, |sink| writeln!(sink, "{}", escape::terminal(&path)))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Stdout => Path::new(STDOUT),
            Self::New(path) | Self::Over(path, _) | Self::Other(path) => path,
        }
    }
}

/// Whether a file is a page that `map` has written.
fn is_map(path: &Path) -> Result<bool> {
    let reading = || format!("can't read {}", path.display());
    let mut head = Vec::new();
    fs::File::open(path).with_context(reading)?.take(HEAD).read_to_end(&mut head).with_context(reading)?;
    Ok(String::from_utf8_lossy(&head).contains(rendered::GENERATOR))
}

fn tell(common: &Common, atlas: &Atlas, live: &Live) {
    for trouble in &live.troubles {
        output::say(common, &format!("warning: some names are missing: {trouble}"));
    }
    let mut said: BTreeSet<String> = atlas.untold.iter().cloned().collect();
    for portfolio in &atlas.portfolios {
        said.extend(portfolio.trouble.clone());
    }
    for experience in &atlas.experiences {
        said.extend(experience.trouble.clone());
    }
    for sentence in &said {
        output::tell(&format!("error: {sentence}"));
    }
    if said.is_empty() && !atlas.is_whole() {
        output::tell("error: not everything could be told: the page says what and why");
    }
    let count = |number: usize, one: &str| if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") };
    let accounts = atlas.accounts();
    let what = format!(
        "{} of {}, {} and {}",
        count(accounts, "account"),
        count(atlas.organizations.len(), "organization"),
        count(atlas.portfolios.len(), "portfolio"),
        count(atlas.experiences.len(), "experience")
    );
    output::say(common, &format!("The map shows {what}."));
}
