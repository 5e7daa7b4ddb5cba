//! The canonical form of changes, their fingerprints, and the digest of a plan.
//!
//! The canonical form says what is done to which resource. It leaves out files, wording and cause, so equal changes
//! have equal fingerprints whatever the catalog's files are called. A change to another account, region or resource
//! never passes for one that was reviewed.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::terms::{self, After, Before};
use crate::model::change::{ChangeRef, Released, Resource, Target, Work};
use crate::model::edit::{Action, Kind};
use crate::model::hex::hex;
use crate::model::id::{AccountId, Region};

#[derive(Serialize)]
struct Canonical<'a> {
    account: &'a AccountId,
    region: &'a Region,
    resource: Named<'a>,
    kind: Kind,
    key: String,
    action: Action,
    before: Option<Before>,
    after: Option<After>,
}

/// A resource by its id, since it may be renamed. A resource that the plan makes has no id yet and goes by its name.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Named<'a> {
    Id(&'a str),
    New(&'a str),
}

/// A change in canonical form: one line of JSON, its fields in a fixed order. Equal changes give equal text.
pub fn canonical(target: &Target, change: ChangeRef<'_>) -> String {
    let resource = target.work().map(Work::resource);
    let resource = match &resource {
        Some(Resource { id: Some(id), name: _ }) => Named::Id(id),
        Some(Resource { id: None, name }) => Named::New(name),
        // A target that could not be read has no changes.
        None => Named::New(""),
    };
    let ChangeRef { edit, about: _ } = change;
    let (before, after) = terms::of(edit);
    let canonical = Canonical {
        account: &target.account,
        region: &target.region,
        resource,
        kind: edit.kind(),
        key: edit.key(),
        action: edit.action(),
        before,
        after,
    };
    serde_json::to_string(&canonical).unwrap_or_default()
}

/// How many bytes of the SHA-256 a fingerprint keeps: enough that nobody can find another change with the same one.
const FINGERPRINT: usize = 16;

/// The fingerprint of a change: short, so that a check run has room for many.
pub fn fingerprint(target: &Target, change: ChangeRef<'_>) -> String {
    shortened(&canonical(target, change))
}

/// One fingerprint for several changes in canonical form, in any order.
pub fn fingerprint_of_all(mut canonical: Vec<String>) -> String {
    canonical.sort_unstable();
    shortened(&canonical.join("\n"))
}

/// The fingerprint of a resource that is no longer governed.
pub fn fingerprint_of_released(released: &Released) -> String {
    let Released { target: _, account, region, resource: Resource { id, name }, keeps: _, source: _, unseen: _ } =
        released;
    let text = serde_json::json!({"released": {"account": account, "region": region, "id": id, "name": name}});
    shortened(&text.to_string())
}

fn shortened(text: &str) -> String {
    hex(Sha256::digest(text.as_bytes()).get(..FINGERPRINT).unwrap_or_default())
}

/// `sha256:…` of the canonical changes, sorted, each on its line.
pub fn digest(targets: &[Target]) -> String {
    let changes = targets.iter().flat_map(|target| target.changes().map(|change| canonical(target, change)));
    digest_of(changes.collect())
}

/// `sha256:…` of canonical changes in any order. Equal ones count once.
pub fn digest_of(mut changes: Vec<String>) -> String {
    changes.sort_unstable();
    changes.dedup();
    let mut hash = Sha256::new();
    for change in changes {
        hash.update(change.as_bytes());
        hash.update(b"\n");
    }
    format!("sha256:{}", hex(hash.finalize()))
}
