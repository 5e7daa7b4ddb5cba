//! Where something stands in the catalog, and what was found there.

use serde::{Deserialize, Serialize};

/// A place in a catalog file. Lines and columns count from 1; columns are characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Source {
    /// The path as a reader of the repository would give it, `/` between its parts.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column of the first character, from 1.
    pub column: u32,
    /// The column behind the last character where it is on the same line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u32>,
}

/// How bad a finding is. The worst sorts first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The catalog can't be used.
    Error,
    /// It can, but someone should look.
    Warning,
}

/// One thing that is wrong, or odd, in the catalog.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// A stable word for the kind of finding, such as `unknown_key`.
    pub code: &'static str,
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Where; a finding about the catalog as a whole names the file and line 1.
    pub source: Source,
}

impl Finding {
    /// Where its page is: an address, or the path in the repository of catalog-sync where a build does not know its
    /// repository's address.
    pub fn page(&self) -> String {
        page_in(REPOSITORY, self.code)
    }

    /// The same for people, to whom a path alone would look like one of their own repository.
    pub fn page_for_people(&self) -> String {
        let page = self.page();
        if REPOSITORY.is_empty() { format!("{page} in the repository of catalog-sync") } else { page }
    }
}

/// The address of catalog-sync's own repository, from `repository` in Cargo.toml; empty where that says none.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

fn page_in(repository: &str, code: &str) -> String {
    let path = format!("docs/findings/{code}.md");
    if repository.is_empty() { path } else { format!("{}/blob/HEAD/{path}", repository.trim_end_matches('/')) }
}

/// Something a plan should not go without saying.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Warning {
    /// A stable word for the kind of warning, such as `principal_sharing`.
    pub code: String,
    /// What a reader should know, in a sentence or two.
    pub message: String,
    /// The line that causes it, where one does.
    pub source: Option<Source>,
}

/// The warnings of a plan that a comment in the catalog may silence. What can't be told is never silent, so warnings
/// that say so are not among them.
pub const PLAN_WARNINGS: &[&str] = &[
    "archived",
    "archived_namesake",
    "closed_account",
    "disabled",
    "ghost_principal",
    "gone_account",
    "gone_unit",
    "name_differs",
    "no_policy",
    "outside_organization",
    "principal_sharing",
    "shared_twice",
    "suspended_account",
    "unknown_exception",
    "unknown_product",
    "until_near",
    "withdrawn_product",
];

/// A comment that silences a warning on some lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// The file that it stands in.
    pub file: String,
    /// The warning.
    pub code: String,
    /// The first line that it is about.
    pub first: u32,
    /// The last one.
    pub last: u32,
}

impl Silence {
    /// Whether it silences a warning at a place.
    pub fn covers(&self, code: &str, source: &Source) -> bool {
        let Self { file, code: own, first, last } = self;
        own == code && *file == source.file && (*first..=*last).contains(&source.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_is_an_address_where_the_repository_is_known_and_its_path_otherwise() {
        assert_eq!(page_in("", "unknown_key"), "docs/findings/unknown_key.md");
        let address = "https://github.com/acme/catalog-sync/blob/HEAD/docs/findings/unknown_key.md";
        for repository in ["https://github.com/acme/catalog-sync", "https://github.com/acme/catalog-sync/"] {
            assert_eq!(page_in(repository, "unknown_key"), address);
        }
    }
}
