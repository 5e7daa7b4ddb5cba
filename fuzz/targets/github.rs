//! Input from GitHub: event payloads, the requests in them, and texts with a hidden marker, which people can edit.

use catalog_sync::github::event::Occasion;
use catalog_sync::github::marker::{
    AdoptMarker, ApplyMarker, DriftMarker, Marker, PlanMarker, RequestMarker, is_about, is_marked,
};
use catalog_sync::github::request;
use catalog_sync::render::markdown::{is_about as is_about_target, is_current};

const EVENTS: [&str; 8] = [
    "pull_request",
    "pull_request_review",
    "merge_group",
    "push",
    "schedule",
    "repository_dispatch",
    "workflow_dispatch",
    "pull_request_target",
];

/// Reads a text as every kind of input that GitHub gives.
pub(super) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for name in EVENTS {
        let _occasion = Occasion::read(name, text);
    }
    let _request = request::read(text);
    same::<PlanMarker>(text);
    same::<ApplyMarker>(text);
    same::<DriftMarker>(text);
    same::<RequestMarker>(text);
    same::<AdoptMarker>(text);
    let _about = is_about_target(text, std::iter::empty());
    let _current = is_current(text);
}

/// Reads a marker, writes it and reads it again: the result must be the same marker.
fn same<M: Marker + PartialEq + std::fmt::Debug>(text: &str) {
    let _marked = (is_marked::<M>(text, "catalog"), is_about::<M>(text, "catalog"));
    if let Some(marker) = M::read(text) {
        let written = marker.write();
        assert_eq!(written.matches("-->").count(), 1, "a marker that ends early: {written:?}");
        assert_eq!(M::read(&written), Some(marker), "a marker that was read is written otherwise");
    }
}
