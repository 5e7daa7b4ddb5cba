//! The way in, looked at by itself: for those who set it up.

use super::{Cloud, CloudError, Meaning, Place, oidc};
use crate::model::id::{AccountId, Name};

impl Cloud {
    /// Enters an account of an organization and says as whom: the ARN that `GetCallerIdentity` gives, which needs no
    /// permission. An error names the role that refused and what to check.
    pub async fn enter(&self, organization: &Name, account: &AccountId) -> Result<String, CloudError> {
        const OPERATION: &str = "GetCallerIdentity";
        let place = Place { account: account.clone(), region: self.0.home.clone() };
        let identity = self.0.sessions.identity(&self.access(organization), &place).await?;
        let client = aws_sdk_sts::Client::new(&identity.config);
        let _turn = self.0.pace.admit(&place, OPERATION).await;
        let answer = client.get_caller_identity().send().await;
        let answer = answer.map_err(|error| CloudError::of(OPERATION, &place, &error))?;
        let nobody = || CloudError::own(OPERATION, &place, "NotUnderstood", Meaning::Other, "AWS gave no ARN");
        answer.arn.ok_or_else(nobody)
    }

    /// The subject of the OIDC token that this job would be given, as a trust policy has to name it; none outside
    /// GitHub Actions. An error is a sentence.
    pub async fn token_subject(&self, audience: &str) -> Option<Result<String, String>> {
        let token = self.0.sessions.token(audience).await?;
        let unreadable = || "the token could not be read".to_owned();
        Some(token.and_then(|token| oidc::subject(&token).ok_or_else(unreadable)))
    }
}
