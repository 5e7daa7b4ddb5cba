//! Imported files of random live states: they are a valid catalog in the form of `fmt`, and a plan of them is empty.

use std::collections::{BTreeMap, BTreeSet};

use catalog_sync::catalog::source::CatalogFiles;
use catalog_sync::catalog::{Formed, form, load, write};
use catalog_sync::model::audience::{AudiencePrincipal, Audiences};
use catalog_sync::model::branding::Branding;
use catalog_sync::model::change::CatalogVersion;
use catalog_sync::model::draft::Draft;
use catalog_sync::model::experience::{Experience, ExperienceStatus, ProcurementPolicy};
use catalog_sync::model::id::BrandingId;
use catalog_sync::model::live::{Found, Live, Named, Reading, Shelf};
use catalog_sync::model::offer::Title;
use catalog_sync::model::organization::{Account, AccountStatus, Organization, Unit, Walk};
use catalog_sync::model::portfolio::{LiveShare, Portfolio, Share};
use catalog_sync::plan::{self, Taken, What, diff};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::world::{ACCOUNTS, HUB, ORGANIZATION, PORTFOLIOS, UNITS, id, live_shares};

const MARKET: &str = "111111111112";
const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];
const EXPERIENCES: [&str; 4] = ["exp-one000000001", "exp-two000000001", "exp-three0000001", "exp-four00000001"];
const PRODUCTS: [&str; 4] =
    ["prod-0000000000001", "prod-0000000000002", "prod-0000000000003", "1a2b3c4d-1111-2222-3333-444455556666"];
const SETTINGS: &str = r#"version: 1
organizations:
  acme: {id: o-acme000001, service_catalog_account: "111111111111", marketplace_account: "111111111112"}
access: {role: "arn:aws:iam::{account}:role/catalog-sync-{mode}"}
regions: [us-east-1, eu-west-1]
"#;

/// Ordinary names, odd ones, and names that try to inject YAML.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(vec!["Data", "Data", "Developer Sandbox", "R&D: (EU) #1", "no", "1e3", "0o17", "~", "- a", "a: b", "a #b"])
            .prop_map(str::to_owned),
        2 => select(vec![
            "x\"\nunlisted: keep\n", "port-abc", "exp-abc", "ou-abcd-12345678", "root", "Root", " padded ", "データ", "*", "&a",
            "{a: b}", "\u{202e}gpj", "catalog-sync: ignore[x] y", "<!-- -->", "''", "|", "@", "%", "`", "null", "true",
        ])
        .prop_map(str::to_owned),
        1 => "\\PC{1,40}",
    ]
}

/// A live experience: its name, status, the listing of each product, its notes and its branding.
#[derive(Debug, Clone)]
struct Made {
    name: String,
    status: ExperienceStatus,
    listings: Option<Vec<Option<bool>>>,
    notes: Vec<Option<String>>,
    user_requests: bool,
    description: String,
    looks: Option<(String, String)>,
}

#[derive(Debug, Clone)]
struct Case {
    units: Vec<String>,
    accounts: Vec<String>,
    portfolios: Vec<(String, Vec<Vec<Share>>)>,
    experiences: Vec<Made>,
    /// The experience whose audience contains each principal.
    audiences: Vec<Option<usize>>,
    titles: Vec<Option<String>>,
}

fn made() -> impl Strategy<Value = Made> {
    let status = select(vec![
        ExperienceStatus::Enabled,
        ExperienceStatus::Enabled,
        ExperienceStatus::Disabled,
        ExperienceStatus::Archived,
    ]);
    let listings = proptest::collection::vec(proptest::option::of(any::<bool>()), PRODUCTS.len());
    let listings = proptest::option::weighted(0.9, listings);
    let notes = proptest::collection::vec(proptest::option::weighted(0.3, name()), PRODUCTS.len());
    let looks = proptest::option::of((name(), name()));
    (name(), status, listings, notes, any::<bool>(), prop_oneof![Just(String::new()), name()], looks).prop_map(
        |(name, status, listings, notes, user_requests, description, looks)| {
            let notes = notes.into_iter().map(|it| it.map(|it| it.chars().take(50).collect())).collect();
            Made { name, status, listings, notes, user_requests, description, looks }
        },
    )
}

fn case() -> impl Strategy<Value = Case> {
    let names = |number: usize| proptest::collection::vec(name(), number);
    let shares = proptest::collection::vec(live_shares(), REGIONS.len());
    let portfolios = proptest::collection::vec((name(), shares), PORTFOLIOS.len());
    let experiences = proptest::collection::vec(made(), EXPERIENCES.len());
    let audiences =
        proptest::collection::vec(proptest::option::of(0..EXPERIENCES.len()), 1 + UNITS.len() + ACCOUNTS.len());
    let titles = proptest::collection::vec(proptest::option::of(name()), PRODUCTS.len());
    let tried = (names(UNITS.len()), names(ACCOUNTS.len()), portfolios, experiences, audiences, titles);
    tried.prop_map(|(units, accounts, portfolios, experiences, audiences, titles)| {
        // AWS allows no two OUs of the same name below one node.
        let units = units.into_iter().enumerate().map(|(at, name)| format!("{name}{at}")).collect();
        Case { units, accounts, portfolios, experiences, audiences, titles }
    })
}

fn live(case: &Case) -> Live {
    let mut live = Live::default();
    let mut tree = Organization::new(id(ORGANIZATION), id("111111111110"));
    tree.walk = Walk::Complete;
    for ((unit, _, parent), name) in UNITS.iter().zip(&case.units) {
        tree.units.insert(id(unit), Unit { name: name.clone(), parent: parent.map(id) });
    }
    for ((account, _), name) in ACCOUNTS.iter().zip(&case.accounts) {
        let (name, status) = (name.clone(), AccountStatus::Active);
        tree.accounts.insert(id(account), Account { name, email: None, status, joined: None, above: None });
    }
    live.organizations.insert(id("acme"), Reading::Complete(tree));
    for (at, region) in REGIONS.iter().enumerate() {
        let mut shelf = Shelf::default();
        let mut listed = Vec::new();
        for (portfolio, (name, shares)) in PORTFOLIOS.iter().zip(&case.portfolios) {
            listed.push(Named { id: id(portfolio), name: name.clone() });
            let shares = shares[at].iter().cloned();
            let shares = shares.map(|share| (share.receiver(), LiveShare { share, accepted: true })).collect();
            let portfolio = Portfolio { id: id(portfolio), name: Some(name.clone()), shares };
            shelf.read.insert(portfolio.id.clone(), Found::There(portfolio));
        }
        shelf.listed = Some(Reading::Complete(listed));
        live.portfolios.insert((id(HUB), id(region)), shelf);
    }
    let mut shelf = Shelf::default();
    let mut listed = Vec::new();
    for (at, (experience, made)) in EXPERIENCES.iter().zip(&case.experiences).enumerate() {
        listed.push(Named { id: id(experience), name: made.name.clone() });
        let all = || PRODUCTS.iter().zip(made.listings.iter().flatten());
        let on = |wanted: bool| all().filter(|(_, it)| **it == Some(wanted)).map(|(product, _)| id(product)).collect();
        let notes = PRODUCTS.iter().zip(&made.notes);
        let policy = made.listings.as_ref().map(|_| ProcurementPolicy {
            id: id(&format!("procpolicy-{at}")),
            approved: on(true),
            denied: on(false),
            user_requests: made.user_requests,
            notes: notes.filter_map(|(product, notes)| Some((id(product), notes.clone()?))).collect(),
        });
        let branding: Option<BrandingId> = made.looks.as_ref().map(|_| id(&format!("brandsettings-{at}")));
        if let (Some(branding), Some((title, information))) = (&branding, &made.looks) {
            let look = Branding {
                title: Some(title.clone()),
                information: Some(information.clone()),
                theme_color: Some("#0E7F74".to_owned()),
                logo_url: Some("https://example.com/a.png".to_owned()),
            };
            live.brandings.insert((id(MARKET), branding.clone()), Found::There(look));
        }
        let (name, description) = (made.name.clone(), made.description.clone());
        let of = Experience { id: id(experience), name, description, status: made.status, policy, branding };
        shelf.read.insert(of.id.clone(), Found::There(of));
    }
    shelf.listed = Some(Reading::Complete(listed));
    live.experiences.insert(id(MARKET), shelf);
    live.audiences.insert(id(MARKET), Reading::Complete(audiences(case)));
    for (product, title_of) in PRODUCTS.iter().zip(&case.titles) {
        let title = |name: String| Title { name, vendor: Some("Vendor".to_owned()), is_withdrawn: false };
        live.products.insert(id(product), title_of.clone().map_or(Found::NotThere, |name| Found::There(title(name))));
    }
    live
}

fn audiences(case: &Case) -> Audiences {
    let units = UNITS.iter().map(|(unit, _, _)| AudiencePrincipal::Ou(id(unit)));
    let accounts = ACCOUNTS.iter().map(|(account, _)| AudiencePrincipal::Account(id(account)));
    let all = [AudiencePrincipal::Organization(id(ORGANIZATION))].into_iter().chain(units).chain(accounts);
    let mut audiences = Audiences::new();
    for (principal, experience) in all.zip(&case.audiences) {
        if let Some(experience) = experience {
            audiences.entry(id(EXPERIENCES[*experience])).or_default().insert(principal);
        }
    }
    audiences
}

/// The catalog files of a draft, with the settings.
fn files(drawn: &Draft) -> CatalogFiles {
    let portfolios =
        drawn.portfolios.iter().map(|(name, it)| (format!("portfolios/{name}.yaml"), write::portfolio(it)));
    let lists = drawn.lists.iter().map(|(name, it)| (format!("marketplace/{name}.yaml"), write::list(it)));
    let settings = [("settings.yaml".to_owned(), SETTINGS.to_owned())];
    let all: BTreeMap<String, Vec<u8>> =
        settings.into_iter().chain(portfolios).chain(lists).map(|(path, text)| (path, text.into_bytes())).collect();
    CatalogFiles { files: all, ..CatalogFiles::default() }
}

proptest! {
    #[test]
    fn files_of_what_is_live_leave_nothing_to_plan(case in case(), chosen in subsequence(PORTFOLIOS.to_vec(), 0..=2)) {
        let live = live(&case);
        let day = jiff::civil::date(2030, 1, 1);
        let settings = CatalogFiles {
            files: [("settings.yaml".to_owned(), SETTINGS.as_bytes().to_vec())].into(),
            ..CatalogFiles::default()
        };
        let empty = load(&settings, day).desired.unwrap();
        let what = What { portfolios: chosen.iter().map(|it| (*it).to_owned()).collect(), ..What::default() };
        let drawn = plan::draft(&what, &empty, &Taken::default(), &live);
        prop_assert_eq!(&drawn.unread, &Vec::<String>::new());
        let files = files(&drawn);
        let loaded = load(&files, day);
        let text = || files.files.iter().map(|(path, text)| format!("# {path}\n{}", String::from_utf8_lossy(text)));
        let shown = || text().collect::<Vec<_>>().join("\n");
        let Some(desired) = loaded.desired else { panic!("{:?}\n{}", loaded.findings, shown()) };
        for (path, formed) in form(&files) {
            prop_assert!(path == "settings.yaml" || formed == Formed::Same, "{path}: {formed:?}\n{}", shown());
        }
        let version = CatalogVersion { digest: desired.digest.clone(), revision: None, base: None, sandbox: false };
        let made = diff(&desired, &live, None, version);
        prop_assert_eq!(made.summary().changes(), 0, "{}\n{:?}", shown(), made.targets);
        prop_assert_eq!(made.summary().unreadable, 0, "{}\n{:?}", shown(), made.targets);
        // Every selected portfolio and usable experience is in a file.
        let governed: BTreeSet<_> = desired.portfolios.values().map(|it| (it.portfolio.to_string(), it.region.clone())).collect();
        let number = if chosen.is_empty() { PORTFOLIOS.len() } else { chosen.len() };
        prop_assert_eq!(governed.len(), number * REGIONS.len(), "{}", shown());
        let usable = case.experiences.iter().filter(|it| it.status != ExperienceStatus::Archived && it.listings.is_some());
        let expected = if chosen.is_empty() { usable.count() } else { 0 };
        prop_assert_eq!(desired.experiences.len(), expected);
    }
}
