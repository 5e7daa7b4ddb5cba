//! Random portfolios with silencing comments. After formatting, the same warnings of the same entries are silenced.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::Formed;
use super::{catalog, formed_file, meaning};
use crate::catalog::silence;

/// A source of small random numbers from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }
}

/// The text of a random portfolio. Every line that can have a comment has a unique word (`t1t`, `t2t`, …).
struct Writer {
    dice: Dice,
    words: u32,
    out: String,
}

const CODES: [&str; 4] = ["principal_sharing", "until_near", "closed_account", "begins_with_root"];

impl Writer {
    fn push(&mut self, indent: usize, text: &str) {
        self.out.push_str(&" ".repeat(indent));
        self.out.push_str(text);
    }

    fn word(&mut self) -> String {
        self.words += 1;
        format!("t{}t", self.words)
    }

    fn comment(&mut self) -> String {
        let word = self.word();
        match self.dice.below(3) {
            0 => format!("# catalog-sync: ignore[{}] {word}", self.dice.pick(&CODES)),
            1 => format!("#{word}: 'x"),
            _ => format!("# {word} # catalog-sync: ignore[{}] {word}", self.dice.pick(&CODES)),
        }
    }

    fn line(&mut self, indent: usize, text: &str) {
        let end = match self.dice.below(4) {
            0 => format!(" {}", self.comment()),
            1 => format!("\t{}  ", self.comment()),
            2 => "  ".to_owned(),
            _ => String::new(),
        };
        self.push(indent, &format!("{text}{end}\n"));
    }

    fn between(&mut self, indent: usize) {
        for _ in 0..self.dice.below(3) {
            if self.dice.below(2) == 0 {
                self.out.push_str(self.dice.pick(&["\n", "  \n", "\t\n"]));
            } else {
                let comment = self.comment();
                self.push(indent, &format!("{comment}\n"));
            }
        }
    }

    fn fields(&mut self, number: u64) -> Vec<String> {
        let mut fields = match self.dice.below(3) {
            0 => vec![format!("account: {}", self.dice.pick(&["", "'", "\""])), String::new()],
            1 => vec![format!("ou: Root/Ü{number}"), "principals: true".to_owned()],
            _ => vec![format!("ou: \"東{number}\""), "tag_options:   true".to_owned()],
        };
        if let Some(quote) = fields[0].strip_prefix("account: ") {
            fields = vec![format!("account: {quote}{:012}{quote}", 333_333_333_000 + number)];
        }
        if self.dice.below(2) == 0 {
            fields.push(self.dice.pick(&["until: 2026-12-01", "until : '2027-06-30'"]).to_owned());
        }
        for at in (1..fields.len()).rev() {
            fields.swap(at, usize::try_from(self.dice.below(at as u64 + 1)).unwrap());
        }
        fields
    }

    fn notes(&mut self, indent: usize, before: &str) {
        let (word, other) = (self.word(), self.word());
        let deeper = indent + 2 + before.len();
        let deep = " ".repeat(deeper);
        let text = match self.dice.below(6) {
            0 => format!("notes: |\n{deep}{word} # no\n\n{deep}  {other}\n"),
            1 => format!("notes: >-\n{deep}{word}\n{deep}# {other}\n\n"),
            2 => format!("notes: \"{word}\n\n{deep}{other}\" # x\n"),
            3 => format!("notes: {word}\n{deep}{other}\n"),
            4 => format!("notes: |2-\n{:w$}{word}\n", "", w = indent + before.len() + 2),
            _ => format!("notes:\n{deep}# a\n{deep}{word}\n"),
        };
        self.push(indent, &format!("{before}{text}"));
    }

    fn share(&mut self, indent: usize, number: u64) {
        let fields = self.fields(number);
        let dash = self.dice.pick(&["- ", "-  ", "-   "]);
        let inner = indent + dash.len();
        match self.dice.below(5) {
            0 => self.line(indent, &format!("{dash}{{{}}}", fields.join(" ,  "))),
            1 => {
                let word = self.comment();
                let joined = fields.join(format!(", {word}\n{:inner$}", "").as_str());
                self.line(indent, &format!("{dash}{{{joined}}}"));
            }
            2 => {
                self.line(indent, "-");
                self.between(inner);
                for field in fields {
                    self.line(inner, &field);
                    self.between(inner);
                }
            }
            3 => {
                self.notes(indent, dash);
                for field in fields {
                    self.between(inner);
                    self.line(inner, &field);
                }
            }
            _ => {
                for (nth, field) in fields.iter().enumerate() {
                    if nth == 0 {
                        self.line(indent, &format!("{dash}{field}"));
                    } else {
                        self.between(inner);
                        self.line(inner, field);
                    }
                }
                if self.dice.below(2) == 0 {
                    self.notes(inner, "");
                }
            }
        }
    }
}

fn portfolio(seed: u64) -> String {
    let mut text = Writer { dice: Dice(seed), words: 0, out: String::new() };
    let mut keys = vec![0, 1, 2, 3];
    for at in (1..keys.len()).rev() {
        keys.swap(at, usize::try_from(text.dice.below(at as u64 + 1)).unwrap());
    }
    for key in keys {
        text.between(0);
        match key {
            0 => text.line(0, "portfolio:   'Data'"),
            1 if text.dice.below(2) == 0 => text.line(0, "regions: ['us-east-1' ]"),
            1 => {
                text.line(0, "regions :");
                text.between(3);
                text.line(3, "-  'us-east-1'");
                text.between(3);
                text.line(3, "- eu-west-1");
            }
            2 => text.line(0, "unlisted_shares: keep"),
            _ => {
                text.line(0, "shares:");
                let indent = usize::try_from(text.dice.below(5)).unwrap();
                for number in 0..=text.dice.below(4) {
                    text.between(indent);
                    text.share(indent, number);
                }
                text.between(indent);
            }
        }
    }
    text.between(0);
    match text.dice.below(4) {
        0 => text.out.replace('\n', "\r\n"),
        1 => format!("\u{feff}{}", text.out),
        2 => text.out.trim_end().to_owned(),
        _ => text.out,
    }
}

/// The code of each silencing comment, and the words of more than three characters on the lines that it covers.
fn silenced(path: &str, text: &str) -> Vec<(String, BTreeSet<String>)> {
    let silences = silence::apply(&catalog(path, text), &mut Vec::new());
    let of = |number: usize| {
        let words = text.lines().nth(number).unwrap_or_default().split(|c: char| !c.is_alphanumeric());
        words.filter(|word| word.len() > 3 || word.starts_with(['Ü', '東'])).map(str::to_owned).collect::<Vec<_>>()
    };
    let mut all: Vec<_> = silences
        .into_iter()
        .map(|it| (it.code.clone(), (it.first - 1..it.last).flat_map(|line| of(line as usize)).collect()))
        .collect();
    all.sort();
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn form_silences_what_was_silent_and_nothing_else(seed in any::<u64>()) {
        let (path, text) = ("portfolios/x.yaml", portfolio(seed));
        let formed = match formed_file(path, &text) {
            Formed::Same => text.clone(),
            Formed::Changed(formed) => formed,
            other => return Err(TestCaseError::fail(format!("{other:?}\n{text}"))),
        };
        prop_assert_eq!(formed_file(path, &formed), Formed::Same, "{}\n=====\n{}", text, formed);
        prop_assert_eq!(meaning(path, &text), meaning(path, &formed), "{}\n=====\n{}", text, formed);
        let (before, after) = (silenced(path, &text), silenced(path, &formed));
        prop_assert!(before == after, "{}\n=====\n{}\n{before:?}\n{after:?}", text, formed);
    }
}
