//! Reads YAML into the desired state and reports every finding.
//!
//! ```text
//! source ─► files ─► yaml (tree with places) ─► read, by schema (typed values) ─► check ─► lower ─► Desired
//! ```
//!
//! Reading does not stop at the first mistake: each step reports its findings and goes on with the rest. Only
//! `source` reads files. Everything else is a function of their bytes and of the current day.

mod check;
pub mod code;
mod decode;
mod doubt;
pub mod edit;
mod experience;
mod form;
mod include;
mod inside;
mod item;
mod json_schema;
mod layout;
mod local;
mod lower;
mod parsed;
mod principal;
mod product_id;
mod read;
mod record;
mod region;
mod report;
mod scalar;
mod schema;
mod silence;
pub mod source;
mod text;
mod tree;
mod unit;
mod until;
mod values;
pub mod write;
mod yaml;

#[cfg(test)]
mod tests;

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::model::desired::Desired;
use crate::model::finding::{Finding, Severity};
use crate::model::settings::Settings;

use code::Code;
pub use form::{Formed, form};
pub use json_schema::{FileKind, schema};
use parsed::Catalog;
use report::finding;
use source::CatalogFiles;

/// The result of reading a catalog.
#[derive(Debug)]
pub struct Loaded {
    /// The desired state. `None` if a finding is an error.
    pub desired: Option<Desired>,
    /// All findings, errors first, then by file and line.
    pub findings: Vec<Finding>,
}

impl Loaded {
    /// The number of findings that are errors.
    pub fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error).count()
    }
}

/// Reads and checks a catalog. An `until` before `today` has passed.
pub fn load(files: &CatalogFiles, today: Date) -> Loaded {
    let mut findings = files.findings.clone();
    let catalog = Catalog::read(files, today, &mut findings);
    parsed::settings_are_there(&catalog, &files.dir, &mut findings);
    let lists = include::resolve(&catalog, &mut findings);
    for check in check::CHECKS {
        check(&catalog, &lists, &mut findings);
    }
    let silences = silence::apply(files, &mut findings);
    let mut desired = None;
    if findings.iter().all(|finding| finding.severity != Severity::Error) {
        desired = lower::lower(&catalog, &lists, silences, digest(files));
        if desired.is_none() {
            let source = report::Place::START.in_file(&files.dir);
            let message = "the catalog passed every check and still can't be used";
            findings.push(finding(Code::Internal, source, message, "please report this with the catalog"));
        }
    }
    sort(&mut findings);
    report::count_flood(&mut findings);
    Loaded { desired, findings }
}

/// Only the settings. Findings in other files are ignored. `None` if `settings.yaml` has an error.
pub fn settings(files: &CatalogFiles, today: Date) -> Option<Settings> {
    let of_settings = |path: &str| files.inside(path) == "settings.yaml";
    let only = CatalogFiles {
        dir: files.dir.clone(),
        files: files.files.iter().filter(|(path, _)| of_settings(path)).map(|(p, b)| (p.clone(), b.clone())).collect(),
        findings: Vec::new(),
    };
    load(&only, today).desired.map(|desired| desired.settings)
}

fn sort(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| {
        let key = |f: &'_ Finding| (f.severity, f.source.clone(), f.code);
        key(a).cmp(&key(b)).then_with(|| a.cmp(b))
    });
    // An aliased value is read at each alias, so its findings repeat.
    findings.dedup();
}

/// `sha256:…` of the paths within the catalog and of the bytes. It does not depend on the catalog's folder.
fn digest(files: &CatalogFiles) -> String {
    let mut hash = Sha256::new();
    for (path, bytes) in &files.files {
        for part in [files.inside(path).as_bytes(), bytes] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
    }
    format!("sha256:{}", crate::model::hex::hex(hash.finalize()))
}
