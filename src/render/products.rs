//! Products of AWS Marketplace: as a table, as entries of a product list, and as JSON.

use std::fmt::Write;

use serde_json::json;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::escape;
use crate::model::offer::Offer;

/// The least width that names and vendors are cut to.
const NARROWEST: usize = 12;
/// The most width of a column.
const WIDEST: usize = 44;
/// The number of columns that are never dropped: id, name and vendor.
const KEPT: usize = 3;

/// Shown in place of the price of a withdrawn product.
const WITHDRAWN: &str = "can't be bought any more";

/// A table with a line for each product, no wider than `width` if ids allow. First the columns on the right are
/// dropped, then vendors and names are cut. Ids are never cut.
pub fn text(offers: &[Offer], width: Option<usize>) -> String {
    let rows: Vec<[String; 6]> = offers.iter().map(cells).collect();
    let mut widths: Vec<usize> = (0..6)
        .map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.width()).max().unwrap_or(0))
        .collect();
    for width in widths.iter_mut().skip(1).take(4) {
        *width = (*width).min(WIDEST);
    }
    if let Some(width) = width {
        let total = |widths: &[usize]| widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
        while widths.len() > KEPT && total(&widths) > width {
            widths.pop();
        }
        for at in [2, 1] {
            let over = total(&widths).saturating_sub(width);
            if let Some(column) = widths.get_mut(at) {
                *column = (*column).min(column.saturating_sub(over).max(NARROWEST));
            }
        }
    }
    let mut out = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let cell = cut(cell, *width);
            let blanks = width.saturating_sub(cell.width()) + 2;
            // Writing to a String can't fail.
            let _ = write!(line, "{cell}{:blanks$}", "");
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn cells(offer: &Offer) -> [String; 6] {
    let Offer { id, name, vendor, kinds, pricing, listing, is_withdrawn } = offer;
    let cell = |text: &str| escape::terminal(text).into_owned();
    [
        cell(id),
        cell(name),
        cell(vendor.as_deref().unwrap_or_default()),
        cell(&kinds.join(", ")),
        // AWS gives no price for a withdrawn product.
        cell(&if *is_withdrawn { WITHDRAWN.to_owned() } else { pricing.join(", ") }),
        cell(listing.as_deref().unwrap_or_default()),
    ]
}

fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// Entries to paste below `approved:` or `rejected:`. The vendor is in a comment.
pub fn yaml(offers: &[Offer]) -> String {
    let mut out = String::new();
    for Offer { id, name, vendor, kinds: _, pricing: _, listing: _, is_withdrawn } in offers {
        // A JSON string is also a YAML string, and its escapes keep the text inside the quotes.
        let quoted = |text: &str| json!(escape::visible(text)).to_string();
        let vendor = vendor.as_deref().map(|vendor| escape::visible(vendor).into_owned());
        let words: Vec<String> = vendor.into_iter().chain(is_withdrawn.then(|| WITHDRAWN.to_owned())).collect();
        let comment = if words.is_empty() { String::new() } else { format!(" # {}", words.join(", ")) };
        let _ = writeln!(out, "  - id: {}{comment}\n    name: {}", quoted(id), quoted(name));
    }
    out
}

/// The products, and the ids that are unknown, as JSON.
pub fn json(offers: &[Offer], unknown: &[String], is_sandbox: bool) -> String {
    let document = json!({"format_version": 1, "sandbox": is_sandbox, "products": offers, "unknown": unknown});
    format!("{document:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(id: &str, name: &str) -> Offer {
        Offer {
            id: id.to_owned(),
            name: name.to_owned(),
            vendor: Some("A vendor with a long name".to_owned()),
            kinds: vec!["SaaS".to_owned()],
            pricing: vec!["Usage".to_owned()],
            listing: Some("prodview-abc".to_owned()),
            is_withdrawn: false,
        }
    }

    #[test]
    fn product_that_is_off_sale_says_so_everywhere() {
        let offers = [Offer { is_withdrawn: true, pricing: Vec::new(), ..offer("prod-1", "A") }];
        for out in [text(&offers, None), yaml(&offers)] {
            assert!(out.contains("can't be bought any more"), "{out}");
        }
        assert!(json(&offers, &[], false).contains("\"withdrawn\": true"));
        assert!(!json(&[offer("prod-1", "A")], &[], false).contains("withdrawn"));
    }

    #[test]
    fn a_table_fits_the_terminal_and_never_cuts_an_id() {
        let offers = [offer("prod-4xk6p2ab3cdef", &"東京".repeat(20)), offer(&"x".repeat(36), "B")];
        for width in [70, 90, 200] {
            let text = text(&offers, Some(width));
            assert!(text.lines().all(|line| line.width() <= width), "{text}");
            assert!(text.contains(&"x".repeat(36)), "{text}");
        }
        assert!(text(&offers, None).contains("prodview-abc"));
    }

    #[test]
    fn hostile_name_stays_in_its_place() {
        let hostile = "\u{1b}[31mx\"\n- id: prod-evil\u{202e} # ::error::";
        let offers = [Offer { vendor: Some(hostile.to_owned()), ..offer("prod-1", hostile) }];
        for out in [text(&offers, None), yaml(&offers)] {
            assert!(!out.contains(['\u{1b}', '\u{202e}']), "{out}");
            assert!(out.lines().all(|line| !line.trim_start().starts_with("- id: prod-evil")), "{out}");
        }
        let read: Vec<std::collections::BTreeMap<String, String>> = serde_yaml::from_str(&yaml(&offers)).unwrap();
        assert_eq!((read.len(), read[0]["id"].as_str()), (1, "prod-1"));
    }
}
