//! Whole catalogs in memory.

mod agreement;
mod document;
mod exceptions;
mod experience;
mod local;
mod marketplace;
mod mirror;
mod portfolio;
mod robust;
mod schema;
mod settings;
mod shape;
mod yaml;

use super::*;
use crate::model::desired::{DesiredPortfolio, DesiredProduct, DesiredRecipients, ProductLists};
use crate::model::finding::Source;
use crate::model::id::{ProductId, Region};
use crate::model::mirror::{Mirror, Products};
use crate::model::settings::Access;

fn today() -> Date {
    jiff::civil::date(2026, 11, 20)
}

/// A catalog of files, by their paths inside it.
fn files(list: &[(&str, &str)]) -> CatalogFiles {
    let files = list.iter().map(|(path, text)| (format!("catalog/{path}"), text.as_bytes().to_vec())).collect();
    CatalogFiles { dir: "catalog".to_owned(), files, findings: Vec::new() }
}

/// The findings, one per line: place, code, message, help.
fn told(list: &[(&str, &str)]) -> String {
    let loaded = load(&files(list), today());
    assert_eq!(loaded.desired.is_some(), loaded.errors() == 0);
    let line = |finding: &Finding| {
        let source = &finding.source;
        let file = source.file.strip_prefix("catalog/").unwrap_or(&source.file);
        let end = source.end_column.map_or_else(String::new, |end| format!("-{end}"));
        let Finding { severity, code, message, help, source: _ } = finding;
        let level = if *severity == Severity::Error { "" } else { "warning " };
        format!("{file}:{}:{}{end} {level}{code}: {message} | {help}\n", source.line, source.column)
    };
    loaded.findings.iter().map(line).collect()
}

/// The findings about each text as the file at `path`, next to valid settings.
fn table(path: &str, texts: &[&str]) -> String {
    let told = |text: &&str| {
        let told = told(&[("settings.yaml", SETTINGS), (path, text)]);
        let told = told.lines().map(|line| line.replacen(&format!("{path}:"), "=> ", 1) + "\n").collect::<String>();
        format!("{}\n{told}", text.trim_end())
    };
    texts.iter().map(told).collect::<Vec<_>>().join("\n").trim_start().to_owned()
}

/// The content of a catalog, as text.
fn meaning(desired: &Desired) -> String {
    let place = |source: &Source| format!("{}:{}:{}", source.file, source.line, source.column);
    let mut text = Vec::new();
    for (name, organization) in &desired.settings.organizations {
        text.push(format!("organization {name} {} {}", organization.id, place(&organization.source)));
        let (service_catalog, marketplace) = (&organization.service_catalog_account, &organization.marketplace_account);
        let accounts =
            [service_catalog, marketplace].map(|account| account.as_ref().map_or("-", |account| account.as_str()));
        let Access { role, through, external_id, audience, shared_role: _ } = &organization.access;
        text.push(format!("  {accounts:?} {role:?} {through:?} {external_id:?} {audience}"));
    }
    let regions: Vec<&str> = desired.settings.regions.iter().map(Region::as_str).collect();
    text.push(format!("regions {regions:?} max_removals {}", desired.settings.max_removals));
    for (target, portfolio) in &desired.portfolios {
        let DesiredPortfolio {
            organization: _,
            account,
            region,
            portfolio,
            source,
            shares,
            expired,
            ignored,
            unlisted,
            recipients,
        } = portfolio;
        text.push(format!("{target}: {account} {region} {portfolio} {} unlisted {unlisted:?}", place(source)));
        text.extend(shares.iter().map(|share| format!("  {:?} {}", share.share, place(&share.source))));
        text.extend(expired.iter().map(|share| format!("  over {:?} {}", share.share, place(&share.source))));
        text.extend(ignored.iter().map(|it| format!("  ignored {:?} {}", it.who, place(&it.source))));
        for DesiredRecipients { who, except, principals, local: _, source } in recipients {
            text.push(format!("  in {who:?} but {except:?} {}", place(source)));
            text.extend(principals.iter().map(|it| format!("    {} {}", it.who, place(&it.source))));
        }
    }
    for experience in &desired.experiences {
        let (target, account, at) = (experience.target(), &experience.account, place(&experience.source));
        let (approved, rejected, expired, ignored, unlisted) = match &experience.products {
            Products::Listed(lists) => {
                let ProductLists { approved, rejected, expired, ignored, unlisted } = &**lists;
                (approved, rejected, expired, ignored, unlisted)
            }
            Products::Mirrored(mirror) => {
                let Mirror { organization, account: of, experience: which, ignored, unlisted, source } = &**mirror;
                text.push(format!("{target}: {account} {:?} {at} unlisted {unlisted:?}", experience.selector));
                text.push(format!("  as {which:?} of {organization} {of} {}", place(source)));
                text.extend(ignored.iter().map(|(id, source)| format!("  ignored {id} {}", place(source))));
                continue;
            }
        };
        text.push(format!("{target}: {account} {:?} {at} unlisted {unlisted:?}", experience.selector));
        for (sign, list) in [("+", approved), ("-", rejected)] {
            let line = |(id, product): (&ProductId, &DesiredProduct)| {
                format!("  {sign} {id} {:?} {}", product.notes, place(&product.source))
            };
            text.extend(list.iter().map(line));
        }
        let over =
            expired.iter().map(|(id, it)| format!("  over {id} {:?} {} {}", it.listing, it.day, place(&it.source)));
        text.extend(over);
        text.extend(ignored.iter().map(|(id, source)| format!("  ignored {id} {}", place(source))));
    }
    text.push(format!("names {:?}", desired.product_names));
    text.push(desired.digest.clone());
    text.join("\n")
}

const SETTINGS: &str = "\
version: 1
organizations:
  acme:
    id: o-acme000001
    service_catalog_account: \"111111111111\"
    marketplace_account: 011111111112
  subsidiary:
    id: o-subs000001
    marketplace_account: \"222222222221\"
    access:
      role: arn:aws:iam::{account}:role/subsidiary-catalog-{mode}
access:
  role: arn:aws:iam::{account}:role/catalog-sync-{mode}
  through: arn:aws:iam::111111111111:role/catalog-sync-entry-{mode}
  external_id: acme-catalog
regions: [us-east-1]
";

#[test]
fn a_good_catalog_is_understood() {
    let catalog = files(&[
        ("settings.yaml", SETTINGS),
        (
            "portfolios/data-platform.yaml",
            "# yaml-language-server: $schema=x\nportfolio: Data Platform\nregions: [us-east-1, eu-west-1]\nshares:\n\
             - account: 033333333333\n  tag_options: true\n- ou: Workloads/Production\n- organization: acme\n",
        ),
        (
            "marketplace/baseline.yaml",
            "approved:\n  - id: prod-4xk6p2ab3cdef\n    name: Datadog Pro\n    notes: SEC-1\n  - prod-aaaaaaaaaaaaa\n\
             experiences:\n  - {organization: subsidiary, all_live: true, except: [exp-9999zzzz]}\n",
        ),
    ]);
    let loaded = load(&catalog, today());
    assert_eq!(loaded.findings, []);
    insta::assert_snapshot!(meaning(&loaded.desired.unwrap()), @r#"
    organization acme o-acme000001 catalog/settings.yaml:3:3
      ["111111111111", "011111111112"] Some("arn:aws:iam::{account}:role/catalog-sync-{mode}") Some("arn:aws:iam::111111111111:role/catalog-sync-entry-{mode}") Some("acme-catalog") sts.amazonaws.com
    organization subsidiary o-subs000001 catalog/settings.yaml:7:3
      ["-", "222222222221"] Some("arn:aws:iam::{account}:role/subsidiary-catalog-{mode}") Some("arn:aws:iam::111111111111:role/catalog-sync-entry-{mode}") Some("acme-catalog") sts.amazonaws.com
    regions ["us-east-1"] max_removals 20
    portfolio/data-platform/acme/eu-west-1: 111111111111 eu-west-1 Data Platform catalog/portfolios/data-platform.yaml:2:12 unlisted Remove
      Account { account: AccountId("033333333333"), tag_options: true } catalog/portfolios/data-platform.yaml:5:3
      Ou { ou: Path("Workloads/Production"), tag_options: false, principals: false } catalog/portfolios/data-platform.yaml:7:3
      Organization { organization: OrganizationId("o-acme000001"), tag_options: false, principals: false } catalog/portfolios/data-platform.yaml:8:3
    portfolio/data-platform/acme/us-east-1: 111111111111 us-east-1 Data Platform catalog/portfolios/data-platform.yaml:2:12 unlisted Remove
      Account { account: AccountId("033333333333"), tag_options: true } catalog/portfolios/data-platform.yaml:5:3
      Ou { ou: Path("Workloads/Production"), tag_options: false, principals: false } catalog/portfolios/data-platform.yaml:7:3
      Organization { organization: OrganizationId("o-acme000001"), tag_options: false, principals: false } catalog/portfolios/data-platform.yaml:8:3
    marketplace/baseline/subsidiary/*: 222222222221 AllLive { except: {ExperienceId("exp-9999zzzz")} } catalog/marketplace/baseline.yaml:7:5 unlisted Remove
      + prod-4xk6p2ab3cdef Some("SEC-1") catalog/marketplace/baseline.yaml:2:9
      + prod-aaaaaaaaaaaaa None catalog/marketplace/baseline.yaml:5:5
    names {ProductId("prod-4xk6p2ab3cdef"): "Datadog Pro"}
    sha256:d975639b9e7da6dfb4577abae676cd4fca2ec4f5b34ab5bd73d7ad57156b8265
    "#);
}

#[test]
fn the_digest_is_of_the_files_and_not_of_where_they_lie() {
    let texts = [("settings.yaml", SETTINGS), ("portfolios/x.yaml", "portfolio: X\nshares: []\n")];
    let digest = |files: &CatalogFiles| load(files, today()).desired.unwrap().digest;
    let here = files(&texts);
    let moved = |dir: &str| {
        let files = texts.iter().map(|(path, text)| (format!("{dir}{path}"), text.as_bytes().to_vec())).collect();
        CatalogFiles { dir: dir.trim_end_matches('/').to_owned(), files, findings: Vec::new() }
    };
    assert_eq!(digest(&here), digest(&moved("/elsewhere/infra/catalog/")));
    assert_eq!(digest(&here), digest(&moved("")));
    let renamed = files(&[texts[0], ("portfolios/y.yaml", texts[1].1)]);
    assert_ne!(digest(&here), digest(&renamed));
}
