//! Creates an experience exactly once. Names are not unique and experiences can't be deleted, so a duplicate would
//! stay.

use serde_json::json;

use super::change_documents::{digest, plain};
use super::edited::Edited;
use super::experience_sets::Draft;
use super::set_call::Subject;
use super::task::conflict;
use crate::cloud::read::current::namesakes;
use crate::cloud::{CloudError, Operation};
use crate::model::report::Outcome;

/// The subject, name and token of a set.
pub(super) struct Identity {
    pub(super) subject: Subject,
    /// The set's name.
    pub(super) name: String,
    /// The token without the counter of failed sets.
    pub(super) token: String,
}

impl Edited<'_> {
    /// The name and token of a set. For a set that creates an experience, they depend only on the account, the
    /// experience's name and the archived experiences of that name, not on the other changes in the set. So every run
    /// that wants to create it uses the same ones, and after the experience is archived, the next set gets others.
    pub(super) fn identity(&self, draft: &Draft<'_>) -> Identity {
        let revision = self.now.as_ref().map(|now| now.identifier.clone());
        match (self.new, revision) {
            (_, Some(revision)) => {
                let token = draft.id(self.name(), self.revisions());
                let name = format!("catalog-sync {token} {}", self.task.target.name.file());
                Identity { subject: Subject::Revision(revision), name: name.chars().take(100).collect(), token }
            }
            (new, None) => {
                let name = new.map(|new| new.name.as_str()).unwrap_or_default();
                let token = digest(&json!([self.call.seat.place.account, name, self.archived]));
                let name = format!("catalog-sync {token} {}", plain(name));
                Identity { subject: Subject::Made, name: name.chars().take(100).collect(), token }
            }
        }
    }

    /// Looks for the experience that is to be created. One with its name that is not archived is used instead.
    pub(super) async fn seek(&mut self) -> Result<(), CloudError> {
        let Some(new) = self.new else { return Ok(()) };
        let found = namesakes(&self.call.seat, &new.name).await?;
        let mut usable = found.usable.into_iter();
        let (first, second) = (usable.next(), usable.next());
        if let (Some(first), Some(second)) = (&first, &second) {
            let message = format!(
                "there are several experiences `{}` now, {first} and {second}, so none is made. Archive all but one of \
                 them, or name it by its id",
                new.name
            );
            return Err(self.call.own("Conflict", message));
        }
        self.archived = found.archived;
        self.resource.id = first;
        Ok(())
    }

    /// Continues with the experience that a set created.
    pub(super) async fn adopt(&mut self, made: Option<&str>, set: &str) -> Result<(), CloudError> {
        if self.resource.id.is_none() {
            match made {
                Some(id) => {
                    self.resource.id = Some(self.call.seat.parse(Operation::DescribeChangeSet.name(), Some(id))?);
                }
                None => self.seek().await?,
            }
        }
        if self.resource.id.is_none() {
            let message =
                format!("change set {set} was made, and AWS does not say which experience it made. Plan again");
            return Err(self.call.own("NotUnderstood", message));
        }
        self.is_new = true;
        Ok(())
    }

    /// Compares the edits with what is live after a set of an earlier run, which may have held other changes. Returns
    /// false if the created experience has been renamed since; then everything is settled.
    pub(super) async fn go_on(&mut self, draft: &mut Draft<'_>) -> Result<bool, CloudError> {
        self.withdraw(draft);
        self.look_at(draft.beside()).await?;
        let is_renamed = |live: &str| self.new.is_some_and(|new| new.name != live);
        if let (Some(now), Some(new)) = (&self.now, self.new)
            && is_renamed(&now.experience.name)
        {
            let (id, name) = (&now.experience.id, &now.experience.name);
            let found = format!("experience {id}, which an earlier run made as `{}`, is called `{name}`", new.name);
            let outcome: Outcome = conflict(&self.call.seat, Operation::StartChangeSet.name(), &found);
            self.record(draft, &outcome);
            (self.resource.id, self.now) = (None, None);
            return Ok(false);
        }
        draft.items = self.settle(&draft.items);
        Ok(true)
    }
}
