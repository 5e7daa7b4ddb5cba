//! The page's data as JSON. The structs here define its format. Empty and false members are left out, so that the data
//! of a large organization stays small.

use serde::Serialize;
use serde_json::{Value, json};

use super::portfolio::{WirePortfolio, at, effect, no, portfolio};
use crate::model::atlas::{
    Atlas, Bought, Governance, MappedExperience, MappedOrganization, MappedPrincipal, MappedProduct, Node,
    SeenPortfolio, View, Who,
};
use crate::model::experience::ExperienceStatus;
use crate::model::id::{ExperienceId, Name};
use crate::model::organization::AccountStatus;
use crate::model::sight::State;

/// The origin of a map.
#[derive(Debug, Clone)]
pub struct Made<'a> {
    /// The time at which the live state was read, in UTC, as RFC 3339.
    pub at: &'a str,
    /// The version of catalog-sync.
    pub version: &'a str,
    /// Whether it is about the sandbox and not about AWS.
    pub sandboxed: bool,
    /// The comparison that the changes come from, such as `base main~3`.
    pub compared: Option<&'a str>,
}

/// The data as JSON, safe inside a `<script>` element.
pub(super) fn json(atlas: &Atlas, made: &Made<'_>) -> String {
    let Atlas { organizations, nodes, portfolios, experiences, lists, products, views, untold } = atlas;
    let of = |name: &Name| organizations.iter().position(|it| it.name == *name);
    let document = Document {
        format: 1,
        made: WireMade { at: made.at, version: made.version, sandboxed: made.sandboxed, compared: made.compared },
        untold: untold.iter().map(String::as_str).collect(),
        organizations: organizations.iter().map(organization).collect(),
        nodes: nodes.iter().map(node).collect(),
        portfolios: portfolios.iter().map(|it| portfolio(it, of(&it.organization))).collect(),
        experiences: experiences.iter().map(|it| experience(it, of(&it.organization))).collect(),
        lists: lists
            .iter()
            .map(|it| WireList {
                approved: it.approved.iter().map(|at| at.0).collect(),
                denied: it.denied.iter().map(|at| at.0).collect(),
            })
            .collect(),
        products: products.iter().map(product).collect(),
        sights: views.iter().map(view).collect(),
    };
    // The document can't fail to serialize: its keys are strings and its numbers integers.
    let text = serde_json::to_string(&document).unwrap_or_default();
    inert(&text)
}

/// Escapes characters that could end or start a script. In JSON they occur only in strings, where they can be escaped.
fn inert(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    for c in text.chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            c => out.push(c),
        }
    }
    out
}

#[derive(Serialize)]
struct Document<'a> {
    format: u32,
    made: WireMade<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    untold: Vec<&'a str>,
    organizations: Vec<WireOrganization<'a>>,
    nodes: Vec<WireNode<'a>>,
    portfolios: Vec<WirePortfolio<'a>>,
    experiences: Vec<WireExperience<'a>>,
    lists: Vec<WireList>,
    products: Vec<WireProduct<'a>>,
    sights: Vec<WireView>,
}

#[derive(Serialize)]
struct WireMade<'a> {
    at: &'a str,
    version: &'a str,
    #[serde(skip_serializing_if = "no")]
    sandboxed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<&'a str>,
}

#[derive(Serialize)]
struct WireOrganization<'a> {
    name: &'a str,
    id: &'a str,
    root: usize,
}

fn organization(MappedOrganization { name, id, root }: &MappedOrganization) -> WireOrganization<'_> {
    WireOrganization { name: name.as_str(), id: id.as_str(), root: root.0 }
}

#[derive(Serialize)]
struct WireNode<'a> {
    org: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    up: Option<usize>,
    kind: &'static str,
    id: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "no")]
    suspended: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    untold: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sight: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<usize>,
}

fn node(Node { organization, up, name, who }: &Node) -> WireNode<'_> {
    let (kind, id) = match who {
        Who::Root(id) => ("root", id.as_str()),
        Who::Unit(id) => ("unit", id.as_str()),
        Who::Account(it) => ("account", it.id.as_str()),
    };
    let of = match who {
        Who::Account(it) => Some(it),
        Who::Root(_) | Who::Unit(_) => None,
    };
    WireNode {
        org: organization.0,
        up: up.map(|up| up.0),
        kind,
        id,
        name,
        email: of.and_then(|it| it.email.as_deref()),
        suspended: of.is_some_and(|it| it.status == AccountStatus::Suspended),
        untold: of.and_then(|it| it.untold.as_deref()),
        sight: of.map(|it| it.now.0),
        after: of.and_then(|it| it.after).map(|after| after.0),
    }
}

#[derive(Serialize)]
struct WireExperience<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    org: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_after: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mirrors: Option<usize>,
    #[serde(skip_serializing_if = "no")]
    everything: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    audience: Vec<WirePrincipal<'a>>,
}

fn experience(it: &MappedExperience, org: Option<usize>) -> WireExperience<'_> {
    let MappedExperience {
        organization: _,
        id,
        name,
        status,
        status_after,
        source,
        mirrors,
        trouble,
        offer,
        offer_after,
        audience,
    } = it;
    let list = |bought: &Option<Bought>| match bought {
        Some(Bought::Listed(at)) => Some(at.0),
        // A policy can't become "everything": AWS has no call that removes a procurement policy.
        Some(Bought::Everything) | None => None,
    };
    WireExperience {
        org,
        id: id.as_ref().map(ExperienceId::as_str),
        name,
        status: status.map(ExperienceStatus::as_str),
        status_after: status_after.map(ExperienceStatus::as_str),
        at: source.as_ref().map(at),
        mirrors: mirrors.map(|at| at.0),
        everything: *offer == Some(Bought::Everything),
        trouble: trouble.as_deref(),
        list: list(offer),
        after: list(offer_after),
        audience: audience.iter().map(principal).collect(),
    }
}

#[derive(Serialize)]
struct WirePrincipal<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "no")]
    live: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'static str>,
}

fn principal(MappedPrincipal { kind, node, id, is_live, change }: &MappedPrincipal) -> WirePrincipal<'_> {
    WirePrincipal {
        kind,
        node: node.map(|node| node.0),
        id: node.is_none().then_some(id),
        live: *is_live,
        change: change.map(effect),
    }
}

#[derive(Serialize)]
struct WireList {
    approved: Vec<usize>,
    denied: Vec<usize>,
}

#[derive(Serialize)]
struct WireProduct<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<&'a str>,
}

fn product(MappedProduct { id, name, vendor }: &MappedProduct) -> WireProduct<'_> {
    WireProduct { id: id.as_str(), name, vendor: vendor.as_deref() }
}

#[derive(Serialize)]
struct WireView {
    portfolios: Vec<Value>,
    market: Value,
}

fn view(View { portfolios, market }: &View) -> WireView {
    let market = match market {
        Governance::Governed(experience, by) => {
            json!({"state": "governed", "experience": experience.0, "by": by.map(|by| by.0)})
        }
        Governance::Free => json!({"state": "free"}),
        Governance::NotLooked => json!({"state": "not looked"}),
        Governance::CantTell(why) => json!({"state": "can't tell", "why": why}),
    };
    WireView { portfolios: portfolios.iter().map(seen).collect(), market }
}

fn seen(SeenPortfolio { portfolio, state, shares, recipients }: &SeenPortfolio) -> Value {
    let (word, why) = match state {
        State::Owns => ("owns", ""),
        State::Has => ("has", ""),
        State::Suspended => ("suspended", ""),
        State::Waits => ("waits", ""),
        State::Rejected => ("rejected", ""),
        State::HasNot => ("has not", ""),
        State::CantTell(why) => ("can't tell", why.as_str()),
    };
    let shares: Vec<usize> = shares.iter().map(|share| share.0).collect();
    let recipients = recipients.map_or_else(|| json!(-1), |at| json!(at.0));
    if why.is_empty() {
        json!([portfolio.0, word, shares, recipients])
    } else {
        json!([portfolio.0, word, shares, recipients, why])
    }
}
