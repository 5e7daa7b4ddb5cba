//! Entries and values as they are written.

/// A value on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// What is read of it.
    pub(super) text: String,
    /// How it stands in a line of its own.
    pub(super) written: String,
}

impl Word {
    /// `true` or `false`.
    pub(super) fn flag(value: bool) -> Self {
        let text = if value { "true" } else { "false" };
        Self { text: text.to_owned(), written: text.to_owned() }
    }

    /// Between brackets or braces, where a comma ends a value.
    fn inline(&self) -> String {
        let is_safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        if !self.is_plain() || self.written.chars().all(is_safe) { self.written.clone() } else { quoted(&self.text) }
    }

    /// Whether it stands without quotes, so that it may stand for more than text.
    pub(super) fn is_plain(&self) -> bool {
        !self.written.starts_with(['"', '\''])
    }
}

/// A text in quotes, on one line. It has no character that a quote can't hold as it is.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) key: &'static str,
    pub(super) word: Word,
    /// For people, on one line. Empty where there is none.
    pub(super) comment: String,
}

impl Field {
    /// As it stands in a line.
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
    /// A value by itself.
    Bare(Word),
    /// Keys with values, at least one.
    Fields(Vec<Field>),
}

impl Item {
    /// As lines behind these blanks, the first with a dash.
    pub(super) fn lines(&self, indent: &str) -> Vec<String> {
        match self {
            Self::Bare(word) => vec![format!("{indent}- {}", word.written)],
            Self::Fields(fields) => {
                let dash = |at: usize| if at == 0 { "- " } else { "  " };
                fields.iter().enumerate().map(|(at, field)| format!("{indent}{}{}", dash(at), field.line())).collect()
            }
        }
    }

    /// Between brackets, where there is no place for a comment.
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
