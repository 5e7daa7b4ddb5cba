//! Sample plans and reports for tests.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::change::{
    About, Because, CatalogVersion, Change, ChangeId, Origin, Plan, Released, Resource, Target, TargetState, Untouched,
    Work,
};
use crate::model::edit::{Delta, ExperienceEdit, Family as _, HubEdit, Kind, On, ProductEdit, RecipientEdit};
use crate::model::experience::Listing;
use crate::model::finding::{Source, Warning};
use crate::model::portfolio::Share;
use crate::model::recipient::{Principal, PrincipalType};
use crate::model::report::{Failure, Outcome, Report, TargetReport};
use crate::model::target::TargetName;

/// Hostile names. Each holds the word `evil`.
pub(crate) const NASTY: &[&str] = &[
    "evil ``` ```` `x`",
    "evil --> <!-- -->",
    "evil </details></summary><script>alert(1)</script>",
    "evil @team #1 GH-1 https://evil.example www.evil.example a@evil.example",
    "evil | a | b",
    "evil [x](https://evil.example) **b** _i_ ~~s~~ $x$",
    "evil \x1b[31mred\x1b[0m \u{202e}gnp \u{200b}zero",
    "::error::evil",
    "evil\n::error file=x::boo\r\n##[error]boo\n```\n</details>\n# evil",
    "\\evil\\ &lt;b&gt;",
];

pub(crate) fn source(file: &str, line: u32) -> Source {
    Source { file: file.to_owned(), line, column: 5, end_column: Some(19) }
}

fn change<E>(edit: E, label: &str, source: Option<Source>) -> Change<E> {
    let because = source.map_or(Because::Unlisted, Because::Listed);
    let (label, waits_for) = (label.to_owned(), BTreeSet::new());
    Change {
        edit,
        about: About {
            origin: Origin::PullRequest,
            because,
            waits_for,
            takes_from: None,
            audience: None,
            label,
            notes: Vec::new(),
        },
    }
}

pub(crate) fn account(id: &str) -> Share {
    Share::Account { account: id.parse().unwrap(), tag_options: false }
}

pub(crate) fn ou(id: &str, tag_options: bool, principals: bool) -> Share {
    Share::Ou { ou: id.parse().unwrap(), tag_options, principals }
}

pub(crate) fn share(share: Share, label: &str, line: u32) -> Change<HubEdit> {
    let source = source("catalog/portfolios/data-platform.yaml", line);
    change(HubEdit::Share(Delta::Create(share)), label, Some(source))
}

pub(crate) fn reshare(before: Share, after: Share, label: &str, line: u32) -> Change<HubEdit> {
    let source = source("catalog/portfolios/data-platform.yaml", line);
    change(HubEdit::Share(Delta::Update { before, after }), label, Some(source))
}

pub(crate) fn unshare(id: &str, label: &str) -> Change<HubEdit> {
    change(HubEdit::Share(Delta::Remove(account(id))), label, None)
}

/// A removed share, with the accounts that lose the portfolio. `after` is the share that the removal waits for.
pub(crate) fn taken(share: Share, label: &str, from: &[(&str, &str)], after: Option<&str>) -> Change<HubEdit> {
    let mut change = change(HubEdit::Share(Delta::Remove(share)), label, None);
    let accounts = from.iter().map(|(id, name)| (id.parse().unwrap(), (*name).to_owned()));
    change.about.takes_from = Some(accounts.collect());
    let target: TargetName = "portfolio/data-platform/acme/us-east-1".parse().unwrap();
    let id = |key: &str| ChangeId { target: target.clone(), kind: Kind::PortfolioShare, key: key.to_owned() };
    change.about.waits_for = after.map(id).into_iter().collect();
    change
}

/// A portfolio with a share that replaces two others, a removed share without a replacement, and a share with fewer
/// terms.
pub(crate) fn replaced() -> Target {
    let many: Vec<(String, String)> = (0..300).map(|n| (format!("555555555{n:03}"), format!("team-{n}"))).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    let mut narrowed =
        reshare(ou("ou-acme-stag0001", true, true), ou("ou-acme-stag0001", true, false), "Workloads/Staging", 11);
    narrowed.about.takes_from = Some([("333333333341".parse().unwrap(), "shop-staging".to_owned())].into());
    let new = "ou-acme-prod0001";
    let changes = vec![
        share(ou(new, false, false), "Workloads/Production", 8),
        narrowed,
        taken(account("333333333331"), "shop", &[], Some(new)),
        taken(ou("ou-acme-shop0001", false, false), "Shops", &[("333333333332", "billing")], Some(new)),
        taken(ou("ou-acme-team0001", false, false), "Teams", &many, None),
        taken(account("999999999999"), "partner", &[("999999999999", "partner")], None),
    ];
    portfolio("data-platform", "Data Platform", changes)
}

/// A portfolio in three regions. Some changes are the same in all of them, some in two, and some differ.
pub(crate) fn in_three_regions() -> Vec<Target> {
    let region = |region: &str, changes| {
        let mut target = portfolio("data-platform", "Data Platform", changes);
        target.name = format!("portfolio/data-platform/acme/{region}").parse().unwrap();
        target.region = region.parse().unwrap();
        if let TargetState::Complete { work: Work::Hub { portfolio, changes }, left_alone: _ } = &mut target.state {
            portfolio.id = Some(format!("port-{region}").parse().unwrap());
            let waits = changes.iter_mut().flat_map(|change| std::mem::take(&mut change.about.waits_for));
            let waits: BTreeSet<ChangeId> = waits.map(|id| ChangeId { target: target.name.clone(), ..id }).collect();
            changes
                .iter_mut()
                .filter(|it| it.edit.edit().takes_away())
                .for_each(|it| it.about.waits_for = waits.clone());
        }
        target
    };
    let node = || share(ou("ou-acme-prod0001", true, false), "Workloads/Production", 8);
    let gone = || taken(account("999999999999"), "partner", &[("999999999999", "partner")], Some("ou-acme-prod0001"));
    let shop = || share(account("333333333331"), "shop", 9);
    let shops = |accounts: &[(&str, &str)]| taken(ou("ou-acme-shop0001", false, false), "Shops", accounts, None);
    vec![
        region("eu-west-1", vec![node(), shop(), gone()]),
        region("us-east-1", vec![node(), shop(), shops(&[("333333333332", "billing")]), gone()]),
        region("us-west-2", vec![node(), shops(&[]), noted(shop(), &["the recipient has to accept it"]), gone()]),
    ]
}

pub(crate) fn policy(name: &str, line: u32) -> Change<ExperienceEdit> {
    let source = source("catalog/marketplace/baseline.yaml", line);
    change(ExperienceEdit::Policy { name: name.to_owned(), user_requests: true }, "", Some(source))
}

pub(crate) fn product(
    id: &str,
    label: &str,
    before: Option<Listing>,
    after: Listing,
    line: Option<u32>,
) -> Change<ExperienceEdit> {
    let source = line.map(|line| source("catalog/marketplace/baseline.yaml", line));
    change(
        ExperienceEdit::Product(ProductEdit { product: id.parse().unwrap(), before, after, notes: None }),
        label,
        source,
    )
}

pub(crate) fn approve(id: &str, label: &str, line: u32) -> Change<ExperienceEdit> {
    product(id, label, None, Listing::Approved, Some(line))
}

pub(crate) fn deny(id: &str, label: &str) -> Change<ExperienceEdit> {
    product(id, label, Some(Listing::Approved), Listing::Denied, None)
}

pub(crate) fn drift<E>(mut change: Change<E>) -> Change<E> {
    change.about.origin = Origin::Drift;
    change
}

pub(crate) fn noted<E>(mut change: Change<E>, notes: &[&str]) -> Change<E> {
    change.about.notes = notes.iter().map(|&note| note.to_owned()).collect();
    change
}

pub(crate) fn sent_with(mut change: Change<ExperienceEdit>, text: &str) -> Change<ExperienceEdit> {
    if let ExperienceEdit::Product(product) = &mut change.edit {
        product.notes = Some(text.to_owned());
    }
    change
}

pub(crate) fn portfolio(file: &str, name: &str, changes: Vec<Change<HubEdit>>) -> Target {
    let portfolio = Resource { id: Some("port-abcd1234".parse().unwrap()), name: name.to_owned() };
    let work = Work::Hub { portfolio, changes };
    Target {
        name: format!("portfolio/{file}/acme/us-east-1").parse().unwrap(),
        organization: "acme".parse().unwrap(),
        account: "111111111111".parse().unwrap(),
        account_name: Some("hub".to_owned()),
        region: "us-east-1".parse().unwrap(),
        state: TargetState::Complete { work, left_alone: Untouched::default() },
        warnings: Vec::new(),
        silenced: Vec::new(),
        incomplete_shares: Vec::new(),
    }
}

pub(crate) fn experience(file: &str, name: &str, changes: Vec<Change<ExperienceEdit>>) -> Target {
    let id = "exp-acmebase0001";
    let experience = Resource { id: Some(id.parse().unwrap()), name: name.to_owned() };
    let work = Work::Experience { experience, policy: None, changes };
    Target {
        name: format!("marketplace/{file}/acme/{id}").parse().unwrap(),
        organization: "acme".parse().unwrap(),
        account: "111111111112".parse().unwrap(),
        account_name: None,
        region: "us-east-1".parse().unwrap(),
        state: TargetState::Complete { work, left_alone: Untouched::default() },
        warnings: Vec::new(),
        silenced: Vec::new(),
        incomplete_shares: Vec::new(),
    }
}

pub(crate) fn unreadable(file: &str, reason: &str) -> Target {
    let mut target = portfolio(file, "", Vec::new());
    let source = Some(source(&format!("catalog/portfolios/{file}.yaml"), 1));
    target.state = TargetState::Unreadable { reason: reason.to_owned(), source };
    target
}

pub(crate) fn warned(mut target: Target, code: &str, message: &str, line: u32) -> Target {
    let source = Some(source(&format!("catalog/portfolios/{}.yaml", target.name.file()), line));
    target.warnings.push(Warning { code: code.to_owned(), message: message.to_owned(), source });
    target
}

pub(crate) fn plan(targets: Vec<Target>) -> Plan {
    Plan {
        digest: "sha256:9f2c41aa05d7e3b1c2".to_owned(),
        catalog: CatalogVersion {
            digest: "sha256:77aa".to_owned(),
            revision: Some("4be1c02d5f".to_owned()),
            base: Some("77d01aa9e3".to_owned()),
            sandbox: false,
        },
        targets,
        released: Vec::new(),
    }
}

/// A released portfolio and a released experience.
pub(crate) fn released() -> Vec<Released> {
    let of = |target: &str, id: Option<&str>, name: &str, keeps: &[(Kind, usize)], file: &str| Released {
        target: target.parse().unwrap(),
        account: "111111111111".parse().unwrap(),
        region: "us-east-1".parse().unwrap(),
        resource: Resource { id: id.map(str::to_owned), name: name.to_owned() },
        keeps: keeps.iter().copied().collect(),
        source: source(file, 1),
        unseen: false,
    };
    let lists = [(Kind::ProductApproval, 12), (Kind::ProductDenial, 1)];
    let (list, lake) = ("catalog/marketplace/list.yaml", "catalog/portfolios/lake.yaml");
    vec![
        of("marketplace/list/acme/exp-1", Some("exp-1"), "Engineering", &lists, list),
        of("portfolio/lake/acme/us-east-1", None, "Lake", &[(Kind::PortfolioShare, 5)], lake),
    ]
}

/// Unreadable targets in different accounts that all lack the same role.
pub(crate) fn without_role(number: usize) -> Vec<Target> {
    let targets = (0..number).map(|n| {
        let account = format!("333333333{n:03}");
        let reason = format!(
            "AssumeRole in {account} us-east-1: AccessDenied: not authorized to perform sts:AssumeRole on \
             arn:aws:iam::{account}:role/wrong-plan"
        );
        let mut target = unreadable(&format!("file-{n}"), &reason);
        target.account = account.parse().unwrap();
        target.account_name = Some(format!("team-{n}"));
        target
    });
    targets.collect()
}

/// A report on the same accounts, in each of which the same call was refused.
pub(crate) fn refused_everywhere(number: usize) -> Report {
    let refused = without_role(number).into_iter().map(|target| {
        let account = target.account.clone();
        let change = share(self::account("999999999998"), "partner", 8);
        let mut changed = portfolio(target.name.file().as_str(), "Data", vec![change]);
        changed.account = account.clone();
        changed.account_name = target.account_name;
        let Outcome::Failed(failure) = denied() else { unreachable!() };
        let message = format!("{} arn:aws:iam::{account}:role/wrong-apply", failure.message);
        (changed, vec![Outcome::Failed(Failure { message, account, ..failure })])
    });
    report(refused.collect())
}

/// A plan with a target for each case: additions, updates, removals, drift, a warning, unreadable, in step.
pub(crate) fn mixed() -> Plan {
    let reach = "reaches shop 333333333331, billing 333333333332 (closed 333333333335 is suspended)";
    let data_platform = vec![
        noted(share(ou("ou-acme-prod0001", true, true), "Workloads/Production", 8), &[reach]),
        reshare(ou("ou-acme-stag0001", false, false), ou("ou-acme-stag0001", true, false), "Workloads/Staging", 11),
        unshare("999999999999", "partner"),
    ];
    let mut baseline: Vec<Change<ExperienceEdit>> = vec![policy("Baseline policy", 30)];
    baseline.push(sent_with(approve("prod-4xk6p2ab3cdef", "Datadog Pro", 4), "SEC-1234, reviewed 2026-10"));
    baseline.extend((0..15).map(|n| approve(&format!("prod-{n:013}"), &format!("Tool {n}"), 10 + n)));
    baseline.push(drift(approve("prod-77aa00bb11cc2", "Snyk", 6)));
    baseline.push(deny("prod-0000000000002x", "Splunk Cloud"));
    baseline.push(drift(deny("prod-0000000000003x", "Old Tool")));
    plan(vec![
        experience("baseline", "Baseline", baseline),
        warned(
            portfolio("data-platform", "Data Platform", data_platform),
            "principal_sharing",
            "principals are shared by name: a role of that name in any recipient account will match",
            8,
        ),
        unreadable("lake", "ListPortfolioAccess in hub 111111111111 us-east-1: AccessDenied: not authorized"),
        portfolio("quiet", "Quiet", Vec::new()),
    ])
}

pub(crate) fn failed(code: &str) -> Outcome {
    let Outcome::Failed(failure) = denied() else { unreachable!() };
    Outcome::Failed(Failure { code: code.to_owned(), message: "for a reason".to_owned(), ..failure })
}

pub(crate) fn denied() -> Outcome {
    Outcome::Failed(Failure {
        operation: "DeletePortfolioShare".to_owned(),
        code: "AccessDeniedException".to_owned(),
        message: "User: arn:aws:sts::111111111111:assumed-role/x is not authorized".to_owned(),
        account: "111111111111".parse().unwrap(),
        region: "us-east-1".parse().unwrap(),
    })
}

pub(crate) fn report(targets: Vec<(Target, Vec<Outcome>)>) -> Report {
    let Plan { digest, catalog, targets: _, released } = plan(Vec::new());
    let targets = targets.into_iter().map(|(target, outcomes)| TargetReport { target, outcomes }).collect();
    Report { digest, catalog, targets, released }
}

/// A report with a target for each case: all applied, some failed and some skipped, unreadable, in step.
pub(crate) fn applied_in_part() -> Report {
    let baseline = vec![approve("prod-4xk6p2ab3cdef", "Datadog Pro", 4), deny("prod-0000000000002x", "Splunk Cloud")];
    let data_platform = vec![
        share(ou("ou-acme-prod0001", true, true), "Workloads/Production", 8),
        unshare("999999999999", "partner"),
        unshare("999999999998", "former"),
        unshare("999999999997", "other"),
    ];
    let skipped = || Outcome::Skipped("what came before it failed".to_owned());
    report(vec![
        (experience("baseline", "Baseline", baseline), vec![Outcome::Applied, Outcome::Applied]),
        (
            portfolio("data-platform", "Data Platform", data_platform),
            vec![Outcome::Applied, denied(), skipped(), skipped()],
        ),
        (unreadable("lake", "ListPortfolioAccess in hub 111111111111 us-east-1: AccessDenied: no"), Vec::new()),
        (portfolio("quiet", "Quiet", Vec::new()), Vec::new()),
    ])
}

/// A recipient account in which the roles with these names lose the right to launch.
pub(crate) fn recipient(number: u32, region: &str, roles: &[&str]) -> Target {
    let account = format!("3333{number:08}");
    let revoke = |role: &&str| {
        let label = format!("role/{role}");
        let principal = Principal { arn: format!("arn:aws:iam::{account}:{label}"), kind: PrincipalType::Iam };
        let about = About {
            takes_from: Some(BTreeMap::from([(account.parse().unwrap(), format!("team-{number}"))])),
            label,
            ..unshare("999999999999", "").about
        };
        Change { edit: RecipientEdit::Revoke(On::Imported, principal), about }
    };
    let imported = Resource { id: Some("port-data".parse().unwrap()), name: "Data Platform".to_owned() };
    let mut target = portfolio("data-platform", "Data Platform", Vec::new());
    target.name = format!("recipient/data-platform/{account}/{region}").parse().unwrap();
    target.account_name = Some(format!("team-{number}"));
    target.region = region.parse().unwrap();
    target.account = account.parse().unwrap();
    let work = Work::Recipient { imported, local: None, changes: roles.iter().map(revoke).collect() };
    target.state = TargetState::Complete { work, left_alone: Untouched::default() };
    target
}
