//! The files of a catalog, from the work tree or from a Git revision. The only part of the layer that reads anything.

use std::collections::BTreeMap;

use crate::model::finding::Finding;

/// The YAML files of a catalog, as bytes.
#[derive(Debug, Clone, Default)]
pub struct CatalogFiles {
    /// The catalog's folder as it is shown to people, `/` between its parts and none at the end; empty for the
    /// folder one is in.
    pub dir: String,
    /// The files by the path that is shown to people: `dir` and what is inside.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What was found while reading: files that were not read.
    pub findings: Vec<Finding>,
}

impl CatalogFiles {
    /// Whether there is no catalog at all, as before its first commit.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.findings.is_empty()
    }

    /// A shown path from the catalog's folder on.
    pub(super) fn inside<'p>(&self, path: &'p str) -> &'p str {
        path.strip_prefix(self.dir.as_str()).map_or(path, |rest| rest.trim_start_matches('/'))
    }
}
