//! The calls that start change sets and find them again.

use aws_sdk_marketplacecatalog::types::{
    Change as AwsChange, ChangeSetSummaryListItem, ChangeStatus, Entity as AwsEntity, Filter,
};

use super::change_documents::Document;
use crate::cloud::change_type;
use crate::cloud::read::entities::{CATALOG, Marketplace};
use crate::cloud::read::several::pages;
use crate::cloud::{CloudError, Meaning, Operation};

/// The entity that the changes of a set apply to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// A revision of an experience, `exp-1234@5`.
    Revision(String),
    /// The experience that the first change of the set creates.
    Made,
}

/// The name of the change that creates an experience, for references by the other changes. AWS allows only letters.
const MAKES: &str = "Experience";

/// The sets with a given name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// The id of a set that runs or has succeeded.
    pub(super) counts: Option<String>,
    /// The number of sets that failed or were cancelled.
    pub(super) failed: u32,
}

/// The client for change sets.
pub(super) struct SetCall {
    pub(super) seat: Marketplace,
}

impl SetCall {
    /// Starts a set and returns its id. With the same token and changes, AWS returns the same set.
    pub(super) async fn start(
        &self,
        changes: &[Document],
        subject: &Subject,
        name: &str,
        token: &str,
    ) -> Result<String, CloudError> {
        let mut call = self.seat.client.start_change_set().catalog(CATALOG).change_set_name(name);
        for (change, details) in changes {
            let makes = *change == change_type::CREATE_EXPERIENCE;
            let identifier = match subject {
                Subject::Revision(revision) => Some(revision.clone()),
                Subject::Made => (!makes).then(|| format!("${MAKES}.Entity.Identifier")),
            };
            let entity = AwsEntity::builder().r#type("Experience@1.0").set_identifier(identifier).build();
            let entity = entity.map_err(|error| self.own("CallFailed", error.to_string()))?;
            let change = AwsChange::builder().change_type(*change).entity(entity).details(details.to_string());
            let change = change.set_change_name(makes.then(|| MAKES.to_owned())).build();
            call = call.change_set(change.map_err(|error| self.own("CallFailed", error.to_string()))?);
        }
        let answer = self.seat.call(call.client_request_token(token)).await?;
        answer.change_set_id.ok_or_else(|| self.own("CallFailed", "AWS gave no change set id".to_owned()))
    }

    /// Finds sets by name. An earlier run may have started one and been killed, or the answer was lost. A delegated
    /// administrator sees sets only in the scope `SharedWithMe`, the management account only without it.
    pub(super) async fn find(&self, name: &str) -> Result<Known, CloudError> {
        let mut known = Known::default();
        for shared in [true, false] {
            for set in self.named(name, shared).await? {
                match set.status {
                    Some(ChangeStatus::Preparing | ChangeStatus::Applying | ChangeStatus::Succeeded) => {
                        known.counts = known.counts.or(set.change_set_id);
                    }
                    Some(ChangeStatus::Failed | ChangeStatus::Cancelled) => known.failed += 1,
                    _ => {}
                }
            }
            if known.counts.is_some() {
                break;
            }
        }
        Ok(known)
    }

    async fn named(&self, name: &str, shared: bool) -> Result<Vec<ChangeSetSummaryListItem>, CloudError> {
        let named = Filter::builder().name("ChangeSetName").value_list(name).build();
        let scope = Filter::builder().name("Scope").value_list("SharedWithMe").build();
        let filters: &Vec<Filter> = &std::iter::once(named).chain(shared.then_some(scope)).collect();
        let sets = pages(&self.seat.place, "ListChangeSets", |token| async move {
            let call = self.seat.client.list_change_sets().catalog(CATALOG).set_filter_list(Some(filters.clone()));
            let page = self.seat.call(call.max_results(20).set_next_token(token)).await?;
            Ok((page.change_set_summary_list, page.next_token))
        })
        .await?;
        // The filter of AWS may match other names too.
        Ok(sets.into_iter().filter(|set| set.change_set_name.as_deref() == Some(name)).collect())
    }

    pub(super) fn own(&self, code: &str, message: String) -> CloudError {
        CloudError::own(Operation::StartChangeSet.name(), &self.seat.place, code, Meaning::Other, message)
    }
}
