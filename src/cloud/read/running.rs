//! The change sets under way in the experiences that a plan changes. No change depends on them: if AWS gives no answer,
//! the plan says so in a sentence.
//!
//! One list of the account's open sets covers all its experiences, since each set in it names its entities.
//! `DescribeChangeSet` is called only for sets that concern the plan.
//! AWS Marketplace Catalog API reference, `ListChangeSets` and `DescribeChangeSet`.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_marketplacecatalog::types::{ChangeSetSummaryListItem, ChangeSummary, Filter};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::entities::{CATALOG, Marketplace};
use super::entity;
use super::several::{pages, reading, try_side_by_side};
use crate::cloud::waits::for_people;
use crate::cloud::{Cloud, CloudError, Meaning};
use crate::model::id::{AccountId, ExperienceId};
use crate::model::live::Reading;
use crate::model::market_wants::RunningWants;
use crate::model::running::{RunningChange, RunningSet};

/// The largest page of `ListChangeSets`.
const PAGE: i32 = 20;

/// The longest time that a plan waits for the change sets.
const PATIENCE: Duration = Duration::from_secs(15);

/// The open change sets that concern some experiences of an account. `manages`: whether it is the management account.
pub(super) async fn running(
    cloud: &Cloud,
    account: &AccountId,
    manages: bool,
    wants: RunningWants,
) -> Reading<Vec<RunningSet>> {
    let RunningWants { organization, experiences } = wants;
    let mut seat = match cloud.marketplace(&organization, account).await {
        Ok(seat) => seat,
        Err(error) => return Reading::Unreadable(error.to_string()),
    };
    let patience = seat.timing.patience.min(PATIENCE);
    let until = Instant::now() + patience;
    seat.until = Some(until);
    let all = async {
        // The account that owns an experience lists without the scope, a delegated administrator with it. The
        // management account owns all experiences that it sees. Any other account may need either way, so both are
        // tried.
        let ways: &[bool] = if manages { &[false] } else { &[true, false] };
        let listed = try_side_by_side(ways.iter().map(|shared| open(&seat, *shared))).await?;
        let mut seen = BTreeSet::new();
        let sets = listed.into_iter().flatten().filter(|set| seen.insert(set.change_set_id.clone()));
        let sets = sets.map(|set| concerning(&seat, set, &experiences));
        let sets = try_side_by_side(sets).await?;
        Ok::<_, CloudError>(sets.into_iter().flatten().collect())
    };
    match timeout_at(until, all).await {
        Ok(sets) => reading(sets),
        Err(_) => Reading::Unreadable(format!("AWS did not tell within {}", for_people(patience))),
    }
}

async fn open(seat: &Marketplace, shared: bool) -> Result<Vec<ChangeSetSummaryListItem>, CloudError> {
    let filter = |name: &str, values: &[&str]| {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        Filter::builder().name(name).set_value_list(Some(values)).build()
    };
    let mut filters = vec![filter("Status", &["PREPARING", "APPLYING"])];
    filters.extend(shared.then(|| filter("Scope", &["SharedWithMe"])));
    let filters = &filters;
    pages(&seat.place, "ListChangeSets", |token| async move {
        let list = seat.client.list_change_sets().catalog(CATALOG).set_filter_list(Some(filters.clone()));
        let page = seat.call(list.max_results(PAGE).set_next_token(token)).await?;
        Ok((page.change_set_summary_list, page.next_token))
    })
    .await
}

/// The set with its changes, if it concerns one of the experiences.
async fn concerning(
    seat: &Marketplace,
    listed: ChangeSetSummaryListItem,
    wanted: &BTreeSet<ExperienceId>,
) -> Result<Option<RunningSet>, CloudError> {
    let id = listed.change_set_id.unwrap_or_default();
    let named = listed.entity_id_list.unwrap_or_default();
    let mut experiences: BTreeSet<ExperienceId> = named.iter().filter_map(|id| experience(id)).collect();
    // A set for which the list names no entities may concern any experience.
    if !named.is_empty() && experiences.is_disjoint(wanted) {
        return Ok(None);
    }
    let described = seat.call(seat.client.describe_change_set().catalog(CATALOG).change_set_id(&id)).await;
    let changes = match described {
        Ok(set) => Ok(set.change_set.unwrap_or_default().iter().map(change).collect::<Vec<_>>()),
        // The set may have ended since, and AWS no longer knows it.
        Err(error) if error.meaning == Meaning::NotFound && named.is_empty() => return Ok(None),
        Err(error) if named.is_empty() => return Err(error),
        Err(error) => Err(error.to_string()),
    };
    if let Ok(changes) = &changes {
        experiences.extend(changes.iter().filter_map(|change| change.experience.clone()));
    }
    let account = listed.change_set_arn.as_deref().and_then(|arn| arn.split(':').nth(4)?.parse().ok());
    let since = listed.start_time.as_deref().and_then(|time| time.parse().ok());
    let set = RunningSet { id, name: listed.change_set_name, account, since, experiences, changes };
    Ok(Some(set).filter(|set| !set.experiences.is_disjoint(wanted)))
}

fn experience(id: &str) -> Option<ExperienceId> {
    entity::without_revision(id).parse().ok()
}

fn change(change: &ChangeSummary) -> RunningChange {
    let identifier = change.entity.as_ref().and_then(|entity| entity.identifier.as_deref());
    let text = || serde_json::from_str(change.details.as_deref()?).ok();
    let details: Option<Value> = change.details_document.as_ref().map(entity::json).or_else(text);
    let products = details.as_ref().and_then(|details| details.get("Products")?.as_array());
    let ids = products.into_iter().flatten().filter_map(|products| products.get("Ids")?.as_array());
    RunningChange {
        experience: identifier.and_then(experience),
        change_type: change.change_type.clone().unwrap_or_default(),
        products: ids.map(Vec::len).sum(),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_marketplacecatalog::types::Entity;

    use super::*;

    #[test]
    fn products_of_a_change_are_counted_and_its_experience_told() {
        let details = r#"{"Products": [{"Ids": ["a", "b"], "Notes": "x"}, {"Ids": ["c"]}]}"#;
        let entity = |id: &str| Entity::builder().r#type("Experience@1.0").identifier(id).build().unwrap();
        let of = |id: &str, details: &str| {
            let allow = ChangeSummary::builder().change_type("AllowProductProcurement");
            change(&allow.entity(entity(id)).details(details).build())
        };
        let told = of("exp-1@4", details);
        assert_eq!((told.experience, told.products), (Some("exp-1".parse().unwrap()), 3));
        let told = of("$made.Entity.Identifier", "no JSON");
        assert_eq!((told.experience, told.products), (None, 0));
    }
}
