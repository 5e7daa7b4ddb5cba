//! The details of each change to an experience that AWS accepts: every field with its limit, its pattern and whether
//! it is required, from AWS's own generated classes
//! (<https://github.com/awslabs/aws-marketplace-catalog-api-shapes-for-python>). `Catalog` of `CreateExperience` is
//! left out, since no AWS documentation mentions it. The tests here compare the sandbox's checks with these shapes;
//! the tests in `cloud/` check every document that the writer sends.

use serde_json::{Map, Value, json};

use super::marketplace::CATALOG;
use super::{HUB, apply, sandbox};

/// The shape of a value. Lengths count characters or list entries.
pub(crate) enum Shape {
    Text(usize, usize, Pattern),
    Word(&'static [&'static str]),
    List(usize, usize, &'static Shape),
    Object(&'static [Field]),
}

/// The characters that a text may have.
#[derive(Clone, Copy)]
pub(crate) enum Pattern {
    Any,
    /// `^[a-zA-Z0-9 _-]+$`
    Name,
    /// `^#[0-9A-Fa-f]{6}$`
    Color,
    /// `^https?:\/\/.*$`
    Url,
}

/// A field: its name, whether it is required, and its shape.
pub(crate) struct Field(&'static str, bool, Shape);

const NAME: Shape = Shape::Text(1, 50, Pattern::Name);
const DESCRIPTION: Shape = Shape::Text(1, 1000, Pattern::Any);
const REQUESTS: Shape = Shape::Object(&[Field("PolicyResourceRequests", true, Shape::Word(&["Allow", "Deny"]))]);
const LOOKS: Shape = Shape::Object(&[
    Field("Title", false, Shape::Text(1, 50, Pattern::Any)),
    Field("Information", false, Shape::Text(1, 1000, Pattern::Any)),
    Field("ThemeColor", false, Shape::Text(7, 7, Pattern::Color)),
    Field("LogoUrl", false, Shape::Text(1, 2048, Pattern::Url)),
]);
const PRODUCT: Shape = Shape::Object(&[
    Field("Ids", true, Shape::List(1, 50, &Shape::Text(1, 50, Pattern::Any))),
    Field("Notes", false, Shape::Text(1, 50, Pattern::Any)),
]);
const PRODUCTS: Shape = Shape::Object(&[Field("Products", true, Shape::List(1, 50, &PRODUCT))]);
const PRINCIPALS: Shape = Shape::List(1, 50, &Shape::Text(0, usize::MAX, Pattern::Any));
const NOTHING: Shape = Shape::Object(&[]);

/// Every change type with the shape of its details.
const CHANGES: &[(&str, Shape)] = &[
    ("CreateExperience", Shape::Object(&[Field("Name", true, NAME), Field("Description", false, DESCRIPTION)])),
    (
        "UpdateExperience",
        Shape::Object(&[
            Field("Name", false, NAME),
            Field("Description", false, DESCRIPTION),
            Field("Status", false, Shape::Word(&["Enabled", "Disabled"])),
        ]),
    ),
    (
        "CreateProcurementPolicy",
        Shape::Object(&[
            Field("Name", false, NAME),
            Field("Description", false, Shape::Text(0, 100, Pattern::Any)),
            Field("Configuration", true, REQUESTS),
        ]),
    ),
    (
        "UpdateProcurementPolicy",
        Shape::Object(&[
            Field("Name", false, NAME),
            Field("Description", false, DESCRIPTION),
            Field("Configuration", true, REQUESTS),
        ]),
    ),
    ("AllowProductProcurement", PRODUCTS),
    ("DenyProductProcurement", PRODUCTS),
    (
        "CreateBrandingSettings",
        Shape::Object(&[
            Field("Name", true, NAME),
            Field("Description", false, DESCRIPTION),
            Field("Configuration", false, LOOKS),
        ]),
    ),
    (
        "UpdateBrandingSettings",
        Shape::Object(&[
            Field("Name", false, NAME),
            Field("Description", false, DESCRIPTION),
            Field("Configuration", false, LOOKS),
        ]),
    ),
    (
        "AssociateAudience",
        Shape::Object(&[
            Field("Name", false, NAME),
            Field("Description", false, DESCRIPTION),
            Field("Principals", true, PRINCIPALS),
        ]),
    ),
    ("DisassociateAudience", Shape::Object(&[Field("Principals", true, PRINCIPALS)])),
    ("RestrictExperience", NOTHING),
    ("ReviveExperience", NOTHING),
];

impl Pattern {
    fn fits(self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Name => text.chars().all(|c| c.is_ascii_alphanumeric() || " _-".contains(c)),
            Self::Color => text.strip_prefix('#').is_some_and(|it| it.chars().all(|c| c.is_ascii_hexdigit())),
            Self::Url => text.starts_with("http://") || text.starts_with("https://"),
        }
    }

    /// A text of this length that fits the pattern. Texts of different numbers differ.
    fn text(self, length: usize, number: usize) -> String {
        let begin = match self {
            Self::Any => format!("prod-{number:07}"),
            Self::Name => "N".to_owned(),
            Self::Color => "#".to_owned(),
            Self::Url => "https://".to_owned(),
        };
        let filled = begin.chars().chain(std::iter::repeat('0'));
        // A text that is too short for the pattern's beginning does not fit it.
        if begin.len() > length { "p".repeat(length) } else { filled.take(length).collect() }
    }

    /// A text with a character that does not fit, if the pattern excludes any.
    fn wrong(self) -> Option<&'static str> {
        match self {
            Self::Any => None,
            Self::Name => Some("R&D"),
            Self::Color => Some("#00gg00"),
            Self::Url => Some("ftp://example.com"),
        }
    }
}

/// The problems with the details of a change.
pub(crate) fn problems(change: &str, details: &Value) -> Vec<String> {
    let Some((_, shape)) = CHANGES.iter().find(|(name, _)| *name == change) else {
        return vec![format!("{change} is unknown")];
    };
    let mut problems = Vec::new();
    check(shape, details, change, &mut problems);
    let ids = details["Products"].as_array().into_iter().flatten().filter_map(|it| it["Ids"].as_array());
    if ids.flatten().count() > 50 {
        problems.push(format!("{change}: more than 50 product ids, all entries together"));
    }
    problems
}

fn check(shape: &Shape, value: &Value, place: &str, problems: &mut Vec<String>) {
    let mut counted = |count: usize, least: usize, most: usize| {
        if !(least..=most).contains(&count) {
            problems.push(format!("{place}: {count} is not {least} to {most}"));
        }
    };
    match (shape, value) {
        (Shape::Text(least, most, pattern), Value::String(text)) => {
            counted(text.chars().count(), *least, *most);
            if !pattern.fits(text) {
                problems.push(format!("{place}: `{text}` does not fit"));
            }
        }
        (Shape::Word(words), Value::String(word)) if words.contains(&word.as_str()) => {}
        (Shape::List(least, most, of), Value::Array(entries)) => {
            counted(entries.len(), *least, *most);
            entries.iter().enumerate().for_each(|(at, it)| check(of, it, &format!("{place}[{at}]"), problems));
        }
        (Shape::Object(fields), Value::Object(given)) => {
            for name in given.keys().filter(|name| !fields.iter().any(|Field(field, ..)| field == name)) {
                problems.push(format!("{place}: `{name}` is unknown"));
            }
            for Field(name, is_required, shape) in *fields {
                match given.get(*name) {
                    Some(value) => check(shape, value, &format!("{place}.{name}"), problems),
                    None if *is_required => problems.push(format!("{place}: `{name}` is missing")),
                    None => {}
                }
            }
        }
        (_, other) => problems.push(format!("{place}: {other}")),
    }
}

/// The smallest value that fits.
fn least(shape: &Shape, number: usize) -> Value {
    match shape {
        Shape::Text(least, most, pattern) => json!(pattern.text((*least).max(12).min(*most), number)),
        Shape::Word(words) => json!(words[0]),
        Shape::List(least_of, _, of) => (0..*least_of).map(|at| least(of, number * 100 + at)).collect(),
        Shape::Object(fields) => {
            let required = fields.iter().filter(|Field(_, is_required, _)| *is_required);
            let fields = required.map(|Field(name, _, shape)| ((*name).to_owned(), least(shape, number)));
            Value::Object(fields.collect::<Map<String, Value>>())
        }
    }
}

/// Values at the limits of a shape and just beyond them. All other parts are the smallest that fit.
fn edges(shape: &Shape) -> Vec<Value> {
    match shape {
        Shape::Text(least, most, pattern) => {
            let lengths = [Some(*least), least.checked_sub(1), Some(*most), most.checked_add(1)];
            let lengths = lengths.into_iter().flatten().filter(|length| *length < 10_000);
            let texts = lengths.map(|length| json!(pattern.text(length, 1)));
            texts.chain(pattern.wrong().map(|it| json!(it))).chain([json!(1)]).collect()
        }
        Shape::Word(words) => words.iter().copied().chain(["Perhaps", ""]).map(|it| json!(it)).collect(),
        Shape::List(least_of, most, of) => {
            let filled = |count: usize| (0..count).map(|number| least(of, number)).collect::<Value>();
            let lengths = [*least_of, *least_of - 1, *most, *most + 1].into_iter().map(filled);
            lengths.chain(edges(of).into_iter().map(|it| json!([it]))).collect()
        }
        Shape::Object(fields) => {
            let whole = least(shape, 1);
            let with = |name: &str, value: Option<Value>| {
                let mut object = whole.as_object().expect("an object").clone();
                match value {
                    Some(value) => drop(object.insert(name.to_owned(), value)),
                    None => drop(object.remove(name)),
                }
                Value::Object(object)
            };
            let mut values = vec![whole.clone(), with("Other", Some(json!("x")))];
            for Field(name, _, shape) in *fields {
                values.push(with(name, None));
                values.extend(edges(shape).into_iter().map(|value| with(name, Some(value))));
            }
            values
        }
    }
}

#[tokio::test]
async fn sandbox_takes_what_aws_takes_and_nothing_else() {
    let sandbox = sandbox(|_| {}).await;
    let client = apply(&sandbox, HUB).await.marketplace();
    let mut tried = (0, 0);
    for (kind, shape) in CHANGES {
        for details in edges(shape) {
            let wrong = problems(kind, &details);
            let (change, entity) = (aws_sdk_marketplacecatalog::types::Change::builder(), kind != &"CreateExperience");
            let of = aws_sdk_marketplacecatalog::types::Entity::builder().r#type("Experience@1.0");
            let of = of.set_identifier(entity.then(|| super::marketplace::BASELINE.to_owned())).build();
            let change = change.change_type(*kind).entity(of.expect("it")).details(details.to_string()).build();
            let start = client.start_change_set().catalog(CATALOG).change_set(change.expect("it"));
            // A change set that finds its experience locked has passed validation.
            let code = match start.send().await {
                Ok(_) => String::new(),
                Err(error) => error.into_service_error().meta().code().unwrap_or_default().to_owned(),
            };
            assert_eq!(code == "ValidationException", !wrong.is_empty(), "{kind} {details}: {code} {wrong:?}");
            if wrong.is_empty() { tried.0 += 1 } else { tried.1 += 1 }
        }
    }
    assert!(tried.0 > 60 && tried.1 > 100, "{tried:?}");
}
