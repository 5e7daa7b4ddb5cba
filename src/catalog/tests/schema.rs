//! The JSON Schemas agree with what is read.

use super::*;

/// The files that a schema shows as examples.
fn examples(kind: FileKind) -> Vec<String> {
    let schema = schema(kind);
    schema["examples"].as_array().unwrap().iter().map(ToString::to_string).collect()
}

#[test]
fn the_examples_make_a_good_catalog() {
    let settings = &examples(FileKind::Settings)[0];
    for portfolio in examples(FileKind::Portfolio) {
        for list in examples(FileKind::Marketplace) {
            let texts = [
                ("settings.yaml", settings.as_str()),
                ("portfolios/x.yaml", &portfolio),
                ("marketplace/x.yaml", &list),
            ];
            assert_eq!(load(&files(&texts), today()).errors(), 0, "{}", told(&texts));
        }
    }
}

#[test]
fn no_key_may_be_null_and_every_key_is_described() {
    fn walk(schema: &serde_json::Value, path: &str) {
        // Conditions list only a few keys, so they are skipped.
        if let Some(properties) = schema["properties"].as_object().filter(|_| schema["type"] == "object") {
            assert_eq!(schema["additionalProperties"], false, "{path}");
            for (key, property) in properties {
                assert!(property["description"].is_string(), "{path}/{key}");
            }
        }
        for (key, value) in schema.as_object().into_iter().flatten() {
            walk(value, &format!("{path}/{key}"));
        }
    }
    for kind in FileKind::ALL {
        let schema = schema(*kind);
        assert!(!schema.to_string().contains("\"null\""), "{kind:?}");
        walk(&schema, kind.as_str());
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&schema(FileKind::Portfolio)["definitions"]["Share"]["properties"]["account"]).unwrap(), @r#"
    {
      "description": "With this account.",
      "maximum": 999999999999,
      "minimum": 0,
      "pattern": "^[0-9]{12}$",
      "type": [
        "string",
        "integer"
      ]
    }
    "#);
    let product = &schema(FileKind::Marketplace)["definitions"]["ProductEntry"];
    assert_eq!(product["properties"]["notes"]["maxLength"], 50, "{product}");
}
