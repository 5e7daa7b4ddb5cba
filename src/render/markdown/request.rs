//! The pull request that adds a product which a user asked for.

use std::fmt::Write as _;

use crate::model::request::{ProductRequest, Stage};
use crate::render::escape::markdown::{html_code, inline, prose};
use crate::render::escape::{clip, visible};

/// The content of the pull request.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The hidden first line.
    pub marker: &'a str,
    /// The request.
    pub request: &'a ProductRequest,
    /// The product list that gets the product.
    pub file: &'a str,
    /// The experiences that the list governs, by their names in the catalog.
    pub experiences: &'a [String],
    /// Whether others have pushed to the branch. catalog-sync doesn't write to it any more then.
    pub is_theirs: bool,
}

/// The product's title, or its id if there is none.
fn product(request: &ProductRequest) -> &str {
    request.title.as_deref().filter(|title| !title.trim().is_empty()).unwrap_or(request.product.as_str())
}

/// The title of the pull request. It becomes the message of the merge commit, where a reference to an issue could close
/// that issue. So it keeps only letters, digits and a few signs.
pub fn asked_title(request: &ProductRequest) -> String {
    const LONGEST: usize = 100;
    let title = visible(request.title.as_deref().unwrap_or_default()).into_owned();
    let plain = title.chars().map(|c| if c.is_alphanumeric() || " .,&()+_'".contains(c) { c } else { ' ' });
    let words = plain.take(LONGEST).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    let name = if words.is_empty() { request.product.as_str() } else { &words };
    format!("Approve {name}, asked for in Private Marketplace")
}

/// The text of the pull request.
pub fn asked(asked: &Asked<'_>) -> String {
    let Asked { marker, request, file, experiences, is_theirs } = asked;
    let ProductRequest { id, stage, product: product_id, title: _, vendor, experience, requester, expires } = request;
    let mut out = format!("{marker}\n### Somebody asks for {}\n\n", inline(product(request)));
    if *stage == Stage::Approved {
        out.push_str(
            "> [!WARNING]\n> It was approved in the console already. Until this is merged, that is drift, and `unlisted: deny` \
             takes it back.\n\n",
        );
    }
    let day = expires.as_deref().map(|text| text.split('T').next().unwrap_or(text));
    let rows = [
        ("Product", Some(html_code(product_id.as_str()))),
        ("Vendor", vendor.as_deref().map(|vendor| inline(&clip(vendor)))),
        ("Asked for by", requester.as_deref().map(html_code)),
        ("Request", Some(html_code(id.as_str()))),
        ("To be answered by", day.map(inline)),
        ("In the experience", Some(html_code(experience.as_str()))),
    ];
    out.push_str("| | |\n| --- | --- |\n");
    for (what, text) in rows.into_iter().filter_map(|(what, text)| Some((what, text?))) {
        // Writing to a String can't fail.
        let _ = writeln!(out, "| {what} | {text} |");
    }
    let governed = match experiences {
        [_] => "the one experience that the file governs".to_owned(),
        all => format!("all that the file governs ({})", all.join(", ")),
    };
    let said = [
        format!("Merged, this puts the product on the approved list of `{file}`: it can be bought in {governed}, and in those of the files that include it."),
        "Merge first, and answer the request in the console when that is applied. \"Approve\" pressed there earlier is drift until \
         this is merged."
            .to_owned(),
        "To turn it down, close this and decline the request in the console, with the address of this pull request as the \
         reason."
            .to_owned(),
    ];
    out.push('\n');
    for sentence in said {
        let _ = write!(out, "{}\n\n", prose(&sentence));
    }
    if *is_theirs {
        out.push_str("This branch has commits by others: it is theirs now, and catalog-sync does not write to it.\n\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample::NASTY;

    fn request(text: &str) -> ProductRequest {
        ProductRequest {
            id: "3d4c9f9b-b809-4f5e-9fac-a9ae98b05cbb".parse().unwrap(),
            stage: Stage::Created,
            product: "prod-1".parse().unwrap(),
            title: Some(text.to_owned()),
            vendor: Some(text.to_owned()),
            experience: "exp-1".parse().unwrap(),
            requester: Some(text.to_owned()),
            expires: Some(text.to_owned()),
        }
    }

    #[test]
    fn nothing_of_a_stranger_is_markup() {
        for &evil in NASTY.iter().chain(&["fixes #12", "closes GH-7, acme/x#3", "@team", "a | b\n| c |", "<!-- x"]) {
            let request = request(evil);
            let experiences = ["acme exp-1".to_owned()];
            let of = Asked {
                marker: "<!-- m -->",
                request: &request,
                file: "a.yaml",
                experiences: &experiences,
                is_theirs: false,
            };
            let text = asked(&of);
            assert_eq!(text.matches("<!--").count(), 1, "{text}");
            assert_eq!(text.lines().filter(|line| line.starts_with('|')).count(), 8, "{text}");
            let title = asked_title(&request);
            assert!(!title.contains(['#', '@', '-', ':', '`', '\n', '<']), "{title}");
        }
        assert_eq!(asked_title(&request("MSP360 Backup")), "Approve MSP360 Backup, asked for in Private Marketplace");
        assert_eq!(asked_title(&request("  ")), "Approve prod-1, asked for in Private Marketplace");
    }
}
