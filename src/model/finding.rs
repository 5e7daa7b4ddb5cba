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
