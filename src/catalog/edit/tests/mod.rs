//! An entry is added and nothing else changes.

mod amend;

use proptest::prelude::*;

use proptest::test_runner::TestCaseError;

use super::*;
use crate::catalog::source::CatalogFiles;
use crate::catalog::{Formed, form, load};
use crate::model::id::ProductId;

fn product() -> ProductId {
    "prod-new0000000001".parse().unwrap()
}

fn entry<'a>(id: &'a ProductId, name: &'a str, remark: &'a str) -> Entry<'a> {
    Entry { id, name: Some(name), remark: Some(remark), notes: None }
}

#[track_caller]
fn added(text: &str) -> String {
    let id = product();
    let edited = add(text.as_bytes(), List::Approved, &entry(&id, "Acme Backup", "Acme, Inc.")).unwrap();
    // All old text is still there.
    let (before, after) = text.split_at(edited.at);
    assert_eq!(edited.text, format!("{before}{}{after}", edited.inserted));
    edited.text
}

#[track_caller]
fn refused(text: &str) -> NotEdited {
    add(text.as_bytes(), List::Approved, &entry(&product(), "Acme Backup", "Acme, Inc.")).unwrap_err()
}

const NEW: &str = "- id: prod-new0000000001 # Acme, Inc.\n    name: Acme Backup\n";

#[test]
fn an_entry_comes_behind_the_last_one() {
    let rest = "\n# what nobody may\nrejected:\n  - prod-b # why\n";
    for last in [
        "prod-a   # so",
        "id: prod-a\n    name: A # so\n    # and so",
        "{id: prod-a, name: A}",
        "id: prod-a\n    notes: |\n      a\n\n      b",
        "id: prod-a\n    notes: >-\n      a # no comment\n      b",
        "id: prod-a\n    name: \"a\n      b\"",
    ] {
        let before = format!("# head\napproved: # yes\n  - prod-0\n  - {last}\n");
        assert_eq!(added(&format!("{before}{rest}")), format!("{before}  {NEW}{rest}"), "{last}");
        let end = "  # the end of the list\n\n";
        assert_eq!(added(&format!("{before}{end}{rest}")), format!("{before}  {NEW}{end}{rest}"), "{last}");
    }
}

#[test]
fn the_dashes_and_the_line_ends_are_those_of_the_file() {
    assert_eq!(
        added("approved:\n- prod-a\nunlisted: keep\n"),
        "approved:\n- prod-a\n- id: prod-new0000000001 # Acme, Inc.\n  name: Acme Backup\nunlisted: keep\n"
    );
    assert_eq!(
        added("approved:\r\n  - prod-a\r\nunlisted: keep\r\n"),
        "approved:\r\n  - prod-a\r\n  - id: prod-new0000000001 # Acme, Inc.\r\n    name: Acme Backup\r\nunlisted: keep\r\n"
    );
    // A file without a line break at its end gets none.
    assert_eq!(
        added("approved:\n  - prod-a"),
        "approved:\n  - prod-a\n  - id: prod-new0000000001 # Acme, Inc.\n    name: Acme Backup"
    );
    let marked = added("\u{feff}approved:\n  - prod-a\n");
    assert_eq!(marked, format!("\u{feff}approved:\n  - prod-a\n  {NEW}"));
}

#[test]
fn a_list_on_one_line_stays_on_it() {
    assert_eq!(
        added("approved: [prod-a, {id: prod-b, name: B} ] # all\n"),
        "approved: [prod-a, {id: prod-b, name: B}, {id: prod-new0000000001, name: \"Acme Backup\"} ] # all\n"
    );
    assert_eq!(
        added("approved: []\nunlisted: deny\n"),
        "approved: [{id: prod-new0000000001, name: \"Acme Backup\"}]\nunlisted: deny\n"
    );
}

#[test]
fn a_list_that_is_not_there_is_begun() {
    assert_eq!(
        added("# The baseline\ninclude: [baseline]\n\nexperiences:\n  - {organization: acme, id: exp-1}\n"),
        format!(
            "# The baseline\ninclude: [baseline]\n\napproved:\n  {NEW}\nexperiences:\n  - {{organization: acme, id: exp-1}}\n"
        )
    );
    assert_eq!(added("rejected:\n  - prod-a\n"), format!("rejected:\n  - prod-a\n\napproved:\n  {NEW}"));
}

#[test]
fn what_can_not_be_added_to_without_a_doubt_is_left() {
    for (text, line) in [
        ("approved: [prod-a,\n  prod-b]\n", 1),
        ("rejected: &all\n  - prod-a\n# x\napproved: *all\n", 4),
        ("approved: &all\n  - prod-a\nrejected: *all\n", 3),
        ("{rejected: [prod-a]}\n", 1),
        ("approved: [prod-a, ]\n", 1),
        ("approved: prod-a\n", 1),
        ("approved: [\n", 1),
        ("rejected: [prod-a]\n...\n", 3),
    ] {
        assert_eq!(refused(text).line, line, "{text}: {}", refused(text));
    }
}

#[test]
fn texts_of_strangers_stay_what_they_are() {
    let id = product();
    let with = |name: &str, remark: &str| {
        let edited = add(b"approved:\n  - prod-a\n", List::Approved, &entry(&id, name, remark)).unwrap();
        edited.inserted.strip_prefix("  - id: prod-new0000000001").unwrap().trim_end().to_owned()
    };
    for (name, remark, lines) in [
        ("A\n  - prod-evil", "B\r\nrejected: []", " # B rejected: []\n    name: A - prod-evil"),
        ("A: b # c", "x", " # x\n    name: \"A: b # c\""),
        ("\"}, *x", "", "\n    name: \"\\\"}, *x\""),
        ("yes", "# catalog-sync: ignore[x] y", " # catalog-sync ignore[x] y\n    name: \"yes\""),
        ("yes", "catalog-sync:: ignore[x] y", " # catalog-sync ignore[x] y\n    name: \"yes\""),
        ("A\\n\u{202e}b", "catalog-\u{200b}sync: x", " # catalog-sync x\n    name: \"A\\\\nb\""),
        ("東京 1.0", "\u{0}\u{feff}", "\n    name: \"東京 1.0\""),
        ("1e3", "ü", " # ü\n    name: \"1e3\""),
        ("\u{200b}", "x", " # x"),
    ] {
        assert_eq!(with(name, remark), lines, "{name}");
    }
    assert!(with(&"x".repeat(900), "").ends_with("x…\""));
    for odd in ["12345", "2026-11-20", "-a", "0x1"] {
        let id: ProductId = odd.parse().unwrap();
        let new = add(b"approved:\n  - prod-a\n", List::Approved, &entry(&id, "A", "")).unwrap();
        assert!(new.text.contains(&format!("- id: \"{odd}\"\n")), "{}", new.text);
    }
}

const SETTINGS: &str = "version: 1\norganizations:\n  acme:\n    id: o-acme000001\n    marketplace_account: \
                        \"111111111112\"\n    access: {role: \"arn:aws:iam::{account}:role/sync-{mode}\"}\n";

fn catalog(list: &str) -> CatalogFiles {
    let all = [("settings.yaml", SETTINGS), ("marketplace/list.yaml", list)];
    let files = all.into_iter().map(|(path, text)| (format!("catalog/{path}"), text.as_bytes().to_vec())).collect();
    CatalogFiles { dir: "catalog".to_owned(), files, findings: Vec::new() }
}

/// A file in the format of `fmt` keeps that format.
#[test]
fn the_form_is_kept() {
    let text = "include: [base]\n\napproved:\n  - prod-a # so\n\nexperiences:\n  - organization: acme\n    id: exp-1\n";
    let forms = |text: &str| form(&catalog(text)).into_iter().map(|(_, formed)| formed).collect::<Vec<_>>();
    for text in [text, "include: [base]\n\nexperiences:\n  - organization: acme\n    id: exp-1\n"] {
        assert_eq!(forms(text)[0], Formed::Same);
        assert_eq!(forms(&added(text))[0], Formed::Same, "{}", added(text));
    }
}

fn any_item() -> impl Strategy<Value = String> {
    let texts = prop_oneof![
        Just("A"),
        Just("\"a # b: c\""),
        Just("'it''s'"),
        Just("|\n          x\n\n          y"),
        Just(">-\n          x")
    ];
    let remark = prop_oneof![Just(""), Just(" # so"), Just("   # # so"), Just("\n    # own line")];
    ("[a-z]{3,8}", prop::option::of(texts), remark, any::<bool>()).prop_map(|(id, text, remark, is_wide)| {
        let dash = if is_wide { "-   " } else { "- " };
        let indent = " ".repeat(dash.len());
        match text {
            Some(text) if text.starts_with(['|', '>']) => format!("  {dash}id: prod-{id}\n  {indent}notes: {text}\n"),
            Some(text) => format!("  {dash}id: prod-{id}\n  {indent}name: {text}{remark}\n"),
            None => format!("  {dash}prod-{id}{remark}\n"),
        }
    })
}

fn any_file() -> impl Strategy<Value = String> {
    let between = prop_oneof![Just(""), Just("\n"), Just("# remark\n\n"), Just("\n  # remark\n\n\n")];
    let list = prop::collection::vec(any_item(), 1..5);
    let others = prop_oneof![Just("unlisted: keep\n"), Just("include: [base] # x\n"), Just("ignore: [prod-i]\n")];
    let flow = prop_oneof![Just("approved: [prod-x, prod-y]\n"), Just("approved: []   # none\n"), Just("")];
    (between, list, others, flow, 0..4_usize, any::<bool>(), any::<bool>()).prop_map(
        |(between, list, others, flow, order, is_windows, is_ended)| {
            let block = format!("approved: # yes\n{}", list.concat());
            let approved = if order % 2 == 0 { block.as_str() } else { flow };
            let rejected = "rejected:\n  - prod-r # no\n";
            let parts = match order {
                0 => [approved, between, others, rejected],
                1 => [others, approved, between, rejected],
                2 => [rejected, others, between, approved],
                _ => [between, rejected, others, approved],
            };
            let text = format!("# head\n{}", parts.concat());
            let text = if is_ended { text } else { text.trim_end().to_owned() };
            if is_windows { text.replace('\n', "\r\n") } else { text }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// For any file and any entry: the entry is added, every byte of the file is kept, and nothing else is inserted.
    #[test]
    fn every_other_byte_is_kept(text in any_file(), name in "\\PC{0,40}", remark in ".{0,40}") {
        let id = product();
        let entry = entry(&id, &name, &remark);
        let edited = add(text.as_bytes(), List::Approved, &entry);
        let Ok(Edited { text: new, at, inserted }) = edited else {
            return Err(TestCaseError::fail(format!("{edited:?}\n{text}")));
        };
        prop_assert_eq!(&new, &format!("{}{inserted}{}", &text[..at], &text[at..]));
        // The inserted lines are only those of the entry, whatever its texts contain.
        let loaded = load(&catalog(&new), "2026-11-20".parse().unwrap());
        let of_syntax: Vec<_> = loaded.findings.iter().filter(|it| it.code == "syntax" || it.code == "unknown_ignore").collect();
        prop_assert!(of_syntax.is_empty(), "{of_syntax:?}\n{new}");
        let rest = new.replacen(&inserted, "", 1);
        prop_assert!(rest == text || new.matches(&inserted).count() > 1);
    }
}
