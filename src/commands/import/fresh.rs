//! The first `settings.yaml` of a catalog, made from what AWS says of the present account.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Result, bail};

use crate::cli::Common;
use crate::cloud::{CloudError, Own, SERVICE_CATALOG};
use crate::commands::catalog::Catalog;
use crate::commands::{cloud, output};
use crate::model::change::CatalogVersion;
use crate::model::desired::Desired;
use crate::model::id::{AccountId, Name, Region};
use crate::model::settings::Mode;
use crate::model::trust::Before;

/// Marks a line that a person has to check.
const GAP: &str = "GAP";

/// Asks AWS with the starting credentials, and returns the text of the settings. `name`: a name for the organization.
pub(super) async fn settings(common: &Common, name: Option<&Name>) -> Result<String> {
    output::say(common, "There is no settings.yaml: it is written of what AWS says of the account that this runs in.");
    let version = CatalogVersion { digest: String::new(), revision: None, base: None, sandbox: common.is_sandboxed() };
    let nothing =
        Catalog { desired: Desired::default(), base: None, earlier: Vec::new(), before: Before::Nothing, version };
    let session = cloud::open(common, &nothing, Mode::Plan).await?;
    let own = session.cloud.own().await;
    session.close(common).await?;
    let own = match own {
        Ok(own) => own,
        Err(error) => bail!(
            "{error}. Without a settings.yaml the starting credentials have to be those of the management account or of a \
             delegated administrator; or write the settings with `catalog-sync init`"
        ),
    };
    let region = std::env::var("AWS_REGION").or_else(|_| std::env::var("AWS_DEFAULT_REGION")).ok();
    let region: Option<Region> = region.and_then(|region| region.parse().ok());
    let text = written(&own, name, region.as_ref())?;
    for line in text.lines().filter(|line| line.contains(GAP)) {
        output::tell(&format!("left to do in settings.yaml: {}", line.trim().trim_start_matches("# ")));
    }
    Ok(text)
}

/// The text of the settings. Fails if the account administers neither service: then there is nothing to read.
fn written(own: &Own, name: Option<&Name>, region: Option<&Region>) -> Result<String> {
    let Own { account, organization, manager, manager_name, of_service_catalog, of_marketplace } = own;
    let made = manager_name.as_ref().ok().and_then(|name| Name::made_of(name));
    let is_told = name.is_some() || made.is_some();
    let called = name.cloned().or(made).map_or_else(|| "organization".to_owned(), |name| name.to_string());
    let owner = line(own, "service_catalog_account", of_service_catalog, "owns the portfolios");
    let governor = line(own, "marketplace_account", of_marketplace, "governs the private marketplace");
    if owner.starts_with('#') && governor.starts_with('#') {
        bail!(
            "the account {account} is neither the management account of {organization}, which is {manager}, nor a delegated \
             administrator of {SERVICE_CATALOG} or Private Marketplace: run this with the credentials of such an account"
        );
    }
    let region_line = match region {
        Some(region) => format!("regions: [{region}] # where portfolios live unless their file says otherwise"),
        None => {
            format!("regions: [us-east-1] # {GAP}: AWS_REGION names none. Name the regions in which portfolios live")
        }
    };
    let remark = if is_told { "the other files call it so" } else { "GAP: give it a name; the other files use it" };
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write!(
        text,
        "# Where things live, and how to get in.\n\
         version: 1\n\n\
         organizations:\n  {called}: # {remark}\n    id: {organization}\n    {owner}\n    {governor}\n\n\
         # {GAP}: without roles one's own credentials serve, in this account alone; `catalog-sync iam` prints the roles.\n\
         # access:\n#   role: arn:aws:iam::{{account}}:role/catalog-sync-{{mode}} # {{mode}} becomes plan or apply\n\n\
         {region_line}\n\n\
         safety:\n  max_removals: 20 # more removals need a person's approval\n"
    );
    Ok(text)
}

/// The line for the owning account of a service: the present account if it may own, else a comment.
fn line(own: &Own, key: &str, administrators: &Result<BTreeSet<AccountId>, CloudError>, what: &str) -> String {
    let Own { account, manager, .. } = own;
    match administrators {
        Ok(all) if account == manager || all.contains(account) => {
            let others: Vec<&str> = all.iter().filter(|it| *it != account).map(AccountId::as_str).collect();
            let also = if others.is_empty() { String::new() } else { format!("; {} may, too", others.join(", ")) };
            format!("{key}: \"{account}\" # {what}{also}")
        }
        Ok(all) => {
            let others: Vec<&str> = [manager].into_iter().chain(all).map(AccountId::as_str).collect();
            format!(
                "# {key}: \"{manager}\" # {GAP}: {what}, and has to be one of {}: needs `access`",
                others.join(", ")
            )
        }
        Err(_) if account == manager => format!("{key}: \"{account}\" # {what}"),
        Err(error) => {
            format!("{key}: \"{account}\" # {GAP}: {what}? {} can't be asked ({})", error.operation, error.code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(account: &str, service_catalog: &[&str], marketplace: &[&str]) -> Own {
        let all = |ids: &[&str]| Ok(ids.iter().map(|id| id.parse().unwrap()).collect());
        Own {
            account: account.parse().unwrap(),
            organization: "o-acme000001".parse().unwrap(),
            manager: "111111111111".parse().unwrap(),
            manager_name: Ok("Acme Corp".to_owned()),
            of_service_catalog: all(service_catalog),
            of_marketplace: all(marketplace),
        }
    }

    #[test]
    fn account_stands_where_it_may_and_else_there_is_a_gap() {
        let of = |own: &Own| written(own, None, Some(&"eu-west-1".parse().unwrap())).unwrap();
        let text = of(&own("111111111111", &["222222222222"], &[]));
        assert!(text.contains("  acme-corp: # the other files call it so\n"), "{text}");
        assert!(
            text.contains(
                "    service_catalog_account: \"111111111111\" # owns the portfolios; 222222222222 may, too\n"
            )
        );
        assert!(
            text.contains("    marketplace_account: \"111111111111\" # governs the private marketplace\n"),
            "{text}"
        );
        let text = of(&own("222222222222", &["222222222222"], &["333333333333"]));
        let gap = "    # marketplace_account: \"111111111111\" # GAP: governs the private marketplace, and has to be one of \
                   111111111111, 333333333333: needs `access`\n";
        assert!(text.contains(gap), "{text}");
        let error = written(&own("444444444444", &["222222222222"], &[]), None, None).unwrap_err().to_string();
        assert!(error.contains("which is 111111111111"), "{error}");
    }

    #[test]
    fn region_that_nobody_names_is_a_gap() {
        let named = "acme".parse().unwrap();
        let text = written(&own("111111111111", &[], &[]), Some(&named), None).unwrap();
        assert!(text.contains("  acme: # the") && text.contains("regions: [us-east-1] # GAP: AWS_REGION"), "{text}");
    }
}
