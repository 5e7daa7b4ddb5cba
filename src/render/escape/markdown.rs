//! Escapes foreign text for GitHub's markdown. It uses entities and not backslashes, because entities also work inside
//! HTML and table cells.

use std::fmt::Write;

use super::{clip, visible};

/// A zero-width space. It breaks links and mentions that GitHub makes after rendering, when entities don't help any
/// more.
const BREAK: &str = "&#8203;";

/// Escapes foreign text inside a line. It can't become markup, HTML, a mention or a link. Don't put it at the beginning
/// of a line, where a `-` or `1.` would start a list.
pub fn inline(text: &str) -> String {
    let text = clip(text);
    let text = visible(&text);
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for (at, c) in text.char_indices() {
        let (before, behind) = text.split_at(at);
        let next = behind.chars().nth(1);
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\\' | '|' | '[' | ']' | '*' | '_' | '`' | '~' | '$' | '#' => {
                // Writing to a String can't fail.
                let _ = write!(out, "&#{};", u32::from(c));
            }
            '.' if ends_with(before, "www") => out.push_str("&#8203;."),
            c => out.push(c),
        }
        let breaks = match c {
            '@' => next.is_some_and(char::is_alphanumeric),
            '#' => next.is_some_and(|next| next.is_ascii_digit()),
            '-' => ends_with(before, "gh") && next.is_some_and(|next| next.is_ascii_digit()),
            ':' => behind.starts_with("://"),
            _ => false,
        };
        if breaks {
            out.push_str(BREAK);
        }
    }
    out
}

fn ends_with(text: &str, end: &str) -> bool {
    let from = text.len().checked_sub(end.len());
    from.and_then(|from| text.get(from..)).is_some_and(|last| last.eq_ignore_ascii_case(end))
}

/// Foreign text as inline code, delimited by more backticks than the text has in a row. Not for table cells, where a
/// `|` ends even code, and not inside HTML: see [`html_code`]. Blank text gives an empty string.
pub fn code(text: &str) -> String {
    let text = clip(text);
    let text = visible(&text);
    if text.trim().is_empty() {
        return String::new();
    }
    let ticks = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// Foreign text as code for HTML, such as a `<summary>`, and for table cells.
pub fn html_code(text: &str) -> String {
    format!("<code>{}</code>", inline(text))
}

/// A sentence in which text between backticks becomes code. All other markup is escaped.
pub fn prose(text: &str) -> String {
    let mut parts = text.split('`').peekable();
    let mut out = String::new();
    let mut is_code = false;
    while let Some(part) = parts.next() {
        match (is_code, parts.peek().is_some()) {
            (true, true) => out.push_str(&html_code(part)),
            // A backtick without a closing one is text.
            (true, false) => out.push_str(&inline(&format!("`{part}"))),
            (false, _) => out.push_str(&inline(part)),
        }
        is_code = !is_code;
    }
    out
}

/// A fenced code block whose fence is longer than any run of backticks in it. The lines must be [`visible`] already.
pub fn fenced(language: &str, body: &str) -> String {
    let fence = "`".repeat(longest_run(body).max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", body.trim_end_matches('\n'))
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// A hidden comment with JSON: `<!-- tag {…} -->`. It contains no `--` and no angle brackets, so that nothing in it can
/// end the comment. In JSON these characters occur only in strings, where they can be escaped.
pub fn comment(tag: &str, json: &str) -> String {
    let json = json.replace("--", "-\\u002d").replace("--", "-\\u002d").replace('<', "\\u003c").replace('>', "\\u003e");
    format!("<!-- {tag} {} -->", json.replace(['\n', '\r'], " "))
}

/// Escapes a path for a URL.
pub fn url_path(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String can't fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A link. Only the text is left if the address is not a web address or has characters that could end the link.
pub fn link(text: &str, url: &str) -> String {
    let web = url.starts_with("https://") || url.starts_with("http://");
    let odd = |c: char| c.is_whitespace() || c.is_control() || "()<>\\\"`|".contains(c);
    if web && !url.contains(odd) { format!("[{}]({url})", inline(text)) } else { inline(text) }
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::NASTY;
    use super::*;

    #[test]
    fn plain_names_stay_readable() {
        assert_eq!(
            inline("Workloads/Production (EU), v1.2: 50% = Süd-Büro 東京!"),
            "Workloads/Production (EU), v1.2: 50% = Süd-Büro 東京!"
        );
    }

    #[test]
    fn markup_is_text() {
        assert_eq!(
            inline("a|b [x](y) **b** _i_ `c` ~~s~~ \\ $m$"),
            "a&#124;b &#91;x&#93;(y) &#42;&#42;b&#42;&#42; &#95;i&#95; &#96;c&#96; &#126;&#126;s&#126;&#126; &#92; &#36;m&#36;"
        );
        assert_eq!(inline("</details><!-- & -->\n# x"), "&lt;/details&gt;&lt;!-- &amp; --&gt; &#35; x");
    }

    #[test]
    fn nobody_is_mentioned_and_nothing_linked() {
        assert_eq!(inline("@team me@x.org"), "@&#8203;team me@&#8203;x.org");
        assert_eq!(inline("#1 a/b#2 GH-3 gh-x"), "&#35;&#8203;1 a/b&#35;&#8203;2 GH-&#8203;3 gh-x");
        assert_eq!(inline("https://a.b WWW.a.b"), "https:&#8203;//a.b WWW&#8203;.a.b");
    }

    #[test]
    fn code_ends_where_it_should() {
        assert_eq!(code("exp-1"), "`exp-1`");
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(code("`a"), "`` `a ``");
        assert_eq!(code(" \n"), "");
        assert_eq!(fenced("diff", "+ a ``` b\n"), "````diff\n+ a ``` b\n````\n");
    }

    #[test]
    fn prose_has_code_and_nothing_else() {
        assert_eq!(prose("say `--allow-removals 3` to @me"), "say <code>--allow-removals 3</code> to @&#8203;me");
        assert_eq!(prose("one ` alone <b>"), "one &#96; alone &lt;b&gt;");
        assert_eq!(prose("`a` and `b"), "<code>a</code> and &#96;b");
    }

    #[test]
    fn a_comment_holds_any_json() {
        for &evil in NASTY.iter().chain(&["--", "---", "----", "-->", "--!>", "<!--"]) {
            let json = serde_json::json!({ "name": evil }).to_string();
            let comment = comment("catalog-sync:plan", &json);
            let inner = comment.strip_prefix("<!-- catalog-sync:plan ").unwrap().strip_suffix(" -->").unwrap();
            assert!(!inner.contains("--") && !inner.contains('>') && !inner.contains('\n'), "{inner}");
            let back: serde_json::Value = serde_json::from_str(inner).unwrap();
            assert_eq!(back["name"], evil);
        }
    }

    #[test]
    fn a_link_goes_where_it_says_or_nowhere() {
        assert_eq!(link("run [1]", "https://x.y/z"), "[run &#91;1&#93;](https://x.y/z)");
        assert_eq!(link("x", "javascript:alert(1)"), "x");
        assert_eq!(link("x", "https://a.b/) <b>"), "x");
        assert_eq!(url_path("catalog/a b(1)#.yaml"), "catalog/a%20b%281%29%23.yaml");
    }
}
