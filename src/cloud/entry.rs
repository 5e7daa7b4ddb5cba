//! The way in, looked at by itself: for those who set it up.

use super::error::CloudError;
use super::handle::Cloud;
use super::meaning::Meaning;
use super::oidc;
use super::place::Place;
use crate::model::id::{AccountId, Name};

impl Cloud {
    /// Enters an account of an organization and gives the ARN of the caller there, as `GetCallerIdentity` says it,
    /// which needs no permission. An error names the role that refused and what to check.
    pub async fn enter(&self, organization: &Name, account: &AccountId) -> Result<String, CloudError> {
        let (sessions, home) = self.sessions();
        let place = Place { account: account.clone(), region: home.clone() };
        let identity = sessions.identity(&self.access(organization), &place).await?;
        let sts = sessions.sts(identity, place);
        let answer = sts.call(sts.client.get_caller_identity()).await?;
        let nobody =
            || CloudError::own("GetCallerIdentity", &sts.place, "NotUnderstood", Meaning::Other, "AWS gave no ARN");
        answer.arn.ok_or_else(nobody)
    }

    /// The subject of the OIDC token that this job would be given, as a trust policy has to name it; none outside
    /// GitHub Actions. An error is a sentence.
    pub async fn token_subject(&self, audience: &str) -> Option<Result<String, String>> {
        let token = self.sessions().0.token(audience).await?;
        let unreadable = || "the token could not be read".to_owned();
        Some(token.and_then(|token| oidc::claim(&token, "sub").ok_or_else(unreadable)))
    }
}
