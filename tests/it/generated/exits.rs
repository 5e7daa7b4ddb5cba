//! The pages about exit statuses, `docs/exit-status/*.md`, are those of the statuses that there are.

use std::fs;
use std::path::Path;

use super::{keep, read};

/// The statuses in the code and what each means, from the lines of their own file.
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

/// Status and meaning are said once, in the code; the page that lists them, the README and each page's own heading follow.
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
