//! An error of GitHub, for people: the call, the repository, GitHub's words, and what to do.

use serde::Deserialize;

/// A call that failed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("can't {what}: {said} ({call}){}", help.as_ref().map(|help| format!("; {help}")).unwrap_or_default())]
pub struct Error {
    /// The purpose of the call, such as `read the comments of #7 in acme/catalog`.
    pub what: String,
    /// The method and the path.
    pub call: String,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// GitHub's words, or what went wrong on the way.
    pub said: String,
    /// What to do about it, if that is known.
    pub help: Option<String>,
}

impl Error {
    /// Whether GitHub may have carried out the call: the answer was lost, can't be understood, or has a status of 500
    /// or more.
    pub(super) fn may_have_worked(&self) -> bool {
        self.status.is_none_or(|status| status >= 500)
    }
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: Vec<serde_json::Value>,
}

/// GitHub's words in an answer.
pub(super) fn said(status: u16, body: &str) -> String {
    let Ok(Said { message, errors }) = serde_json::from_str(body) else { return format!("GitHub answered {status}") };
    let errors: Vec<String> = errors.iter().take(3).map(ToString::to_string).collect();
    let errors = if errors.is_empty() { String::new() } else { format!(": {}", errors.join(", ")) };
    format!("GitHub answered {status} {message}{errors}")
}

/// What to do about a status. GitHub answers 404 for things that a token may not see.
pub(super) fn help(status: u16, needs: &str, said: &str) -> Option<String> {
    match status {
        // This needs a setting of the repository. A line of `permissions:` does not help.
        403 if said.contains("not permitted to create or approve pull requests") => Some(
            "switch on \"Allow GitHub Actions to create and approve pull requests\" in the repository's Settings → Actions \
             → General, where its organization allows that; or give the token of an app as `github-token`, whose pull \
             requests start workflows, too"
                .to_owned(),
        ),
        401 => Some("the token is not, or no longer, valid: see the input github-token".to_owned()),
        403 | 404 if needs == "checks: write" => Some(format!(
            "the job's token may lack a permission: `permissions:` needs `{needs}`. Only an app can write a check run: \
             where `github-token` is a person's token, leave that input out, or give an app's token"
        )),
        403 | 404 => Some(format!("the job's token may lack a permission: `permissions:` needs `{needs}`")),
        _ => None,
    }
}
