//! When a change can be seen: Service Catalog shows what was made, and what was taken away, a while later.

use serde::{Deserialize, Serialize};

use super::is_default;

/// How far a thing has come in being seen. Each later request to Service Catalog in its account and region is a step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lag {
    /// Steps until it is there for good.
    #[serde(skip_serializing_if = "is_default")]
    pub appears: u32,
    /// It was taken away: steps until it is gone.
    #[serde(skip_serializing_if = "is_default")]
    pub goes: Option<u32>,
    /// It is seen once, and then not for a step, before it is there for good.
    #[serde(skip_serializing_if = "is_default")]
    pub flickers: bool,
}

impl Lag {
    /// A thing that was just made.
    pub(in crate::sandbox) fn made(steps: u32) -> Self {
        Self { appears: steps, ..Self::default() }
    }

    /// A thing that was just made, and is seen for a moment before it is there for good.
    pub(in crate::sandbox) fn flickering(steps: u32) -> Self {
        Self { appears: steps.saturating_add(2), flickers: true, ..Self::default() }
    }

    /// The thing is taken away. `false` where it is gone at once.
    pub(in crate::sandbox) fn take_away(&mut self, steps: u32) -> bool {
        self.goes = Some(self.goes.map_or(steps, |before| before.min(steps)));
        steps > 0
    }

    /// One step. `false` when the thing is gone.
    pub(in crate::sandbox) fn step(&mut self) -> bool {
        self.appears = self.appears.saturating_sub(1);
        self.flickers &= self.appears > 0;
        self.goes = self.goes.map(|steps| steps.saturating_sub(1));
        self.goes != Some(0)
    }

    /// Whether it can be seen.
    pub(in crate::sandbox) fn is_seen(self) -> bool {
        self.appears == 0 || (self.flickers && self.appears == 2)
    }

    /// Whether it was taken away, though it may still be seen.
    pub(in crate::sandbox) fn is_going(self) -> bool {
        self.goes.is_some()
    }
}
