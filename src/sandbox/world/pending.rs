//! How long things take, and which of them end badly.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{Lag, is_default};

/// How many looks an asynchronous thing takes to end. A look is a later request to the same
/// service that concerns the thing's owner, and then for a time, which is none unless a world says so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pending {
    /// Share actions; later requests to Service Catalog in that account and region count.
    pub share: u32,
    /// Change sets; later requests to the Marketplace Catalog in that organization count.
    pub change_set: u32,
    /// A principal that was put on a portfolio or taken off it; later requests to Service Catalog in that account and
    /// region count, until it is seen.
    pub principal: u32,
    /// A product that was put into a portfolio or taken out of it, likewise.
    pub product: u32,
    /// A product that was put into a portfolio is seen once, and then not for one request, before it is there for good.
    #[serde(skip_serializing_if = "is_default")]
    pub product_flickers: bool,
    /// A constraint: until it is `AVAILABLE` or `FAILED` after a change, and until it is gone.
    pub constraint: u32,
    /// Copies of products.
    pub copy: u32,
    /// How long share actions take at least, in milliseconds.
    #[serde(skip_serializing_if = "is_default")]
    pub share_ms: u64,
    /// How long change sets take at least, in milliseconds.
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
    /// When a product can be seen that was just put into a portfolio.
    pub(in crate::sandbox) fn product_lag(&self) -> Lag {
        if self.product_flickers { Lag::flickering(self.product) } else { Lag::made(self.product) }
    }

    /// Whether a share action has ended that began at `begun` and had so many looks. One that another process began has
    /// had its time.
    pub(in crate::sandbox) fn share_is_over(&self, looks: u32, begun: Option<Instant>) -> bool {
        is_over(self.share, self.share_ms, looks, begun)
    }

    /// The same of a change set.
    pub(in crate::sandbox) fn change_set_is_over(&self, looks: u32, begun: Option<Instant>) -> bool {
        is_over(self.change_set, self.change_set_ms, looks, begun)
    }
}

fn is_over(steps: u32, ms: u64, looks: u32, begun: Option<Instant>) -> bool {
    looks >= steps && begun.is_none_or(|begun| begun.elapsed() >= Duration::from_millis(ms))
}

/// A constraint or a copy that ends `FAILED`. The world counts: one that has happened often enough is gone from it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProductFailure {
    /// A glob of the account that asks; left out: any.
    #[serde(skip_serializing_if = "is_default")]
    pub account: Option<String>,
    /// A glob of the product, which for a copy is its source; left out: any.
    #[serde(skip_serializing_if = "is_default")]
    pub product: Option<String>,
    /// `StatusDetail` of a copy. Constraints have none.
    #[serde(skip_serializing_if = "is_default")]
    pub detail: String,
    /// How many fail; left out: all.
    #[serde(skip_serializing_if = "is_default")]
    pub times: Option<u32>,
}

impl ProductFailure {
    /// Meets a constraint or a copy that begins: the failure of the list that is for it, which counts.
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
