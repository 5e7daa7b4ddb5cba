//! Edits catalog files so that they say what is live.
//! Each edit is tried: the edited catalog is planned again, and that plan must equal the earlier one without the
//! adopted changes. A change that can't be adopted without bringing another one is left out, with the reason.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use anyhow::Result;
use similar::TextDiff;

use super::catalog::{self, Catalog};
use super::filter::Filter;
use super::planning::{self, Asides, Reach};
use crate::catalog::edit::{self, NotEdited};
use crate::catalog::source::CatalogFiles;
use crate::catalog::{Loaded, load};
use crate::cli::Common;
use crate::cloud::Cloud;
use crate::model::amend::Amendment;
use crate::model::change::{Origin, Plan, TargetState};
use crate::model::finding::Severity;
use crate::model::live::Live;
use crate::model::target::TargetName;
use crate::plan::{self, Adoption, Stray};
use crate::render::escape;

/// Live differences, adopted into the catalog's files as far as that works.
pub(super) struct Adopted {
    /// The new text of each edited file, by path.
    pub(super) files: BTreeMap<String, String>,
    /// The differences that the edited files adopt.
    pub(super) taken: Vec<Adoption>,
    /// The differences that were not adopted, each with the reason.
    pub(super) left: Vec<(Adoption, String)>,
    /// The targets that could not be read, one sentence each.
    pub(super) unread: Vec<String>,
}

/// Which changes to adopt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chosen {
    /// Every change of the plan.
    All,
    /// Changes whose origin is drift. Leaves out what is new in the catalog and what mirrored experiences bring.
    Drift,
}

impl Adopted {
    /// Writes a unified diff of each edited file.
    pub(super) fn differences(&self, before: &CatalogFiles, sink: &mut dyn io::Write) -> io::Result<()> {
        for (path, text) in &self.files {
            let before = catalog::contents(before, path).unwrap_or_default();
            let lines = TextDiff::from_lines(before.as_str(), text.as_str());
            let difference = lines.unified_diff().header(&format!("a/{path}"), &format!("b/{path}")).to_string();
            for line in difference.lines() {
                writeln!(sink, "{}", escape::terminal(line))?;
            }
        }
        Ok(())
    }
}

/// The most rounds of editing and planning. A round gives up the edits that cause other changes, so a further round is
/// needed only for what giving them up causes.
const MOST_TRIES: usize = 10;

/// What is adopted or given up as a whole: the changes of one thing (by its plain key) in one file.
type Unit = (String, String);

fn unit(adoption: &Adoption, amendments: &[Amendment]) -> Unit {
    let file = amendments.first().map(|it| it.file().to_owned()).unwrap_or_default();
    (file, plain(&adoption.change.target, &adoption.change.key))
}

/// A change's key, with `*` for the id of a recipient account. An entry of `recipients` names a role once for all its
/// accounts, so their changes are adopted together.
fn plain(target: &TargetName, key: &str) -> String {
    match target {
        TargetName::Recipient { file: _, account: Some(account), region: _ } => key.replace(account.as_str(), "*"),
        TargetName::Recipient { .. } | TargetName::Portfolio { .. } | TargetName::Marketplace { .. } => key.to_owned(),
    }
}

/// Makes a plan, then edits the catalog's files to adopt the chosen changes as far as the files can express them.
pub(super) async fn adopt(
    common: &Common,
    cloud: &Cloud,
    catalog: &Catalog,
    files: &CatalogFiles,
    chosen: Chosen,
) -> Result<Adopted> {
    // Plans all targets, whatever `--target` says: a file may govern others, and an edit could change those too.
    let whole = &Common { targets: Vec::new(), ..common.clone() };
    let (filter, names) = (Filter::new(common), catalog.names());
    let asked = filter.against(&names)?;
    let how = (Reach::Ignore, Asides::None);
    let all = Filter::new(whole);
    let (plan, mut live) = planning::make_and_keep(whole, cloud, catalog.clone(), &all, how).await?;
    asked.found(plan.targets.iter().map(|target| &target.name))?;
    let adoptions = plan::adoptions(&plan, &catalog.desired, &live, |target, change| {
        let is_drift = change.about.origin == Origin::Drift;
        asked.matches_planned(&target.name) && (chosen == Chosen::All || is_drift)
    });
    let mut desk = Desk { files, units: BTreeMap::new(), left: Vec::new() };
    for adoption in adoptions {
        match adoption.amendments.clone() {
            Ok(amendments) => desk.units.entry(unit(&adoption, &amendments)).or_default().push((adoption, amendments)),
            Err(reason) => desk.left.push((adoption, reason)),
        }
    }
    let mut tries = 0;
    let files = loop {
        let edited = desk.edited();
        if desk.units.is_empty() {
            break BTreeMap::new();
        }
        if desk.fits(cloud, catalog, &all, (&plan, &mut live), &edited).await? {
            break edited;
        }
        tries += 1;
        if tries == MOST_TRIES {
            desk.leave_all("which edits bring other changes could not be told apart: adopt them target by target");
        }
    };
    let Desk { files: _, units, mut left } = desk;
    left.sort_by(|(one, _), (other, _)| one.change.cmp(&other.change));
    let of_asked = plan.targets.iter().filter(|target| asked.matches_planned(&target.name));
    let unread = of_asked.filter_map(|target| match &target.state {
        TargetState::Unreadable { reason, source: _ } => Some(format!("{}: {reason}", target.name)),
        TargetState::Complete { .. } => None,
    });
    let taken = units.into_values().flatten().map(|(adoption, _)| adoption).collect();
    Ok(Adopted { files, taken, left, unread: unread.collect() })
}

/// The edits that are still tried, and those that were given up.
struct Desk<'a> {
    files: &'a CatalogFiles,
    units: BTreeMap<Unit, Vec<(Adoption, Vec<Amendment>)>>,
    left: Vec<(Adoption, String)>,
}

impl Desk<'_> {
    /// Gives up units, all for the same reason.
    fn leave(&mut self, units: &BTreeSet<Unit>, reason: &str) {
        for unit in units {
            let gone = self.units.remove(unit).into_iter().flatten();
            self.left.extend(gone.map(|(adoption, _)| (adoption, reason.to_owned())));
        }
    }

    /// The new text of each file that the edits change. Gives up units that can't be edited with certainty.
    fn edited(&mut self) -> BTreeMap<String, String> {
        let mut of_files: BTreeMap<String, Vec<Unit>> = BTreeMap::new();
        for unit in self.units.keys() {
            of_files.entry(unit.0.clone()).or_default().push(unit.clone());
        }
        let mut edited = BTreeMap::new();
        for (file, units) in of_files {
            let mut refused = Vec::new();
            let kept = self.editable(&file, &units, &mut refused);
            for (unit, NotEdited { line, reason }) in refused {
                self.leave(&[unit].into(), &format!("{file} line {line}: {reason}"));
            }
            match self.amended(&file, &kept) {
                Ok(text) => drop(edited.insert(file, text)),
                Err(NotEdited { line, reason }) => {
                    self.leave(&kept.into_iter().collect(), &format!("{file} line {line}: {reason}"));
                }
            }
        }
        edited.retain(|file, text| self.files.files.get(file).is_none_or(|before| before != text.as_bytes()));
        edited
    }

    /// The units that can be edited. Splits them in half until a refused one stands alone, so that it costs few tries.
    fn editable(&self, file: &str, units: &[Unit], refused: &mut Vec<(Unit, NotEdited)>) -> Vec<Unit> {
        match (self.amended(file, units), units) {
            (Ok(_), _) => units.to_vec(),
            (Err(why), [unit]) => {
                refused.push((unit.clone(), why));
                Vec::new()
            }
            (Err(_), _) => {
                let (one, other) = units.split_at(units.len() / 2);
                [self.editable(file, one, refused), self.editable(file, other, refused)].concat()
            }
        }
    }

    fn amended(&self, file: &str, units: &[Unit]) -> Result<String, NotEdited> {
        let bytes = self.files.files.get(file).map(Vec::as_slice).unwrap_or_default();
        let of_units = units.iter().filter_map(|unit| self.units.get(unit)).flatten();
        let amendments: Vec<&Amendment> = of_units.flat_map(|(_, amendments)| amendments).collect();
        edit::amend(bytes, &amendments)
    }

    /// Whether the plan from the edited files is the earlier one without the adopted changes. If not, gives up at
    /// least one unit.
    async fn fits(
        &mut self,
        cloud: &Cloud,
        catalog: &Catalog,
        filter: &Filter,
        (before, live): (&Plan, &mut Live),
        edited: &BTreeMap<String, String>,
    ) -> Result<bool> {
        let mut files = self.files.clone();
        files.files.extend(edited.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())));
        let Loaded { desired, findings } = load(&files, catalog::today());
        let Some(desired) = desired else {
            let errors = || findings.iter().filter(|finding| finding.severity == Severity::Error);
            let of_files: BTreeMap<&str, &str> =
                errors().map(|error| (error.source.file.as_str(), error.message.as_str())).collect();
            let there = self.units.len();
            for unit in self.units.keys().cloned().collect::<Vec<Unit>>() {
                if let Some(message) = of_files.get(unit.0.as_str()) {
                    self.leave(&[unit].into(), &format!("the file would have an error: {message}"));
                }
            }
            if there == self.units.len() {
                let first = errors().next().map(|error| error.message.as_str()).unwrap_or_default();
                self.leave_all(&format!("the catalog would have an error: {first}"));
            }
            return Ok(false);
        };
        let after = planning::again(cloud, &Catalog { desired, ..catalog.clone() }, filter, live).await?;
        let adopted = self.units.values().flatten().map(|(adoption, _)| adoption.change.clone()).collect();
        let strays = plan::strays(before, &adopted, &after);
        let there = self.units.len();
        let mut index = Index::of(self.units.keys());
        for stray in &strays {
            self.leave(&index.guilty(stray), &format!("with that, {}", stray.what));
        }
        if let (Some(stray), true) = (strays.first(), there == self.units.len()) {
            self.leave_all(&format!("with that, {}", stray.what));
        }
        Ok(strays.is_empty())
    }

    fn leave_all(&mut self, reason: &str) {
        let all = self.units.keys().cloned().collect();
        self.leave(&all, reason);
    }
}

/// Finds the units that may have caused an unexpected change.
struct Index {
    by_key: BTreeMap<String, BTreeSet<Unit>>,
    /// By the folder and the stem of the file.
    by_file: BTreeMap<(String, String), BTreeSet<Unit>>,
}

impl Index {
    fn of<'u>(units: impl Iterator<Item = &'u Unit>) -> Self {
        let (mut by_key, mut by_file) = (BTreeMap::<_, BTreeSet<Unit>>::new(), BTreeMap::<_, BTreeSet<Unit>>::new());
        for unit in units {
            by_key.entry(unit.1.clone()).or_default().insert(unit.clone());
            by_file.entry(folder_and_stem(&unit.0)).or_default().insert(unit.clone());
        }
        Self { by_key, by_file }
    }

    /// The units with the key of the stray change: those in the target's own file, else those in any file, since files
    /// include others. If no unit has that key, all units of the target's file. These are removed from the index, so
    /// they are returned once.
    fn guilty(&mut self, stray: &Stray) -> BTreeSet<Unit> {
        let folder = match &stray.target {
            TargetName::Portfolio { .. } | TargetName::Recipient { .. } => "portfolios",
            TargetName::Marketplace { .. } => "marketplace",
        };
        let file = (folder.to_owned(), stray.target.file().to_string());
        let key = stray.key.as_deref().map(|key| plain(&stray.target, key));
        match key.and_then(|key| self.by_key.get(&key)) {
            Some(same) => {
                let near: BTreeSet<Unit> =
                    same.iter().filter(|unit| folder_and_stem(&unit.0) == file).cloned().collect();
                if near.is_empty() { same.clone() } else { near }
            }
            None => self.by_file.remove(&file).unwrap_or_default(),
        }
    }
}

/// `portfolios` and `data` of `catalog/portfolios/data.yaml`.
fn folder_and_stem(path: &str) -> (String, String) {
    let stem = path.strip_suffix(".yaml").or_else(|| path.strip_suffix(".yml")).unwrap_or(path);
    let (folders, stem) = stem.rsplit_once('/').unwrap_or_default();
    (folders.rsplit('/').next().unwrap_or_default().to_owned(), stem.to_owned())
}
