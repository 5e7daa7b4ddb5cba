//! Damaged files of other tools: none of them crashes the program, and what is imported is a valid catalog.

use std::collections::BTreeMap;

use catalog_sync::catalog::source::CatalogFiles;
use catalog_sync::catalog::{load, write};
use catalog_sync::foreign::{self, Destination, ForeignFile, Kind};
use catalog_sync::model::desired::Desired;
use catalog_sync::model::finding::Severity;
use jiff::civil::date;
use proptest::prelude::*;

const SETTINGS: &str = include_str!("samples/settings.yaml");

/// Each kind with its samples. The first sample of each is damaged.
const SAMPLES: [(Kind, &[(&str, &str)]); 6] = [
    (
        Kind::Lza,
        &[
            ("customizations-config.yaml", include_str!("samples/customizations-config.yaml")),
            ("accounts-config.yaml", include_str!("samples/accounts-config.yaml")),
        ],
    ),
    (Kind::Puppet, &[("manifest.yaml", include_str!("samples/manifest.yaml"))]),
    (Kind::Terraform, &[("terraform.tfstate", include_str!("samples/terraform.tfstate"))]),
    (Kind::Terraform, &[("show.json", include_str!("samples/show.json"))]),
    (
        Kind::MarketplaceAutomation,
        &[
            ("Experience_Corporate#1_0.json", include_str!("samples/Experience_Corporate#1_0.json")),
            ("Experience_Corporate#1_1.json", include_str!("samples/Experience_Corporate#1_1.json")),
        ],
    ),
    (Kind::Csv, &[("approved-2026.csv", include_str!("samples/approved-2026.csv"))]),
];

fn files(of: BTreeMap<String, Vec<u8>>) -> CatalogFiles {
    CatalogFiles { dir: "catalog".to_owned(), files: of, findings: Vec::new() }
}

fn settings() -> BTreeMap<String, Vec<u8>> {
    BTreeMap::from([("catalog/settings.yaml".to_owned(), SETTINGS.as_bytes().to_vec())])
}

/// Reads files as `import --from` does, and loads the catalog that they make.
fn read(kind: Kind, foreign: &[ForeignFile]) -> Result<usize, String> {
    let today = date(2026, 11, 27);
    let desired: Desired = load(&files(settings()), today).desired.unwrap();
    let (name, organization) = desired.settings.organizations.iter().next().unwrap();
    let to = Destination { name, organization, settings: &desired.settings };
    let draft = foreign::read(foreign, kind, to).map_err(|trouble| trouble.to_string())?;
    let mut all = settings();
    for (name, it) in &draft.portfolios {
        all.insert(format!("catalog/portfolios/{name}.yaml"), write::portfolio(it).into_bytes());
    }
    for (name, it) in &draft.lists {
        all.insert(format!("catalog/marketplace/{name}.yaml"), write::list(it).into_bytes());
    }
    let loaded = load(&files(all.clone()), today);
    let errors: Vec<_> = loaded.findings.iter().filter(|it| it.severity == Severity::Error).collect();
    let text = |path: &String| String::from_utf8_lossy(&all[path]).into_owned();
    assert!(errors.is_empty(), "{errors:#?}\n{}", all.keys().map(text).collect::<Vec<_>>().join("\n---\n"));
    assert!(draft.left_out.iter().all(|sentence| !sentence.contains('\n')), "{:#?}", draft.left_out);
    Ok(draft.portfolios.len() + draft.lists.len())
}

fn samples(of: &[(&str, &str)]) -> Vec<ForeignFile> {
    of.iter().map(|(path, text)| ForeignFile { path: (*path).to_owned(), text: (*text).to_owned() }).collect()
}

#[test]
fn samples_are_recognised_and_read() {
    for (kind, of) in SAMPLES {
        let files = samples(of);
        for file in &files {
            assert_eq!(foreign::recognise(file), Ok(kind), "{}", file.path);
        }
        assert!(read(kind, &files).unwrap() > 0);
    }
}

/// Texts that replace a part of a file.
const ODD: [&str; 24] = [
    "",
    " ",
    "\n",
    "\t",
    ":",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    "&a ",
    "*a",
    "!Ref ",
    "<<: ",
    "null",
    "{{ x }}",
    "${AWS::Region}",
    "\u{202e}",
    "\u{0}",
    "111111111112",
    "- &x [*x]\n",
    "999999999999999999999",
];

/// A text with a part removed, doubled, or replaced by an odd text.
fn bent(text: &str, from: usize, length: usize, how: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    let from = from % (chars.len() + 1);
    let to = (from + length % 40).min(chars.len());
    let part: String = chars[from..to].iter().collect();
    let with = match how {
        0 => String::new(),
        1 => format!("{part}{part}"),
        2 => return chars[..from].iter().collect(),
        how => ODD[how % ODD.len()].to_owned(),
    };
    chars[..from].iter().collect::<String>() + &with + &chars[to..].iter().collect::<String>()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bent_files_stop_nothing_and_make_no_bad_catalog(
        which in 0..SAMPLES.len(),
        bends in proptest::collection::vec((any::<usize>(), any::<usize>(), 0..27_usize), 1..4),
        odd_kind in proptest::option::weighted(0.1, 0..Kind::ALL.len()),
    ) {
        let (kind, of) = SAMPLES[which];
        let kind = odd_kind.map_or(kind, |at| Kind::ALL[at]);
        let mut files = samples(of);
        for (from, length, how) in bends {
            files[0].text = bent(&files[0].text, from, length, how);
        }
        let _ = foreign::recognise(&files[0]);
        let _ = read(kind, &files);
    }

    #[test]
    fn any_text_stops_nothing(text in "(\\PC|\n|\t){0,200}", kind in 0..Kind::ALL.len()) {
        let file = ForeignFile { path: "x".to_owned(), text };
        let _ = foreign::recognise(&file);
        let _ = read(Kind::ALL[kind], &[file]);
    }
}
