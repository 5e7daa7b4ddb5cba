//! A parsed page of the documentation: notes, code blocks and inline code, each with its line.

use std::fs;
use std::path::{Path, PathBuf};

/// A Markdown page.
pub(super) struct Page {
    /// The path from the top of the repository.
    pub(super) name: String,
    pub(super) text: String,
}

/// A part of a page, in the order of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// An HTML comment, which GitHub and the site don't show.
    Note { line: usize, text: String },
    /// A fenced block.
    Block(Block),
}

/// A fenced block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) line: usize,
    /// The language after the fence; empty if there is none.
    pub(super) kind: String,
    /// The path of the file that the block shows, from its fence or its first line.
    pub(super) path: Option<String>,
    pub(super) text: String,
}

/// The top of the repository.
pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The README and all pages of `docs/` except those about findings, which `tests/it/findings` generates and tries.
pub(super) fn pages() -> Vec<Page> {
    let mut files = vec![root().join("README.md")];
    markdown(&root().join("docs"), &mut files);
    files.sort();
    let read = |file: PathBuf| Page {
        name: file.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/"),
        text: fs::read_to_string(&file).unwrap(),
    };
    files.into_iter().map(read).filter(|page| !page.name.starts_with("docs/findings/")).collect()
}

/// The Markdown files below a folder.
pub(super) fn markdown(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            markdown(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
}

impl Page {
    pub(super) fn parts(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut lines = self.text.lines().enumerate();
        while let Some((at, line)) = lines.next() {
            let line_number = at + 1;
            if let Some(fence) = fence(line) {
                let info = line.trim_start()[fence.len()..].trim();
                let indent = line.len() - line.trim_start().len();
                let inside = lines.by_ref().map(|(_, line)| line).take_while(|line| line.trim() != fence);
                let inside = inside.flat_map(|line| [line.get(indent..).unwrap_or_default(), "\n"]);
                let text: String = inside.collect();
                parts.push(Part::Block(Block::new(line_number, info, text)));
            } else if let Some(begun) = line.trim_start().strip_prefix("<!--") {
                let mut text = begun.to_owned();
                while !text.contains("-->") {
                    let (_, more) = lines.next().unwrap_or_else(|| panic!("{}:{line_number}: no -->", self.name));
                    text.push('\n');
                    text.push_str(more);
                }
                let text = text.split("-->").next().unwrap();
                parts.push(Part::Note { line: line_number, text: text.trim().to_owned() });
            }
        }
        parts
    }

    /// Inline code outside of blocks and notes, with its line.
    pub(super) fn code(&self) -> Vec<(usize, String)> {
        let mut code = Vec::new();
        let mut open: Option<String> = None;
        let mut paragraph = String::new();
        let mut begins = 1;
        for (at, line) in self.text.lines().chain([""]).enumerate() {
            match &open {
                Some(fence) if line.trim() == fence => open = None,
                Some(_) => {}
                None if fence(line).is_some() => open = fence(line),
                None if line.is_empty() || line.starts_with('|') || line.trim_start().starts_with("- ") => {
                    spans(begins, &paragraph, &mut code);
                    paragraph = format!("{line}\n");
                    begins = at + 1;
                }
                None => {
                    paragraph.push_str(line);
                    paragraph.push('\n');
                }
            }
        }
        spans(begins, &paragraph, &mut code);
        code
    }
}

/// The fence that a line begins with, if there is one.
fn fence(line: &str) -> Option<String> {
    let line = line.trim_start();
    let length = line.len() - line.trim_start_matches('`').len();
    (length >= 3).then(|| "`".repeat(length))
}

/// The text between backticks in a paragraph. A line break inside counts as a blank.
fn spans(line: usize, paragraph: &str, code: &mut Vec<(usize, String)>) {
    for span in paragraph.split('`').skip(1).step_by(2) {
        code.push((line, span.replace('\n', " ")));
    }
}

impl Block {
    fn new(line: usize, info: &str, text: String) -> Self {
        let (kind, named) = info.split_once(' ').map_or((info, None), |(kind, path)| (kind, Some(path.to_owned())));
        let first = text.lines().next().and_then(|line| line.strip_prefix("# "));
        let path = named.or_else(|| {
            let word = first?.split([':', ' ']).next()?;
            let is_file = kind == "yaml" && [".yaml", ".yml"].iter().any(|end| word.ends_with(end));
            is_file.then(|| word.to_owned())
        });
        Self { line, kind: kind.to_owned(), path, text }
    }
}
