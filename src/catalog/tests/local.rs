//! Local portfolios of recipients.

use super::*;

const HEAD: &str = "portfolio: Data Platform\nshares: [{organization: acme}]\nrecipients:\n";

fn file(entries: &str) -> String {
    format!("{HEAD}{entries}")
}

/// The findings about a single file, without its path.
fn told_of(text: &str) -> String {
    told(&[("settings.yaml", SETTINGS), ("portfolios/x.yaml", text)])
}

fn locals(text: &str) -> Vec<crate::model::desired::DesiredLocal> {
    let loaded = load(&files(&[("settings.yaml", SETTINGS), ("portfolios/x.yaml", text)]), today());
    assert_eq!(loaded.findings, []);
    let portfolio = loaded.desired.unwrap().portfolios.into_values().next().unwrap();
    portfolio.recipients.into_iter().filter_map(|entry| entry.local).collect()
}

#[test]
fn local_portfolio_is_read_with_its_places() {
    let text = file(
        "  - organization: acme
    local_portfolio:
      name: Ours
      provider: Team
      description: From the hub
      products: [Stream, 2024]
      unlisted_products: remove
      adopt: true
      mode: copy
      launch_role: Launcher
",
    );
    insta::assert_debug_snapshot!(locals(&text));
}

#[test]
fn what_is_left_out_has_its_default() {
    let text = file("  - account: '333333333333'\n    local_portfolio: {provider: Team}\n");
    insta::assert_debug_snapshot!(locals(&text));
}

#[test]
fn wrong_values_are_told_with_what_to_write() {
    let text = file(&format!(
        "  - account: '333333333333'
    local_portfolio:
      name: {}
      provder: Team
      description: \"a\\u0007\"
      products: []
      unlisted_products: deny
      adopt: yes
      mode: copies
      launch_role: role/team/Launcher
  - account: '333333333334'
    local_portfolio:
      provider: {}
      products: [Stream, \"\", Stream]
      launch_role: arn:aws:iam::333333333334:user/x
  - account: '333333333335'
    local_portfolio: {{products: some, launch_role: a b}}
  - account: '333333333336'
    local_portfolio: Ours
",
        "x".repeat(101),
        "x".repeat(51),
    ));
    insta::assert_snapshot!(told_of(&text));
}

#[test]
fn name_has_to_be_given_where_the_portfolio_is_named_by_its_id() {
    let text = "id: port-abc\nshares: [{account: '333333333333'}]\nrecipients:\n  - account: '333333333333'\n    local_portfolio: {provider: Team}\n";
    insta::assert_snapshot!(told_of(text));
    assert_eq!(told_of(&text.replace("{provider", "{name: Ours, provider")), "");
}

#[test]
fn role_of_one_account_for_others_is_worth_a_look() {
    let entry = |node: &str| {
        format!(
            "  - {node}\n    local_portfolio: {{provider: Team, launch_role: 'arn:aws:iam::333333333333:role/a/Launcher'}}\n"
        )
    };
    let entries = ["account: '333333333333'", "account: '333333333334'", "ou: Workloads", "organization: acme"];
    insta::assert_snapshot!(told_of(&file(&entries.map(entry).concat())));
}

/// The findings about two files with a local portfolio of the same name.
fn two(settings: &str, one: &str, other: &str) -> String {
    let file = |rest: &str, name: &str| {
        format!("portfolio: {name}\n{rest}\n    local_portfolio: {{name: Ours, provider: Team}}\n")
    };
    told(&[
        ("settings.yaml", settings),
        ("portfolios/a.yaml", &file(one, "A")),
        ("portfolios/b.yaml", &file(other, "B")),
    ])
}

#[test]
fn two_files_that_give_the_same_accounts_one_name_are_told() {
    let entry = |regions: &str, node: &str| {
        format!("regions: [{regions}]\nshares: [{{organization: acme}}]\nrecipients:\n  - {node}")
    };
    for node in ["account: '333333333333'", "ou: Workloads", "organization: acme"] {
        let same = two(SETTINGS, &entry("us-east-1", node), &entry("eu-west-1, us-east-1", node));
        assert!(same.starts_with("portfolios/b.yaml:6:29-33 warning same_local_name: "), "{same}");
        assert!(same.contains("catalog/portfolios/a.yaml:6 too: in us-east-1"), "{same}");
        assert_eq!(two(SETTINGS, &entry("us-east-1", node), &entry("eu-west-1", node)), "", "in other regions");
    }
    let other = two(SETTINGS, &entry("us-east-1", "ou: Workloads"), &entry("us-east-1", "ou: Sandbox"));
    assert_eq!(other, "");
}

#[test]
fn units_of_two_organizations_are_not_the_same_for_their_names() {
    let settings = "version: 1\norganizations:\n  a: {id: o-aaaa000001, service_catalog_account: '111111111111'}\n  b: {id: o-bbbb000001, service_catalog_account: '222222222222'}\nregions: [us-east-1]\n";
    let of = |name: &str, node: &str| {
        format!(
            "organization: {name}\nshares: [{{ou: Workloads}}, {{account: '333333333333'}}]\nrecipients:\n  - {node}"
        )
    };
    assert_eq!(two(settings, &of("a", "ou: Workloads"), &of("b", "ou: Workloads")), "");
    let account = "account: '333333333333'";
    assert!(two(settings, &of("a", account), &of("b", account)).contains("same_local_name"));
}
