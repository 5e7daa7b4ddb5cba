//! Delayed visibility: Service Catalog shows additions and removals only after a while.

use serde::{Deserialize, Serialize};

use super::is_default;

/// The visibility of an object. Each later request to Service Catalog in its account and region is a step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lag {
    /// The steps until it is visible for good.
    #[serde(skip_serializing_if = "is_default")]
    pub appears: u32,
    /// The steps until a removed object is gone. `None` if it was not removed.
    #[serde(skip_serializing_if = "is_default")]
    pub goes: Option<u32>,
    /// Whether it is visible for one step, then hidden for one, before it is visible for good.
    #[serde(skip_serializing_if = "is_default")]
    pub flickers: bool,
}

impl Lag {
    /// A new object that becomes visible after `steps`.
    pub(in crate::sandbox) fn made(steps: u32) -> Self {
        Self { appears: steps, ..Self::default() }
    }

    /// A new object that becomes visible after `steps`, disappears for one step, and then stays.
    pub(in crate::sandbox) fn flickering(steps: u32) -> Self {
        Self { appears: steps.saturating_add(2), flickers: true, ..Self::default() }
    }

    /// Removes the object. `false` means that it is gone at once.
    pub(in crate::sandbox) fn take_away(&mut self, steps: u32) -> bool {
        self.goes = Some(self.goes.map_or(steps, |before| before.min(steps)));
        steps > 0
    }

    /// Moves on by one step. `false` means that the object is gone.
    pub(in crate::sandbox) fn step(&mut self) -> bool {
        self.appears = self.appears.saturating_sub(1);
        self.flickers &= self.appears > 0;
        self.goes = self.goes.map(|steps| steps.saturating_sub(1));
        self.goes != Some(0)
    }

    /// Whether the object is visible.
    pub(in crate::sandbox) fn is_seen(self) -> bool {
        self.appears == 0 || (self.flickers && self.appears == 2)
    }

    /// Whether the object was removed, even if it is still visible.
    pub(in crate::sandbox) fn is_going(self) -> bool {
        self.goes.is_some()
    }
}
