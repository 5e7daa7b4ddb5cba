//! Evaluates `until` on the current day. Days are UTC.

use jiff::civil::Date;

use super::scalar::Day;
use crate::model::desired::Until;

/// The number of days before its end in which an entry counts as near.
const NEAR_DAYS: i64 = 30;

/// The days that an entry still counts, 0 on its last day. `None` if that is more than [`NEAR_DAYS`], or in the past.
pub(super) fn days_left(Day(day): Day, today: Date) -> Option<i64> {
    let days = i64::from((day - today).get_days());
    (0..=NEAR_DAYS).contains(&days).then_some(days)
}

/// Whether the entry's last day has passed.
pub(super) fn is_over(Day(day): Day, today: Date) -> bool {
    day < today
}

pub(super) fn lowered(day: Day, today: Date) -> Until {
    Until { day: day.0, is_near: days_left(day, today).is_some() }
}
