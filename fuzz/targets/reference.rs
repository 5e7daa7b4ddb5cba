//! Text that a person pastes to name a product. Reading it gives nothing, or an id that is safe in a request.

use catalog_sync::model::offer::Reference;

/// Reads a text as an id or a web address.
pub(super) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Some(reference) = Reference::of(&text) else { return };
    let (Reference::Product(id) | Reference::Listing(id)) = &reference;
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    assert!((1..=255).contains(&id.len()) && id.chars().all(fits), "not an id: {id:?}");
    assert_eq!(Reference::of(id).as_ref(), Some(&reference), "an id that was read means something else");
}
