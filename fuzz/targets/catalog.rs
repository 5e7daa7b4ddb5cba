//! A catalog file. Reading it twice gives the same result, every finding points at a line of its file, and `fmt` has
//! nothing left to change in its own output nor makes the catalog valid or invalid. The first byte selects the kind of
//! file. The corpus has comments that silence findings and role templates.

use std::collections::BTreeMap;

use catalog_sync::catalog::source::CatalogFiles;
use catalog_sync::catalog::{Formed, form, load};
use jiff::civil::date;

const SETTINGS: &str = "version: 1\norganizations:\n  acme: {id: o-acme000001, service_catalog_account: \
                        \"111111111112\", marketplace_account: \"111111111112\"}\naccess: {role: \
                        \"arn:aws:iam::{account}:role/catalog-sync-{mode}\"}\nregions: [us-east-1]\n";

/// Reads a catalog that contains this file.
pub(super) fn run(data: &[u8]) {
    let Some((kind, bytes)) = data.split_first() else { return };
    let path = match kind % 3 {
        0 => "catalog/settings.yaml",
        1 => "catalog/portfolios/fuzzed.yaml",
        _ => "catalog/marketplace/fuzzed.yaml",
    };
    let mut files = BTreeMap::from([("catalog/settings.yaml".to_owned(), SETTINGS.as_bytes().to_vec())]);
    files.insert(path.to_owned(), bytes.to_vec());
    let catalog = CatalogFiles { dir: "catalog".to_owned(), files, findings: Vec::new() };
    let today = date(2026, 11, 27);
    let loaded = load(&catalog, today);
    let again = load(&catalog, today);
    assert_eq!(format!("{loaded:?}"), format!("{again:?}"), "read twice");
    // Counts the line breaks of Unix, Windows and classic Mac OS.
    let lines = |bytes: &[u8]| bytes.iter().filter(|byte| b"\r\n".contains(byte)).count() + 1;
    for finding in &loaded.findings {
        let file = catalog.files.get(&finding.source.file);
        let line = usize::try_from(finding.source.line).expect("a line");
        assert!(file.is_none_or(|bytes| (1..=lines(bytes)).contains(&line)), "outside of its file: {finding:?}");
    }
    let changed: Vec<(String, Vec<u8>)> = form(&catalog)
        .into_iter()
        .filter_map(|(path, formed)| match formed {
            Formed::Changed(text) => Some((path.to_owned(), text.into_bytes())),
            Formed::Same | Formed::Unreadable(_) | Formed::Refused { .. } => None,
        })
        .collect();
    if changed.is_empty() {
        return;
    }
    let mut formed = catalog.clone();
    formed.files.extend(changed);
    assert!(
        !form(&formed).iter().any(|(_, it)| matches!(it, Formed::Changed(_))),
        "a file that has its form is given another one"
    );
    let (before, after) = (loaded, load(&formed, today));
    assert_eq!(before.desired.is_some(), after.desired.is_some(), "the form decides whether a catalog is valid");
}
