//! What the last day of an entry means today. Days are UTC.

use jiff::civil::Date;

use super::scalar::Day;
use crate::model::desired::Until;

/// An entry that ends within so many days is worth a look.
const NEAR_DAYS: i64 = 30;

/// How many days an entry still counts, 0 on its last. `None` where that is farther than is worth a look, or past.
pub(super) fn days_left(Day(day): Day, today: Date) -> Option<i64> {
    let days = i64::from((day - today).get_days());
    (0..=NEAR_DAYS).contains(&days).then_some(days)
}

/// Whether an entry no longer counts.
pub(super) fn is_over(Day(day): Day, today: Date) -> bool {
    day < today
}

pub(super) fn lowered(day: Day, today: Date) -> Until {
    Until { day: day.0, is_near: days_left(day, today).is_some() }
}
