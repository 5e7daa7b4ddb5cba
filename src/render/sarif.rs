//! Findings as SARIF 2.1.0, which GitHub's code scanning reads.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::model::finding::{Finding, Pages, Severity, Source};
use crate::model::hex::hex;

use super::escape::markdown::url_path;
use super::escape::visible;

/// The only fingerprint that code scanning reads.
const PRIMARY: &str = "primaryLocationLineHash";

/// The findings as a SARIF log. `version` is the tool's version.
pub fn sarif(findings: &[Finding], pages: &Pages, version: &str) -> String {
    let pages: BTreeMap<&str, String> =
        findings.iter().map(|finding| (finding.code, pages.page(finding.code))).collect();
    let rules: BTreeSet<&str> = pages.keys().copied().collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "catalog-sync",
                "version": version,
                "rules": pages.iter().map(|(code, page)| rule(code, page)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results(findings, &rules),
        }],
    });
    format!("{log:#}\n")
}

fn rule(code: &str, page: &str) -> Value {
    let text = code.replace('_', " ");
    let mut rule = json!({
        "id": code,
        "shortDescription": { "text": text },
        "help": { "text": format!("The page about it, with examples: {page}") },
    });
    // `helpUri` must be an address, and the page may be a path.
    if page.starts_with("https://")
        && let Some(rule) = rule.as_object_mut()
    {
        rule.insert("helpUri".to_owned(), page.into());
    }
    rule
}

fn results(findings: &[Finding], rules: &BTreeSet<&str>) -> Vec<Value> {
    let mut seen: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    let mut results = Vec::new();
    for finding in findings {
        let Finding { severity, code, message, help, source } = finding;
        let nth = seen.entry((code, &source.file, message)).or_default();
        *nth += 1;
        let help = if help.is_empty() { String::new() } else { format!(". {help}") };
        results.push(json!({
            "ruleId": code,
            "ruleIndex": rules.iter().position(|rule| rule == code),
            "level": match severity { Severity::Error => "error", Severity::Warning => "warning" },
            "message": { "text": plain(&format!("{message}{help}")) },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": url_path(&source.file) },
                "region": region(source),
            }}],
            "partialFingerprints": { PRIMARY: fingerprint(finding, *nth) },
        }));
    }
    results
}

/// Escapes foreign text for a message, in which brackets would be a link.
fn plain(text: &str) -> String {
    visible(text).replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

fn region(source: &Source) -> Value {
    let Source { file: _, line, column, end_column } = source;
    // SARIF counts lines and columns from 1, and a region must not be empty.
    let (line, column) = ((*line).max(1), (*column).max(1));
    match end_column {
        Some(end) if *end > column => json!({ "startLine": line, "startColumn": column, "endColumn": end }),
        _ => json!({ "startLine": line, "startColumn": column }),
    }
}

/// A fingerprint that does not depend on the line, so that it stays the same when lines above come and go.
fn fingerprint(finding: &Finding, nth: usize) -> String {
    let text = [finding.code, &finding.source.file, &finding.message, &nth.to_string()].join("\0");
    hex(Sha256::digest(text.as_bytes()).get(..16).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::sample;
    use super::*;

    fn finding(line: u32, end_column: Option<u32>) -> Finding {
        let mut source = sample::source("catalog/portfolios/a b.yaml", line);
        source.end_column = end_column;
        let (message, help) = ("unknown key `accout`".to_owned(), "Did you mean `account`?".to_owned());
        Finding { severity: Severity::Error, code: "unknown_key", message, help, source }
    }

    #[test]
    fn a_finding_in_sarif() {
        assert_snapshot!(sarif(&[finding(8, Some(11))], &Pages::default(), "0.1.0"), @r#"
        {
          "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
          "runs": [
            {
              "columnKind": "unicodeCodePoints",
              "results": [
                {
                  "level": "error",
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "catalog/portfolios/a%20b.yaml"
                        },
                        "region": {
                          "endColumn": 11,
                          "startColumn": 5,
                          "startLine": 8
                        }
                      }
                    }
                  ],
                  "message": {
                    "text": "unknown key `accout`. Did you mean `account`?"
                  },
                  "partialFingerprints": {
                    "primaryLocationLineHash": "1c00f88bf351b97b7f952b07cc78a31e"
                  },
                  "ruleId": "unknown_key",
                  "ruleIndex": 0
                }
              ],
              "tool": {
                "driver": {
                  "name": "catalog-sync",
                  "rules": [
                    {
                      "help": {
                        "text": "The page about it, with examples: docs/findings/unknown_key.md"
                      },
                      "id": "unknown_key",
                      "shortDescription": {
                        "text": "unknown key"
                      }
                    }
                  ],
                  "version": "0.1.0"
                }
              }
            }
          ],
          "version": "2.1.0"
        }
        "#);
    }

    #[test]
    fn a_fingerprint_survives_a_move_and_tells_twins_apart() {
        let print = |findings: &[Finding], at: usize| -> Value {
            let log: Value = serde_json::from_str(&sarif(findings, &Pages::default(), "0.1.0")).unwrap();
            log["runs"][0]["results"][at]["partialFingerprints"].clone()
        };
        assert_eq!(print(&[finding(8, None)], 0), print(&[finding(80, None)], 0));
        assert_ne!(print(&[finding(8, None), finding(9, None)], 0), print(&[finding(8, None), finding(9, None)], 1));
    }

    #[test]
    fn address_of_a_page_is_a_link_and_a_path_is_not() {
        let address = "https://github.com/acme/catalog-sync/blob/HEAD/docs/findings/unknown_key.md";
        assert_eq!(rule("unknown_key", address)["helpUri"], address);
        assert_eq!(rule("unknown_key", "docs/findings/unknown_key.md").get("helpUri"), None);
    }

    #[test]
    fn no_findings_is_a_log_too() {
        let log: Value = serde_json::from_str(&sarif(&[], &Pages::default(), "0.1.0")).unwrap();
        assert_eq!(log["runs"][0]["results"], json!([]));
    }
}
