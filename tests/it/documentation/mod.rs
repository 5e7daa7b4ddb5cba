//! Every command and every output in the documentation is run: [`play`] says how. Each page shows the real output, and
//! a block that no test runs is a failure.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may stop in the middle")]

mod json;
mod page;
mod play;
mod trouble;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::thread;

use catalog_sync::cli::Cli;
use clap::error::{ContextKind, ErrorKind};

use crate::commands::bed::Bed;

use page::{Page, pages, root};

/// The source texts of `src` and `tests`, with their paths.
static TESTS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let mut texts = Vec::new();
    for folder in ["src", "tests"] {
        rust(&root().join(folder), &mut texts);
    }
    texts
});

fn rust(folder: &Path, texts: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust(&path, texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            texts.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Whether a test of that name exists, in a folder in which some file mentions the page or the page's folder.
fn is_tried_by(page: &str, test: &str) -> bool {
    let name = format!("fn {}(", test.rsplit("::").next().unwrap());
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    let speaks = |text: &str| text.contains(page) || (folder != "docs" && text.contains(&format!("\"{folder}\"")));
    let beside = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    let places = TESTS.iter().filter(|(_, text)| text.contains(&name)).map(|(path, _)| beside(path));
    places.into_iter().any(|place| TESTS.iter().any(|(path, text)| beside(path) == place && speaks(text)))
}

/// The names of the Action's inputs.
fn action_inputs() -> BTreeSet<String> {
    let action = fs::read_to_string(root().join("action.yml")).unwrap();
    let action: serde_json::Value = serde_yaml::from_str(&action).unwrap();
    action["inputs"].as_object().unwrap().keys().cloned().collect()
}

/// The comment in the page's entry silences the warning that the entry would get.
#[test]
fn entry_of_the_page_about_products_is_silenced() {
    let page = fs::read_to_string(root().join("docs/products.md")).unwrap();
    let entry = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let bed = Bed::example();
    let warns = |entry: &str| {
        let list = format!("{entry}experiences:\n  - {{organization: subsidiary, name: Engineering}}\n");
        bed.write("catalog/marketplace/engineering.yaml", &list);
        bed.run(&["plan", "--reach", "--sandbox"]).ends(0).stdout.contains("is not known to AWS Marketplace")
    };
    assert!(!warns(entry), "the comment silences it");
    assert!(warns(&entry.replace("unknown_product", "withdrawn_product")));
}

#[test]
fn readme_names_every_command() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for command in Cli::definition().get_subcommands() {
        let name = command.get_name();
        assert!(readme.contains(&format!("[`{name}`]")), "the README does not tell of `{name}`");
    }
}

/// Whether a text is a command of the tool with existing options. The text need not be complete: words in capitals
/// stand for values, words in brackets for further words, and required arguments may be missing.
fn command(text: &str) -> Result<(), String> {
    let end = text.find([';', '|', '>', ')']).filter(|_| !text.contains('<')).unwrap_or(text.len());
    let is_word = |word: &String| !word.starts_with(['[', '<']) && word != "COMMAND";
    let words = play::words(&text[..end]).into_iter().filter(is_word).map(|word| match word.as_str() {
        "…" | "N" => "1".to_owned(),
        _ => word,
    });
    let Err(error) = Cli::definition().try_get_matches_from(words) else { return Ok(()) };
    let named = error.get(ContextKind::InvalidValue).map(ToString::to_string).unwrap_or_default();
    match error.kind() {
        ErrorKind::InvalidValue if !named.contains(char::is_lowercase) => Ok(()),
        ErrorKind::UnknownArgument
        | ErrorKind::InvalidSubcommand
        | ErrorKind::InvalidValue
        | ErrorKind::ValueValidation
        | ErrorKind::ArgumentConflict => Err(format!("`{text}`: {error}")),
        _ => Ok(()),
    }
}

fn fail_with(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_block_of_every_page_shows_what_is_so() {
    let pages = pages();
    // In parallel, since starting programs takes most of the time.
    let played: Vec<_> = thread::scope(|scope| {
        let each =
            pages.chunks(pages.len().div_ceil(4)).map(|some| scope.spawn(|| some.iter().map(play::play).collect()));
        let running: Vec<thread::ScopedJoinHandle<'_, Vec<play::Played>>> = each.collect();
        running.into_iter().flat_map(|some| some.join().unwrap()).collect()
    });
    fail_with(&played.iter().flat_map(|page| page.wrong.clone()).collect::<Vec<_>>());
    let ran: usize = played.iter().map(|page| page.ran).sum();
    assert!(ran > 50, "{ran} commands were run");
}

#[test]
fn every_command_in_the_text_is_a_command() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for page in pages() {
        for (line, code) in page.code().into_iter().filter(|(_, code)| code.starts_with("catalog-sync ")) {
            seen += 1;
            if let Err(error) = command(&code) {
                wrong.push(format!("{}:{line}: {error}", page.name));
            }
        }
    }
    fail_with(&wrong);
    assert!(seen > 60, "{seen} commands were looked at");
}

#[test]
fn every_page_is_in_the_contents_once() {
    let contents = fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    let mut files = Vec::new();
    page::markdown(&root().join("docs"), &mut files);
    for file in files.iter().filter(|file| !file.ends_with("SUMMARY.md")) {
        let name = file.strip_prefix(root().join("docs")).unwrap().display().to_string();
        assert_eq!(contents.matches(&format!("]({name})")).count(), 1, "docs/SUMMARY.md names {name} once");
    }
}

#[test]
fn lines_that_are_left_out_are_marked() {
    let text = "one\ntwo\nthree\nfour\n";
    assert!(play::is_shown(&["one", "two", "three", "four"], text));
    assert!(play::is_shown(&["…", "two", "…", "four"], text));
    assert!(play::is_shown(&["one", "…"], text));
    for not in [&["one", "two"][..], &["one", "three", "…"], &["…", "two"], &["…", "three", "…", "two", "…"]]
    {
        assert!(!play::is_shown(not, text), "{not:?}");
    }
}

#[test]
fn block_that_nothing_tries_is_a_failure() {
    let wrong = |text: &str| {
        let page = Page { name: "docs/page.md".to_owned(), text: text.to_owned() };
        play::play(&page).wrong.join("\n")
    };
    assert!(wrong("```mermaid\ngraph\n```\n").contains("docs/page.md:1: a block of the kind `mermaid`"));
    assert!(wrong("```yaml\na: 1\n```\n").contains("that nothing tries"));
    assert!(wrong("```\ntext\n```\n").contains("that nothing tries"));
    assert!(wrong("<!-- bad: x -->\n").contains("does not know"));
    assert!(wrong("<!-- tried by: nobody::ever -->\n```text\n```\n").contains("no test nobody::ever"));
    assert!(
        wrong("<!-- bed: example -->\n```console\n$ catalog-sync schema settings\n{}\n```\n")
            .contains("not what is printed")
    );
    assert!(wrong("<!-- bed: example -->\n```console\n$ catalog-sync nonsense\n```\n").contains("ends with 2"));
    assert!(wrong("<!-- bed: example -->\n```console\n$ rm -r catalog\n```\n").contains("does not know: rm"));
    assert!(wrong("<!-- not run: it needs AWS -->\n```sh\ncatalog-sync plan --no-such\n```\n").contains("--no-such"));
    let step = "<!-- part -->\n```yaml\n- uses: ACTION@COMMIT\n  with: {comand: plan}\n```\n";
    assert!(wrong(step).contains("`comand` is no input"));
    let bad = "<!-- bed: empty -->\n```yaml catalog/settings.yaml\nversion: 2\n```\n";
    assert!(wrong(bad).contains("its catalog is not valid"));
    let fine = "<!-- bed: example -->\n```console\n$ catalog-sync validate\n…\n$ echo $?\n0\n```\n";
    assert_eq!(wrong(fine), "");
}

/// A reader with the Rust toolchain finds both commands in the README, and the checks run the same ones.
#[test]
fn readme_has_the_command_that_plans_and_the_one_that_runs_all_tests() {
    let text = |name: &str| fs::read_to_string(root().join(name)).unwrap();
    let (readme, checks) = (text("README.md"), text(".ci/run"));
    for command in ["cargo run -- plan --sandbox", "cargo test"] {
        assert!(readme.lines().any(|line| line == command), "the README lacks `{command}`");
        assert!(checks.contains(command), ".ci/run does not run `{command}`");
    }
}
