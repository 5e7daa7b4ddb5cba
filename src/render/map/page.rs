//! The HTML page of the map. The file contains its style, script and data, and loads nothing.
//!
//! The Content-Security-Policy in it allows only this style and this script, by their hashes. So data can't run as a
//! script, and the page can't send anything.

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::render::escape;

const STYLE: &str = include_str!("page.css");

/// The parts of the script, in the order of their dependencies. They form one module and share its scope.
const SCRIPT: &str = concat!(
    include_str!("page/data.js"),
    include_str!("page/parts.js"),
    include_str!("page/tree.js"),
    include_str!("page/views.js"),
    include_str!("page/app.js"),
);

/// The values for `page.html`. The template escapes all of them except the three that it marks as `safe`.
#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    policy: String,
    version: &'a str,
    title: &'a str,
    style: &'a str,
    script: &'a str,
    data: &'a str,
}

/// The HTML file that shows `data_json`. The JSON stands in a script element, so each `<` in it is escaped: a
/// `</script>` would end the element. In JSON `<` occurs only in strings, where it can be escaped.
pub fn page(data_json: &str, title: &str) -> String {
    let script = without_comments(SCRIPT);
    let policy = format!(
        "default-src 'none'; style-src {}; script-src {}; img-src data:; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        hash(STYLE),
        hash(&script)
    );
    let title = escape::visible(title);
    let data = data_json.replace('<', "\\u003c");
    let version = env!("CARGO_PKG_VERSION");
    Page { policy, version, title: &title, style: STYLE, script: &script, data: &data }.to_string()
}

/// Removes lines that contain only a comment, to make the page smaller.
fn without_comments(script: &str) -> String {
    let is_comment = |line: &&str| ["//", "/*", "* ", "*/"].iter().any(|start| line.trim_start().starts_with(start));
    script.lines().filter(|line| !is_comment(line)).flat_map(|line| [line, "\n"]).collect()
}

/// The CSP source that allows exactly this text.
fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text between two others.
    fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
        text.split_once(start).and_then(|(_, rest)| rest.split_once(end)).map(|(found, _)| found).expect(start)
    }

    #[test]
    fn policy_names_the_style_and_the_script_that_are_in_the_page() {
        let page = page("{}", "acme");
        let policy = between(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"").replace("&#39;", "'");
        let style = hash(between(&page, "<style>", "</style>"));
        let script = hash(between(&page, "<script type=\"module\">", "</script>"));
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert!(policy.contains(&format!("style-src {style};")), "{policy}");
        assert!(policy.contains(&format!("script-src {script};")), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }

    #[test]
    fn a_hash_is_the_one_that_browsers_compute() {
        assert_eq!(hash(""), "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
    }

    #[test]
    fn data_can_not_end_its_element() {
        let data = r#"{"name":"</script><script>alert(1)</script><!--"}"#;
        let page = page(data, "acme");
        let written = between(&page, "<script type=\"application/json\" id=\"data\">", "</script>");
        assert!(!written.contains('<'), "{written}");
        let read: serde_json::Value = serde_json::from_str(written).unwrap();
        assert_eq!(read, serde_json::from_str::<serde_json::Value>(data).unwrap());
    }

    #[test]
    fn title_is_text() {
        let page = page("{}", "</title><script>alert(1)</script>\u{202e}");
        assert_eq!(between(&page, "<title>", "</title>").matches('<').count(), 0);
        assert!(page.contains("&#60;/title&#62;"), "{}", between(&page, "<title>", "</title>"));
        assert!(page.contains("⟨U+202E⟩"));
    }

    #[test]
    fn page_is_light_and_names_its_maker() {
        let page = page("", "acme");
        assert!(page.len() < 80_000, "{} bytes without data", page.len());
        assert!(page.contains(concat!("content=\"catalog-sync ", env!("CARGO_PKG_VERSION"), "\"")));
        assert!(page.contains("<meta name=\"referrer\" content=\"no-referrer\">"));
    }

    #[test]
    fn script_and_style_use_nothing_that_the_policy_refuses_or_that_ends_their_element() {
        for word in
            ["</script", "<!--", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "fetch("]
        {
            assert!(!SCRIPT.contains(word), "{word}");
        }
        for word in ["</style", "url(", "@import"] {
            assert!(!STYLE.contains(word), "{word}");
        }
    }
}
