//! The calls that start a change set and find it again.

use aws_sdk_marketplacecatalog::types::{Change as AwsChange, ChangeStatus, Entity as AwsEntity, Filter};

use super::change_set::Draft;
use crate::cloud::read::entities::{CATALOG, Marketplace};
use crate::cloud::{CloudError, Meaning, Operation};
use crate::model::id::ExperienceId;

/// How many pages of change sets are looked through. The latest come first.
const PAGES: usize = 3;

/// An experience, and where to call.
pub(super) struct SetCall<'a> {
    pub(super) seat: Marketplace,
    pub(super) id: &'a ExperienceId,
}

impl SetCall<'_> {
    /// Starts a set of changes to a revision of the experience, and gives its id. The same token and changes give the
    /// same set.
    pub(super) async fn start(
        &self,
        draft: &Draft<'_>,
        revision: &str,
        name: &str,
        token: &str,
    ) -> Result<String, CloudError> {
        let mut call = self.seat.client.start_change_set().catalog(CATALOG).change_set_name(name);
        for (change, details) in draft.changes() {
            let entity = AwsEntity::builder().r#type("Experience@1.0").identifier(revision).build();
            let entity = entity.map_err(|error| self.own("CallFailed", error.to_string()))?;
            let change = AwsChange::builder().change_type(change).entity(entity).details(details.to_string()).build();
            call = call.change_set(change.map_err(|error| self.own("CallFailed", error.to_string()))?);
        }
        let answer = self.seat.call(call.client_request_token(token)).await?;
        answer.change_set_id.ok_or_else(|| self.own("CallFailed", "AWS gave no change set id".to_owned()))
    }

    /// The set of a name that runs or was made, if there is one: an earlier run may have started it and been killed, or
    /// the answer was lost. A delegated administrator sees sets in the scope `SharedWithMe` alone, the management account
    /// only without it.
    pub(super) async fn find(&self, name: &str) -> Option<String> {
        for shared in [true, false] {
            if let Some(found) = self.find_in(name, shared).await {
                return Some(found);
            }
        }
        None
    }

    async fn find_in(&self, name: &str, shared: bool) -> Option<String> {
        let entity = Filter::builder().name("EntityId").value_list(self.id.as_str()).build();
        let scope = Filter::builder().name("Scope").value_list("SharedWithMe").build();
        let filters: Vec<Filter> = std::iter::once(entity).chain(shared.then_some(scope)).collect();
        let mut token = None;
        for _ in 0..PAGES {
            let call = self.seat.client.list_change_sets().catalog(CATALOG).set_filter_list(Some(filters.clone()));
            let page = self.seat.call(call.max_results(20).set_next_token(token)).await.ok()?;
            for set in page.change_set_summary_list.unwrap_or_default() {
                let counts = matches!(
                    set.status,
                    Some(ChangeStatus::Preparing | ChangeStatus::Applying | ChangeStatus::Succeeded)
                );
                if counts && set.change_set_name.as_deref() == Some(name) {
                    return set.change_set_id;
                }
            }
            token = Some(page.next_token?);
        }
        None
    }

    pub(super) fn own(&self, code: &str, message: String) -> CloudError {
        CloudError::own(Operation::StartChangeSet.name(), &self.seat.place, code, Meaning::Other, message)
    }
}
