//! The duration of asynchronous work, and its failures.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{Lag, is_default};

/// How many steps asynchronous work takes. Each later request to the same service in the owner's account, region or
/// organization is a step. In addition, `share_ms` and `change_set_ms` set a minimum of real time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pending {
    /// Steps of a share action. Requests to Service Catalog in its account and region count.
    pub share: u32,
    /// Steps of a change set. Requests to the Marketplace Catalog in its organization count.
    pub change_set: u32,
    /// Steps until a principal's association or disassociation is visible. Requests to Service Catalog in its account
    /// and region count.
    pub principal: u32,
    /// Steps until a product's association or disassociation is visible. Counted in the same way.
    pub product: u32,
    /// Whether a new product in a portfolio is visible once, then hidden for one request, before it is visible for
    /// good.
    #[serde(skip_serializing_if = "is_default")]
    pub product_flickers: bool,
    /// Steps until a constraint is `AVAILABLE` or `FAILED` after a change, and until a deleted one is gone.
    pub constraint: u32,
    /// Steps of a copy of a product.
    pub copy: u32,
    /// The least time of a share action, in milliseconds.
    #[serde(skip_serializing_if = "is_default")]
    pub share_ms: u64,
    /// The least time of a change set, in milliseconds.
    #[serde(skip_serializing_if = "is_default")]
    pub change_set_ms: u64,
}

impl Default for Pending {
    fn default() -> Self {
        Self {
            share: 2,
            change_set: 2,
            principal: 2,
            product: 2,
            product_flickers: false,
            constraint: 2,
            copy: 2,
            share_ms: 0,
            change_set_ms: 0,
        }
    }
}

impl Pending {
    /// The visibility of a product that was just put into a portfolio.
    pub(in crate::sandbox) fn product_lag(&self) -> Lag {
        if self.product_flickers { Lag::flickering(self.product) } else { Lag::made(self.product) }
    }

    /// Whether a share action has ended after `looks` steps. The minimum time counts from `begun`. If another process
    /// started the action, the minimum time counts as over.
    pub(in crate::sandbox) fn share_is_over(&self, looks: u32, begun: Option<Instant>) -> bool {
        is_over(self.share, self.share_ms, looks, begun)
    }

    /// The same for a change set.
    pub(in crate::sandbox) fn change_set_is_over(&self, looks: u32, begun: Option<Instant>) -> bool {
        is_over(self.change_set, self.change_set_ms, looks, begun)
    }
}

fn is_over(steps: u32, ms: u64, looks: u32, begun: Option<Instant>) -> bool {
    looks >= steps && begun.is_none_or(|begun| begun.elapsed() >= Duration::from_millis(ms))
}

/// A constraint or a copy that ends `FAILED`. `times` counts down in the world, and the failure is removed at 0.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProductFailure {
    /// A glob of the calling account. If left out, any.
    #[serde(skip_serializing_if = "is_default")]
    pub account: Option<String>,
    /// A glob of the product, for a copy of its source. If left out, any.
    #[serde(skip_serializing_if = "is_default")]
    pub product: Option<String>,
    /// `StatusDetail` of a copy. Constraints don't use it.
    #[serde(skip_serializing_if = "is_default")]
    pub detail: String,
    /// How many fail. If left out, all.
    #[serde(skip_serializing_if = "is_default")]
    pub times: Option<u32>,
}

impl ProductFailure {
    /// The first failure of the list that matches a constraint or a copy. Counts it.
    pub(in crate::sandbox) fn meet(list: &mut Vec<Self>, account: &str, product: &str) -> Option<Self> {
        let fits = |pattern: &Option<String>, text: &str| {
            pattern.as_ref().is_none_or(|pattern| crate::sandbox::codec::matches(pattern, text))
        };
        let met = list.iter_mut().find(|it| fits(&it.account, account) && fits(&it.product, product))?;
        met.times = met.times.map(|times| times.saturating_sub(1));
        let met = met.clone();
        list.retain(|it| it.times != Some(0));
        Some(met)
    }
}
