//! The portfolios of the map as JSON.

use serde::Serialize;
use serde_json::Value;

use crate::model::atlas::{MappedLocal, MappedPortfolio, MappedRecipients, MappedShare};
use crate::model::edit::Effect;
use crate::model::finding::Source;
use crate::model::id::{AccountId, PortfolioId};
use crate::model::sight::Listed;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
pub(super) fn no(flag: &bool) -> bool {
    !flag
}

#[derive(Serialize)]
pub(super) struct WirePortfolio<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    org: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    name: &'a str,
    owner: &'a str,
    region: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shares: Vec<WireShare<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recipients: Vec<WireRecipients<'a>>,
}

pub(super) fn at(Source { file, line, .. }: &Source) -> String {
    format!("{file}:{line}")
}

pub(super) fn portfolio(it: &MappedPortfolio, org: Option<usize>) -> WirePortfolio<'_> {
    let MappedPortfolio { organization: _, id, name, owner, region, source, trouble, shares, recipients } = it;
    WirePortfolio {
        org,
        id: id.as_ref().map(PortfolioId::as_str),
        name,
        owner: owner.as_str(),
        region: region.as_str(),
        at: source.as_ref().map(at),
        trouble: trouble.as_deref(),
        shares: shares.iter().map(share).collect(),
        recipients: recipients.iter().map(entry).collect(),
    }
}

#[derive(Serialize)]
struct WireShare<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<usize>,
    /// Left out if `node` is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "no")]
    live: bool,
    #[serde(skip_serializing_if = "no")]
    accepted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    inherited: Option<Value>,
    #[serde(skip_serializing_if = "no")]
    principals: bool,
    #[serde(skip_serializing_if = "no")]
    tag_options: bool,
    #[serde(skip_serializing_if = "no")]
    principals_after: bool,
    #[serde(skip_serializing_if = "no")]
    tag_options_after: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    said: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'static str>,
}

fn share(it: &MappedShare) -> WireShare<'_> {
    let MappedShare { kind, node, receiver, live, terms, terms_after, said, change } = it;
    let (word, line) = match said {
        Some(Listed::Yes(source)) => (Some("listed"), Some(source)),
        Some(Listed::Expired(source)) => (Some("expired"), Some(source)),
        Some(Listed::Ignored(source)) => (Some("ignored"), Some(source)),
        Some(Listed::Kept) => (Some("kept"), None),
        Some(Listed::No) => (Some("not listed"), None),
        Some(Listed::CantTell) => (Some("can't tell"), None),
        None => (None, None),
    };
    WireShare {
        kind,
        node: node.map(|node| node.0),
        id: node.is_none().then_some(receiver),
        live: live.is_some(),
        accepted: live.is_some_and(|live| live.accepted),
        inherited: live.and_then(|live| match live.inherited {
            Some(true) => Some(Value::Bool(true)),
            Some(false) => None,
            None => Some(Value::from("can't tell")),
        }),
        principals: terms.principals,
        tag_options: terms.tag_options,
        principals_after: terms_after.is_some_and(|it| it.principals),
        tag_options_after: terms_after.is_some_and(|it| it.tag_options),
        said: word,
        at: line.map(at),
        change: change.map(effect),
    }
}

pub(super) fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Gives => "gives",
        Effect::Takes => "takes",
        Effect::Changes => "changes",
    }
}

#[derive(Serialize)]
struct WireRecipients<'a> {
    nodes: Vec<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    except: Vec<&'a str>,
    at: String,
    principals: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    local: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    products: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    launch_role: Option<String>,
}

fn entry(it: &MappedRecipients) -> WireRecipients<'_> {
    let MappedRecipients { node, who, except, source, principals, local } = it;
    let local = local.as_ref();
    WireRecipients {
        nodes: node.iter().map(|node| node.0).collect(),
        who: node.is_none().then_some(who),
        except: except.iter().map(AccountId::as_str).collect(),
        at: at(source),
        principals,
        local: local.map(|it| it.name.as_str()),
        mode: local.map(|it| if it.is_copy { "copy" } else { "reference" }),
        products: match local {
            Some(MappedLocal { products: None, .. }) => vec!["all"],
            Some(MappedLocal { products: Some(named), .. }) => named.iter().map(String::as_str).collect(),
            None => Vec::new(),
        },
        launch_role: local.and_then(|it| it.launch_role.as_ref()).map(ToString::to_string),
    }
}
