//! Foreign text in GitHub's markdown. Entities, not backslashes, since they hold inside HTML and table cells too.

use std::fmt::Write;

use super::{clip, visible};

/// Breaks what GitHub would make a link or a mention of after rendering, where no entity helps: a zero-width space.
const BREAK: &str = "&#8203;";

/// Foreign text among words. It is no markup, no HTML, nobody is mentioned and nothing linked. Never put it at the
/// beginning of a line: a `-` or `1.` there would be a list.
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

/// Foreign text as code among words, by a run of backticks longer than any inside. Not for table cells, which end
/// at a `|` even in code, nor inside HTML: see [`html_code`]. Empty text is nothing at all.
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

/// Foreign text as code inside HTML, such as a `<summary>`, and in table cells.
pub fn html_code(text: &str) -> String {
    format!("<code>{}</code>", inline(text))
}

/// A sentence in which what stands between two backticks is code. Nothing in it can be markup of another kind.
pub fn prose(text: &str) -> String {
    let mut parts = text.split('`').peekable();
    let mut out = String::new();
    let mut is_code = false;
    while let Some(part) = parts.next() {
        match (is_code, parts.peek().is_some()) {
            (true, true) => out.push_str(&html_code(part)),
            // A backtick that nothing closes is text.
            (true, false) => out.push_str(&inline(&format!("`{part}"))),
            (false, _) => out.push_str(&inline(part)),
        }
        is_code = !is_code;
    }
    out
}

/// Lines as a block of code that nothing in them can end. Their texts have to be [`visible`] already, one line each.
pub fn fenced(language: &str, body: &str) -> String {
    let fence = "`".repeat(longest_run(body).max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", body.trim_end_matches('\n'))
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// A hidden comment that holds JSON: `<!-- tag {…} -->`. Two hyphens never meet in it, and no angle bracket is in
/// it, so nothing inside can end it. JSON has these characters in strings only, where an escape means the same.
pub fn comment(tag: &str, json: &str) -> String {
    let json = json.replace("--", "-\\u002d").replace("--", "-\\u002d").replace('<', "\\u003c").replace('>', "\\u003e");
    format!("<!-- {tag} {} -->", json.replace(['\n', '\r'], " "))
}

/// A path as part of an address.
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

/// A link. An address that is none, or could end the link, leaves the text alone.
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
