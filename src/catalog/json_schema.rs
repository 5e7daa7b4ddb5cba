//! JSON Schemas of the catalog's files, for editors. They are generated from the records that read the files.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value as Json;

use crate::model::id::Name;

use super::read::{At, Map};
use super::record::{Given, Required};
use super::schema::{Marketplace, Portfolio, Settings};

/// The kinds of catalog files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// `settings.yaml`.
    Settings,
    /// `portfolios/NAME.yaml`.
    Portfolio,
    /// `marketplace/NAME.yaml`.
    Marketplace,
}

impl FileKind {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Settings, Self::Portfolio, Self::Marketplace];

    /// Its name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Portfolio => "portfolio",
            Self::Marketplace => "marketplace",
        }
    }
}

/// The JSON Schema of a kind of file, in Draft 7, which YAML language servers support best.
pub fn schema(kind: FileKind) -> Json {
    let generator = SchemaSettings::draft07().into_generator();
    let (mut schema, example) = match kind {
        FileKind::Settings => (generator.into_root_schema_for::<Settings>(), settings_example()),
        FileKind::Portfolio => (generator.into_root_schema_for::<Portfolio>(), portfolio_example()),
        FileKind::Marketplace => (generator.into_root_schema_for::<Marketplace>(), marketplace_example()),
    };
    RecursiveTransform(without_null).transform(&mut schema);
    RecursiveTransform(without_doubles).transform(&mut schema);
    schema.insert("title".to_owned(), format!("catalog-sync {}", kind.as_str()).into());
    schema.insert("examples".to_owned(), Json::Array(vec![example]));
    schema.to_value()
}

/// Removes null. A key that may be left out still can't be null.
fn without_null(schema: &mut Schema) {
    if let Some(Json::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            schema.insert("type".to_owned(), one);
        }
    }
    for words in ["anyOf", "enum"] {
        if let Some(Json::Array(alternatives)) = schema.get_mut(words) {
            alternatives
                .retain(|alternative| !alternative.is_null() && alternative.get("type") != Some(&"null".into()));
        }
    }
    // An `anyOf` with one alternative left is replaced by that alternative.
    if let Some(Json::Array(alternatives)) = schema.get("anyOf")
        && let [Json::Object(one)] = alternatives.as_slice()
    {
        let one = one.clone();
        schema.remove("anyOf");
        for (key, value) in one {
            schema.insert(key, value);
        }
    }
}

/// Forbids repeated entries in all lists.
fn without_doubles(schema: &mut Schema) {
    if schema.get("type") == Some(&"array".into()) {
        schema.insert("uniqueItems".to_owned(), true.into());
    }
}

fn settings_example() -> Json {
    serde_json::json!({
        "version": 1,
        "organizations": {"acme": {
            "id": "o-acme000001",
            "service_catalog_account": "111111111111",
            "marketplace_account": "111111111112"
        }},
        "access": {"role": "arn:aws:iam::{account}:role/catalog-sync-{mode}"},
        "regions": ["us-east-1"],
        "safety": {"max_removals": 20}
    })
}

fn portfolio_example() -> Json {
    serde_json::json!({
        "portfolio": "Data Platform",
        "shares": [
            {"account": "333333333333", "tag_options": true},
            {"ou": "Workloads/Production", "principals": true}
        ]
    })
}

fn marketplace_example() -> Json {
    serde_json::json!({
        "approved": [
            {"id": "prod-4xk6p2ab3cdef", "name": "Datadog Pro", "notes": "SEC-1234", "until": "2027-06-30"},
            "1a2b3c4d-1111-2222-3333-444455556666"
        ],
        "rejected": [{"id": "prod-zzzzzzzzzzzzz", "notes": "licence forbids our use"}],
        "experiences": [{"organization": "acme", "id": "exp-1234abcd"}]
    })
}

// A value with a place has the schema of the value.
macro_rules! schema_of_inner {
    ($wrapper:ident, $inner:ty) => {
        impl<T: JsonSchema> JsonSchema for $wrapper<T> {
            fn inline_schema() -> bool {
                <$inner>::inline_schema()
            }
            fn schema_name() -> Cow<'static, str> {
                <$inner>::schema_name()
            }
            fn schema_id() -> Cow<'static, str> {
                <$inner>::schema_id()
            }
            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                <$inner>::json_schema(generator)
            }
        }
    };
}
schema_of_inner!(At, T);
schema_of_inner!(Required, T);
schema_of_inner!(Given, T);

impl<T: JsonSchema> JsonSchema for Map<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("MapOf{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "minProperties": 1,
            "propertyNames": Name::json_schema(generator),
            "additionalProperties": generator.subschema_for::<T>(),
        })
    }
}
