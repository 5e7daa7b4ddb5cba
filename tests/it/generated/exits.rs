//! The pages `docs/exit-status/*.md` match the exit statuses in the code.

use std::fs;
use std::path::Path;

use super::{keep, read};

/// The exit statuses and their meanings, read from the source file.
fn statuses() -> Vec<(u8, String)> {
    let code = read("src/commands/exit.rs");
    let lines: Vec<&str> = code.lines().map(str::trim).collect();
    let pairs = lines.windows(2).filter_map(|pair| match pair {
        [doc, variant] => {
            let (_, number) = variant.strip_suffix(',')?.split_once(" = ")?;
            Some((number.parse().ok()?, doc.strip_prefix("/// ")?.to_owned()))
        }
        _ => None,
    });
    pairs.collect()
}

/// The code states each status and meaning once. The page that lists them, the README and the pages' headings have to
/// match.
#[test]
fn every_exit_status_has_its_page() {
    let statuses = statuses();
    assert_eq!(statuses.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
    let row = |(status, meaning): &(u8, String)| format!("| [{status}]({status}.md) | {meaning} |\n");
    let rows = statuses.iter().map(row).collect::<Vec<_>>().concat();
    let page =
        super::below_marker("docs/exit-status/README.md", &format!("\n| status | meaning |\n| --: | --- |\n{rows}"));
    keep(&[page]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/exit-status");
    for entry in fs::read_dir(folder).expect("the pages can be listed") {
        let name = entry.expect("a page").file_name().to_string_lossy().into_owned();
        let about = name.trim_end_matches(".md");
        let is_known = statuses.iter().any(|(status, _)| status.to_string() == about);
        assert!(
            is_known || ["README", "signals"].contains(&about),
            "docs/exit-status/{name} is about no status: delete it"
        );
    }
    for (status, meaning) in statuses {
        let page = read(&format!("docs/exit-status/{status}.md"));
        let begin = format!("# Exit status {status}\n\n**{meaning}**\n\n");
        assert!(page.starts_with(&begin), "docs/exit-status/{status}.md begins with\n{begin}");
        for heading in ["## When it happens\n", "## What to do\n"] {
            assert!(page.contains(heading), "docs/exit-status/{status}.md has no {heading}");
        }
    }
}
