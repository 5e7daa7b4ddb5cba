//! The user that a token acts as. Texts by other users are never taken for this tool's own.

use serde::Deserialize;

use super::client::{Call, Client};
use super::error::Error;

/// A GitHub user, app or bot.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct User {
    /// The name on GitHub, such as `github-actions[bot]`.
    pub login: String,
    /// `Bot` or `User`, among others.
    #[serde(rename = "type", default)]
    pub kind: String,
}

/// The user that a workflow's own token writes as.
const WORKFLOW: &str = "github-actions[bot]";

impl User {
    /// The user that a client writes as. `given` overrides it, since the token of an app can't be asked.
    pub async fn of(client: &Client, given: Option<&str>) -> Result<Self, Error> {
        if let Some(login) = given {
            let kind = if login.ends_with("[bot]") { "Bot" } else { "User" };
            return Ok(Self { login: login.to_owned(), kind: kind.to_owned() });
        }
        match client.one(Call::get("ask as whom the token acts", "contents: read", "/user")).await {
            // A workflow's token belongs to an app, so `/user` is refused.
            Err(Error { status: Some(403 | 404), .. }) => {
                Ok(Self { login: WORKFLOW.to_owned(), kind: "Bot".to_owned() })
            }
            answer => answer,
        }
    }

    /// Whether this is a person and not an app or bot.
    pub fn is_person(&self) -> bool {
        self.kind == "User" && !self.login.ends_with("[bot]")
    }

    /// Whether this is the workflow's own token. Pull requests that it opens start no workflows.
    pub fn is_workflow(&self) -> bool {
        self.login == WORKFLOW
    }

    /// Whether this user is the bot of an app.
    pub fn is_app(&self, slug: &str) -> bool {
        self.login.strip_suffix("[bot]").is_some_and(|name| name.eq_ignore_ascii_case(slug))
    }

    /// Whether `author` is this user. Only bots can have brackets in their login. The kind is compared as well, to be
    /// safe.
    pub fn is(&self, author: Option<&Self>) -> bool {
        author.is_some_and(|author| author.login.eq_ignore_ascii_case(&self.login) && author.kind == self.kind)
    }
}
