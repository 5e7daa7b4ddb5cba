//! Generated documents: as YAML for the tool, as JSON for the schema.

use serde_json::Value as Json;

/// A document as it is written to a file.
pub(super) enum Doc {
    Plain(String),
    Quoted(String),
    List(Vec<Doc>),
    Map(Vec<(&'static str, Doc)>),
}

impl Doc {
    /// From a snippet: a quoted text if it begins with a double quote, otherwise a plain one.
    pub(super) fn scalar(snippet: &str) -> Self {
        match snippet.strip_prefix('"') {
            Some(_) => Self::Quoted(serde_json::from_str(snippet).unwrap()),
            None => Self::Plain(snippet.to_owned()),
        }
    }

    pub(super) fn yaml(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Quoted(text) => serde_json::to_string(text).unwrap().replace('\u{7f}', "\\u007f"),
            Self::List(items) => format!("[{}]", items.iter().map(Self::yaml).collect::<Vec<_>>().join(", ")),
            Self::Map(entries) => {
                let entries: Vec<String> = entries.iter().map(|(key, it)| format!("{key}: {}", it.yaml())).collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }

    /// The JSON that an editor sees: YAML 1.2, core schema.
    pub(super) fn json(&self) -> Json {
        match self {
            Self::Plain(text) => resolved(text),
            Self::Quoted(text) => Json::String(text.clone()),
            Self::List(items) => items.iter().map(Self::json).collect(),
            Self::Map(entries) => entries.iter().map(|(key, it)| ((*key).to_owned(), it.json())).collect(),
        }
    }

    /// Whether `is` is true for a plain value and its key.
    pub(super) fn any_plain(&self, key: &str, is: &dyn Fn(&str, &str) -> bool) -> bool {
        match self {
            Self::Plain(text) => is(key, text),
            Self::Quoted(_) => false,
            Self::List(items) => items.iter().any(|item| item.any_plain(key, is)),
            Self::Map(entries) => entries.iter().any(|(key, it)| it.any_plain(key, is)),
        }
    }
}

/// The JSON that an editor sees in a plain value.
pub(super) fn resolved(text: &str) -> Json {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Json::Null,
        "true" | "True" | "TRUE" => true.into(),
        "false" | "False" | "FALSE" => false.into(),
        _ if digits(unsigned) => text.parse::<i64>().unwrap().into(),
        _ if text.starts_with("0x") => i64::from_str_radix(&text[2..], 16).map_or_else(|_| text.into(), Json::from),
        _ if unsigned.starts_with(|c: char| c.is_ascii_digit()) => {
            text.parse::<f64>().map_or_else(|_| text.into(), Json::from)
        }
        _ => text.into(),
    }
}
