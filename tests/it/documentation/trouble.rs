//! `docs/troubleshooting.md`: each heading that is a message occurs in the sources, and the page covers every refusal.

use std::fs;

use super::page::root;

/// A file's text with string literals that continue on the next line joined.
fn joined(text: &str) -> String {
    let mut joined = String::new();
    let mut parts = text.split("\\\n");
    joined.push_str(parts.next().unwrap_or_default());
    for part in parts {
        joined.push_str(part.trim_start());
    }
    joined
}

/// The sources that contain messages.
fn sources() -> Vec<String> {
    let mut texts = Vec::new();
    super::rust(&root().join("src"), &mut texts);
    for script in ["action/install.sh", "action/run.sh"] {
        texts.push((script.to_owned(), fs::read_to_string(root().join(script)).unwrap()));
    }
    texts.into_iter().map(|(_, text)| joined(&text).replace("\\\"", "\"")).collect()
}

fn page() -> String {
    fs::read_to_string(root().join("docs/troubleshooting.md")).unwrap()
}

/// The messages among the headings. `…` stands for a variable part.
fn headings<'a>(page: &'a str) -> Vec<&'a str> {
    let message = |line: &'a str| {
        let code = line.strip_prefix("### ")?;
        let twice = code.strip_prefix("`` ").and_then(|code| code.strip_suffix(" ``"));
        twice.or_else(|| code.strip_prefix('`')?.strip_suffix('`'))
    };
    page.lines().filter_map(message).collect()
}

#[test]
fn every_heading_is_a_message_of_ours() {
    let (page, sources) = (page(), sources());
    let headings = headings(&page);
    assert!(headings.len() > 40, "{}", headings.len());
    for heading in headings {
        let parts: Vec<&str> = heading.split('…').map(str::trim).filter(|part| !part.is_empty()).collect();
        let is_there = sources.iter().any(|text| parts.iter().all(|part| text.contains(part)));
        assert!(is_there, "no file under src or action holds this message: {heading}");
    }
}

#[test]
fn everything_that_is_refused_is_on_the_page() {
    let page = page();
    let headings = headings(&page).join("\n");
    let mut seen = 0;
    for file in ["mod.rs", "request.rs"] {
        let text = joined(&fs::read_to_string(root().join("src/commands/obstacle").join(file)).unwrap());
        let headline = text.split("fn headline").nth(1).unwrap().split("\n    }\n").next().unwrap();
        for literal in headline.split('"').skip(1).step_by(2).filter(|literal| literal.len() > 25) {
            let mut parts = literal.split(['{', '}']).map(str::trim).filter(|part| part.len() > 8);
            let first = parts.next().unwrap();
            seen += 1;
            assert!(headings.contains(first), "docs/troubleshooting.md has no heading with: {first}");
        }
    }
    assert!(seen > 20, "{seen} messages were looked at");
}
