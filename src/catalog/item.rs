//! List entries and values in the form in which they are written to a file.

/// A value on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// The value as YAML reads it.
    pub(super) text: String,
    /// The value as it is written in block style.
    pub(super) written: String,
}

impl Word {
    /// `true` or `false`.
    pub(super) fn flag(value: bool) -> Self {
        let text = if value { "true" } else { "false" };
        Self { text: text.to_owned(), written: text.to_owned() }
    }

    /// The value as it is written between brackets or braces, where a comma would end it.
    fn inline(&self) -> String {
        let is_safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        if !self.is_plain() || self.written.chars().all(is_safe) { self.written.clone() } else { quoted(&self.text) }
    }

    /// Whether it is written without quotes, so that YAML may read it as something other than text.
    pub(super) fn is_plain(&self) -> bool {
        !self.written.starts_with(['"', '\''])
    }
}

/// The text in quotes, on one line. `text` must not contain characters that need an escape other than `\` and `"`.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) key: &'static str,
    pub(super) word: Word,
    /// A comment on the same line. Empty if there is none.
    pub(super) comment: String,
}

impl Field {
    /// The field as a line.
    fn line(&self) -> String {
        let Self { key, word, comment } = self;
        if comment.is_empty() {
            format!("{key}: {}", word.written)
        } else {
            format!("{key}: {} # {comment}", word.written)
        }
    }
}

/// An entry of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// A single value.
    Bare(Word),
    /// Keys with values. At least one.
    Fields(Vec<Field>),
}

impl Item {
    /// The entry as lines with this indentation, the first with a dash.
    pub(super) fn lines(&self, indent: &str) -> Vec<String> {
        match self {
            Self::Bare(word) => vec![format!("{indent}- {}", word.written)],
            Self::Fields(fields) => {
                let dash = |at: usize| if at == 0 { "- " } else { "  " };
                fields.iter().enumerate().map(|(at, field)| format!("{indent}{}{}", dash(at), field.line())).collect()
            }
        }
    }

    /// The entry in flow style, without its comments.
    pub(super) fn inline(&self) -> String {
        match self {
            Self::Bare(word) => word.inline(),
            Self::Fields(fields) => {
                let pairs: Vec<String> =
                    fields.iter().map(|Field { key, word, comment: _ }| format!("{key}: {}", word.inline())).collect();
                format!("{{{}}}", pairs.join(", "))
            }
        }
    }
}
