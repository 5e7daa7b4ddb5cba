//! No content of a file makes the tool crash.

use super::*;

const PORTFOLIO: &str = "portfolio: Data Platform\nregions: [us-east-1, eu-west-1]\nshares:\n  - account: \"333333333333\"\n    tag_options: true\n  - &x\n    ou: Workloads/Production\n    principals: true\n  - organization: acme # all\nunlisted_shares: keep\n";
const LIST: &str = "include: [base]\napproved:\n  - id: prod-4xk6p2ab3cdef\n    name: 'Datadog Pro'\n    notes: |\n      SEC-1234\n    until: 2027-06-30\n  - 1a2b3c4d-1111-2222-3333-444455556666\nexperiences:\n  - {organization: acme, id: exp-1}\n  - organization: subsidiary\n    all_live: true\n    except: [exp-2]\n";
const PIECES: &[&str] = &[
    "\n",
    " ",
    "  ",
    "\t",
    ":",
    ": ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "#",
    "&a ",
    "*a",
    "*x",
    "!!str ",
    "!",
    "|",
    ">",
    "'",
    "\"",
    "%",
    "@",
    "`",
    "---\n",
    "...\n",
    "<<: *x",
    "null",
    "~",
    "yes",
    "true",
    "0x1",
    "1e5",
    "\0",
    "\u{feff}",
    "ü",
    "🦀",
    "\u{85}",
    "\r",
    "? ",
    "account: ",
    "include: ",
    "version: 1",
    "{account}",
    "ou-",
    "o-",
    "🦀\u{200d}",
];

/// The text with a few pieces inserted, removed or repeated.
fn mutate(text: &str, random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..random.usize(1..6) {
        let at = random.usize(..=bytes.len());
        let end = (at + random.usize(0..12)).min(bytes.len());
        match random.u8(..5) {
            0 => drop(bytes.drain(at..end)),
            1 => bytes.insert(at, random.u8(..)),
            2 => bytes.extend_from_within(at..end),
            _ => drop(bytes.splice(at..at, PIECES[random.usize(..PIECES.len())].bytes())),
        }
    }
    bytes
}

#[test]
fn no_mutation_of_good_files_panics() {
    let mut random = fastrand::Rng::with_seed(7);
    let good = [
        ("settings.yaml", SETTINGS),
        ("portfolios/x.yaml", PORTFOLIO),
        ("marketplace/x.yaml", LIST),
        ("marketplace/base.yaml", "approved: [prod-a1]\nrejected: [prod-b1]\n"),
    ];
    assert_eq!(load(&files(&good), today()).errors(), 0);
    let mut understood = 0;
    for _ in 0..4_000 {
        let mut catalog = files(&good);
        for text in catalog.files.values_mut() {
            if random.bool() {
                continue;
            }
            *text = mutate(std::str::from_utf8(text).unwrap(), &mut random);
        }
        let loaded = load(&catalog, today());
        assert_eq!(loaded.desired.is_some(), loaded.errors() == 0);
        understood += usize::from(loaded.desired.is_some());
        for finding in &loaded.findings {
            assert_ne!(finding.code, "internal", "{catalog:?}");
            assert!(!finding.message.is_empty() && !finding.help.is_empty() && !finding.message.ends_with('.'));
            within(&finding.source, &catalog);
        }
    }
    assert!(understood > 100, "the mutations leave {understood} catalogs whole");
}

/// Asserts that a finding is inside its file, or directly after its end.
fn within(source: &Source, catalog: &CatalogFiles) {
    let text = String::from_utf8_lossy(&catalog.files[&source.file]);
    let breaks = text.matches(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).count();
    assert!((1..=breaks + 2).contains(&(source.line as usize)), "{source:?} of {} lines", breaks + 1);
    assert!(source.column >= 1 && source.end_column.is_none_or(|end| end > source.column), "{source:?}");
}

#[test]
fn a_flood_of_what_a_check_finds_is_counted() {
    let list = format!("approved:\n{}", " - prod-1\n".repeat(300_000));
    let settings = "version: 1\norganizations: {acme: {id: o-acme000001}}\n";
    let loaded = load(&files(&[("settings.yaml", settings), ("marketplace/a.yaml", &list)]), today());
    assert_eq!(loaded.errors(), 1_002);
    let last = loaded.findings.iter().rfind(|finding| finding.severity == Severity::Error).unwrap();
    assert_eq!(last.message, "there are 298998 more findings in this file");
}

#[test]
fn long_text_behind_many_aliases_is_not_copied() {
    let text = format!("x: &a \"{}\\n\"\napproved: [{}]\n", "y".repeat(1_000_000), "*a, ".repeat(20_000));
    let settings = "version: 1\norganizations: {acme: {id: o-acme000001}}\n";
    let loaded = load(&files(&[("settings.yaml", settings), ("marketplace/a.yaml", &text)]), today());
    assert!(loaded.findings.iter().any(|finding| finding.code == "too_complex"), "{:?}", loaded.findings);
}
