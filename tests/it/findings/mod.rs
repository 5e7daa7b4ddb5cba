//! A page for each kind of finding, `docs/findings/CODE.md`, generated from the code's table and from examples that
//! are tried here unchanged. The examples are in the text files of this folder.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop in the middle")]

mod example;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use catalog_sync::catalog::code::Code;
use catalog_sync::model::finding::Severity;

use example::{Example, Try};

use crate::generated::keep;

fn examples() -> BTreeMap<&'static str, Example> {
    [
        include_str!("files.txt"),
        include_str!("values.txt"),
        include_str!("settings.txt"),
        include_str!("lists.txt"),
        include_str!("warnings.txt"),
    ]
    .into_iter()
    .flat_map(example::parse)
    .collect()
}

fn severity(code: Code) -> &'static str {
    match code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

#[test]
fn bad_example_gets_its_finding_alone_and_good_one_gets_none() {
    let mut wrong = Vec::new();
    for (code, example) in examples() {
        let Example { prose: _, also, bad, good } = &example;
        let expected: BTreeSet<&str> = also.iter().copied().chain([code]).collect();
        let found = |tried: &[Try]| if tried.is_empty() { None } else { Some(example::codes(tried)) };
        if let Some(told) = found(bad)
            && told.iter().map(String::as_str).collect::<BTreeSet<&str>>() != expected
        {
            wrong.push(format!("{code}: the bad example gets {told:?}"));
        }
        if let Some(told) = found(good)
            && !told.is_empty()
        {
            wrong.push(format!("{code}: the good example gets {told:?}"));
        }
        // `internal` is a bug of the tool, so it has no example.
        if (bad.is_empty() || good.is_empty()) && code != "internal" {
            wrong.push(format!("{code}: an example is missing"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn warning_is_silenced_as_its_page_says() {
    let examples = examples();
    let warnings = Code::ALL.iter().filter(|code| code.severity() == Severity::Warning && !is_about_comments(**code));
    for code in warnings.map(|code| code.as_str()) {
        let bad = &examples.get(code).expect("it is explained").bad;
        assert_eq!(example::codes(&example::silenced(bad, code)), BTreeSet::new(), "{code}");
    }
}

#[test]
fn every_code_has_its_page_and_every_page_its_code() {
    let examples = examples();
    let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let explained: BTreeSet<&str> = examples.keys().copied().collect();
    assert_eq!(codes, explained, "the text files beside this test explain each code");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/findings");
    let pages: Vec<(String, String)> = Code::ALL
        .iter()
        .filter_map(|code| {
            let example = examples.get(code.as_str())?;
            Some((format!("docs/findings/{}.md", code.as_str()), page(*code, example)))
        })
        .collect();
    keep(&pages);
    for entry in fs::read_dir(folder).expect("the pages can be listed") {
        let name = entry.expect("a page").file_name().to_string_lossy().into_owned();
        assert!(codes.contains(name.trim_end_matches(".md")), "docs/findings/{name} is about no code: delete it");
    }
}

#[test]
fn list_of_findings_is_that_of_the_code() {
    let mut text =
        "# Findings\n\nWhat `catalog-sync validate` can say, by the word that stands beside each finding and in its JSON \
         and SARIF. An error\nstops everything else; a warning is worth a look. Behind each word is a page with \
         examples.\n\n| finding | | meaning |\n| --- | --- | --- |\n"
            .to_owned();
    for code in Code::ALL {
        let (word, doc) = (code.as_str(), code.doc().replace('|', "\\|"));
        writeln!(text, "| [`{word}`](findings/{word}.md) | {} | {doc} |", severity(*code)).expect("a text grows");
    }
    keep(&[("docs/findings.md".to_owned(), text)]);
}

fn page(code: Code, example: &Example) -> String {
    let Example { prose, also: _, bad, good } = example;
    let (word, doc) = (code.as_str(), code.doc());
    let mut text = format!("# `{word}`\n\n**{}**: {doc}\n\n{prose}\n", severity(code));
    if !bad.is_empty() {
        write!(text, "\n## Not like this\n\n{}", example::shown(bad)).expect("a text grows");
    }
    if !good.is_empty() {
        write!(text, "\n## Like this\n\n{}", example::shown(good)).expect("a text grows");
    }
    write!(text, "\n## Silencing it\n\n{}\n\n[All findings](../findings.md)\n", silencing(code)).expect("a text grows");
    text
}

fn silencing(code: Code) -> String {
    let word = code.as_str();
    match code.severity() {
        Severity::Error => {
            "An error can't be silenced: with it there is nothing to plan. Mend what it is about.".to_owned()
        }
        Severity::Warning if is_about_comments(code) => {
            "It is about a comment, and can't be silenced by one. Mend the comment, or take it out.".to_owned()
        }
        Severity::Warning => format!(
            "Where somebody has looked and it is right as it is, a comment at the end of the line, or of the entry's \
             first line, says so\nand why:\n\n```yaml\n# catalog-sync: ignore[{word}] the reason\n```\n\nWithout a \
             reason it silences nothing, which is a warning of its own."
        ),
    }
}

fn is_about_comments(code: Code) -> bool {
    matches!(code, Code::IgnoreWithoutReason | Code::UnusedIgnore | Code::UnknownIgnore)
}
