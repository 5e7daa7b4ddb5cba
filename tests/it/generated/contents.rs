//! The lists of findings and commands in `docs/SUMMARY.md`.

use std::fs;
use std::path::Path;

use super::{keep, read};

#[test]
fn contents_name_every_finding_and_every_command() {
    let mut lines: Vec<String> = read("docs/SUMMARY.md").lines().map(str::to_owned).collect();
    for (folder, what) in [("findings", ""), ("commands", "catalog-sync ")] {
        let listed = format!("]({folder}/");
        let at =
            lines.iter().position(|line| line.starts_with("  - ") && line.contains(&listed)).expect("there is one");
        lines.retain(|line| !(line.starts_with("  - ") && line.contains(&listed)));
        let new = names(folder).into_iter().map(|name| format!("  - [`{what}{name}`]({folder}/{name}.md)"));
        lines.splice(at..at, new);
    }
    keep(&[("docs/SUMMARY.md".to_owned(), lines.join("\n") + "\n")]);
}

/// The pages of a folder without its README, by name.
fn names(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(folder);
    let files = fs::read_dir(folder).expect("the pages can be listed");
    let mut names: Vec<String> = files
        .map(|entry| entry.expect("a page").file_name().to_string_lossy().trim_end_matches(".md").to_owned())
        .filter(|name| name != "README")
        .collect();
    names.sort();
    names
}
