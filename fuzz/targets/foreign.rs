//! A file of another tool for `import --from`. Reading it gives an error, or files that form a valid catalog.

use std::collections::BTreeMap;

use catalog_sync::catalog::source::CatalogFiles;
use catalog_sync::catalog::{load, write};
use catalog_sync::foreign::{Destination, ForeignFile, Kind, read, recognise};
use catalog_sync::model::finding::Severity;
use jiff::civil::date;

const SETTINGS: &str = include_str!("../../tests/it/foreign/samples/settings.yaml");

/// Reads a file as the kind that is recognised, and as every kind that `--from` can name.
pub(super) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let file = ForeignFile { path: "given".to_owned(), text: text.to_owned() };
    let _kind = recognise(&file);
    let today = date(2026, 11, 27);
    let mut files = BTreeMap::from([("catalog/settings.yaml".to_owned(), SETTINGS.as_bytes().to_vec())]);
    let catalog = |files: &BTreeMap<String, Vec<u8>>| CatalogFiles {
        dir: "catalog".to_owned(),
        files: files.clone(),
        findings: Vec::new(),
    };
    let settings = load(&catalog(&files), today).desired.expect("the settings are valid").settings;
    let (name, organization) = settings.organizations.iter().next().expect("an organization");
    for kind in Kind::ALL {
        let to = Destination { name, organization, settings: &settings };
        let Ok(draft) = read(std::slice::from_ref(&file), kind, to) else { continue };
        files.retain(|path, _| path == "catalog/settings.yaml");
        files.extend(draft.portfolios.iter().map(|(name, portfolio)| {
            (format!("catalog/portfolios/{name}.yaml"), write::portfolio(portfolio).into_bytes())
        }));
        files.extend(
            draft
                .lists
                .iter()
                .map(|(name, list)| (format!("catalog/marketplace/{name}.yaml"), write::list(list).into_bytes())),
        );
        let loaded = load(&catalog(&files), today);
        let error = loaded.findings.iter().find(|finding| finding.severity == Severity::Error);
        assert!(error.is_none(), "{} became a catalog with an error: {error:?}\n{files:?}", kind.word());
    }
}
