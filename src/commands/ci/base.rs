//! The catalog as it was: its commit may be missing from a shallow checkout.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

use crate::catalog::source;

/// Makes sure that a commit is there, and fetches it where it is not.
pub(super) fn ensure(catalog: &Path, sha: &str) -> Result<()> {
    if source::resolve_revision(catalog, sha).is_ok() || !is_sha(sha) {
        return Ok(());
    }
    let fetched = Command::new("git")
        .args(["fetch", "--quiet", "--no-tags", "--depth=1", "origin", sha])
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    // Whether that worked is seen by what is there now.
    drop(fetched);
    source::resolve_revision(catalog, sha).map(|_| ()).with_context(|| {
        format!("the commit {sha} that this is compared with is not here: give actions/checkout `fetch-depth: 0`")
    })
}

fn is_sha(text: &str) -> bool {
    text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
