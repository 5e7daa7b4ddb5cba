//! An entry of `spoke-local-portfolios` or `imported-portfolios`.

use std::collections::BTreeSet;

use crate::foreign::names::{self, Arn};
use crate::foreign::reader::{Reader, get, shown};
use crate::model::desired::LocalMode;
use crate::model::id::AccountId;
use crate::model::local::LaunchRole;
use crate::model::recipient::PrincipalRef;
use crate::yaml::{Entry, Node};

/// The contents of an entry.
pub(super) struct Item<'n> {
    pub(super) portfolio: &'n str,
    /// `share_with` or `deploy_to`.
    pub(super) targets: Option<&'n Node<'n>>,
    /// Shared with OUs through the organization instead of account by account.
    pub(super) is_by_organization: bool,
    pub(super) tag_options: bool,
    pub(super) principals: bool,
    pub(super) associations: Vec<Association>,
    /// How the spoke's own portfolio holds products. `None` if the spoke has none.
    pub(super) local: Option<LocalMode>,
    /// The launch role of all products, or the reason why a catalog can't have it.
    pub(super) launch: Result<Option<LaunchRole>, String>,
}

/// A principal that may launch.
pub(super) struct Association {
    pub(super) spot: String,
    pub(super) who: PrincipalRef,
    /// The only account in which it may. `None` means every account.
    pub(super) account: Option<AccountId>,
}

const KNOWN: [&str; 12] = [
    "portfolio",
    "status",
    "share_with",
    "deploy_to",
    "sharing_mode",
    "share_tag_options",
    "share_principals",
    "associations",
    "constraints",
    "product_generation_method",
    // These say how Puppet works and leave nothing behind.
    "execution",
    "requested_priority",
];

impl<'n> Item<'n> {
    /// Reads an entry. `None` if there is nothing to take over; that was reported.
    pub(super) fn read(node: &'n Node<'n>, what: &str, is_local: bool, reader: &mut Reader<'_>) -> Option<Self> {
        let entries = reader.map(node, what);
        let field = |key: &str| get(entries, key).filter(|node| !node.is_null());
        if let Some(status) = field("status")
            && status.text() == Some("terminated")
        {
            reader.leave(status.place, &format!("{what}: Puppet takes it away (`status: terminated`)"));
            return None;
        }
        let Some(portfolio) = reader.text(field("portfolio"), &format!("{what}, portfolio")) else {
            reader.leave(node.place, &format!("{what}: it names no portfolio that can be read"));
            return None;
        };
        if let Err(why) = names::portfolio(portfolio) {
            reader.leave(node.place, &format!("{what}: no file can name its portfolio so, since {why}"));
            return None;
        }
        let is_by_organization = match reader.text(field("sharing_mode"), &format!("{what}, sharing_mode")) {
            Some("AWS_ORGANIZATIONS") => true,
            Some("ACCOUNT") | None => false,
            Some(other) => {
                reader.leave(node.place, &format!("{what}: sharing_mode {} is none that is known", shown(other)));
                return None;
            }
        };
        let local = is_local.then(|| method(field("product_generation_method"), what, reader));
        let tag_options =
            reader.flag(field("share_tag_options"), &format!("{what}, share_tag_options")).unwrap_or_default();
        let principals =
            reader.flag(field("share_principals"), &format!("{what}, share_principals")).unwrap_or_default();
        if principals && !is_by_organization {
            let place = field("share_principals").map_or(node.place, |node| node.place);
            reader.leave(place, &format!("{what}, share_principals: from account to account none are shared"));
        }
        let associations = associations(field("associations"), what, reader);
        let launch = match field("constraints") {
            Some(constraints) => launch(constraints, what, reader),
            None => Ok(None),
        };
        reader.others(entries, &KNOWN, what);
        Some(Self {
            portfolio,
            targets: field("share_with").or_else(|| field("deploy_to")),
            is_by_organization,
            tag_options,
            principals,
            associations,
            local,
            launch,
        })
    }
}

/// The product generation method. Puppet makes copies by default.
fn method(node: Option<&Node<'_>>, what: &str, reader: &mut Reader<'_>) -> LocalMode {
    let label = format!("{what}, product_generation_method");
    match reader.text(node, &label) {
        Some("import") => LocalMode::Reference,
        Some("copy") | None => LocalMode::Copy,
        Some(other) => {
            if let Some(node) = node {
                reader.alter(node.place, &format!("{label}: {} is none that is known: taken for `copy`", shown(other)));
            }
            LocalMode::Copy
        }
    }
}

/// Parses an ARN in which Puppet fills in the account. Returns the account, if the ARN names one, and the resource.
fn filled_in(text: &str) -> Result<(Option<AccountId>, String), String> {
    // Only in the account's place. An ARN has no colon inside of an account, but Puppet's placeholder has.
    const HERE: (&str, &str) = (":iam::${AWS::AccountId}:", ":iam::here:");
    let plain = text.replace("${AWS::Partition}", "aws").replacen(HERE.0, HERE.1, 1);
    if plain.contains("${") || plain.contains("{{") {
        return Err(format!("{} is filled in by Puppet, and is not known here", shown(text)));
    }
    let arn = Arn::of(&plain, "iam").ok_or_else(|| format!("{} is no ARN of IAM", shown(text)))?;
    if arn.account == "here" {
        return Ok((None, arn.resource.to_owned()));
    }
    let account = arn.account.parse().map_err(|_| format!("{} names no account", shown(text)))?;
    Ok((Some(account), arn.resource.to_owned()))
}

fn associations(node: Option<&Node<'_>>, what: &str, reader: &mut Reader<'_>) -> Vec<Association> {
    let label = format!("{what}, associations");
    let mut found = Vec::new();
    for node in reader.list(node, &label) {
        let Some(text) = reader.template(node, &label) else { continue };
        let read = filled_in(text).and_then(|(account, resource)| Ok((account, names::principal(&resource)?)));
        match read {
            Ok((account, who)) => {
                if let PrincipalRef::Pattern(pattern) = &who {
                    reader.alter(
                        node.place,
                        &format!(
                            "{label}: Puppet looks up who matches {} now; the file has the pattern itself",
                            shown(pattern)
                        ),
                    );
                }
                found.push(Association { spot: reader.spot(node.place), who, account });
            }
            Err(why) => reader.leave(node.place, &format!("{label}: {why}")),
        }
    }
    found
}

/// The one launch role of all products. An error if there are several.
fn launch(constraints: &Node<'_>, what: &str, reader: &mut Reader<'_>) -> Result<Option<LaunchRole>, String> {
    let label = format!("{what}, constraints");
    let entries: &[Entry<'_>] = reader.map(constraints, &label);
    reader.others(entries, &["launch"], &label);
    let mut roles: BTreeSet<LaunchRole> = BTreeSet::new();
    let mut wrong: Option<String> = None;
    // Constraints for only some of the products.
    let mut narrower: Vec<(&Node<'_>, String)> = Vec::new();
    for constraint in reader.list(get(entries, "launch"), &label) {
        let fields = reader.map(constraint, &label);
        reader.others(fields, &["product", "products", "roles"], &label);
        for node in reader.list(get(fields, "roles"), &label) {
            let Some(text) = reader.template(node, &label) else { continue };
            let read = filled_in(text).and_then(|(account, resource)| match account {
                None => match resource.strip_prefix("role/") {
                    Some(name) => names::launch_role(name),
                    None => Err(format!("{} is no role", shown(&resource))),
                },
                Some(_) => names::role_arn(text),
            });
            match read {
                Ok(role) => {
                    roles.insert(role);
                }
                Err(why) => wrong = Some(why),
            }
        }
        let products: Vec<&str> = match (get(fields, "product"), get(fields, "products")) {
            (Some(product), _) => product.text().into_iter().collect(),
            (None, Some(products)) => {
                products.text().into_iter().chain(products.items().iter().filter_map(Node::text)).collect()
            }
            (None, None) => Vec::new(),
        };
        if !products.contains(&".*") {
            let products: Vec<String> = products.into_iter().map(shown).collect();
            let text = format!(
                "the launch role counts for {} alone; in a file it counts for every product",
                products.join(", ")
            );
            narrower.push((constraint, text));
        }
    }
    if let Some(why) = wrong {
        return Err(format!("its launch role: {why}"));
    }
    let mut roles = roles.into_iter();
    match (roles.next(), roles.next()) {
        (role, None) => {
            for (constraint, text) in narrower {
                reader.alter(constraint.place, &format!("{label}: {text}"));
            }
            Ok(role)
        }
        _ => Err("its products have several launch roles, and a catalog gives all of them one".to_owned()),
    }
}
