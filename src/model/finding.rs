//! Places in the catalog's files, and what was found there.

use serde::{Deserialize, Serialize};

/// A place in a catalog file. Lines and columns count from 1; columns are characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Source {
    /// The path as messages show it, with `/` between its parts: the catalog's folder and the path inside it.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column of the first character, from 1.
    pub column: u32,
    /// The column behind the last character, if that is on the same line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u32>,
}

/// How bad a finding is. The worst sorts first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The catalog can't be used.
    Error,
    /// The catalog can be used, but someone should look at this.
    Warning,
}

/// One thing that is wrong, or odd, in the catalog.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// A stable word for the kind of finding, such as `unknown_key`.
    pub code: &'static str,
    /// The problem, in a sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// The place. A finding about the catalog as a whole names the file and line 1.
    pub source: Source,
}

/// The location of the documentation pages about findings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pages {
    /// The URL under which the files of catalog-sync's repository are found, with a slash at the end. `None` if it is
    /// unknown.
    files: Option<String>,
}

impl Pages {
    /// The pages in the `repository` that Cargo.toml names.
    pub fn of_build() -> Self {
        Self::of_repository(env!("CARGO_PKG_REPOSITORY"))
    }

    fn of_repository(address: &str) -> Self {
        let address = address.trim_end_matches('/');
        Self { files: (!address.is_empty()).then(|| format!("{address}/blob/HEAD/")) }
    }

    /// Falls back to the repository on github.com that the Action came from, `OWNER/NAME@REF`, if Cargo.toml names
    /// none. Any other form of `source` is ignored, such as the single `@` of an Action in the workflow's own
    /// repository.
    pub fn or_of_action(self, source: &str) -> Self {
        let is = |text: &str, further: &[char]| {
            !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || further.contains(&c))
        };
        let of = || {
            let (repository, reference) = source.split_once('@')?;
            let (owner, name) = repository.split_once('/')?;
            let is_known = is(owner, &['-']) && is(name, &['-', '_', '.']) && is(reference, &['-', '_', '.', '/']);
            is_known.then(|| format!("https://github.com/{repository}/blob/{reference}/"))
        };
        Self { files: self.files.or_else(of) }
    }

    /// The page about a finding's code: a URL, or its path in the repository of catalog-sync.
    pub fn page(&self, code: &str) -> String {
        format!("{}docs/findings/{code}.md", self.files.as_deref().unwrap_or_default())
    }

    /// The same for people. A path alone would look like one in their own repository, so this adds the repository.
    pub fn page_for_people(&self, code: &str) -> String {
        let page = self.page(code);
        if self.files.is_none() { format!("{page} in the repository of catalog-sync") } else { page }
    }
}

/// A warning in a plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Warning {
    /// A stable word for the kind of warning, such as `principal_sharing`.
    pub code: String,
    /// The message, in one or two sentences.
    pub message: String,
    /// The line that causes it, if there is one.
    pub source: Option<Source>,
}

/// The warnings of a plan that a comment in the catalog may silence. Warnings that something is unknown can't be
/// silenced, so they are not in this list.
pub const PLAN_WARNINGS: &[&str] = &[
    "archived",
    "archived_namesake",
    "closed_account",
    "disabled",
    "ghost_principal",
    "gone_account",
    "gone_unit",
    "name_differs",
    "nearer_experience",
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
    /// The first line that it covers.
    pub first: u32,
    /// The last line that it covers.
    pub last: u32,
}

impl Silence {
    /// Whether it silences the warning `code` at a place.
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
        assert_eq!(Pages::default().page("unknown_key"), "docs/findings/unknown_key.md");
        let address = "https://github.com/acme/catalog-sync/blob/HEAD/docs/findings/unknown_key.md";
        for repository in ["https://github.com/acme/catalog-sync", "https://github.com/acme/catalog-sync/"] {
            assert_eq!(Pages::of_repository(repository).page("unknown_key"), address);
            assert_eq!(Pages::of_repository(repository).or_of_action("other/fork@v1").page("unknown_key"), address);
        }
    }

    #[test]
    fn page_is_in_the_repository_of_the_action_where_that_is_told() {
        let page = |source: &str| Pages::default().or_of_action(source).page_for_people("alias");
        assert_eq!(page("acme/sync@v1"), "https://github.com/acme/sync/blob/v1/docs/findings/alias.md");
        for source in
            ["", "@", "@v1", "acme/sync@", "acme@v1", "a/b/c@v1", "a/b@v 1", "a/b@v1?x", "a:b/c@v1", "\n/b@v1"]
        {
            assert_eq!(page(source), "docs/findings/alias.md in the repository of catalog-sync", "{source}");
        }
    }
}
