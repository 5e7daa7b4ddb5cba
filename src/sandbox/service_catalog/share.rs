//! Creates, updates and deletes shares. A share from account to account is done at once. A share with a node of the
//! organization is asynchronous, and only one such action may run at a time.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};

use super::common::{At, id_of, invalid};
use super::node::{self, OrganizationNode};
use super::settle;
use crate::sandbox::codec::word;
use crate::sandbox::reply::{Failure, object};
use crate::sandbox::request::input;
use crate::sandbox::world::{
    FailedShare, NothingReached, Share, ShareAct, ShareAction, ShareStatus, ShareTarget, World,
};

/// The number of share actions that a region keeps.
const REMEMBERED: usize = 300;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Input {
    portfolio_id: Option<String>,
    account_id: Option<String>,
    organization_node: Option<OrganizationNode>,
    share_tag_options: Option<bool>,
    share_principals: Option<bool>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// An input whose members are valid by themselves, and whose portfolio and target exist.
struct Asked {
    portfolio: String,
    to: ShareTarget,
    tag_options: Option<bool>,
    principals: Option<bool>,
}

/// Reads the input and makes the checks that all three calls share.
fn read(world: &World, at: At<'_>, body: &[u8]) -> Result<Asked, Failure> {
    let Input { portfolio_id: id, account_id, organization_node, share_tag_options, share_principals, _language } =
        input(body)?;
    let portfolio = id_of(id, "portfolioId")?;
    let to = node::target(account_id, organization_node)?;
    at.portfolio(world, &portfolio)?;
    node::check(world, at, &to)?;
    let takes_principals = matches!(to, ShareTarget::Ou(_) | ShareTarget::Organization(_));
    if share_principals == Some(true) && !takes_principals {
        return Err(invalid("SharePrincipals is supported only for an organization or an organizational unit."));
    }
    // AWS does not document the scope of this rule. Per account and region is the strictest scope that lets independent
    // hubs work side by side.
    let busy = at.region(world).is_some_and(|it| it.share_actions.values().any(|action| !action.status.is_final()));
    if busy {
        let message = "Cannot process more than one portfolio share action at the same time";
        return Err(Failure::new("InvalidStateException", message));
    }
    Ok(Asked { portfolio, to, tag_options: share_tag_options, principals: share_principals })
}

/// Creates a share. If there is one already, nothing changes, not even a flag.
pub(super) fn create(world: &mut World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Asked { portfolio, to, tag_options, principals } = read(world, at, body)?;
    if at.portfolio(world, &portfolio)?.products.values().any(|it| it.from.is_some()) {
        return Err(invalid(format!("Portfolio {portfolio} contains an imported product and cannot be shared.")));
    }
    let act =
        ShareAct::Create { tag_options: tag_options.unwrap_or_default(), principals: principals.unwrap_or_default() };
    let token = begin(world, at, portfolio, to, act).map(|(token, _)| token);
    Ok(object([("PortfolioShareToken", json!(token))]))
}

/// Updates the flags of a share. The answer has a token and a status even for a share from account to account.
pub(super) fn update(world: &mut World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Asked { portfolio, to, tag_options, principals } = read(world, at, body)?;
    must_exist(world, at, &portfolio, &to)?;
    let act = ShareAct::Update { tag_options, principals };
    let (token, status) = match begin(world, at, portfolio, to, act) {
        Some((token, status)) => (Some(token), status),
        None => (None, ShareStatus::Completed),
    };
    Ok(object([("PortfolioShareToken", json!(token)), ("Status", json!(status.word()))]))
}

/// Removes a share.
pub(super) fn delete(world: &mut World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Asked { portfolio, to, tag_options, principals } = read(world, at, body)?;
    if tag_options.is_some() || principals.is_some() {
        return Err(Failure::new("SerializationException", "The sandbox cannot read this input: it has no flags"));
    }
    must_exist(world, at, &portfolio, &to)?;
    let token = begin(world, at, portfolio, to, ShareAct::Delete).map(|(token, _)| token);
    Ok(object([("PortfolioShareToken", json!(token))]))
}

fn must_exist(world: &World, at: At<'_>, portfolio: &str, to: &ShareTarget) -> Result<(), Failure> {
    let exists = at.portfolio(world, portfolio)?.shares.iter().any(|share| share.to == *to);
    let missing = || {
        let message = format!("Portfolio {portfolio} is not shared with {}.", to.id());
        Failure::new("ResourceNotFoundException", message)
    };
    if exists { Ok(()) } else { Err(missing()) }
}

/// Starts a share action. One from account to account ends at once, and only an update of it has a token. `None` means
/// no token.
fn begin(
    world: &mut World,
    at: At<'_>,
    portfolio: String,
    to: ShareTarget,
    act: ShareAct,
) -> Option<(String, ShareStatus)> {
    let at_once = matches!(to, ShareTarget::Account(_));
    let tokenless = at_once && !matches!(act, ShareAct::Update { .. });
    let mut action = ShareAction {
        portfolio,
        to,
        act,
        status: ShareStatus::NotStarted,
        looks: 0,
        begun: Some(Instant::now()),
        reached: BTreeSet::new(),
        failed: Vec::new(),
    };
    if !at_once && matches!(action.act, ShareAct::Create { .. }) {
        action.failed = throttled_accounts(world, at, &action.to);
    }
    if at_once || world.pending.share_is_over(0, action.begun) {
        finish(world, at, &mut action);
    }
    if tokenless {
        return None;
    }
    let serial = world.next_serial();
    let token = format!("share-{serial:06}-{}", word(&format!("{at:?} {serial}"), 13));
    let status = action.status;
    remember(world, at, token.clone(), action);
    Some((token, status))
}

fn remember(world: &mut World, at: At<'_>, token: String, action: ShareAction) {
    let actions = &mut world.region_mut(at.account, at.region).share_actions;
    actions.insert(token, action);
    // Tokens begin with the serial number, so the first one is the oldest.
    while actions.len() > REMEMBERED {
        actions.pop_first();
    }
}

/// Moves pending share actions on by one step.
pub(super) fn advance(world: &mut World, account: &str, region: &str) {
    let pending = world.pending.clone();
    let open = world.region(account, region).into_iter().flat_map(|it| &it.share_actions);
    let open: Vec<String> = open.filter(|(_, it)| !it.status.is_final()).map(|(token, _)| token.clone()).collect();
    for token in open {
        let Some(mut action) = world.region_mut(account, region).share_actions.remove(&token) else { continue };
        action.looks = action.looks.saturating_add(1);
        action.status = ShareStatus::InProgress;
        if pending.share_is_over(action.looks, action.begun) {
            finish(world, At { account, region }, &mut action);
        }
        world.region_mut(account, region).share_actions.insert(token, action);
    }
}

/// Ends a share action: it takes effect.
fn finish(world: &mut World, at: At<'_>, action: &mut ShareAction) {
    let exists = must_exist(world, at, &action.portfolio, &action.to).is_ok();
    let makes = matches!(action.act, ShareAct::Create { .. }) && !exists;
    let mut failed = std::mem::take(&mut action.failed);
    let mut missing = BTreeSet::new();
    if makes {
        let (told, silent) = unreachable_accounts(world, at, &action.to, &failed);
        failed.extend(told);
        missing.extend(failed.iter().map(|it| it.account.clone()).chain(silent));
    } else {
        failed.clear();
    }
    let mut reached = covered(world, at, &action.to);
    reached.retain(|id| failed.iter().all(|it| it.account != *id));
    action.status = match (failed.is_empty(), reached.is_empty(), world.unproven.nothing_reached) {
        (true, _, _) => ShareStatus::Completed,
        (false, true, NothingReached::Error) => ShareStatus::Error,
        (false, _, _) => ShareStatus::CompletedWithErrors,
    };
    let pauses = world.share_pause_ms > 0 && !matches!(action.to, ShareTarget::Account(_));
    let region = world.region_mut(at.account, at.region);
    if pauses {
        region.node_share_ended = Some(Instant::now());
    }
    if let Some(portfolio) = region.portfolios.get_mut(&action.portfolio) {
        let shares = &mut portfolio.shares;
        let existing = shares.iter_mut().find(|share| share.to == action.to);
        match (&action.act, existing) {
            (ShareAct::Create { .. }, None) if action.status == ShareStatus::Error => {}
            (ShareAct::Create { tag_options, principals }, None) => shares.push(Share {
                tag_options: *tag_options,
                principals: *principals,
                missing,
                ..Share::new(action.to.clone())
            }),
            (ShareAct::Update { tag_options, principals }, Some(share)) => {
                share.tag_options = tag_options.unwrap_or(share.tag_options);
                share.principals = principals.unwrap_or(share.principals);
            }
            (ShareAct::Delete, Some(_)) => shares.retain(|share| share.to != action.to),
            (ShareAct::Create { .. }, Some(_)) | (ShareAct::Update { .. } | ShareAct::Delete, None) => {}
        }
    }
    action.reached = reached;
    action.failed = failed;
    if action.act == ShareAct::Delete {
        settle::everybody(world, at.region);
    }
}

/// The accounts that a share is meant to reach.
fn covered(world: &World, at: At<'_>, to: &ShareTarget) -> BTreeSet<String> {
    match to {
        ShareTarget::Account(id) | ShareTarget::Member(id) => BTreeSet::from([id.clone()]),
        ShareTarget::Ou(id) | ShareTarget::Organization(id) => {
            let mut below = world.organization_of(at.account).map(|it| it.accounts_below(id)).unwrap_or_default();
            below.remove(at.account);
            below
        }
    }
}

/// The accounts that a share misses because it started too soon after the last one (`share_pause_ms`): every second
/// account, beginning with the first.
fn throttled_accounts(world: &World, at: At<'_>, to: &ShareTarget) -> Vec<FailedShare> {
    let ended = at.region(world).and_then(|region| region.node_share_ended);
    let pause = Duration::from_millis(world.share_pause_ms);
    if ended.is_none_or(|ended| ended.elapsed() >= pause) {
        return Vec::new();
    }
    let failed = covered(world, at, to).into_iter().step_by(2).map(|account| FailedShare {
        account,
        error: "ThrottlingException".to_owned(),
        message: "Rate exceeded".to_owned(),
    });
    failed.collect()
}

/// The accounts that the world keeps a share from (`share_errors`), except those in `known`. Counts each failure. The
/// second set holds those that AWS does not report.
fn unreachable_accounts(
    world: &mut World,
    at: At<'_>,
    to: &ShareTarget,
    known: &[FailedShare],
) -> (Vec<FailedShare>, BTreeSet<String>) {
    if matches!(to, ShareTarget::Account(_)) {
        return (Vec::new(), BTreeSet::new());
    }
    let mut covered = covered(world, at, to);
    covered.retain(|account| known.iter().all(|it| it.account != *account));
    let (mut failed, mut silent) = (Vec::new(), BTreeSet::new());
    for failure in world.share_errors.iter_mut().filter(|failure| covered.contains(&failure.account)) {
        failure.times = failure.times.map(|times| times.saturating_sub(1));
        let (account, error, message) = (failure.account.clone(), failure.error.clone(), failure.message.clone());
        if failure.silent {
            silent.insert(account);
        } else {
            failed.push(FailedShare { account, error, message });
        }
    }
    world.share_errors.retain(|failure| failure.times != Some(0));
    (failed, silent)
}
