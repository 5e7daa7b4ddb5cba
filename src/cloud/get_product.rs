//! `GetProduct`, with a field that the SDK's model leaves out: why a product can't be bought.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_marketplacediscovery::Client;
use aws_sdk_marketplacediscovery::operation::get_product::{GetProductError, GetProductOutput};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use futures_util::future::BoxFuture;
use serde::Deserialize;

use super::operation::Operation;
use super::request::{Answer, Request};

/// The indicator of a product that can no longer be bought (AWS Marketplace Discovery API, `GetProduct`,
/// `purchaseIndicators`). Version 1.25 of the SDK doesn't know the field.
const NOT_AVAILABLE: &str = "NOT_AVAILABLE_FOR_SUBSCRIPTION";

/// `GetProduct` for one product.
#[derive(Debug, Clone)]
pub(super) struct GetProduct {
    pub(super) client: Client,
    pub(super) id: String,
}

/// The answer of `GetProduct`.
#[derive(Debug)]
pub(super) struct Product {
    /// The answer as the SDK parses it.
    pub(super) answer: GetProductOutput,
    /// Whether AWS says that the product can no longer be bought. Also false if AWS says nothing about it.
    pub(super) is_withdrawn: bool,
}

impl Request for GetProduct {
    const OPERATION: Operation = Operation::GetProduct;

    type Output = Product;
    type Error = GetProductError;

    fn attempt(self) -> Answer<Product, GetProductError> {
        let heard = Heard::default();
        let Self { client, id } = self;
        let call = client.get_product().product_id(id).customize().interceptor(heard.clone());
        let sent: BoxFuture<'static, _> = Box::pin(call.send());
        Box::pin(async move { Ok(Product { answer: sent.await?, is_withdrawn: heard.is_withdrawn() }) })
    }
}

/// Reads the raw answer.
#[derive(Debug, Clone, Default)]
struct Heard(Arc<Mutex<bool>>);

impl Heard {
    fn is_withdrawn(&self) -> bool {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Intercept for Heard {
    fn name(&self) -> &'static str {
        "why a product can't be bought"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let is_withdrawn = context.response().body().bytes().is_some_and(says_withdrawn);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = is_withdrawn;
        Ok(())
    }
}

/// Whether a raw answer says that the product can no longer be bought. False if it can't be parsed.
fn says_withdrawn(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Indicators {
        #[serde(default)]
        purchase_indicators: Option<Vec<Indicator>>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Indicator {
        indicator_type: String,
    }
    let indicators = serde_json::from_slice::<Indicators>(body).ok().and_then(|it| it.purchase_indicators);
    indicators.is_some_and(|all| all.iter().any(|indicator| indicator.indicator_type == NOT_AVAILABLE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_word_of_aws_means_withdrawn() {
        let both = br#"{"productId": "p", "purchaseIndicators": [{"indicatorType": "X", "more": 1},
            {"indicatorType": "NOT_AVAILABLE_FOR_SUBSCRIPTION"}]}"#;
        assert!(says_withdrawn(both));
        let free = r#"{"purchaseIndicators": [{"indicatorType": "AVAILABLE_FOR_USE_WITHOUT_SUBSCRIPTION"}]}"#;
        let odd = [r#"{"purchaseIndicators": null}"#, r#"{"purchaseIndicators": [1]}"#, "{}", "", "<html>"];
        for other in odd.into_iter().chain([free, r#"{"purchaseIndicators": []}"#]) {
            assert!(!says_withdrawn(other.as_bytes()), "{other}");
        }
    }
}
