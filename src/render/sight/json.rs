//! The JSON output of `explain` for an account.

use serde_json::{Value, json};

use super::market_json::market;
use super::parts::source;
use crate::model::live::Reading;
use crate::model::organization::AccountStatus;
use crate::model::portfolio::Receiver;
use crate::model::sight::{
    Form, Governing, Inside, Launcher, Listed, Liveness, Local, Membership, PassedOver, Seen, Sight, State, Stocked,
    Way, Without,
};

/// What an account sees, as JSON. `is_sandbox` says that the sandbox was read.
pub fn json(sight: &Sight, is_sandbox: bool) -> String {
    let Sight { account, organizations, portfolios, others, ungoverned, markets, untold } = sight;
    let organizations: Vec<Value> = organizations.iter().map(|(name, it)| membership(name.as_str(), it)).collect();
    let ungoverned: Vec<Value> = ungoverned
        .iter()
        .map(|(region, reading)| match reading {
            Reading::Complete(ids) => {
                let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                json!({"region": region.to_string(), "portfolios": ids, "cant_tell": null})
            }
            Reading::Unreadable(reason) => {
                json!({"region": region.to_string(), "portfolios": null, "cant_tell": reason})
            }
        })
        .collect();
    let document = json!({
        "format_version": 1,
        "sandbox": is_sandbox,
        "account": account.as_str(),
        "organizations": organizations,
        "portfolios": portfolios.iter().map(seen).collect::<Vec<_>>(),
        "other_portfolios": others,
        "accepted_and_ungoverned": ungoverned,
        "private_marketplaces": markets.iter().map(market).collect::<Vec<_>>(),
        "cant_tell": untold,
        "complete": sight.is_whole(),
    });
    format!("{document:#}\n")
}

fn membership(organization: &str, membership: &Membership) -> Value {
    match membership {
        Membership::Member { name, email, status, path } => {
            let status = match status {
                AccountStatus::Active => "active",
                AccountStatus::Suspended => "suspended",
            };
            let (path, reason) = match path.as_result() {
                Ok(path) => (Some(path), None),
                Err(reason) => (None, Some(reason)),
            };
            json!({"organization": organization, "member": true, "name": name, "email": email, "status": status, "path": path, "cant_tell": reason})
        }
        Membership::Stranger => json!({"organization": organization, "member": false, "cant_tell": null}),
        Membership::Untold(reason) => json!({"organization": organization, "member": null, "cant_tell": reason}),
    }
}

fn seen(seen: &Seen) -> Value {
    let (state, reason) = match &seen.state {
        State::Owns => ("owns", None),
        State::Has => ("has", None),
        State::Suspended => ("suspended", None),
        State::Waits => ("waits_for_acceptance", None),
        State::Rejected => ("rejected", None),
        State::HasNot => ("has_not", None),
        State::CantTell(reason) => ("cant_tell", Some(reason)),
    };
    let (entry, why) = match &seen.entry {
        Governing::Entry(at) => (source(at), "entry"),
        Governing::None => (Value::Null, "none"),
        Governing::Owner => (Value::Null, "owner"),
        Governing::Suspended => (Value::Null, "suspended"),
        Governing::CantTell(_) => (Value::Null, "cant_tell"),
    };
    let entry_reason = match &seen.entry {
        Governing::CantTell(reason) => Some(reason),
        _ => None,
    };
    let passed_over = seen.passed_over.iter().map(|PassedOver { source: at, except }| {
        json!({"source": source(at), "because": if *except { "except" } else { "nearer_entry" }})
    });
    let Inside { local, principals, untold } = &seen.inside;
    json!({
        "target": seen.target.to_string(),
        "source": source(&seen.source),
        "organization": seen.organization.as_str(),
        "owner": seen.owner.as_str(),
        "region": seen.region.to_string(),
        "id": seen.id.as_ref().map(ToString::to_string),
        "name": seen.name,
        "state": state,
        "cant_tell": reason.or(seen.trouble.as_ref()),
        "shares": seen.ways.iter().map(way).collect::<Vec<_>>(),
        "recipients": {
            "governed_by": why,
            "source": entry,
            "cant_tell": entry_reason,
            "passed_over": passed_over.collect::<Vec<_>>(),
        },
        "inside": {
            "local_portfolio": local.as_ref().map(self::local),
            "principals": principals.iter().map(launcher).collect::<Vec<_>>(),
            "cant_tell": untold,
        },
    })
}

fn way(way: &Way) -> Value {
    let live = match &way.live {
        Liveness::Live { share, accepted, inherited } => json!({
            "accepted": accepted,
            "tag_options": share.tag_options(),
            "principals": share.principals(),
            "inherited": inherited,
        }),
        Liveness::Missing | Liveness::CantTell => Value::Null,
    };
    let is_live = match &way.live {
        Liveness::Live { .. } => Some(true),
        Liveness::Missing => Some(false),
        Liveness::CantTell => None,
    };
    let (catalog, at) = match &way.listed {
        Listed::Yes(at) => ("listed", Some(at)),
        Listed::Expired(at) => ("expired", Some(at)),
        Listed::Ignored(at) => ("ignored", Some(at)),
        Listed::Kept => ("kept", None),
        Listed::No => ("not_listed", None),
        Listed::CantTell => ("cant_tell", None),
    };
    json!({
        "type": way.kind,
        "receiver": way.receiver.as_ref().map(bare),
        "name": way.label,
        "is_live": is_live,
        "live": live,
        "catalog": catalog,
        "source": at.map(source),
        "without_it": way.without.as_ref().map(without),
        "cant_tell": way.untold,
    })
}

fn bare(receiver: &Receiver) -> String {
    match receiver {
        Receiver::Account(account) | Receiver::Member(account) => account.to_string(),
        Receiver::Ou(_) | Receiver::Organization(_) => receiver.to_string(),
    }
}

fn without(without: &Without) -> Value {
    let by = |keeps: &[Receiver]| keeps.iter().map(ToString::to_string).collect::<Vec<_>>();
    match without {
        Without::Keeps(keeps) => json!({"outcome": "keeps", "by": by(keeps)}),
        Without::KeepsUnlessRejected(keeps) => json!({"outcome": "keeps_unless_rejected", "by": by(keeps)}),
        Without::Waits => json!({"outcome": "waits_for_acceptance"}),
        Without::Loses => json!({"outcome": "loses"}),
        Without::Nothing => json!({"outcome": "nothing"}),
        Without::CantTell(reason) => json!({"outcome": "cant_tell", "cant_tell": reason}),
    }
}

fn local(local: &Local) -> Value {
    let Local { name, id, is_missing, source: at, launch_role, products } = local;
    let products = products.as_ref().map(|products| products.iter().map(stocked).collect::<Vec<_>>());
    json!({
        "name": name,
        "id": id.as_ref().map(ToString::to_string),
        "is_live": if *is_missing { Some(false) } else { id.as_ref().map(|_| true) },
        "source": source(at),
        "launch_role": launch_role.as_ref().map(|(role, at)| json!({"role": role.to_string(), "source": source(at)})),
        "products": products,
    })
}

fn stocked(stocked: &Stocked) -> Value {
    let Stocked { product, name, form, listed, is_kept, role } = stocked;
    let copy = match form {
        Some(Form::Copy(copy)) => Some(copy.to_string()),
        Some(Form::Itself) | None => None,
    };
    json!({
        "id": product.to_string(),
        "name": name,
        "is_live": form.is_some(),
        "copy": copy,
        "source": listed.as_ref().map(source),
        "is_kept": is_kept,
        "launch_role": role.as_ref().map(ToString::to_string),
    })
}

fn launcher(launcher: &Launcher) -> Value {
    let Launcher { principal, label, on_local, live, listed, of_owner } = launcher;
    json!({
        "principal": principal.arn,
        "type": principal.kind,
        "name": label,
        "on_local_portfolio": on_local,
        "is_live": live,
        "source": listed.as_ref().map(source),
        "of_owner": of_owner,
    })
}
