//! Check runs: what was shown of a plan is kept in one on the commit that it was made of. Only an app can write one, so
//! people can't change it, unlike a comment.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{Call, Client, query};
use super::error::Error;
use super::user::User;

/// The most characters that a text field takes.
pub const ROOM: usize = 65_535;

/// So many annotations go with one request (GitHub, "Create a check run").
const ANNOTATIONS: usize = 50;

const NEEDS: &str = "checks: write";

const PAGE: usize = 100;
const PAGES: usize = 20;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conclusion {
    /// Nothing stands in the way.
    Success,
    /// Somebody has to do something first: a required check blocks the merge.
    ActionRequired,
    /// The plan is not whole.
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

/// A check run of ours.
#[derive(Debug, Clone, Deserialize)]
pub struct Check {
    id: u64,
    /// Where it is, for people.
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
    /// What is kept in it.
    pub fn text(&self) -> &str {
        self.output.as_ref().and_then(|output| output.text.as_deref()).unwrap_or_default()
    }

    /// The id that whoever made it gave it; empty where there is none.
    pub fn external_id(&self) -> &str {
        self.external_id.as_deref().unwrap_or_default()
    }

    /// The app that made it.
    fn slug(&self) -> Option<&str> {
        self.app.as_ref().and_then(|app| app.slug.as_deref())
    }
}

/// What a check run says.
#[derive(Debug, Clone)]
pub struct Text<'a> {
    /// The name in the list of checks.
    pub name: &'a str,
    /// By which it is found again.
    pub external_id: &'a str,
    /// The commit.
    pub sha: &'a str,
    /// In a few words.
    pub title: &'a str,
    /// For people, as markdown.
    pub summary: &'a str,
    /// What is kept.
    pub text: &'a str,
    /// How it ended.
    pub conclusion: Conclusion,
    /// Where the run is.
    pub details: Option<&'a str>,
    /// What is shown on lines of files, in the form of GitHub's API.
    pub annotations: &'a [Value],
}

/// The check runs of a name on a commit that have an id that is wanted.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Those that the app made as which we write, of each id the newest.
    pub ours: Vec<Check>,
    /// The other apps that made one. These count for nothing.
    pub others: BTreeSet<String>,
}

/// Our check run on a commit, the newest where there are several.
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

/// The check runs of a name on a commit whose ids are wanted.
pub async fn find_all(
    client: &Client,
    me: &User,
    sha: &str,
    name: &str,
    wanted: impl Fn(&str) -> bool,
) -> Result<Found, Error> {
    let mut found: BTreeMap<String, Check> = BTreeMap::new();
    let mut others = BTreeSet::new();
    for page in 1..=PAGES {
        let what = format!("read the check runs of {sha}");
        let filter = format!("check_name={}&filter=all&per_page={PAGE}&page={page}", query(name));
        let call = Call::get(what, "checks: read", format!("commits/{sha}/check-runs?{filter}"));
        let Page { check_runs } = client.one(call).await?;
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
            break;
        }
    }
    Ok(Found { ours: found.into_values().collect(), others })
}

/// Says of a check run how it ended, and leaves what it keeps.
pub async fn conclude(client: &Client, check: &Check, conclusion: Conclusion) -> Result<(), Error> {
    let fields = json!({ "status": "completed", "conclusion": conclusion.as_str() });
    let call = Call::patch("set the check of another job", NEEDS, format!("check-runs/{}", check.id), fields);
    client.one::<serde::de::IgnoredAny>(call).await.map(drop)
}

/// Writes a check run, or the one that is there anew.
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
