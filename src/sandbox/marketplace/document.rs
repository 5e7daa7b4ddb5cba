//! The `DetailsDocument` of each entity, and the ids of an experience's parts.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::sandbox::reply::object;
use crate::sandbox::world::{Audience, Branding, Experience, ExperienceStatus, OtherResource, Permission, Policy};

/// The most ids in one `Resources` entry of a statement. AWS splits long lists into several entries too. The number is
/// small so that a client that reads only the first entry is found out.
const IDS_PER_RESOURCE: usize = 5;

/// The default id of a part of an experience: `procpolicy-abc` for `exp-abc`.
fn id_for(kind: &str, experience: &str) -> String {
    format!("{kind}-{}", experience.strip_prefix("exp-").unwrap_or(experience))
}

pub(super) fn policy_id(experience: &str, policy: &Policy) -> String {
    policy.id.clone().unwrap_or_else(|| id_for("procpolicy", experience))
}

pub(super) fn branding_id(experience: &str, branding: &Branding) -> String {
    branding.id.clone().unwrap_or_else(|| id_for("brandsettings", experience))
}

pub(super) fn audience_id(experience: &str, audience: &Audience) -> String {
    audience.id.clone().unwrap_or_else(|| id_for("aud", experience))
}

pub(super) fn experience_details(id: &str, experience: &Experience) -> Value {
    let Experience { name, description, status, admin_status, policy, branding, .. } = experience;
    let status = match status {
        ExperienceStatus::Enabled => "Enabled",
        ExperienceStatus::Disabled => "Disabled",
    };
    let policies: Vec<String> = policy.iter().map(|policy| policy_id(id, policy)).collect();
    let brandings: Vec<String> = branding.iter().map(|branding| branding_id(id, branding)).collect();
    object([
        ("Name", json!(name)),
        ("Description", json!(description)),
        ("Status", json!(status)),
        ("AdminStatus", json!(admin_status)),
        ("ProcurementPolicies", json!(policies)),
        ("BrandingSettings", json!(brandings)),
    ])
}

/// The document of a policy. An empty list gets no statement.
pub(super) fn policy_details(policy: &Policy) -> Value {
    let Policy { id: _, name, description, requests, allowed, denied, notes, other_resources, changes: _ } = policy;
    let lists = [(Permission::Allow, allowed), (Permission::Deny, denied)];
    let statements = lists.into_iter().map(|(effect, ids)| {
        let products = product_resources(ids, notes);
        let others = other_resources.iter().filter(|other| other.effect == effect);
        let others = others.map(|OtherResource { effect: _, r#type, ids }| json!({"Type": r#type, "Ids": ids}));
        (effect, products.into_iter().chain(others).collect::<Vec<Value>>())
    });
    let statements = statements.filter(|(_, resources)| !resources.is_empty());
    let statements = statements.map(|(effect, resources)| json!({"Effect": effect, "Resources": resources}));
    object([
        ("Name", json!(name)),
        ("Description", json!(description)),
        ("Statements", statements.collect()),
        ("Configuration", json!(requests.map(|requests| json!({"PolicyResourceRequests": requests})))),
    ])
}

/// The `Resources` entries of a list: one or more for each note, each with at most [`IDS_PER_RESOURCE`] ids.
fn product_resources(ids: &BTreeSet<String>, notes: &BTreeMap<String, String>) -> Vec<Value> {
    let mut by_notes: BTreeMap<Option<&String>, Vec<&String>> = BTreeMap::new();
    for id in ids {
        by_notes.entry(notes.get(id)).or_default().push(id);
    }
    let resource = |notes: Option<&String>, ids: &[&String]| {
        object([("Type", json!("Product")), ("Ids", json!(ids)), ("Notes", json!(notes))])
    };
    let entries =
        by_notes.iter().flat_map(|(notes, ids)| ids.chunks(IDS_PER_RESOURCE).map(|ids| resource(*notes, ids)));
    entries.collect()
}

pub(super) fn branding_details(branding: &Branding) -> Value {
    let Branding { id: _, name, description, title, information, theme_color, logo_url, changes: _ } = branding;
    let configuration = object([
        ("Title", json!(title)),
        ("Information", json!(information)),
        ("ThemeColor", json!(theme_color)),
        ("LogoUrl", json!(logo_url)),
    ]);
    object([("Name", json!(name)), ("Description", json!(description)), ("Configuration", configuration)])
}

pub(super) fn audience_details(experience: &str, audience: &Audience) -> Value {
    let Audience { id: _, name, principals, changes: _ } = audience;
    object([("Name", json!(name)), ("ExperienceId", json!(experience)), ("Principals", json!(principals))])
}
