//! The lengths and patterns of the details of changes, as AWS publishes them:
//! <https://github.com/awslabs/aws-marketplace-catalog-api-shapes-for-python>. Lengths count characters.

use std::ops::RangeInclusive;

/// A field of the details that AWS refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    /// The path of the field, such as `Details.Products[0].Notes`.
    pub(super) field: String,
    /// The rule that the field breaks.
    pub(super) message: String,
}

impl Problem {
    pub(super) fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// The problems of one change, collected.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    /// The value, or the problems if there are any.
    pub(super) fn or<T>(self, value: T) -> Result<T, Vec<Problem>> {
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }

    pub(super) fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(Problem::new(field, message));
    }

    pub(super) fn required<T>(&mut self, field: &str, value: Option<&T>) {
        if value.is_none() {
            self.add(field, "is required");
        }
    }

    /// Checks the name of an experience, a policy, a branding or an audience.
    pub(super) fn name(&mut self, field: &str, name: Option<&String>) {
        self.text(field, name, 1..=50);
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-');
        if name.is_some_and(|name| !name.chars().all(fits)) {
            self.add(field, "must validate the regular expression /^[a-zA-Z0-9 _-]+$/");
        }
    }

    /// Checks the length of a text, if there is one.
    pub(super) fn text(&mut self, field: &str, text: Option<&String>, length: RangeInclusive<usize>) {
        if let Some(text) = text {
            self.count(field, text.chars().count(), length, "characters");
        }
    }

    /// Checks a number of `things`.
    pub(super) fn count(&mut self, field: &str, count: usize, wanted: RangeInclusive<usize>, things: &str) {
        if !wanted.contains(&count) {
            self.add(field, format!("must have {} to {} {things} and has {count}", wanted.start(), wanted.end()));
        }
    }
}
