//! Making an experience, once: names are not unique and an experience is never deleted, so one that is made twice stays.

use serde_json::json;

use super::change_documents::{digest, plain};
use super::edited::Edited;
use super::experience_sets::Draft;
use super::set_call::Subject;
use super::task::conflict;
use crate::cloud::read::current::namesakes;
use crate::cloud::{CloudError, Operation};
use crate::model::report::Outcome;

/// What a set is started with, beside its changes.
pub(super) struct Identity {
    pub(super) subject: Subject,
    /// The set's name.
    pub(super) name: String,
    /// The beginning of its token.
    pub(super) token: String,
}

impl Edited<'_> {
    /// The name and token of a set. Those of a set that makes an experience come from the experience's name and from who
    /// bears it in the archive, and not from what else the set holds: so every run that wants to make it gives the same,
    /// and a set that made one which has been archived since is another.
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

    /// Looks for the experience that is to be made: one of its name that is not archived is taken for it.
    pub(super) async fn seek(&mut self) -> Result<(), CloudError> {
        let Some(new) = self.new else { return Ok(()) };
        let found = namesakes(&self.call.seat, &new.name).await?;
        let mut usable = found.usable.into_iter();
        let (first, second) = (usable.next(), usable.next());
        if let (Some(first), Some(second)) = (&first, &second) {
            let message = format!(
                "there are several experiences `{}` by now, {first} and {second}, and none is made. Archive all but one \
                 of them, or name it by its id",
                new.name
            );
            return Err(self.call.own("Conflict", message));
        }
        self.archived = found.archived;
        self.resource.id = first;
        Ok(())
    }

    /// Goes on with the experience that a set made.
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

    /// Looks what is left to do after a set of an earlier run, which may have held something else. False where what it
    /// made is not called so any more: then everything is settled.
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
