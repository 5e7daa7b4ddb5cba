//! Changes to `settings.yaml`: the roles that enter AWS, and the limits that stop an apply. They come before the plan,
//! because the plan depends on them.

use std::fmt::Write;

use crate::model::trust::SettingChange;

use super::super::escape::markdown::{html_code, inline};
use super::super::words::count;

/// The most bytes of all rows, so that settings can't push the plan out of a comment.
const ROOM: usize = 6_000;
/// The most characters of a value.
const VALUE: usize = 200;

/// A box with a row for each setting, before and after. Empty if no setting changes.
pub fn setting_changes(changes: &[SettingChange]) -> String {
    if changes.is_empty() {
        return String::new();
    }
    let mut out = "> [!WARNING]\n> <b>This pull request changes the settings.</b> They say which roles enter which \
                   accounts, and what stops an apply. The stricter of two limits counts, also when this is applied.\n>\n> | setting | before | after |\n> | :-- | :-- | :-- |\n"
        .to_owned();
    let mut left = changes.len();
    for SettingChange { key, before, after } in changes {
        let row =
            format!("> | {} | {} | {} |\n", html_code(&short(key)), value(before.as_ref()), value(after.as_ref()));
        if out.len() + row.len() > ROOM {
            break;
        }
        out.push_str(&row);
        left -= 1;
    }
    if left > 0 {
        let _ = write!(out, ">\n> … and {}: see the files.\n", count(left, "more setting"));
    }
    out.push('\n');
    out
}

/// A box with one sentence about the settings.
pub fn settings_note(sentence: &str) -> String {
    format!("> [!WARNING]\n> {}\n\n", inline(sentence))
}

fn value(value: Option<&String>) -> String {
    value.map_or_else(|| "not set".to_owned(), |value| html_code(&short(value)))
}

fn short(text: &str) -> String {
    match text.char_indices().nth(VALUE) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(key: &str, before: Option<&str>, after: Option<&str>) -> SettingChange {
        SettingChange { key: key.to_owned(), before: before.map(str::to_owned), after: after.map(str::to_owned) }
    }

    #[test]
    fn settings_are_shown_before_and_after() {
        let changes = [
            change("safety.max_removals", Some("20"), Some("2000")),
            change("organizations.acme.access.role", None, Some("arn:aws:iam::{account}:role/a|b\n<b>@x")),
        ];
        insta::assert_snapshot!(setting_changes(&changes), @r"
        > [!WARNING]
        > <b>This pull request changes the settings.</b> They say which roles enter which accounts, and what stops an apply. The stricter of two limits counts, also when this is applied.
        >
        > | setting | before | after |
        > | :-- | :-- | :-- |
        > | <code>safety.max&#95;removals</code> | <code>20</code> | <code>2000</code> |
        > | <code>organizations.acme.access.role</code> | not set | <code>arn:aws:iam::{account}:role/a&#124;b &lt;b&gt;@&#8203;x</code> |
        ");
        assert_eq!(setting_changes(&[]), "");
    }

    #[test]
    fn many_settings_leave_room_for_the_plan() {
        let long = "*".repeat(5_000);
        let changes: Vec<_> = (0..1_000).map(|n| change(&format!("a{n}"), Some(&long), Some(&long))).collect();
        let text = setting_changes(&changes);
        assert!(text.len() < ROOM + 100 && text.contains("more settings: see the files"), "{}", text.len());
    }
}
