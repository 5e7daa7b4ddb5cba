//! The catalog as it was: its commit may be missing from a shallow checkout.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::catalog::source;

/// Makes sure that a commit is there, and fetches it where it is not.
pub(super) fn ensure(catalog: &Path, sha: &str) -> Result<()> {
    source::ensure_commit(catalog, sha).with_context(|| {
        format!("the commit {sha} that this is compared with is not here: give actions/checkout `fetch-depth: 0`")
    })
}
