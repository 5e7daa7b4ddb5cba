//! The JSON output of `explain` about Private Marketplaces.

use serde_json::{Value, json};

use super::parts::source;
use crate::model::audience::AudiencePrincipal;
use crate::model::experience::{ExperienceStatus, Listing};
use crate::model::live::Reading;
use crate::model::market_sight::{
    AskedProduct, ListedBy, Market, Outcome, Rules, Said, Shelved, Shop, Stand, Tie, Weight, Word,
};

pub(super) fn market(market: &Market) -> Value {
    let Market { organization, outcome, ties } = market;
    let (state, rules, reason) = match outcome {
        Outcome::Governed(rules) => ("experience", Some(self::rules(rules)), None),
        Outcome::Free => ("nobody", None, None),
        Outcome::NotLooked => ("not_looked", None, None),
        Outcome::CantTell(reason) => ("cant_tell", None, Some(reason)),
    };
    json!({
        "organization": organization.as_str(),
        "governed_by": state,
        "experience": rules,
        "audiences": ties.iter().map(tie).collect::<Vec<_>>(),
        "cant_tell": reason,
    })
}

fn rules(rules: &Rules) -> Value {
    let Rules { id, name, status, lists, list, product } = rules;
    let (at, mirror, reason) = match list {
        ListedBy::Entry { source: at, mirror } => (Some(source(at)), mirror.as_ref().map(source), None),
        ListedBy::Nobody => (None, None, None),
        ListedBy::CantTell(reason) => (None, None, Some(reason)),
    };
    json!({
        "id": id.as_ref().map(ToString::to_string),
        "name": name,
        "status": id.as_ref().map(|_| status.as_str()),
        "everything_can_be_bought": lists.is_none(),
        "approved": lists.map(|(approved, _)| approved),
        "denied": lists.map(|(_, denied)| denied),
        "source": at,
        "mirror": mirror,
        "product": product.as_ref().map(stand),
        "cant_tell": reason,
    })
}

fn stand(stand: &Stand) -> Value {
    let Stand { product, live, catalog, planned } = stand;
    let live_word = match live {
        Shelved::Approved => Some("approved"),
        Shelved::Denied => Some("denied"),
        Shelved::Unlisted => Some("unlisted"),
        Shelved::Everything => Some("no_policy"),
        Shelved::NotThere => None,
    };
    let (word, at, reason) = match catalog {
        Word::Approves(at) => ("approved", Some(at), None),
        Word::Rejects(at) => ("rejected", Some(at), None),
        Word::Expired(at) => ("expired", Some(at), None),
        Word::Ignores(at) => ("ignored", Some(at), None),
        Word::Kept => ("kept", None, None),
        Word::NotListed => ("not_listed", None, None),
        Word::PutAway(at) => ("archived", Some(at), None),
        Word::Nothing => ("ungoverned", None, None),
        Word::CantTell(reason) => ("cant_tell", None, Some(reason)),
    };
    let planned = planned.map(|listing| match listing {
        Listing::Approved => "approve",
        Listing::Denied => "deny",
    });
    json!({
        "id": product.id.to_string(),
        "name": product.name,
        "can_be_bought": live.can_be_bought(),
        "live": live_word,
        "catalog": word,
        "source": at.map(source),
        "planned": planned,
        "cant_tell": reason,
    })
}

fn tie(tie: &Tie) -> Value {
    let Tie { experience, name, status, wanted, principal, label, is_live, said, weight } = tie;
    let kind = match principal {
        Some(AudiencePrincipal::Account(_)) => "ACCOUNT",
        Some(AudiencePrincipal::Ou(_)) | None => "ORGANIZATIONAL_UNIT",
        Some(AudiencePrincipal::Organization(_)) => "ORGANIZATION",
    };
    let (catalog, at, said_reason) = match said {
        Said::Listed(at) => ("listed", Some(at), None),
        Said::Leaves(at) => ("not_listed", Some(at), None),
        Said::Nothing => ("not_said", None, None),
        Said::CantTell(reason) => ("cant_tell", None, Some(reason)),
    };
    let (counts, reason) = match weight {
        Weight::Counts => ("yes", None),
        Weight::Disabled => ("disabled", None),
        Weight::Archived => ("archived", None),
        Weight::FurtherUp => ("further_up", None),
        Weight::NotLive => ("not_live", None),
        Weight::CantTell(reason) => ("cant_tell", Some(reason)),
    };
    json!({
        "experience": experience.as_ref().map(ToString::to_string),
        "experience_name": name,
        "status": status.map(ExperienceStatus::as_str),
        "wanted_status": wanted.as_ref().map(|(it, at)| json!({"status": it.as_str(), "source": source(at)})),
        "type": kind,
        "principal": principal.as_ref().map(ToString::to_string),
        "name": label,
        "is_live": is_live,
        "catalog": catalog,
        "source": at.map(source),
        "counts": counts,
        "cant_tell": reason.or(said_reason),
    })
}

/// The state of a product in all Private Marketplaces, as JSON. `is_sandbox` says that the sandbox was read.
pub fn product_json(AskedProduct { id, name }: &AskedProduct, shops: &[Shop], is_sandbox: bool) -> String {
    let document = json!({
        "format_version": 1,
        "sandbox": is_sandbox,
        "product": {"id": id.to_string(), "name": name},
        "private_marketplaces": shops.iter().map(shop).collect::<Vec<_>>(),
        "complete": shops.iter().all(Shop::is_whole),
    });
    format!("{document:#}\n")
}

fn shop(Shop { organization, experiences }: &Shop) -> Value {
    let all = || experiences.iter().flatten();
    let read: Vec<Value> = all().filter_map(|it| it.as_result().ok()).map(rules).collect();
    let untold: Vec<&str> = all().filter_map(|it: &Reading<Rules>| it.as_result().err()).collect();
    json!({
        "organization": organization.as_str(),
        "experiences": experiences.as_ref().map(|_| read),
        "cant_tell": untold,
    })
}
