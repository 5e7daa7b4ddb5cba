//! Copies of products. Copying is asynchronous, and the copy is independent of its source.
//! <https://docs.aws.amazon.com/servicecatalog/latest/dg/API_CopyProduct.html>

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::common::{At, check_length, id_of, invalid, not_found, optional_id};
use super::product::{self, Found, no_product};
use super::token::{self, Asked};
use crate::sandbox::codec::word;
use crate::sandbox::reply::{Failure, object};
use crate::sandbox::request::{input, required};
use crate::sandbox::world::{CatalogProduct, CopyAction, CopyCarries, CopyStatus, ProductFailure, Version, World};

/// The default quotas: versions of a product, and products of an account in a region.
const MOST: (usize, usize) = (100, 350);
/// The number of copies that a region keeps.
const REMEMBERED: usize = 300;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Input {
    source_product_arn: Option<String>,
    target_product_id: Option<String>,
    target_product_name: Option<String>,
    source_provisioning_artifact_identifiers: Option<Vec<BTreeMap<String, String>>>,
    copy_options: Option<Vec<String>>,
    #[serde(rename = "IdempotencyToken")]
    _token: Option<String>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// Starts a copy of a product that the caller owns or imported.
pub(super) fn copy(world: &mut World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Input {
        source_product_arn,
        target_product_id,
        target_product_name: name,
        source_provisioning_artifact_identifiers: versions,
        copy_options,
        _token,
        _language,
    } = input(body)?;
    let arn = required(source_product_arn, "sourceProductArn")?;
    let target = optional_id(target_product_id, "targetProductId")?;
    check_length(name.as_deref().unwrap_or_default(), "targetProductName", 0, 8191)?;
    let tags = copy_options.unwrap_or_default();
    if let Some(odd) = tags.iter().find(|option| *option != "CopyTags") {
        let rule = "Member must satisfy enum value set: [CopyTags]";
        return Err(Failure::constraint(odd, "copyOptions", rule));
    }
    let fresh = match token::read(world, at, "CopyProduct", body)? {
        Asked::Again(answer) => return Ok(answer),
        Asked::New(fresh) => fresh,
    };
    let source = source_of(world, at, &arn)?;
    let versions = versions.map(|list| list.into_iter().map(|it| version_of(it, source)).collect()).transpose()?;
    if let Some(target) = &target {
        product::own(world, at, target).ok_or_else(|| no_product(target))?;
        if name.is_some() {
            return Err(invalid("TargetProductId and TargetProductName can't be given together."));
        }
    }
    let mut action = CopyAction {
        owner: source.owner.to_owned(),
        region: arn.split(':').nth(3).unwrap_or_default().to_owned(),
        source: source.id.to_owned(),
        versions,
        target,
        name,
        tags: !tags.is_empty(),
        looks: 0,
        status: CopyStatus::InProgress,
        detail: None,
    };
    if world.pending.copy == 0 {
        finish(world, at, &mut action);
    }
    let serial = world.next_serial();
    let token = format!("copyproduct-{serial:06}-{}", word(&format!("{at:?} copy {serial}"), 13));
    let copies = &mut world.region_mut(at.account, at.region).copies;
    copies.insert(token.clone(), action);
    // Tokens begin with the serial number, so the first one is the oldest.
    while copies.len() > REMEMBERED {
        copies.pop_first();
    }
    Ok(fresh.answer(world, at, json!({"CopyProductToken": token})))
}

/// The product of an ARN, if the caller has access to it in the ARN's region.
fn source_of<'w>(world: &'w World, at: At<'_>, arn: &str) -> Result<Found<'w>, Failure> {
    check_length(arn, "sourceProductArn", 1, 1224)?;
    let ["arn", _, "catalog", region, owner, resource] = *arn.splitn(6, ':').collect::<Vec<_>>() else {
        return Err(invalid(format!("Invalid product ARN: {arn}")));
    };
    let id = resource.strip_prefix("product/").ok_or_else(|| invalid(format!("Invalid product ARN: {arn}")))?;
    let found = product::accessible(world, At { account: at.account, region }, id)?;
    if found.owner == owner { Ok(found) } else { Err(no_product(id)) }
}

/// Reads a `SourceProvisioningArtifactPropertiesMap`: the id of a version, which the source must have.
fn version_of(mut properties: BTreeMap<String, String>, source: Found<'_>) -> Result<String, Failure> {
    let id = properties.remove("Id");
    if let Some(odd) = properties.keys().next() {
        let rule = "Map keys must satisfy enum value set: [Id]";
        return Err(Failure::constraint(odd, "sourceProvisioningArtifactIdentifiers", rule));
    }
    let id = id_of(id, "sourceProvisioningArtifactIdentifiers")?;
    let missing = || not_found(format!("Provisioning artifact {id} of product {} not found.", source.id));
    if source.product.versions.contains_key(&id) { Ok(id) } else { Err(missing()) }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Status {
    copy_product_token: Option<String>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// `DescribeCopyProductStatus`.
pub(super) fn status(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Status { copy_product_token, _language } = input(body)?;
    let token = id_of(copy_product_token, "copyProductToken")?;
    let copy = at.region(world).and_then(|region| region.copies.get(&token));
    let copy = copy.ok_or_else(|| not_found(format!("Copy product token {token} not found.")))?;
    let target = copy.target.as_ref().filter(|_| copy.status == CopyStatus::Succeeded);
    Ok(object([
        ("CopyProductStatus", json!(copy.status.word())),
        ("TargetProductId", json!(target)),
        ("StatusDetail", json!(copy.detail)),
    ]))
}

/// Moves pending copies on by one step.
pub(super) fn advance(world: &mut World, at: At<'_>) {
    let looks = world.pending.copy;
    let copies = at.region(world).into_iter().flat_map(|region| &region.copies);
    let open: Vec<String> =
        copies.filter(|(_, copy)| copy.status == CopyStatus::InProgress).map(|(token, _)| token.clone()).collect();
    for token in open {
        let Some(mut action) = world.region_mut(at.account, at.region).copies.remove(&token) else { continue };
        action.looks = action.looks.saturating_add(1);
        if action.looks >= looks {
            finish(world, at, &mut action);
        }
        world.region_mut(at.account, at.region).copies.insert(token, action);
    }
}

/// Ends a copy: it takes effect or fails.
fn finish(world: &mut World, at: At<'_>, action: &mut CopyAction) {
    let met = ProductFailure::meet(&mut world.copy_errors, at.account, &action.source);
    match met.map_or_else(|| copied(world, at, action), |failure| Err(failure.detail)) {
        Ok((id, product)) => {
            world.region_mut(at.account, at.region).products.insert(id.clone(), product);
            action.target = Some(id);
            action.status = CopyStatus::Succeeded;
        }
        Err(detail) => {
            action.status = CopyStatus::Failed;
            action.detail = Some(detail);
        }
    }
}

/// The target product with the copied versions, or the reason for the failure.
fn copied(world: &mut World, at: At<'_>, action: &CopyAction) -> Result<(String, CatalogProduct), String> {
    let CopyAction { owner, region, source: id, versions, target, name, tags, .. } = action;
    let source = world.region(owner, region).and_then(|region| region.products.get(id)).cloned();
    let source = source.ok_or_else(|| format!("The source product {id} does not exist any more."))?;
    let wanted = |version: &String| versions.as_ref().is_none_or(|versions| versions.contains(version));
    let carries = world.unproven.copy_carries == CopyCarries::Both;
    let serial = world.next_serial();
    let mut product = match target {
        Some(target) => {
            let known = at.region(world).and_then(|region| region.products.get(target)).cloned();
            known.ok_or_else(|| format!("The target product {target} does not exist any more."))?
        }
        None => CatalogProduct {
            name: name.clone().unwrap_or_else(|| source.name.clone()),
            tags: BTreeMap::new(),
            source: Some(id.clone()),
            versions: BTreeMap::new(),
            ..source.clone()
        },
    };
    for (version, it) in source.versions.iter().filter(|(version, _)| wanted(version)) {
        let copy = Version {
            inactive: carries && it.inactive,
            deprecated: carries && it.deprecated,
            source: Some(version.clone()),
            ..it.clone()
        };
        product.versions.insert(format!("pa-{}", word(&format!("{at:?} {version} {serial}"), 13)), copy);
    }
    if *tags {
        product.tags.extend(source.tags.clone());
    }
    if product.versions.len() > MOST.0 {
        return Err(format!("A product can have at most {} provisioning artifacts.", MOST.0));
    }
    if target.is_none() && at.region(world).is_some_and(|region| region.products.len() >= MOST.1) {
        return Err(format!("An account can have at most {} products in a region.", MOST.1));
    }
    let new = || format!("prod-{}", word(&format!("{at:?} product {serial}"), 13));
    Ok((target.clone().unwrap_or_else(new), product))
}
