//! A saved plan or report, which anybody may have edited. A document that is read is written again with the same
//! content.

use catalog_sync::plan::wire::{Beside, plan_from_json, plan_to_json, report_from_json, report_to_json};

/// Reads a file as each kind of document.
pub(super) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(plan) = plan_from_json(text) {
        let again = plan_from_json(&plan_to_json(&plan));
        assert_eq!(again.ok(), Some(plan), "a plan that was read is written otherwise");
    }
    if let Ok(report) = report_from_json(text) {
        let again = report_from_json(&report_to_json(&report));
        assert_eq!(again.ok(), Some(report), "a report that was read is written otherwise");
    }
    let _beside = Beside::from_json(text);
}
