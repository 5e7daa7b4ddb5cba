//! Findings about portfolios.

use super::*;

#[test]
fn which_portfolio() {
    insta::assert_snapshot!(table("portfolios/x.yaml", &[
        "shares: []\n",
        "portfolio: X\nid: port-1\nshares: []\n",
        "portfolio: ''\nshares: []\n",
        "id: X\nshares: []\n",
        "portfolio: port-abc123\nshares: []\n",
        "portfolio: X\n",
        "portfolio: X\nshares:\n",
        "portfolio: X\nshare: []\n",
        "id: port-abc123\nregions: [us-east-1, eu-west-1]\nshares: []\n",
        "portfolio: X\nregions: []\nshares: []\n",
        "portfolio: X\nregions: us-east-1\nshares: []\n",
        "portfolio: X\nregions: [us-east-1, useast1, us-east-1]\nshares: []\n",
        "portfolio: X\nshares: []\nunlisted_shares: delete\n",
        "portfolio: X\nshares: []\nunlisted_shares: kep\n",
    ]), @r#"
    shares: []
    => 1:1 one_of: a portfolio needs `portfolio` or `id` | add one of them

    portfolio: X
    id: port-1
    shares: []
    => 2:1-3 one_of: a portfolio has `portfolio` and `id`, which exclude each other | keep one of `portfolio` or `id`

    portfolio: ''
    shares: []
    => 1:12-14 invalid_text: `portfolio`: an empty text is not a text that can be used here | write something, or take the line out

    id: X
    shares: []
    => 1:5-6 invalid_id: `id`: `X` is not a portfolio id (port-…) | write the id that Service Catalog shows, such as port-a1b2c3d4e5f6g; a display name goes under `portfolio`

    portfolio: port-abc123
    shares: []
    => 1:12-23 warning looks_like_id: `port-abc123` looks like an id, and `portfolio` is a display name | write `id: port-abc123` if it is the id

    portfolio: X
    => 1:1 missing_key: `shares` is missing in a portfolio | add `shares: …`

    portfolio: X
    shares:
    => 2:1-7 null_value: `shares` has no value | give it a value or take the line out; an empty list is `[]`, and text that looks empty needs quotes

    portfolio: X
    share: []
    => 2:1-6 unknown_key: unknown key `share` in a portfolio | did you mean `shares`?

    id: port-abc123
    regions: [us-east-1, eu-west-1]
    shares: []
    => 2:1-8 one_region: a portfolio's id is of one region, not of `us-east-1`, `eu-west-1` | write the one in `regions`, or name the portfolio with `portfolio: NAME`

    portfolio: X
    regions: []
    shares: []
    => 2:1-8 no_region: this portfolio lives in no region | add `regions: [us-east-1]` here, or to settings.yaml for all portfolios

    portfolio: X
    regions: us-east-1
    shares: []
    => 2:10-19 wrong_type: `regions` should be a list, not the text `us-east-1` | write each entry on a line of its own, beginning with `- `

    portfolio: X
    regions: [us-east-1, useast1, us-east-1]
    shares: []
    => 2:22-29 invalid_id: an entry of `regions`: `useast1` is not an AWS region (such as us-east-1) | did you mean `us-east-1`?
    => 2:31-40 duplicate_entry: `us-east-1` is here a second time | it is on line 2 already: keep one

    portfolio: X
    shares: []
    unlisted_shares: delete
    => 3:18-24 invalid_choice: `unlisted_shares`: `delete` is not `remove` or `keep` | write `remove` or `keep`

    portfolio: X
    shares: []
    unlisted_shares: kep
    => 3:18-21 invalid_choice: `unlisted_shares`: `kep` is not `remove` or `keep` | did you mean `keep`?
    "#);
}

#[test]
fn whose_portfolio() {
    insta::assert_snapshot!(table("portfolios/x.yaml", &[
        "portfolio: X\norganization: acmee\nshares: []\n",
        "portfolio: X\norganization: o-acme000001\nshares: []\n",
        "portfolio: X\norganization: nobody\nshares: []\n",
        "portfolio: X\norganization: subsidiary\nshares: []\n",
    ]), @r#"
    portfolio: X
    organization: acmee
    shares: []
    => 2:15-20 unknown_organization: there is no organization `acmee` in the settings | did you mean `acme`?

    portfolio: X
    organization: o-acme000001
    shares: []
    => 2:15-27 unknown_organization: there is no organization `o-acme000001` in the settings | write the name that settings.yaml gives it: `acme`

    portfolio: X
    organization: nobody
    shares: []
    => 2:15-21 unknown_organization: there is no organization `nobody` in the settings | settings.yaml has `acme`, `subsidiary`

    portfolio: X
    organization: subsidiary
    shares: []
    => 2:15-25 no_service_catalog_account: the organization `subsidiary` has no service_catalog_account | name the account that owns its portfolios in settings.yaml
    "#);
    let settings =
        |b: &str| format!("version: 1\nregions: [us-east-1]\norganizations: {{a: {{id: o-acme000001}}, {b}}}\n");
    let unsure =
        |b: &str| told(&[("settings.yaml", &settings(b)), ("portfolios/x.yaml", "portfolio: X\nshares: []\n")]);
    insta::assert_snapshot!(unsure("b: {id: o-acme000002}"), @"portfolios/x.yaml:1:1 which_organization: no organization has a service_catalog_account that could own this portfolio | name the account that owns portfolios in settings.yaml");
    let two = "b: {id: o-acme000002, service_catalog_account: '111111111111'}, c: {id: o-acme000003, service_catalog_account: '111111111112'}";
    insta::assert_snapshot!(unsure(two), @"portfolios/x.yaml:1:1 which_organization: several organizations could own this portfolio: `b`, `c` | add `organization: …`");
}

#[test]
fn shares() {
    insta::assert_snapshot!(table("portfolios/x.yaml", &["\
portfolio: X
shares:
  - account: 33333333333
  - account: 333333333333
    ou: Workloads
  - tag_options: true
  - account: '333333333333'
    principals: true
  - ou: /Workloads
    through_organization: true
  - ou: Workloads//Production
  - ou: ou-x
  - ou: r-abcd
  - organization: subsidiary
  - organization: subsidary
  - account: '111111111111'
  - acount: '333333333334'
  - ou: [Workloads]
  - account: '333333333333'
    tag_options: yes
  - {account: '333333333333', through_organization: true}
  - ou: Workloads
    principals: true
  - ou: Workloads
  - organization: acme
    principals: True
  - '333333333333'
"]), @"
    portfolio: X
    shares:
      - account: 33333333333
      - account: 333333333333
        ou: Workloads
      - tag_options: true
      - account: '333333333333'
        principals: true
      - ou: /Workloads
        through_organization: true
      - ou: Workloads//Production
      - ou: ou-x
      - ou: r-abcd
      - organization: subsidiary
      - organization: subsidary
      - account: '111111111111'
      - acount: '333333333334'
      - ou: [Workloads]
      - account: '333333333333'
        tag_options: yes
      - {account: '333333333333', through_organization: true}
      - ou: Workloads
        principals: true
      - ou: Workloads
      - organization: acme
        principals: True
      - '333333333333'
    => 3:14-25 invalid_id: `account`: `33333333333` is not an AWS account id (12 digits) | this has 11 digits: write all 12, a leading zero too
    => 5:5-7 one_of: a share has `account` and `ou`, which exclude each other | keep one of `account`, `ou` or `organization`
    => 6:5 one_of: a share needs `account`, `ou` or `organization` | add one of them
    => 8:5-15 not_here: `principals` has no meaning in a share with an account | AWS shares principals by name only with an OU or the organization: take the line out
    => 9:9-19 invalid_id: `ou`: `/Workloads` is not an organizational unit (names from the root down such as A/B, or ou-…) | take the slash at the end or the beginning away
    => 10:5-25 not_here: `through_organization` has no meaning in a share with an OU or the organization | such a share always goes through the organization: take the line out
    => 11:9-30 invalid_id: `ou`: `Workloads//Production` is not an organizational unit (names from the root down such as A/B, or ou-…) | there is a name missing between two slashes
    => 12:9-13 invalid_id: `ou`: `ou-x` is not an organizational unit (names from the root down such as A/B, or ou-…) | an id is `ou-`, 4 to 32 letters or digits, `-` and 8 to 32 more
    => 13:9-15 invalid_id: `ou`: `r-abcd` is not an organizational unit (names from the root down such as A/B, or ou-…) | for everyone write `organization: NAME` with the name from settings.yaml
    => 14:19-29 foreign_organization: the portfolio is of `acme` and can't be shared with the organization `subsidiary` | AWS shares with OUs and organizations only inside the owner's own: share with accounts of `subsidiary` by `account`
    => 15:19-28 unknown_organization: there is no organization `subsidary` in the settings | did you mean `subsidiary`?
    => 16:14-28 share_with_owner: `111111111111` owns the portfolio | the owner sees it without a share: take the entry out
    => 17:5-11 unknown_key: unknown key `acount` in a share | did you mean `account`?
    => 18:9-10 wrong_type: `ou` should be an organizational unit (names from the root down such as A/B, or ou-…), not a list | write a single value here
    => 19:5 duplicate_entry: a share with the account `333333333333` is here a second time | it is on line 7 already: keep one
    => 20:18-21 invalid_boolean: `tag_options`: `yes` is not true or false | write `true`
    => 24:5 duplicate_entry: a share with the OU `Workloads` is here a second time | it is on line 22 already: keep one
    => 27:5-19 wrong_type: an entry of `shares` should be a mapping, not the text `333333333333` | write keys with values: `account`, `through_organization`, `ou`, `organization`, `tag_options`, `principals`, `notes`, `until`
    => 23:17-21 warning principal_sharing: principals are shared by name: whoever may create a role of that name in a recipient account gets into the portfolio | without `principals` each recipient grants access itself
    => 26:17-21 warning principal_sharing: principals are shared by name: whoever may create a role of that name in a recipient account gets into the portfolio | without `principals` each recipient grants access itself
    ");
}

#[test]
fn one_portfolio_in_two_files() {
    insta::assert_snapshot!(told(&[
        ("settings.yaml", SETTINGS),
        ("portfolios/a.yaml", "portfolio: X\nregions: [us-east-1, eu-west-1]\nshares: []\n"),
        ("portfolios/b.yaml", "portfolio: X\norganization: acme\nshares: []\n"),
        ("portfolios/c.yaml", "portfolio: X\nregions: [us-west-2]\nshares: []\n"),
    ]), @"portfolios/b.yaml:1:12-13 governed_twice: `X` of `acme` in us-east-1 is governed by catalog/portfolios/a.yaml:1 too | two files would undo each other: put all its shares into one");
}

#[test]
fn what_is_wrong_is_not_taken_for_what_is_missing() {
    // One mistake in each, and no follow-up findings.
    let settings = SETTINGS.replace("service_catalog_account: \"111111111111\"", "service_catalog_account: 1");
    insta::assert_snapshot!(told(&[
        ("settings.yaml", &settings),
        ("portfolios/x.yaml", "portfolio: X\nshares:\n  - account: 1\n  - organization: acme\n"),
        ("marketplace/x.yaml", "approved: [a b]\nexperiences:\n  - {organization: Acme, id: x}\n"),
    ]), @r#"
    marketplace/x.yaml:1:12-15 invalid_id: an entry of `approved`: `a b` is not a product id (prod-… or a UUID) | write the product id alone, such as prod-4xk6p2ab3cdef; its name goes under `name`
    marketplace/x.yaml:3:20-24 invalid_id: `organization`: `Acme` is not a name of lower-case letters, digits and hyphens | for example `acme`
    marketplace/x.yaml:3:30-31 invalid_id: `id`: `x` is not an experience id (exp-…) | write the id that Private Marketplace shows, such as exp-1234abcd; a name goes under `name`
    portfolios/x.yaml:3:14-15 invalid_id: `account`: `1` is not an AWS account id (12 digits) | this has one digit: write all 12
    settings.yaml:5:30-31 invalid_id: `service_catalog_account`: `1` is not an AWS account id (12 digits) | this has one digit: write all 12
    "#);
}

#[test]
fn every_share_is_wanted_in_every_region_so_these_have_a_limit() {
    let region = |n: usize| format!("{}-east-{}", if n < 51 { "us" } else { "eu" }, n % 51 + 1);
    let regions = (0..101).map(region).collect::<Vec<_>>().join(", ");
    let text = format!("portfolio: X\nregions: [{regions}]\nshares: []\n");
    assert!(table("portfolios/x.yaml", &[&text]).contains("2:1-8 too_large: 101 regions are more than AWS has"));
}

#[test]
fn unit_that_is_written_otherwise_is_told_how() {
    insta::assert_snapshot!(table("portfolios/x.yaml", &["\
portfolio: X
shares:
  - ou: arn:aws:organizations::111111111111:ou/o-acme000001/ou-acme-prod0001
  - ou: arn:aws:organizations::111111111111:root/o-acme000001/r-acme
  - ou: arn:aws:organizations::111111111111:account/o-acme000001/333333333333
  - ou: arn:aws:iam::111111111111:role/x
  - ou: o-acme000001/r-acme/ou-acme-work0001/ou-acme-prod0001/
  - ou: Root
  - ou: Root/Workloads/Production
  - ou: Rooted/Workloads
"]), @r#"
    portfolio: X
    shares:
      - ou: arn:aws:organizations::111111111111:ou/o-acme000001/ou-acme-prod0001
      - ou: arn:aws:organizations::111111111111:root/o-acme000001/r-acme
      - ou: arn:aws:organizations::111111111111:account/o-acme000001/333333333333
      - ou: arn:aws:iam::111111111111:role/x
      - ou: o-acme000001/r-acme/ou-acme-work0001/ou-acme-prod0001/
      - ou: Root
      - ou: Root/Workloads/Production
      - ou: Rooted/Workloads
    => 3:9-77 invalid_id: `ou`: `arn:aws:organizations::111111111111:ou/o-acme000001/ou-acme-prod0001` is not an organizational unit (names from the root down such as A/B, or ou-…) | write `ou-acme-prod0001`, the id alone
    => 4:9-69 invalid_id: `ou`: `arn:aws:organizations::111111111111:root/o-acme000001/r-acme` is not an organizational unit (names from the root down such as A/B, or ou-…) | for everyone write `organization: NAME` with the name from settings.yaml
    => 5:9-78 invalid_id: `ou`: `arn:aws:organizations::111111111111:account/o-acme000001/333333333333` is not an organizational unit (names from the root down such as A/B, or ou-…) | this is an account: write `account: "333333333333"`
    => 6:9-41 invalid_id: `ou`: `arn:aws:iam::111111111111:role/x` is not an organizational unit (names from the root down such as A/B, or ou-…) | write the id alone, such as ou-a1b2-c3d4e5f6, or names from the root down
    => 7:9-63 invalid_id: `ou`: `o-acme000001/r-acme/ou-acme-work0001/ou-acme-prod0001/` is not an organizational unit (names from the root down such as A/B, or ou-…) | write `ou-acme-prod0001`, the id alone
    => 8:9-13 invalid_id: `ou`: `Root` is not an organizational unit (names from the root down such as A/B, or ou-…) | for everyone write `organization: NAME` with the name from settings.yaml
    => 9:9-34 warning begins_with_root: `Root/Workloads/Production` begins with the root, and names count from below it | write `Workloads/Production`, unless a unit of the organization is called so itself
    "#);
}

#[test]
fn unknown_region_is_told_with_its_neighbour() {
    insta::assert_snapshot!(table("portfolios/x.yaml", &[
        "portfolio: X\nregions: [us-est-1, us-east-1a, EU-WEST-1, Frankfurt, us-east-11, eu-west-4]\nshares: []\n",
    ]), @r#"
    portfolio: X
    regions: [us-est-1, us-east-1a, EU-WEST-1, Frankfurt, us-east-11, eu-west-4]
    shares: []
    => 2:11-19 invalid_id: an entry of `regions`: `us-est-1` is not an AWS region (such as us-east-1) | did you mean `us-east-1`?
    => 2:21-31 invalid_id: an entry of `regions`: `us-east-1a` is not an AWS region (such as us-east-1) | did you mean `us-east-1`?
    => 2:33-42 invalid_id: an entry of `regions`: `EU-WEST-1` is not an AWS region (such as us-east-1) | write `eu-west-1`
    => 2:44-53 invalid_id: an entry of `regions`: `Frankfurt` is not an AWS region (such as us-east-1) | write the region's code, such as us-east-1
    => 2:55-65 warning unknown_region: this version of catalog-sync knows no region `us-east-11` | did you mean `us-east-1`? A region that AWS has opened since can stay
    => 2:67-76 warning unknown_region: this version of catalog-sync knows no region `eu-west-4` | did you mean `eu-west-1`? A region that AWS has opened since can stay
    "#);
    let settings = "version: 1\norganizations: {a: {id: o-acme000001}}\nregions: [eusc-de-east-9]\n";
    insta::assert_snapshot!(told(&[("settings.yaml", settings)]), @"settings.yaml:3:11-25 warning unknown_region: this version of catalog-sync knows no region `eusc-de-east-9` | did you mean `eusc-de-east-1`? A region that AWS has opened since can stay");
}
