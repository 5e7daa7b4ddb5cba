//! The map of a large estate stays small, and making it takes no quadratic work.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalog_sync::model::audience::{AudiencePrincipal, Audiences};
use catalog_sync::model::change::CatalogVersion;
use catalog_sync::model::desired::{
    Desired, DesiredExperience, DesiredPortfolio, DesiredPrincipal, DesiredProduct, DesiredRecipients, DesiredShare,
    ExperienceSelector, ExperienceTerms, OuRef, ProductLists, Recipients, Selector, Unlisted,
};
use catalog_sync::model::experience::{Experience, ExperienceStatus, ProcurementPolicy};
use catalog_sync::model::finding::Source;
use catalog_sync::model::id::{ExperienceId, OuId, PortfolioId, ProductId};
use catalog_sync::model::live::{Found, Live, Named, Reading, Shelf};
use catalog_sync::model::mirror::Products;
use catalog_sync::model::organization::{Account, AccountStatus, Organization, Unit, Walk};
use catalog_sync::model::portfolio::{LiveShare, Portfolio, Share};
use catalog_sync::model::recipient::PrincipalRef;
use catalog_sync::model::settings::{Access, OrganizationSettings, Settings};
use catalog_sync::model::target::TargetName;
use catalog_sync::plan::{Scope, atlas, diff};
use catalog_sync::render::map::{Made, data};

const ACCOUNTS: usize = 1000;
const UNITS: usize = 60;
const PORTFOLIOS: usize = 100;
const EXPERIENCES: usize = 50;
const PRODUCTS: usize = 2000;

/// The data's share of a page of at most 2 MB, in bytes.
const MOST: usize = 1_800_000;

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn unit(number: usize) -> OuId {
    id(&format!("ou-acme-unit{number:04}"))
}

fn unit_name(number: usize) -> String {
    format!("Business Unit {number}")
}

fn product(number: usize) -> ProductId {
    id(&format!("prod-{number:013x}"))
}

fn account(number: usize) -> String {
    format!("2{number:011}")
}

fn source(file: &str, line: usize) -> Source {
    Source { file: format!("catalog/{file}.yaml"), line: u32::try_from(line).unwrap(), column: 5, end_column: None }
}

/// Ten OUs below the root and five below each of them, which hold the accounts.
fn tree() -> Organization {
    let mut tree = Organization::new(id("o-acme000001"), id("111111111111"));
    tree.walk = Walk::Complete;
    tree.whole = true;
    tree.listed.insert(None);
    for number in 0..UNITS {
        let parent = (number >= 10).then(|| unit(number % 10));
        tree.units.insert(unit(number), Unit { name: unit_name(number), parent });
        tree.listed.insert(Some(unit(number)));
    }
    for number in 0..ACCOUNTS {
        let leaf = 10 + number % 50;
        let known = Account {
            name: format!("team-{number}-production"),
            email: Some(format!("aws+team-{number}@example.com")),
            status: AccountStatus::Active,
            joined: None,
            above: Some(vec![unit(leaf % 10), unit(leaf)]),
        };
        tree.accounts.insert(id(&account(number)), known);
    }
    tree
}

/// The shares of a portfolio: with three OUs and five accounts.
fn shares(portfolio: usize) -> Vec<Share<OuRef>> {
    let units = [portfolio % 10, 10 + portfolio % 50, 10 + (portfolio * 7 + 3) % 50];
    let path = |at: usize| if at < 10 { unit_name(at) } else { format!("{}/{}", unit_name(at % 10), unit_name(at)) };
    let units: BTreeSet<usize> = units.into_iter().collect();
    let units =
        units.into_iter().map(|at| Share::Ou { ou: OuRef::Path(path(at)), tag_options: true, principals: false });
    let accounts = (0..5)
        .map(|at| Share::Member { account: id(&account((portfolio * 13 + at * 101) % ACCOUNTS)), tag_options: true });
    units.chain(accounts).collect()
}

fn live_share(share: &Share<OuRef>) -> Share {
    let named = |ou: &OuRef| match ou {
        OuRef::Path(path) => path.rsplit(' ').next().map(|number| unit(number.parse().unwrap())).ok_or(()),
        OuRef::Id(unit) => Ok(unit.clone()),
    };
    share.map_ou(named).unwrap()
}

fn catalog() -> Desired {
    let acme = OrganizationSettings {
        id: id("o-acme000001"),
        service_catalog_account: Some(id("111111111112")),
        marketplace_account: Some(id("111111111112")),
        access: Access::default(),
        source: source("settings", 3),
    };
    let portfolio = |number: usize| {
        let file = format!("portfolio-{number}");
        let name =
            TargetName::Portfolio { file: id(&file), organization: id("acme"), region: id("us-east-1"), former: None };
        // Each file lists one account that is not live, and lacks one share that is.
        let listed = shares(number)
            .into_iter()
            .skip(1)
            .chain([Share::Member { account: id(&account(number)), tag_options: true }]);
        let shares = listed.enumerate().map(|(line, share)| DesiredShare {
            share,
            notes: None,
            until: None,
            source: source(&file, line + 2),
        });
        let wanted = DesiredPortfolio {
            organization: id("acme"),
            account: id("111111111112"),
            region: id("us-east-1"),
            portfolio: Selector::Name(format!("Portfolio {number}")),
            source: source(&file, 1),
            shares: shares.collect(),
            expired: Vec::new(),
            ignored: Vec::new(),
            unlisted: Unlisted::Remove,
            recipients: vec![DesiredRecipients {
                who: Recipients::Organization(id("o-acme000001")),
                except: BTreeSet::new(),
                principals: vec![DesiredPrincipal {
                    who: PrincipalRef::Named("role/Engineer".to_owned()),
                    source: source(&file, 40),
                }],
                local: None,
                source: source(&file, 39),
            }],
        };
        (name, wanted)
    };
    let experience = |number: usize| {
        let entry = |line: usize| DesiredProduct { notes: None, until: None, source: source("list", line) };
        let approved =
            approved(number).into_iter().skip(1).enumerate().map(|(line, product)| (product, entry(line + 2)));
        DesiredExperience {
            file: id(&format!("list-{number}")),
            organization: id("acme"),
            account: id("111111111112"),
            selector: ExperienceSelector::One(Selector::Id(experience_id(number))),
            products: Products::Listed(Arc::new(ProductLists {
                approved: approved.collect(),
                rejected: BTreeMap::new(),
                expired: BTreeMap::new(),
                ignored: BTreeMap::new(),
                unlisted: Unlisted::Remove,
            })),
            terms: ExperienceTerms::default(),
            source: source(&format!("list-{number}"), 900),
        }
    };
    Desired {
        settings: Settings {
            organizations: BTreeMap::from([(id("acme"), acme)]),
            regions: vec![id("us-east-1")],
            ..Settings::default()
        },
        portfolios: (0..PORTFOLIOS).map(portfolio).collect(),
        experiences: (0..EXPERIENCES).map(experience).collect(),
        product_names: (0..PRODUCTS).map(|at| (product(at), format!("Product Number {at} for Enterprises"))).collect(),
        ..Desired::default()
    }
}

fn experience_id(number: usize) -> ExperienceId {
    id(&format!("exp-{number:013x}"))
}

fn portfolio_id(number: usize) -> PortfolioId {
    id(&format!("port-{number:013x}"))
}

/// The approved products of an experience. They differ from experience to experience.
fn approved(experience: usize) -> BTreeSet<ProductId> {
    (0..PRODUCTS).filter(|at| !(at * 31 + experience * 17).is_multiple_of(5)).map(product).collect()
}

fn live() -> Live {
    let portfolio = |number: usize| {
        let shares = shares(number)
            .iter()
            .map(live_share)
            .map(|share| (share.receiver(), LiveShare { share, accepted: true }))
            .collect();
        (
            portfolio_id(number),
            Found::There(Portfolio { id: portfolio_id(number), name: Some(format!("Portfolio {number}")), shares }),
        )
    };
    let named = |number: usize| Named { id: portfolio_id(number), name: format!("Portfolio {number}") };
    let portfolios = Shelf {
        listed: Some(Reading::Complete((0..PORTFOLIOS).map(named).collect())),
        read: (0..PORTFOLIOS).map(portfolio).collect(),
    };
    let experience = |number: usize| {
        let of = Experience {
            id: experience_id(number),
            name: format!("Experience {number}"),
            description: String::new(),
            status: ExperienceStatus::Enabled,
            policy: Some(ProcurementPolicy {
                id: id("procpolicy-1"),
                approved: approved(number),
                denied: (0..PRODUCTS).filter(|at| (at * 31 + number * 17).is_multiple_of(50)).map(product).collect(),
                user_requests: false,
                notes: BTreeMap::new(),
            }),
            branding: None,
        };
        (experience_id(number), Found::There(of))
    };
    let named = |number: usize| Named { id: experience_id(number), name: format!("Experience {number}") };
    let experiences = Shelf {
        listed: Some(Reading::Complete((0..EXPERIENCES).map(named).collect())),
        read: (0..EXPERIENCES).map(experience).collect(),
    };
    let mut audiences = Audiences::new();
    for number in 0..EXPERIENCES {
        let own = [AudiencePrincipal::Ou(unit(10 + number)), AudiencePrincipal::Account(id(&account(number * 3)))];
        audiences.insert(experience_id(number), own.into());
    }
    let (hub, mut live) = (id("111111111112"), Live::default());
    live.organizations.insert(id("acme"), Reading::Complete(tree()));
    live.portfolios.insert((id("111111111112"), id("us-east-1")), portfolios);
    live.experiences.insert(id("111111111112"), experiences);
    live.audiences.insert(hub, Reading::Complete(audiences));
    live
}

#[test]
fn data_of_a_large_estate_leaves_room_in_a_page_of_two_megabytes() {
    let (desired, live) = (catalog(), live());
    let version = CatalogVersion { digest: String::new(), revision: None, base: None, sandbox: false };
    let plan = diff(&desired, &live, None, version);
    let atlas = atlas(Scope { wanted: &|_| true, ungoverned: true }, &desired, &live, &plan);
    assert_eq!((atlas.accounts(), atlas.portfolios.len(), atlas.products.len()), (ACCOUNTS, PORTFOLIOS, PRODUCTS));
    assert!(atlas.views.iter().all(|view| !view.portfolios.is_empty()));
    let made = Made { at: "2026-11-27T14:33:02Z", version: "0.1.0", sandboxed: false, compared: None };
    let text = data(&atlas, &made);
    assert!(text.len() < MOST, "{} bytes", text.len());
}
