//! Quotas are not throttling, whatever the SDK thinks.

use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};

/// Keeps the SDK from trying again what a quota of Service Catalog refuses. Its `LimitExceededException` says that
/// there are too many of something (AWS Service Catalog API reference, "CreatePortfolioShare"); the SDK's own list
/// takes that code for throttling.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quota;

impl ClassifyRetry for Quota {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let body = context.response().and_then(|response| response.body().bytes()).unwrap_or_default();
        if context.is_failed() && String::from_utf8_lossy(body).contains("LimitExceededException") {
            return RetryAction::RetryForbidden;
        }
        RetryAction::NoActionIndicated
    }

    fn name(&self) -> &'static str {
        "quotas of Service Catalog"
    }
}
