//! `docs/action.md`: the inputs and outputs of the Action, from `action.yml`.

use std::fmt::Write as _;

use serde_json::Value;

use super::{below_marker, keep, read};

#[test]
fn inputs_and_outputs_are_those_of_the_action() {
    let action: Value = serde_yaml::from_str(&read("action.yml")).expect("it is YAML");
    let mut text = "\n## Inputs\n\n| input | meaning | default |\n| --- | --- | --- |\n".to_owned();
    for (name, input) in action["inputs"].as_object().expect("there are inputs") {
        let default = input["default"].as_str().filter(|default| !default.is_empty());
        let default = default.map(|default| format!("`{default}`")).unwrap_or_default();
        writeln!(text, "| `{name}` | {} | {default} |", cell(&input["description"])).expect("a text grows");
    }
    text.push_str("\n## Outputs\n\n| output | meaning |\n| --- | --- |\n");
    for (name, output) in action["outputs"].as_object().expect("there are outputs") {
        writeln!(text, "| `{name}` | {} |", cell(&output["description"])).expect("a text grows");
    }
    keep(&[below_marker("docs/action.md", &text)]);
}

fn cell(text: &Value) -> String {
    let text = text.as_str().expect("it is described").trim().replace('|', "\\|").replace('*', "\\*");
    if text.ends_with('.') { text } else { format!("{text}.") }
}
