//! The reference of the catalog's files, `docs/catalog/*.md`, with every key of the JSON Schemas. The handwritten part
//! above the marker holds one file with every key; the keys' examples are taken from it.

use std::fmt::Write as _;

use catalog_sync::catalog::{FileKind, schema};
use serde_json::{Map, Value};

use super::{below_marker, keep};

/// The schemas' regular expressions in words. An expression that is not listed is shown itself.
const PATTERNS: [(&str, &str); 19] = [
    ("^[0-9]{12}$", "an account's id: 12 digits"),
    ("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "a day, as YEAR-MONTH-DAY"),
    ("^o-[a-z0-9]{10,32}$", "an organization's id: `o-…`"),
    ("^port-[A-Za-z0-9_-]{1,95}$", "a portfolio's id: `port-…`"),
    ("^exp-[A-Za-z0-9_-]{1,251}$", "an experience's id: `exp-…`"),
    ("^[a-z0-9-]{1,100}$", "a name of `a-z`, `0-9` and `-`"),
    ("^[A-Za-z0-9_-]{1,255}$", "a product's id: `prod-…` or a UUID"),
    ("^#[0-9A-Fa-f]{6}$", "a colour: `#` and six hexadecimal digits"),
    ("^https?://[A-Za-z0-9][!-~]*$", "an address that begins with `https://` or `http://`"),
    ("^[A-Za-z0-9_+=,.@-]{1,32}$", "the name of a permission set, of at most 32 characters"),
    ("^[A-Za-z0-9_+=,.@:/-]{2,1224}$", "text of 2 to 1,224 letters, digits and `_+=,.@:/-`"),
    (
        "^(us|eu|ap|sa|ca|me|af|il|mx|cn|us-gov|eusc-de)-(north|south|east|west|central|northeast|northwest|southeast|\
         southwest)-[1-9][0-9]?$",
        "a region",
    ),
    (
        "^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f]\
         [^\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]*$",
        "text",
    ),
    (
        "^[^/\\u0000-\\u001f\\u007f-\\u009f]{1,128}(/[^/\\u0000-\\u001f\\u007f-\\u009f]{1,128})*$",
        "a unit: its path from below the root (`Workloads/Production`), or its id (`ou-…`)",
    ),
    (
        "^arn:aws[a-z-]*:iam::([0-9]{12}|\\{account\\}):role/(([A-Za-z0-9_+=,.@-]|\\{account\\}|\\{mode\\})+/)*\
         ([A-Za-z0-9_+=,.@-]|\\{account\\}|\\{mode\\})+$",
        "the ARN of a role, which may hold `{account}` and `{mode}`",
    ),
    (
        "^([A-Za-z0-9_+=,.@-]{1,64}|arn:aws[a-z-]*:iam::[0-9]{12}:role/([\\x21-\\x2e\\x30-\\x7e]+/)*\
         [A-Za-z0-9_+=,.@-]{1,64})$",
        "the name of a role, without its path, or the ARN of one",
    ),
    (
        "^(role|user|group)/([\\x21-\\x29\\x2b-\\x2e\\x30-\\x3e\\x40-\\x7e]+/)*[A-Za-z0-9_+=,.@-]{1,128}$",
        "`role/NAME`, `user/NAME` or `group/NAME`",
    ),
    (
        "^(role|user|group)/[A-Za-z0-9_+=,.@*?/-]{1,900}$",
        "`role/…`, `user/…` or `group/…`, in which `*` stands for any characters and `?` for one",
    ),
    ("\\{mode\\}", "text with `{mode}`"),
];

#[test]
fn reference_of_the_catalog_is_that_of_the_schemas() {
    let pages = FileKind::ALL.iter().map(|kind| {
        let path = format!("docs/catalog/{}.md", kind.as_str());
        let example = whole_example(&path);
        let mut reference = Reference::new(*kind, example);
        reference.object("", &reference.root.clone(), 0);
        assert!(reference.without_example.is_empty(), "{path} has no example of {:?}", reference.without_example);
        below_marker(&path, &reference.text)
    });
    keep(&pages.collect::<Vec<_>>());
}

/// The handwritten files with every key that the page shows.
fn whole_example(path: &str) -> Vec<Value> {
    let page = super::read(path);
    let above = page.split(super::MARKER).next().unwrap_or_default();
    let blocks = above.split("```yaml catalog/").skip(1);
    blocks
        .map(|block| {
            let yaml = block.split_once('\n').expect("a path, and the file").1.split("```").next().expect("a block");
            serde_yaml::from_str(yaml).expect("it is YAML")
        })
        .collect()
}

struct Reference {
    root: Value,
    definitions: Map<String, Value>,
    examples: Vec<Value>,
    without_example: Vec<String>,
    text: String,
}

impl Reference {
    fn new(kind: FileKind, examples: Vec<Value>) -> Self {
        let root = serde_json::to_value(schema(kind)).expect("a schema is JSON");
        let definitions = root["definitions"].as_object().cloned().unwrap_or_default();
        Self { root, definitions, examples, without_example: Vec::new(), text: "\n## Every key\n".to_owned() }
    }

    fn definition<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let name = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next());
        name.and_then(|name| self.definitions.get(name)).unwrap_or(schema)
    }

    /// Describes every key of an object; the keys of nested objects follow their key.
    fn object(&mut self, path: &str, object: &Value, depth: usize) {
        assert!(depth < 6, "the schemas are not that deep: {path}");
        for (key, schema) in object["properties"].as_object().into_iter().flatten() {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            self.key(&path, key, schema, object);
            for (suffix, inner) in self.objects(schema) {
                self.object(&format!("{path}{suffix}"), &inner, depth + 1);
            }
        }
    }

    /// The objects that a value may be or contain, each with the suffix that it adds to the path.
    fn objects(&self, schema: &Value) -> Vec<(&'static str, Value)> {
        let schema = self.definition(schema);
        let mut found = Vec::new();
        if schema["properties"].is_object() {
            found.push(("", schema.clone()));
            return found;
        }
        for choice in schema["anyOf"].as_array().into_iter().flatten() {
            found.extend(self.objects(choice));
        }
        if schema["items"].is_object() {
            found.extend(self.objects(&schema["items"]).into_iter().map(|(suffix, inner)| {
                assert_eq!(suffix, "", "a list of lists");
                ("[]", inner)
            }));
        }
        if schema["additionalProperties"].is_object() {
            found.extend(self.objects(&schema["additionalProperties"]).into_iter().map(|(_, inner)| (".NAME", inner)));
        }
        found
    }

    fn key(&mut self, path: &str, key: &str, schema: &Value, parent: &Value) {
        let described = schema["description"].as_str().unwrap_or_default();
        assert!(!described.is_empty(), "{path} has no description");
        let (default, description) = parted(described);
        let mut facts = vec![self.value(schema)];
        if names(&parent["required"]).any(|name| name == key) {
            facts.push("required".to_owned());
        } else if let Some(choice) = one_of(parent, key) {
            facts.push(choice);
        }
        facts.extend(default.map(|default| format!("default: {default}")));
        let text = format!("\n### `{path}`\n\nValue: {}\n\n{}\n", facts.join(" · "), description.replace('\n', " "));
        self.text.push_str(&text);
        let steps: Vec<&str> = path.split('.').collect();
        match self.examples.iter().find_map(|file| find(file, &steps)).map(|value| flow(value, 0)) {
            Some(example) => writeln!(self.text, "\nExample: `{key}: {example}`").expect("a text grows"),
            None => self.without_example.push(path.to_owned()),
        }
    }

    /// The values that a schema allows, in words.
    fn value(&self, schema: &Value) -> String {
        let choices: Vec<&Value> = schema["anyOf"].as_array().into_iter().flatten().collect();
        if schema["$ref"].is_string() {
            return self.value(self.definition(schema));
        }
        if schema["properties"].is_object() {
            return "the keys below".to_owned();
        }
        if !choices.is_empty() {
            return choices.iter().map(|choice| self.value(choice)).collect::<Vec<_>>().join(", or ");
        }
        if let Some(value) = schema.get("const") {
            return format!("`{value}`");
        }
        if let Some(values) = schema["enum"].as_array() {
            let words = values.iter().filter(|value| !(value.is_string() && values.iter().any(Value::is_number)));
            return words.map(|value| format!("`{}`", flow(value, 0))).collect::<Vec<_>>().join(" or ");
        }
        if let Some(pattern) = schema["pattern"].as_str() {
            return limited(&in_words(pattern), schema);
        }
        if schema["items"].is_object() {
            let each = self.value(&schema["items"]);
            let of_objects = if each.contains("the keys below") {
                each.replace("the keys below", "entries with the keys below")
            } else {
                each
            };
            return format!("a list: {of_objects}");
        }
        if schema["additionalProperties"].is_object() {
            return "a name for each, and below it the keys below".to_owned();
        }
        match schema["type"].as_str() {
            Some("boolean") => "`true` or `false`".to_owned(),
            Some("integer") => "a whole number".to_owned(),
            other => panic!("a value that has no words yet: {other:?} {schema}"),
        }
    }
}

fn in_words(pattern: &str) -> String {
    let words = PATTERNS.iter().find(|(known, _)| *known == pattern).map(|(_, words)| (*words).to_owned());
    words.unwrap_or_else(|| format!("text that matches `{pattern}`"))
}

fn limited(words: &str, schema: &Value) -> String {
    match schema["maxLength"].as_u64().filter(|most| *most < 5000) {
        Some(most) => format!("{words}, at most {} characters", thousands(most)),
        None => words.to_owned(),
    }
}

fn thousands(number: u64) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", number / 1000, number % 1000) }
}

fn names(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// The keys of which exactly one is required, if `key` is one of them.
fn one_of(parent: &Value, key: &str) -> Option<String> {
    let alone = |choice: &Value| names(&choice["required"]).next().map(|name| format!("`{name}`"));
    let choices: Vec<String> = parent["oneOf"].as_array()?.iter().filter_map(alone).collect();
    choices.contains(&format!("`{key}`")).then(|| format!("exactly one of {} is required", choices.join(", ")))
}

/// The default that a description names at its beginning or end, and the rest of the description.
fn parted(described: &str) -> (Option<String>, String) {
    let Some((before, after)) = described.split_once("Default ") else { return (None, described.to_owned()) };
    let end = after.find([':', '\n']).unwrap_or(after.len());
    let end = after[..end].find(". ").or_else(|| after[..end].ends_with('.').then(|| end - 1)).unwrap_or(end);
    let (default, rest) = after.split_at(end);
    if rest.starts_with(':') {
        return (Some(format!("`{default}`")), described.to_owned());
    }
    let rest = rest.trim_start_matches('.').trim();
    (Some(format!("`{default}`")), format!("{}\n{rest}", before.trim()).trim().to_owned())
}

/// The first value at a path: `shares[].account`.
fn find<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    let Some((step, rest)) = path.split_first() else { return Some(value) };
    let (name, is_list) = step.strip_suffix("[]").map_or((*step, false), |name| (name, true));
    let values: Vec<&Value> = match name {
        "NAME" => value.as_object()?.values().collect(),
        _ => vec![value.get(name)?],
    };
    let each = values.into_iter().flat_map(|value| match value.as_array() {
        Some(list) if is_list => list.iter().collect(),
        _ => vec![value],
    });
    each.into_iter().find_map(|value| find(value, rest))
}

/// A value in one line of YAML, with deeply nested values left out.
fn flow(value: &Value, depth: usize) -> String {
    match value {
        Value::Array(_) | Value::Object(_) if depth > 1 => "…".to_owned(),
        Value::Array(list) => {
            let shown = list.iter().take(2).map(|value| flow(value, depth + 1));
            let more = (list.len() > 2).then(|| "…".to_owned());
            format!("[{}]", shown.chain(more).collect::<Vec<_>>().join(", "))
        }
        Value::Object(map) => {
            let pairs = map.iter().map(|(key, value)| format!("{key}: {}", flow(value, depth + 1)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
        Value::String(text) if text.parse::<f64>().is_ok() || text.contains(['#', ',', ':']) => format!("{text:?}"),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
