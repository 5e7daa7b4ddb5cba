//! Check runs. One on the commit that was planned keeps what the plan showed. Only an app can write a check run, so
//! people can't change it, unlike a comment.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{Call, Client, query};
use super::error::Error;
use super::user::User;

/// The number of characters that GitHub accepts in a text field.
pub const ROOM: usize = 65_535;

/// The number of annotations that GitHub accepts in one request (GitHub, "Create a check run").
const ANNOTATIONS: usize = 50;

const NEEDS: &str = "checks: write";

const PAGE: usize = 100;
const PAGES: usize = 20;

/// The conclusion of a check run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conclusion {
    /// Nothing stands in the way of an apply.
    Success,
    /// Somebody has to do something first. If the check is required, it blocks the merge.
    ActionRequired,
    /// The plan is incomplete.
    Failure,
}

impl Conclusion {
    fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::ActionRequired => "action_required",
            Self::Failure => "failure",
        }
    }
}

/// A check run.
#[derive(Debug, Clone, Deserialize)]
pub struct Check {
    id: u64,
    /// Its URL, for people.
    #[serde(default)]
    pub html_url: Option<String>,
    #[serde(default)]
    external_id: Option<String>,
    app: Option<App>,
    output: Option<Output>,
}

#[derive(Debug, Clone, Deserialize)]
struct App {
    #[serde(default)]
    slug: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Output {
    #[serde(default)]
    text: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    check_runs: Vec<Check>,
}

impl Check {
    /// The text that it keeps.
    pub fn text(&self) -> &str {
        self.output.as_ref().and_then(|output| output.text.as_deref()).unwrap_or_default()
    }

    /// The external id that its creator set. Empty if there is none.
    pub fn external_id(&self) -> &str {
        self.external_id.as_deref().unwrap_or_default()
    }

    /// The app that created it.
    fn slug(&self) -> Option<&str> {
        self.app.as_ref().and_then(|app| app.slug.as_deref())
    }
}

/// The content of a check run.
#[derive(Debug, Clone)]
pub struct Text<'a> {
    /// The name in the list of checks.
    pub name: &'a str,
    /// The id by which it is found again.
    pub external_id: &'a str,
    /// The commit.
    pub sha: &'a str,
    /// The title, in a few words.
    pub title: &'a str,
    /// The summary for people, as markdown.
    pub summary: &'a str,
    /// The text that it keeps.
    pub text: &'a str,
    /// The conclusion.
    pub conclusion: Conclusion,
    /// The URL of the run.
    pub details: Option<&'a str>,
    /// Annotations on lines of files, in the form of GitHub's API.
    pub annotations: &'a [Value],
}

/// The check runs with a name on a commit whose external ids are wanted.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The newest check run of each external id that our own app created.
    pub ours: Vec<Check>,
    /// Other apps that created one. Their check runs are not used.
    pub others: BTreeSet<String>,
}

/// Our check run on a commit. If there are several, the newest.
pub async fn find(
    client: &Client,
    me: &User,
    sha: &str,
    name: &str,
    external_id: &str,
) -> Result<Option<Check>, Error> {
    let found = find_all(client, me, sha, name, |id| id == external_id).await?;
    Ok(found.ours.into_iter().max_by_key(|check| check.id))
}

/// Finds the check runs with a name on a commit for whose external ids `wanted` is true.
pub async fn find_all(
    client: &Client,
    me: &User,
    sha: &str,
    name: &str,
    wanted: impl Fn(&str) -> bool,
) -> Result<Found, Error> {
    let mut found: BTreeMap<String, Check> = BTreeMap::new();
    let mut others = BTreeSet::new();
    let call = |page: usize| {
        let what = format!("read the check runs of {sha}");
        let filter = format!("check_name={}&filter=all&per_page={PAGE}&page={page}", query(name));
        Call::get(what, "checks: read", format!("commits/{sha}/check-runs?{filter}"))
    };
    for page in 1..=PAGES {
        let Page { check_runs } = client.one(call(page)).await?;
        let is_last = check_runs.is_empty();
        for check in check_runs.into_iter().filter(|check| wanted(check.external_id())) {
            match check.slug().map(str::to_owned) {
                Some(slug) if me.is_app(&slug) => {
                    let id = check.external_id().to_owned();
                    if found.get(&id).is_none_or(|other| other.id < check.id) {
                        found.insert(id, check);
                    }
                }
                slug => others.extend(slug),
            }
        }
        if is_last {
            return Ok(Found { ours: found.into_values().collect(), others });
        }
    }
    // A record that is not seen must not count as one that is not there.
    Err(client.too_many(&call(PAGES), PAGES))
}

/// Sets the conclusion of a check run without changing its text.
pub async fn conclude(client: &Client, check: &Check, conclusion: Conclusion) -> Result<(), Error> {
    let fields = json!({ "status": "completed", "conclusion": conclusion.as_str() });
    let call = Call::patch("set the check of another job", NEEDS, format!("check-runs/{}", check.id), fields);
    client.one::<serde::de::IgnoredAny>(call).await.map(drop)
}

/// Creates a check run, or updates `there`.
pub async fn put(client: &Client, me: &User, there: Option<&Check>, text: &Text<'_>) -> Result<Check, Error> {
    let Text { name, external_id, sha, title, summary, text: kept, conclusion, details, annotations } = text;
    let mut chunks = annotations.chunks(ANNOTATIONS);
    let output = |annotations: &[Value]| {
        let mut output = json!({ "title": title, "summary": summary, "text": kept });
        if let (Some(output), false) = (output.as_object_mut(), annotations.is_empty()) {
            output.insert("annotations".to_owned(), json!(annotations));
        }
        output
    };
    let mut fields = json!({
        "name": name,
        "external_id": external_id,
        "status": "completed",
        "conclusion": conclusion.as_str(),
        "output": output(chunks.next().unwrap_or_default()),
    });
    if let (Some(fields), Some(details)) = (fields.as_object_mut(), details) {
        fields.insert("details_url".to_owned(), json!(details));
    }
    let what = format!("keep what was shown in the check run {name} on {sha}");
    let check: Check = if let Some(Check { id, .. }) = there {
        client.one(Call::patch(&what, NEEDS, format!("check-runs/{id}"), fields)).await?
    } else {
        if let Some(fields) = fields.as_object_mut() {
            fields.insert("head_sha".to_owned(), json!(sha));
        }
        let call = Call::post(&what, NEEDS, "check-runs", fields);
        client.make(call, async || find(client, me, sha, name, external_id).await).await?
    };
    for chunk in chunks {
        let fields = json!({ "output": output(chunk) });
        client
            .one::<serde::de::IgnoredAny>(Call::patch(&what, NEEDS, format!("check-runs/{}", check.id), fields))
            .await?;
    }
    Ok(check)
}
