//! A parsed catalog: the content of each file, before any check across files.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::model::finding::{Finding, Source};
use crate::model::id::{Name, Region};

use super::code::Code;
use super::decode::decode;
use super::layout::{Layout, classify};
use super::read::{Named, Value};
use super::record::Field;
use super::report::{Place, Report};
use super::schema::{Marketplace, Organization, Portfolio, Settings};
use super::source::CatalogFiles;
use super::yaml;

/// One file. `content` is `None` if the file could not be read. The file still counts as present.
#[derive(Debug)]
pub(super) struct File<T> {
    pub(super) path: String,
    pub(super) content: Option<T>,
}

impl<T> File<T> {
    /// A place in it.
    pub(super) fn source(&self, place: Place) -> Source {
        place.in_file(&self.path)
    }
}

/// All files.
#[derive(Debug)]
pub(super) struct Catalog {
    pub(super) settings: Option<File<Settings>>,
    pub(super) portfolios: BTreeMap<Name, File<Portfolio>>,
    pub(super) lists: BTreeMap<Name, File<Marketplace>>,
    /// The current day, for `until`.
    pub(super) today: Date,
}

impl Catalog {
    /// Reads every file and reports the findings within each.
    pub(super) fn read(files: &CatalogFiles, today: Date, findings: &mut Vec<Finding>) -> Self {
        let mut catalog = Self { settings: None, portfolios: BTreeMap::new(), lists: BTreeMap::new(), today };
        for (path, bytes) in &files.files {
            match classify(files.inside(path)) {
                Layout::Settings => catalog.settings = Some(read_file(path, bytes, findings)),
                Layout::Portfolio(name) => {
                    catalog.portfolios.insert(name, read_file(path, bytes, findings));
                }
                Layout::Marketplace(name) => {
                    catalog.lists.insert(name, read_file(path, bytes, findings));
                }
                Layout::Foreign => {}
                Layout::Wrong { code, message, help } => {
                    let mut report = Report::new(path);
                    report.add(code, Place::START, message, help);
                    findings.extend(report.into_findings());
                }
            }
        }
        catalog
    }

    /// The organizations of the settings. `None` if the settings could not be read.
    pub(super) fn organizations(&self) -> Option<&BTreeMap<Name, Named<Organization>>> {
        let settings = self.settings.as_ref()?.content.as_ref()?;
        Some(&settings.organizations.get()?.value.0)
    }

    /// The organization with this name.
    pub(super) fn organization(&self, name: &Name) -> Option<&Organization> {
        self.organizations()?.get(name)?.value.as_ref()
    }

    /// The organizations that own portfolios. A portfolio's file need not name its organization if there is only one.
    pub(super) fn with_service_catalog(&self) -> Vec<(&Name, &Organization)> {
        let all = self.organizations().into_iter().flatten();
        let read = all.filter_map(|(name, organization)| Some((name, organization.value.as_ref()?)));
        read.filter(|(_, organization)| organization.service_catalog_account.is_some()).collect()
    }

    /// The organization of a portfolio: the named one, or the only possible one.
    pub(super) fn portfolio_organization<'c>(
        &'c self,
        portfolio: &'c Portfolio,
    ) -> Option<(&'c Name, &'c Organization)> {
        if portfolio.organization.is_some() {
            let name = &portfolio.organization.get()?.value;
            return Some((name, self.organization(name)?));
        }
        match self.with_service_catalog().as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// The regions of a portfolio: its own, otherwise those of the settings.
    pub(super) fn portfolio_regions<'c>(&'c self, portfolio: &'c Portfolio) -> Vec<&'c Region> {
        let common = || self.settings.as_ref()?.content.as_ref()?.regions.get();
        let regions = if portfolio.regions.is_some() { portfolio.regions.get() } else { common() };
        regions.iter().flat_map(|regions| &regions.value).map(|region| &region.value).collect()
    }
}

fn read_file<T: Value>(path: &str, bytes: &[u8], findings: &mut Vec<Finding>) -> File<T> {
    let mut report = Report::new(path);
    let content = decode(bytes, &mut report)
        .and_then(|text| yaml::parse(text, &mut report))
        .and_then(|root| T::read(&root, "the file", &mut report));
    findings.extend(report.into_findings());
    File { path: path.to_owned(), content }
}

/// Reports missing settings, unless the catalog's folder could not be read, which was reported already.
pub(super) fn settings_are_there(catalog: &Catalog, dir: &str, findings: &mut Vec<Finding>) {
    let is_unread = findings.iter().any(|finding| finding.source.file == dir);
    if catalog.settings.is_none() && !is_unread {
        let path = if dir.is_empty() { "settings.yaml".to_owned() } else { format!("{dir}/settings.yaml") };
        let mut report = Report::new(&path);
        let help = "write it, with `version: 1` and `organizations:`";
        report.add(Code::MissingSettings, Place::START, format!("there is no `{path}`"), help);
        findings.extend(report.into_findings());
    }
}
