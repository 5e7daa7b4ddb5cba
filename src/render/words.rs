//! Words for counting and listing.

use crate::model::change::{Plan, Target};
use crate::model::edit::{Edit, ExperienceEdit};

/// `1 target`, `2 targets`.
pub(super) fn count(number: usize, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {one}s"),
    }
}

/// `3 more are live, not listed and left alone`.
pub(super) fn left_alone(number: usize) -> String {
    let are = if number == 1 { "is" } else { "are" };
    format!("{number} more {are} live, not listed and left alone")
}

/// `a`, `a and b`, `a, b and c`, `a, b and 3 more`. Lists at most `room` items.
pub(super) fn some_of(items: &[String], room: usize) -> String {
    let more = items.len().saturating_sub(room);
    let shown = items.get(..items.len() - more).unwrap_or_default();
    let more = (more > 0).then(|| format!("{more} more"));
    match (shown, more) {
        (all, Some(more)) => format!("{} and {more}", all.join(", ")),
        ([one], None) => one.clone(),
        ([first @ .., last], None) => format!("{} and {last}", first.join(", ")),
        ([], None) => String::new(),
    }
}

/// A remark on the names of products.
pub(super) const PRODUCT_NAMES: &str =
    "Product names come from the catalog, or else from AWS Marketplace. Only the id counts.";

/// The heading above products that differ only in their notes.
pub(super) const OTHER_NOTES: &str =
    "In step, with other notes than in Git. Git's are sent with the next change to the product:";

/// Whether a plan shows the name of a product.
pub(super) fn names_products(plan: &Plan) -> bool {
    plan.changes().any(|(_, change)| {
        matches!(change.edit, Edit::Experience(ExperienceEdit::Product(_))) && !change.about.label.is_empty()
    })
}

/// The beginning of a digest: `sha256:9f2c41aa…`.
pub(super) fn short_digest(digest: &str) -> String {
    let (algorithm, hex) = digest.split_once(':').unwrap_or(("", digest));
    let short: String = hex.chars().take(12).collect();
    let colon = if algorithm.is_empty() { "" } else { ":" };
    let more = if short.len() < hex.len() { "…" } else { "" };
    format!("{algorithm}{colon}{short}{more}")
}

/// The last part of a path, for places where a title has the rest.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The headline if nothing differs, but it is unknown which accounts the shares reached.
pub(super) const REACH_UNKNOWN: &str = "unknown: it could not be checked whether every share reached its accounts";

/// `2 shares did not reach every account`. `None` if all did or this was not checked.
pub(super) fn incomplete_shares(plan: &Plan) -> Option<String> {
    match plan.targets.iter().map(|target| target.incomplete_shares.len()).sum() {
        0 => None,
        1 => Some("1 share did not reach every account".to_owned()),
        number => Some(format!("{number} shares did not reach every account")),
    }
}

/// `2 warnings are silenced by comments`. `None` if none is.
pub(super) fn silenced<'a>(targets: impl IntoIterator<Item = &'a Target>) -> Option<String> {
    match targets.into_iter().map(|target| target.silenced.len()).sum() {
        0 => None,
        1 => Some("1 warning is silenced by a comment".to_owned()),
        number => Some(format!("{number} warnings are silenced by comments")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_and_shortened_reads_well() {
        assert_eq!(count(1, "target"), "1 target");
        assert_eq!(count(0, "target"), "0 targets");
        let items = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
        assert_eq!(some_of(&items, 3), "a, b and c");
        assert_eq!(some_of(&items, 1), "a and 2 more");
        assert_eq!(some_of(&[], 1), "");
        assert_eq!(short_digest("sha256:0123456789abcdef"), "sha256:0123456789ab…");
        assert_eq!(short_digest("short"), "short");
        assert_eq!(file_name("catalog/portfolios/data.yaml"), "data.yaml");
    }
}
