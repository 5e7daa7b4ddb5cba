//! Shares that missed accounts.

use super::portfolio::{Live, SharedPortfolio, operation, standing};
use super::task::{Standing, conflict};
use crate::cloud::CloudError;
use crate::model::edit::Delta;
use crate::model::portfolio::Share;
use crate::model::report::Outcome;

impl SharedPortfolio<'_> {
    /// Removes a share that missed accounts and makes it again: neither an update nor another create reaches them.
    pub(super) async fn repair(&self, share: &Share, live: &Live) -> Outcome {
        let (remove, create) = (Delta::Remove(share.clone()), Delta::Create(share.clone()));
        match standing(&remove, live) {
            Standing::Open => {}
            Standing::Done => {
                let found = "it is not shared with it any more".to_owned();
                return conflict(&self.seat, operation(&remove), &found);
            }
            Standing::Conflict(found) => return conflict(&self.seat, operation(&remove), &found),
        }
        if let Err(error) = self.make(&remove, false).await {
            return Outcome::Failed(error.into());
        }
        match self.make(&create, true).await {
            Ok(()) => Outcome::Applied,
            Err(error) => {
                let message = format!(
                    "it was removed to be made again, and that failed: {}. The next plan makes it",
                    error.message.trim_end_matches('.')
                );
                Outcome::Failed(CloudError { message, ..error }.into())
            }
        }
    }
}
