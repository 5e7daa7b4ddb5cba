//! Recognises the kind of a file by its contents.

use crate::yaml::{Content, Node};
use std::fmt::Write as _;

use super::csv;
use super::file::{ForeignFile, Kind, Trouble};
use super::reader::shown;

/// What is missing in a file that is not of this kind.
fn told_by(kind: Kind) -> &'static str {
    match kind {
        Kind::Lza => "no `customizations` and no list of accounts (`mandatoryAccounts`, `workloadAccounts`) at the top",
        Kind::Puppet => "no `spoke-local-portfolios`, `imported-portfolios` or `schema: puppet-…` at the top",
        Kind::Terraform => {
            "neither a state (`terraform_version` and `resources`) nor what `terraform show -json` prints"
        }
        Kind::MarketplaceAutomation => "no `Name` with `AllowProducts`, `DenyProducts` or the like at the top",
        Kind::Csv => "no first line that names a column `id`, and no product id alone in each line",
    }
}

/// The kind of a file.
///
/// # Errors
///
/// If it is of no known kind. The sentence lists each kind with the reason.
pub fn recognise(file: &ForeignFile) -> Result<Kind, Trouble> {
    let tree = file.tree();
    if let Ok(root) = &tree {
        let found = Kind::ALL.into_iter().find(|kind| is_of(*kind, root));
        if let Some(kind) = found {
            return Ok(kind);
        }
    }
    let is_mapping = matches!(&tree, Ok(Node { content: Content::Map(_), .. }));
    if !is_mapping && csv::is_csv(&file.text) {
        return Ok(Kind::Csv);
    }
    let tried: Vec<String> = Kind::ALL.into_iter().map(|kind| format!("{} ({})", kind.word(), told_by(kind))).collect();
    let mut text =
        format!("{}: this is none of the files that `--from` reads. Tried: {}.", file.path, tried.join("; "));
    match tree {
        Err(Trouble(why)) => {
            let _ = write!(text, " As YAML or JSON it can't be read at all: {why}.");
        }
        Ok(root) => {
            let keys: Vec<String> = root.entries().iter().take(10).map(|entry| shown(&entry.key)).collect();
            if !keys.is_empty() {
                let _ = write!(text, " It has {} at the top.", keys.join(", "));
            }
        }
    }
    text.push_str(" If it is one all the same, say which with `--from-format`.");
    Err(Trouble(text))
}

fn is_of(kind: Kind, root: &Node<'_>) -> bool {
    let has = |key: &str| root.get(key).is_some();
    match kind {
        Kind::Lza => has("customizations") || has("mandatoryAccounts") || has("workloadAccounts"),
        Kind::Puppet => {
            let schema = root.get("schema").or_else(|| root.get("Schema")).and_then(Node::text);
            has("spoke-local-portfolios")
                || has("imported-portfolios")
                || schema.is_some_and(|schema| schema.starts_with("puppet-"))
        }
        Kind::Terraform => {
            has("terraform_version") || (has("format_version") && (has("values") || has("planned_values")))
        }
        Kind::MarketplaceAutomation => {
            has("Name")
                && [
                    "AssociatePrincipals",
                    "DisassociatePrincipals",
                    "AllowProducts",
                    "DenyProducts",
                    "PolicyResourceRequests",
                ]
                .into_iter()
                .any(has)
        }
        Kind::Csv => false,
    }
}
