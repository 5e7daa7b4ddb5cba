//! Findings about `settings.yaml`.

use super::*;

fn settings(texts: &[&str]) -> String {
    let told = |text: &&str| {
        format!("{}\n{}", text.trim_end(), told(&[("settings.yaml", text)]).replace("settings.yaml:", "=> "))
    };
    texts.iter().map(told).collect::<Vec<_>>().join("\n")
}

#[test]
fn many_mistakes_are_told_at_once() {
    insta::assert_snapshot!(settings(&["\
version: 2
organisations: {}
regions: [US-EAST-1, us-east-1, us-east-1]
access:
  role: arn:aws:iam::{acount}:role/x
  external-id: a
safety:
  max_removals: 0x10
  max_remvals: 3
"]), @r#"
    version: 2
    organisations: {}
    regions: [US-EAST-1, us-east-1, us-east-1]
    access:
      role: arn:aws:iam::{acount}:role/x
      external-id: a
    safety:
      max_removals: 0x10
      max_remvals: 3
    => 1:10-11 unsupported_version: `version`: `2` is not a version of the format that this tool knows | write `version: 1`, or use a newer catalog-sync
    => 2:1-14 unknown_key: unknown key `organisations` in the settings | did you mean `organizations`?
    => 2:16-17 null_value: `organizations` is empty | there has to be at least one
    => 3:11-20 invalid_id: an entry of `regions`: `US-EAST-1` is not an AWS region (such as us-east-1) | write `us-east-1`
    => 3:33-42 duplicate_entry: `us-east-1` is here a second time | it is on line 3 already: keep one
    => 5:9-37 invalid_role: `role`: `arn:aws:iam::{acount}:role/x` is not the ARN of a role (arn:aws:iam::ACCOUNT:role/NAME) | `{acount}` means nothing here: only `{account}` and `{mode}` are put in
    => 6:3-14 unknown_key: unknown key `external-id` in `access` | did you mean `external_id`?
    => 6:16-17 invalid_text: `external_id`: `a` is not an external id | AWS takes 2 to 1224 letters, digits and `_+=,.@:/-`
    => 8:17-21 invalid_number: `max_removals`: `0x10` is not a whole number | write digits alone, such as `20`, and at most nine of them
    => 9:3-14 unknown_key: unknown key `max_remvals` in `safety` | did you mean `max_removals`?
    "#);
}

#[test]
fn organizations() {
    insta::assert_snapshot!(settings(&[
        "version: 1\norganizations: {}\n",
        "version: 1\norganizations: [acme]\n",
        "version: 1\norganizations:\n  Acme:\n    id: o-acme000001\n",
        "version: 1\norganizations:\n  acme:\n",
        "version: 1\norganizations:\n  acme: {}\n",
        "version: 1\norganizations:\n  acme: {id: acme, service_catalog_account: 1111-2222-3333, marketplace_account: 12}\n",
        "version: 1\norganizations:\n  a: {id: o-acme000001}\n  b: {id: o-acme000001}\n",
        "version: 1\norganizations:\n  a: {id: o-acme000001, marketplace_account: 111111111111}\n  b: {id: o-acme000002, service_catalog_account: '111111111111'}\n",
        "version: 1\norganizations:\n  a: {id: o-acme000001}\n  a: {id: o-acme000002}\n",
    ]), @r#"
    version: 1
    organizations: {}
    => 2:16-17 null_value: `organizations` is empty | there has to be at least one

    version: 1
    organizations: [acme]
    => 2:16-17 wrong_type: `organizations` should be a mapping, not a list | write `name:` and, indented below it, what belongs to it

    version: 1
    organizations:
      Acme:
        id: o-acme000001
    => 3:3-7 invalid_id: a key of `organizations`: `Acme` is not a name of lower-case letters, digits and hyphens | for example `acme`

    version: 1
    organizations:
      acme:
    => 3:3-7 null_value: `acme` has no value | give it a value or take the line out; an empty list is `[]`, and text that looks empty needs quotes

    version: 1
    organizations:
      acme: {}
    => 3:9-10 missing_key: `id` is missing in an organization | add `id: …`

    version: 1
    organizations:
      acme: {id: acme, service_catalog_account: 1111-2222-3333, marketplace_account: 12}
    => 3:14-18 invalid_id: `id`: `acme` is not an organization id (o-…, 10 to 32 letters or digits) | write the id that AWS Organizations shows, such as o-a1b2c3d4e5
    => 3:45-59 invalid_id: `service_catalog_account`: `1111-2222-3333` is not an AWS account id (12 digits) | write `"111122223333"`, the digits alone
    => 3:82-84 invalid_id: `marketplace_account`: `12` is not an AWS account id (12 digits) | this has 2 digits: write all 12, a leading zero too

    version: 1
    organizations:
      a: {id: o-acme000001}
      b: {id: o-acme000001}
    => 4:11-23 same_organization: `o-acme000001` is listed already, on line 3 | give each organization one entry

    version: 1
    organizations:
      a: {id: o-acme000001, marketplace_account: 111111111111}
      b: {id: o-acme000002, service_catalog_account: '111111111111'}
    => 4:50-64 same_account: `111111111111` administers `a` already | an account is in one organization: one of the two is wrong

    version: 1
    organizations:
      a: {id: o-acme000001}
      a: {id: o-acme000002}
    => 4:3-4 duplicate_key: `a` is here a second time | the first is on line 3: keep one of them
    "#);
}

#[test]
fn roles() {
    let role = |role: &str| {
        let account = "service_catalog_account: 111111111111, marketplace_account: 111111111112";
        told(&[(
            "settings.yaml",
            &format!("version: 1\norganizations: {{a: {{id: o-acme000001, {account}}}}}\naccess: {{role: '{role}'}}\n"),
        )])
    };
    for good in [
        "arn:aws:iam::{account}:role/x-{mode}",
        "arn:aws-us-gov:iam::{account}:role/path/x-{mode}",
        "arn:aws:iam::{account}:role/{mode}/r-{account}",
    ] {
        assert_eq!(role(good), "", "{good}");
    }
    let bad = [
        "catalog-sync",
        "arn:aws:iam::{Account}:role/x",
        "arn:aws:iam::{account}:role/x-{",
        "arn:aws:iam::{account}:user/x",
        "arn:aws:iam::12:role/x",
        "arn:aws:iam::{account}:role/",
        "arn:aws:iam::{account}:role/x y",
        "arn:aws:sts::{account}:assumed-role/x/y",
        "arn:aws:iam::111111111111:role/x-{mode}",
    ];
    insta::assert_snapshot!(bad.map(role).concat(), @r#"
    settings.yaml:3:16-30 invalid_role: `role`: `catalog-sync` is not the ARN of a role (arn:aws:iam::ACCOUNT:role/NAME) | write it as in `arn:aws:iam::{account}:role/catalog-sync-{mode}`
    settings.yaml:3:16-47 invalid_role: `role`: `arn:aws:iam::{Account}:role/x` is not the ARN of a role (arn:aws:iam::ACCOUNT:role/NAME) | `{Account}` means nothing here: only `{account}` and `{mode}` are put in
    settings.yaml:3:16-49 invalid_role: `role`: `arn:aws:iam::{account}:role/x-{` is not the ARN of a role (arn:aws:iam::ACCOUNT:role/NAME) | `{}` means nothing here: only `{account}` and `{mode}` are put in
    settings.yaml:3:16-47 invalid_role: `role`: `arn:aws:iam::{account}:user/x` is not the ARN of a role (arn:aws:iam::ACCOUNT:role/NAME) | write it as in `arn:aws:iam::{account}:role/catalog-sync-{mode}`
    settings.yaml:3:16-40 invalid_role: `role`: `arn:aws:iam::12:role/x` is not the ARN of a role (arn:aws:iam::ACCOUNT:role/NAME) | write it as in `arn:aws:iam::{account}:role/catalog-sync-{mode}`
    settings.yaml:3:16-46 invalid_role: `role`: `arn:aws:iam::{account}:role/` is not the ARN of a role (arn:aws:iam::ACCOUNT:role/NAME) | write it as in `arn:aws:iam::{account}:role/catalog-sync-{mode}`
    settings.yaml:3:16-49 invalid_role: `role`: `arn:aws:iam::{account}:role/x y` is not the ARN of a role (arn:aws:iam::ACCOUNT:role/NAME) | write it as in `arn:aws:iam::{account}:role/catalog-sync-{mode}`
    settings.yaml:3:16-57 invalid_role: `role`: `arn:aws:sts::{account}:assumed-role/x/y` is not the ARN of a role (arn:aws:iam::ACCOUNT:role/NAME) | write it as in `arn:aws:iam::{account}:role/catalog-sync-{mode}`
    settings.yaml:3:16-57 role_account: this role is in `111111111111`, and `a` needs one in `111111111112` | write `{account}` in place of the account's digits, or give the organization a role of its own
    "#);
}

#[test]
fn numbers_are_digits_alone() {
    let count = |count: &str| {
        let text =
            format!("version: 1\norganizations: {{a: {{id: o-acme000001}}}}\nsafety: {{max_removals: {count}}}\n");
        told(&[("settings.yaml", &text)])
    };
    for good in ["0", "20", "999999999"] {
        assert_eq!(count(good), "", "{good}");
    }
    for bad in
        ["-1", "+1", "1e5", "0x10", "0o17", "1_000", "017", "1.0", ".inf", "twenty", "'20'", "1000000000", "[1]", "~"]
    {
        assert!(!count(bad).is_empty(), "{bad}");
    }
    insta::assert_snapshot!(["'20'", "0o17"].map(count).concat(), @r#"
    settings.yaml:3:24-28 invalid_number: `max_removals`: `20` is not a whole number | write `20` without quotes
    settings.yaml:3:24-28 invalid_number: `max_removals`: `0o17` is not a whole number | write digits alone, such as `20`, and at most nine of them
    "#);
}

#[test]
fn a_catalog_without_settings_is_told_so() {
    insta::assert_snapshot!(told(&[("portfolios/x.yaml", "portfolio: X\nshares: []\n"), ("settings.yml", "")]), @r#"
    settings.yaml:1:1 missing_settings: there is no `catalog/settings.yaml` | write it, with `version: 1` and `organizations:`
    settings.yml:1:1 file_name: `settings.yml` is not read: catalog files end in `.yaml` | rename it to `settings.yaml`
    "#);
}

#[test]
fn a_way_leads_to_a_role() {
    let access = |own: &str, general: &str| {
        let organizations = format!("{{a: {{id: o-acme000001{own}}}, b: {{id: o-acme000002}}}}");
        told(&[("settings.yaml", &format!("version: 1\norganizations: {organizations}\n{general}"))])
    };
    let (role, through) =
        ("role: 'arn:aws:iam::{account}:role/x-{mode}'", "through: 'arn:aws:iam::111111111111:role/y-{mode}'");
    assert_eq!(access("", &format!("access: {{{role}, {through}}}\n")), "");
    assert_eq!(access(&format!(", access: {{{through}}}"), &format!("access: {{{role}}}\n")), "");
    let told = [
        access("", &format!("access: {{{through}, external_id: xyz}}\n")),
        access(&format!(", access: {{{through}}}"), ""),
    ];
    let told: Vec<&str> = told.iter().flat_map(|told| told.lines()).filter_map(|it| it.split(" | ").next()).collect();
    assert_eq!(
        told,
        [
            "settings.yaml:3:10-17 not_here: `through` has no meaning without `role`",
            "settings.yaml:3:62-73 not_here: `external_id` has no meaning without `role`",
            "settings.yaml:2:48-55 not_here: `through` has no meaning without `role`",
        ]
    );
}

#[test]
fn a_role_for_plan_and_apply_has_to_be_meant() {
    let access = |own: &str, general: &str| {
        let organizations = format!("{{a: {{id: o-acme000001, access: {{{own}}}}}}}");
        let text = format!("version: 1\norganizations: {organizations}\naccess: {{{general}}}\n");
        let told = told(&[("settings.yaml", &text)]);
        told.lines().map(|line| line.split(" | ").next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let role = "role: 'arn:aws:iam::{account}:role/x'";
    let split = "role: 'arn:aws:iam::{account}:role/x-{mode}'";
    let through = "through: 'arn:aws:iam::111111111111:role/y'";
    let shared = "shared_role: true";
    let told = |key: &str, at: &str| {
        format!(
            "settings.yaml:{at} role_without_mode: `{key}` is one role for plan and apply: any pull request's plan would \
             enter a role that can write"
        )
    };
    assert_eq!(access(split, split), [""; 0]);
    assert_eq!(access("", role), [told("role", "3:16-47")]);
    assert_eq!(access("", &format!("{split}, {through}")), [told("through", "3:65-99")]);
    assert_eq!(access("", &format!("{role}, shared_role: false")), [told("role", "3:16-47")]);
    assert_eq!(access("", &format!("{role}, {through}, {shared}")), [""; 0]);
    // `shared_role` in one `access` does not count for another.
    assert_eq!(access(role, &format!("{role}, {shared}")), [told("role", "2:54-85")]);
    assert_eq!(access(&format!("{role}, {shared}"), split), [""; 0]);
}
