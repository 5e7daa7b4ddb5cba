//! What GitHub refused, for people: which call, on which repository, what it said, what to do.

use serde::Deserialize;

/// A call that failed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("can't {what}: {said} ({call}){}", help.as_ref().map(|help| format!("; {help}")).unwrap_or_default())]
pub struct Error {
    /// What it was for, such as `read the comments of #7 in acme/catalog`.
    pub what: String,
    /// The method and the path.
    pub call: String,
    /// The status, where there was an answer.
    pub status: Option<u16>,
    /// What GitHub said, or what went wrong on the way.
    pub said: String,
    /// What to do about it, where that is known.
    pub help: Option<String>,
}

impl Error {
    /// Whether GitHub may have done what it was asked: its answer was lost, can't be understood, or says that
    /// something broke.
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

/// What an answer says is wrong.
pub(super) fn said(status: u16, body: &str) -> String {
    let Ok(Said { message, errors }) = serde_json::from_str(body) else { return format!("GitHub answered {status}") };
    let errors: Vec<String> = errors.iter().take(3).map(ToString::to_string).collect();
    let errors = if errors.is_empty() { String::new() } else { format!(": {}", errors.join(", ")) };
    format!("GitHub answered {status} {message}{errors}")
}

/// What to do about a status. GitHub hides what a token may not see as "not found".
pub(super) fn help(status: u16, needs: &str, said: &str) -> Option<String> {
    match status {
        // No line of `permissions:` helps there.
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
