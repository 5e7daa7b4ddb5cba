//! Escapes text for workflow commands, which GitHub's runner reads from the log.

use super::visible;

/// Escapes foreign text for the message of a command. Line breaks are kept, but no line can be a command of its own.
/// The runner accepts an older form of commands (`##[error]`) anywhere in a line.
pub fn message(text: &str) -> String {
    let lines: Vec<String> =
        text.lines().map(|line| visible(line).replace('%', "%25").replace("##[", "# #[")).collect();
    lines.join("%0A")
}

/// Escapes foreign text for the value of a property.
pub fn property(text: &str) -> String {
    visible(text).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}

/// `::name key=value,…::message`. Properties without a value are left out.
pub fn command(name: &str, properties: &[(&str, String)], text: &str) -> String {
    let properties: Vec<String> = properties
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| format!("{key}={}", property(value)))
        .collect();
    let blank = if properties.is_empty() { "" } else { " " };
    format!("::{name}{blank}{}::{}", properties.join(","), message(text))
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::NASTY;
    use super::*;

    #[test]
    fn what_would_end_a_command_is_escaped() {
        let text = command("error", &[("file", "a,b:c%.yaml".to_owned()), ("line", String::new())], "100%\r\n::x::\ny");
        assert_eq!(text, "::error file=a%2Cb%3Ac%25.yaml::100%25%0A::x::%0Ay");
        assert_eq!(command("notice", &[], "x"), "::notice::x");
    }

    #[test]
    fn a_command_is_one_line_whatever_it_says() {
        for &evil in NASTY {
            let text = command("error", &[("file", evil.to_owned()), ("title", evil.to_owned())], evil);
            assert_eq!(text.lines().count(), 1, "{text}");
            assert!(!text.contains(|c: char| c.is_control()), "{text}");
            assert!(!text.split_once("::").unwrap().1.split_once("::").unwrap().1.contains("##["), "{text}");
            let (properties, _) = text.strip_prefix("::error ").unwrap().split_once("::").unwrap();
            assert_eq!(properties.matches(['=', ',']).count(), 3 + 2 * evil.matches('=').count(), "{text}");
        }
    }
}
