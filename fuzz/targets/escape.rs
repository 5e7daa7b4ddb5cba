//! Foreign text escaped for a terminal, a log, a comment, an address and a hidden marker. It neither ends the place it
//! is put into nor starts markup of its own.

use catalog_sync::render::escape::{command, markdown, terminal, visible};

/// Escapes a text for every place that foreign text is written to.
pub(super) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for shown in [visible(&text), terminal(&text)] {
        assert!(
            !shown.chars().any(|c| c.is_control() || c == '\u{202e}'),
            "a character that a terminal obeys: {shown:?}"
        );
    }
    let in_log = terminal(&text);
    assert!(!in_log.trim_start().starts_with("::") && !in_log.contains("##["), "a workflow command: {in_log:?}");
    let message = command::message(&text);
    assert!(!message.contains(['\n', '\r']) && !message.contains("##["), "a second line: {message:?}");
    let command = command::command("error", &[("file", text.to_string())], &text);
    assert!(command.starts_with("::error") && command.lines().count() == 1, "another command: {command:?}");
    let inline = markdown::inline(&text);
    assert!(!inline.contains(['<', '>', '|', '`', '*', '[', '"', '\n', '\r']), "markup: {inline:?}");
    let mention = |(at, _): (usize, &str)| inline[at + 1..].starts_with(char::is_alphanumeric);
    assert!(!inline.match_indices('@').any(mention), "a mention: {inline:?}");
    assert!(!inline.contains("://") && !inline.to_ascii_lowercase().contains("www."), "a link: {inline:?}");
    let code = markdown::code(&text);
    let ticks = code.chars().take_while(|c| *c == '`').count();
    let inside = code.get(ticks..code.len().saturating_sub(ticks)).unwrap_or_default();
    assert!(ticks == 0 || !inside.contains(&"`".repeat(ticks)), "code that ends early: {code:?}");
    let fenced = markdown::fenced("text", &visible(&text));
    let fence = fenced.lines().last().unwrap_or_default();
    assert_eq!(fenced.lines().filter(|line| line.contains(fence)).count(), 2, "a block that ends early: {fenced:?}");
    let json = serde_json::to_string(&text).expect("JSON");
    let comment = markdown::comment("tag", &json);
    let inside = comment.trim_start_matches("<!--").trim_end_matches("-->");
    assert!(!inside.contains("--") && !inside.contains(['<', '>', '\n']), "a comment that ends early: {comment:?}");
    let kept = inside.trim().strip_prefix("tag ").expect("its tag");
    assert_eq!(serde_json::from_str::<String>(kept).ok().as_deref(), Some(&*text), "a marker says something else");
    let path = markdown::url_path(&text);
    assert!(path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte)), "{path:?}");
    let link = markdown::link(&text, &text);
    assert!(link.matches("](").count() <= 1 && !link.contains('<'), "a link that ends early: {link:?}");
}
