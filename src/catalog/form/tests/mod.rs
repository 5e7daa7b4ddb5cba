//! The format of files, and that formatting does not change the content.

mod silences;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::*;
use crate::catalog::load;

const SETTINGS: &str = "version: 1\norganizations:\n  acme:\n    id: o-acme000001\n    service_catalog_account: \
                        \"111111111111\"\n    marketplace_account: \"111111111112\"\nregions: [us-east-1]\n";

fn catalog(path: &str, text: &str) -> CatalogFiles {
    let all = [("settings.yaml", SETTINGS), (path, text)];
    let files = all.into_iter().map(|(path, text)| (format!("catalog/{path}"), text.as_bytes().to_vec())).collect();
    CatalogFiles { dir: "catalog".to_owned(), files, findings: Vec::new() }
}

fn formed_file(path: &str, text: &str) -> Formed {
    let files = catalog(path, text);
    form(&files).into_iter().find(|(of, _)| of.ends_with(path)).unwrap().1
}

/// The formatted text. Formatting it again must change nothing.
fn new(path: &str, text: &str) -> String {
    let new = match formed_file(path, text) {
        Formed::Same => text.to_owned(),
        Formed::Changed(new) => new,
        other => panic!("{other:?}\n{text}"),
    };
    assert_eq!(formed_file(path, &new), Formed::Same, "{new}");
    new
}

#[test]
fn keys_ids_and_blanks_take_their_form() {
    let text = "\n# yaml-language-server: $schema=x\n# The data platform\n\n\n\n# with whom\nshares:\n# one\n-   tag_options: true   # all\n    # whose\n    \
                account: 333333333333\n\n\n- {until: 2027-06-30,   account: '444444444444'}   \n- ou:   Workloads\n  notes: |\n    a\n\n      b\n\
                # the end\nregions:   [ 'us-east-1',\"eu-west-1\" ]\nportfolio : Data Platform   # its name\n\n\n";
    insta::assert_snapshot!(new("portfolios/x.yaml", text));
}

#[test]
fn settings_and_lists_take_their_form() {
    let settings = "regions:\n- us-east-1\nversion: 1\norganizations:\n    acme:\n        marketplace_account: 111111111112 # b\n        \
                    # the id\n        id: 'o-acme000001'\n        # last of acme\n    # last of all\n";
    let list = "unlisted: keep\napproved:\n    -   'prod-4xk6p2ab3cdef'\n    -\n        # what\n        name: X\n        id: \"prod-5yl7q3bc4defg\"\n\
                    experiences: [{id: exp-1, organization: 'acme'}]\n";
    insta::assert_snapshot!(new("settings.yaml", settings) + "=====\n" + &new("marketplace/x.yaml", list));
}

#[test]
fn keys_of_a_local_portfolio_take_their_order() {
    let text = "portfolio: X\nshares: [{organization: acme}]\nrecipients:\n  - local_portfolio:\n      launch_role: Launcher\n      \
                mode: copy\n      products: [B, A]\n      provider: Team\n      name: Ours # as it was\n    organization: acme\n";
    insta::assert_snapshot!(new("portfolios/x.yaml", text), @"
    portfolio: X
    shares: [{organization: acme}]
    recipients:
      - organization: acme
        local_portfolio:
          name: Ours # as it was
          provider: Team
          products: [B, A]
          mode: copy
          launch_role: Launcher
    ");
}

#[test]
fn windows_line_ends_and_marks_go() {
    let text = "\u{feff}portfolio: X\r\nshares: []\r\n\r\n";
    assert_eq!(new("portfolios/x.yaml", text), "portfolio: X\nshares: []\n");
    assert_eq!(new("portfolios/x.yaml", "---\n\nportfolio: X\nshares: []\n...\n"), "portfolio: X\nshares: []\n");
}

#[test]
fn what_cannot_be_read_stays_as_it_is() {
    for text in ["portfolio: X: Y\n", "a: 1\n---\nb: 2\n", "a: 1\na: 2\n", "", "a: !x b\n", "a: *b\n", "<<: {a: 1}\n"] {
        assert!(matches!(formed_file("portfolios/x.yaml", text), Formed::Unreadable(_)), "{text}");
    }
    for text in ["shares:\n  - - a\n", "? portfolio\n: X\n", "%YAML 1.2\n---\na: 1\n"] {
        let formed = formed_file("portfolios/x.yaml", text);
        assert!(matches!(formed, Formed::Refused { line: _, reason: _ }), "{text}: {formed:?}");
    }
}

#[test]
fn anchors_keep_the_order_that_they_need() {
    let text = "shares:\n- account: &a 333333333333\n- {account: *a, tag_options: true}\nportfolio: X\n";
    let told = "shares:\n  - account: &a \"333333333333\"\n  - {account: *a, tag_options: true}\nportfolio: X\n";
    assert_eq!(new("portfolios/x.yaml", text), told);
}

#[test]
fn comment_that_silences_an_entry_stays_on_its_first_line() {
    let text =
        "portfolio: X\nshares:\n  - principals: true # catalog-sync: ignore[principal_sharing] ours\n    ou: A\n";
    assert_eq!(formed_file("portfolios/x.yaml", text), Formed::Same);
    let text =
        "portfolio: X\nshares:\n  - tag_options: true\n    ou: Root/A # catalog-sync: ignore[begins_with_root] ours\n";
    assert_eq!(formed_file("portfolios/x.yaml", text), Formed::Same);
}

#[test]
fn anchor_of_a_key_is_not_lost() {
    for text in ["portfolio: X\nshares:\n- &a ou: A\n  notes: *a\n", "shares: []\n&a portfolio: X\n"] {
        let formed = formed_file("portfolios/x.yaml", text);
        assert!(matches!(formed, Formed::Refused { line: _, reason: _ }), "{formed:?}");
    }
}

#[test]
fn form_of_a_very_large_file_is_made_in_time() {
    let entries = (0..40_000).map(|n| format!("- notes: n\n  id: prod-{n:013}")).collect::<Vec<_>>().join("\n");
    assert!(matches!(formed_file("marketplace/x.yaml", &format!("approved:\n{entries}")), Formed::Changed(_)));
    let names = (0..40_000).map(|n| format!(" a{n}: {{id: o-{n:010}}}")).collect::<Vec<_>>().join("\n");
    assert!(matches!(formed_file("settings.yaml", &format!("organizations:\n{names}")), Formed::Changed(_)));
}

#[test]
fn texts_over_several_lines_keep_what_they_say() {
    let text = "portfolio: X\nshares:\n- account: '333333333333'\n  notes: >-\n    one\n    two\n\n    # no comment\n- notes: \"a\n    b\"\n  ou: A\n";
    let told = "portfolio: X\nshares:\n  - account: \"333333333333\"\n    notes: >-\n      one\n      two\n\n      # no comment\n  - ou: A\n    notes: \"a\n      b\"\n";
    assert_eq!(new("portfolios/x.yaml", text), told);
}

#[test]
fn page_about_the_form_shows_what_it_is() {
    let page = include_str!("../../../../docs/form.md");
    let blocks: Vec<&str> =
        page.split("```yaml\n").skip(1).filter_map(|rest| Some(rest.split_once("```")?.0)).collect();
    assert_eq!(new("portfolios/x.yaml", blocks[0]), blocks[1]);
}

#[test]
fn every_file_of_the_example_is_in_its_form() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("catalog");
    let files = crate::catalog::source::read_dir(&root).unwrap();
    assert!(files.files.len() > 3);
    for (path, formed) in form(&files) {
        assert_eq!(formed, Formed::Same, "{path}");
    }
}

/// A random file: entries in any order and indentation, with comments between them.
fn list() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![0, 1, 2, 3, 4]);
    (
        prop::collection::vec((key, any::<u8>()), 1..6),
        prop::collection::vec((any::<u8>(), any::<u8>(), any::<u8>()), 0..5),
        prop::sample::select(vec![0_usize, 1, 2, 3, 4]),
        any::<bool>(),
        any::<[u8; 24]>(),
    )
        .prop_map(|(keys, products, indent, windows, noise)| {
            let mut text = Text { noise, at: 0, out: String::new(), comments: 0 };
            let mut seen = std::collections::BTreeSet::new();
            let mut number = 10_u32;
            for (key, how) in keys {
                if !seen.insert(key) {
                    continue;
                }
                text.between(0);
                match key {
                    0 => text.line(0, "unlisted:   keep"),
                    1 => text.line(
                        0,
                        "experiences: [ {id: exp-1, organization: 'acme'} , {organization: acme,name: \"X # y\"}]",
                    ),
                    2 if how.is_multiple_of(2) => text.line(0, "ignore: ['prod-aaaaaaaaaaa99']"),
                    2 => text.line(0, "ignore:\n  # none\n  []"),
                    _ => {
                        text.line(0, if key == 3 { "approved:" } else { "rejected :" });
                        if products.is_empty() {
                            text.line(0, "  []");
                        }
                        for (form, comment, gap) in &products {
                            text.between(if gap.is_multiple_of(3) { indent } else { 0 });
                            text.product(indent, *form, *comment, number);
                            number += 1;
                        }
                        if how.is_multiple_of(4) {
                            text.between(indent);
                        }
                    }
                }
            }
            if windows { text.out.replace('\n', "\r\n") } else { text.out }
        })
}

struct Text {
    noise: [u8; 24],
    at: usize,
    out: String,
    comments: usize,
}

impl Text {
    fn next(&mut self) -> u8 {
        self.at += 1;
        self.noise[self.at % 24] ^ u8::try_from(self.at % 251).unwrap()
    }

    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn comment(&mut self) -> String {
        self.comments += 1;
        format!("# comment {} 'x\" : [", self.comments)
    }

    fn line(&mut self, indent: usize, line: &str) {
        let end = match self.next() % 6 {
            0 => "  ".to_owned(),
            1 => format!("   {}", self.comment()),
            2 => format!(" {}  ", self.comment()),
            _ => String::new(),
        };
        self.push(&format!("{:indent$}{line}{end}\n", ""));
    }

    fn between(&mut self, indent: usize) {
        for _ in 0..self.next() % 4 {
            if self.next().is_multiple_of(2) {
                let blank = if self.next().is_multiple_of(2) { "\n" } else { "   \n" };
                self.push(blank);
            } else {
                let comment = self.comment();
                self.push(&format!("{:indent$}{comment}\n", ""));
            }
        }
    }

    fn product(&mut self, indent: usize, form: u8, comment: u8, number: u32) {
        let id = format!("prod-aaaaaaaaaaa{number}");
        let inner = indent + 2 + usize::from(comment % 2);
        let dash = if comment.is_multiple_of(2) { "- " } else { "-  " };
        match form % 8 {
            0 => self.line(indent, &format!("{dash}{id}")),
            1 => self.line(indent, &format!("{dash}'{id}'")),
            2 => self.line(indent, &format!("{dash}{{name: N{number},id: \"{id}\" }}")),
            3 => self.push(&format!("{:indent$}{dash}{{name: N{number},\n{:inner$}id: '{id}'}}\n", "", "")),
            4 => {
                self.line(indent, "-");
                self.between(inner);
                self.line(inner, &format!("notes: 'it''s {number}'"));
                self.between(inner);
                self.line(inner, &format!("id:   {id}"));
            }
            5 => {
                self.line(indent, &format!("{dash}until: 2027-06-30"));
                self.between(inner);
                self.line(inner, &format!("id: {id}"));
                self.push(&format!("{:inner$}notes: |\n{:inner$}  a # b\n\n{:inner$}  c\n", "", "", ""));
            }
            6 => {
                self.push(&format!("{:indent$}{dash}notes: \"one\n\n{:inner$}  two\"\n", "", ""));
                self.line(inner, &format!("id: {id}"));
            }
            _ => {
                self.push(&format!("{:indent$}{dash}notes: one\n{:inner$}  two\n", "", ""));
                self.line(inner, &format!("id : '{id}'"));
            }
        }
    }
}

/// The content of a catalog and its findings, without places.
fn meaning(path: &str, text: &str) -> String {
    let loaded = load(&catalog(path, text), jiff::civil::date(2026, 11, 20));
    let mut desired = loaded.desired;
    if let Some(desired) = &mut desired {
        desired.digest.clear();
        // Silences are ordered by line, which changes.
        desired.silences.clear();
    }
    let mut codes: Vec<String> =
        loaded.findings.iter().map(|finding| format!("{} {}", finding.code, finding.severity as u8)).collect();
    codes.sort();
    let shown = format!("{desired:#?}");
    let is_place = |line: &&str| !["line:", "column:"].iter().any(|it| line.trim_start().starts_with(it));
    let mut lines: Vec<&str> = shown.lines().filter(is_place).collect();
    // A place has an end only if that is on the line of its beginning.
    lines.retain(|line| {
        let line = line.trim();
        !line.starts_with("end_column") && !line.trim_end_matches(',').bytes().all(|b| b.is_ascii_digit() || b == b')')
    });
    format!("{codes:?}\n{}", lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn form_changes_nothing_and_is_its_own(text in list()) {
        let path = "marketplace/x.yaml";
        let formed = match formed_file(path, &text) {
            Formed::Same => text.clone(),
            Formed::Changed(formed) => formed,
            // Every generated file has at least one key, so it can always be formatted.
            other => return Err(TestCaseError::fail(format!("{other:?}\n{text}"))),
        };
        prop_assert_eq!(formed_file(path, &formed), Formed::Same, "{}", formed);
        prop_assert_eq!(meaning(path, &text), meaning(path, &formed));
        for number in 1..=text.matches("# comment ").count() {
            let comment = format!("# comment {number} 'x\" : [");
            prop_assert_eq!(formed.matches(&comment).count(), 1, "{}", formed);
        }
    }

    /// For any damaged file: the formatted text has the same content, or the file is not formatted.
    #[test]
    fn spoilt_file_is_left_alone_or_means_the_same(
        text in list(),
        slips in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(SLIPS.to_vec())), 1..4),
    ) {
        let mut characters: Vec<char> = text.chars().collect();
        for (at, slip) in slips {
            let at = at.index(characters.len() + 1);
            match slip {
                "" => drop(characters.drain(at.min(characters.len())..(at + 1).min(characters.len()))),
                slip => drop(characters.splice(at..at, slip.chars())),
            }
        }
        let (path, text) = ("marketplace/x.yaml", characters.into_iter().collect::<String>());
        if let Formed::Changed(formed) = formed_file(path, &text) {
            prop_assert_eq!(formed_file(path, &formed), Formed::Same, "{}\n=====\n{}", text, formed);
            prop_assert_eq!(meaning(path, &text), meaning(path, &formed));
        }
    }
}

/// Text that may be inserted by mistake. Nothing is removed.
const SLIPS: &[&str] = &[
    "", "", "", " ", "  ", "\n", "\n\n", "#", " # x\n", "- ", "'", "\"", ":", ": ", "[", "]", "{", "}", ",", "|", ">-",
    "&a ", "*a", "\t", "---\n", "...\n", "? ", "\r", "é", "\u{2028}", "\u{85}", "\u{feff}", "%",
];
