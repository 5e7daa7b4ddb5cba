//! A product list that a request adds an entry to. If the edit is accepted, every byte of the original is still there,
//! in order.

use catalog_sync::catalog::edit::{Entry, List, add};
use catalog_sync::model::id::ProductId;

/// Adds an entry to a file of these bytes. The entry's name, remark and notes are the same bytes.
pub(super) fn run(data: &[u8]) {
    let said = String::from_utf8_lossy(data);
    let id: ProductId = "prod-0000000000001".parse().expect("an id");
    let entry = Entry { id: &id, name: Some(&said), remark: Some(&said), notes: Some(&said) };
    for list in [List::Approved, List::Rejected] {
        let Ok(edited) = add(data, list, &entry) else { continue };
        let before = String::from_utf8(data.to_vec()).expect("only text is edited");
        let after = format!(
            "{}{}{}",
            before.get(..edited.at).expect("between characters"),
            edited.inserted,
            before.get(edited.at..).expect("between characters"),
        );
        assert!(
            after == edited.text || after.trim_start_matches('\u{feff}') == edited.text,
            "another byte was changed"
        );
    }
}
