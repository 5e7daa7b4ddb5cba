//! Findings about product lists.

use super::*;

const GOVERNS: &str = "experiences: [{organization: acme, id: exp-1}]\n";

#[test]
fn products() {
    insta::assert_snapshot!(table("marketplace/x.yaml", &["\
approved:
  - id: prod-aaaaaaaaaaaa1
    name: One
  - prod-aaaaaaaaaaaa1
  - Datadog Pro
  - name: Two
  - id: prod-aaaaaaaaaaaa2
    nam: Two
    until: 2026-02-30
  - {id: pord-aaaaaaaaaaaa3, until: 30.06.2027}
  - [prod-aaaaaaaaaaaa4]
  -
  - id: prod-aaaaaaaaaaaa5
    name:
rejected:
  - prod-aaaaaaaaaaaa1
  - id: prod-aaaaaaaaaaaa2
    name: Zwei
  - id: prod-aaaaaaaaaaaa2
    name: Two
unlisted: remove
experiences: [{organization: acme, id: exp-1}]
"]), @r#"
    approved:
      - id: prod-aaaaaaaaaaaa1
        name: One
      - prod-aaaaaaaaaaaa1
      - Datadog Pro
      - name: Two
      - id: prod-aaaaaaaaaaaa2
        nam: Two
        until: 2026-02-30
      - {id: pord-aaaaaaaaaaaa3, until: 30.06.2027}
      - [prod-aaaaaaaaaaaa4]
      -
      - id: prod-aaaaaaaaaaaa5
        name:
    rejected:
      - prod-aaaaaaaaaaaa1
      - id: prod-aaaaaaaaaaaa2
        name: Zwei
      - id: prod-aaaaaaaaaaaa2
        name: Two
    unlisted: remove
    experiences: [{organization: acme, id: exp-1}]
    => 4:5-23 duplicate_entry: `prod-aaaaaaaaaaaa1` is here a second time | it is on line 2 already: keep one
    => 5:5-16 invalid_id: an entry of `approved`: `Datadog Pro` is not a product id (prod-… or a UUID) | write the product id alone, such as prod-4xk6p2ab3cdef; its name goes under `name`
    => 6:5 missing_key: `id` is missing in a product | add `id: …`
    => 8:5-8 unknown_key: unknown key `nam` in a product | did you mean `name`?
    => 9:12-22 invalid_date: `until`: `2026-02-30` is not a date | write year, month and day as in `2027-06-30`
    => 10:37-47 invalid_date: `until`: `30.06.2027` is not a date | write year, month and day as in `2027-06-30`
    => 11:5-6 wrong_type: an entry of `approved` should be a mapping, not a list | write keys with values: `id`, `name`, `notes`, `until`
    => 12:4 null_value: an entry of `approved` is empty | write the entry behind the `-`, or take the line out
    => 14:5-9 null_value: `name` has no value | give it a value or take the line out; an empty list is `[]`, and text that looks empty needs quotes
    => 16:5-23 approved_and_rejected: `prod-aaaaaaaaaaaa1` is approved on line 4 and rejected here | keep it in one of the two lists
    => 17:9-27 approved_and_rejected: `prod-aaaaaaaaaaaa2` (`Zwei`) is approved on line 7 and rejected here | keep it in one of the two lists
    => 19:9-27 approved_and_rejected: `prod-aaaaaaaaaaaa2` (`Two`) is approved on line 7 and rejected here | keep it in one of the two lists
    => 19:9-27 duplicate_entry: `prod-aaaaaaaaaaaa2` is here a second time | it is on line 17 already: keep one
    => 21:11-17 invalid_choice: `unlisted`: `remove` is not `deny` or `keep` | write `deny` or `keep`
    => 10:10-28 warning odd_product_id: `pord-aaaaaaaaaaaa3` looks like no product id | did you mean `prod-aaaaaaaaaaaa3`?
    => 18:11-15 warning name_conflict: `prod-aaaaaaaaaaaa2` is `Zwei` here and `Two` in catalog/marketplace/x.yaml:8 | give it one name: the first is shown
    "#);
}

#[test]
fn until() {
    let text = "approved:\n  - prod-aaaaaaaaaaaa1\n".to_owned()
        + "  - {id: prod-bbbbbbbbbbb20, name: Near, until: 2026-11-20}\n"
        + "  - {id: prod-bbbbbbbbbbb21, until: 2026-11-21}\n"
        + "  - {id: prod-bbbbbbbbbbb22, until: 2026-12-20}\n"
        + "  - {id: prod-bbbbbbbbbbb23, until: 2026-12-21}\n"
        + "rejected:\n  - {id: prod-bbbbbbbbbbb19, until: '2026-11-19'}\n"
        + GOVERNS;
    let catalog = files(&[("settings.yaml", SETTINGS), ("marketplace/x.yaml", &text)]);
    insta::assert_snapshot!(told(&[("settings.yaml", SETTINGS), ("marketplace/x.yaml", &text)]), @r#"
    marketplace/x.yaml:3:49-59 warning until_near: `prod-bbbbbbbbbbb20` (`Near`) counts until 2026-11-20, which is today | review it: from the day after it counts as not listed
    marketplace/x.yaml:4:37-47 warning until_near: `prod-bbbbbbbbbbb21` counts until 2026-11-21, one more day | review it: from the day after it counts as not listed
    marketplace/x.yaml:5:37-47 warning until_near: `prod-bbbbbbbbbbb22` counts until 2026-12-20, 30 more days | review it: from the day after it counts as not listed
    marketplace/x.yaml:8:37-49 warning until_passed: the `until` of `prod-bbbbbbbbbbb19` passed on 2026-11-19 | it counts as not listed: take it out, or give it a later `until`
    "#);
    let desired = load(&catalog, today()).desired.unwrap();
    let products = desired.experiences.first().unwrap().products.listed().unwrap();
    let approved: Vec<&str> = products.approved.keys().map(ProductId::as_str).collect();
    assert_eq!(approved.len(), 5);
    assert!(products.rejected.is_empty(), "its time is over");
}

#[test]
fn own_entries_win_over_included_ones() {
    let catalog = files(&[
        ("settings.yaml", SETTINGS),
        ("marketplace/base.yaml", "approved: [prod-a, prod-b]\nrejected: [{id: prod-c, notes: no}]\nunlisted: keep\n"),
        ("marketplace/mid.yaml", "include: [base]\napproved: [{id: prod-b, notes: mid}]\n"),
        ("marketplace/other.yaml", "include: [base]\n"),
        (
            "marketplace/top.yaml",
            "include: [mid, other]\napproved: [prod-c, {id: prod-d, until: 2026-01-01}]\nrejected: [prod-a]\n\
             experiences:\n  - {organization: acme, name: Team A}\n  - {organization: subsidiary, id: exp-2}\n",
        ),
    ]);
    let loaded = load(&catalog, today());
    insta::assert_snapshot!(meaning(&loaded.desired.unwrap()).lines().skip(5).collect::<Vec<_>>().join("\n"), @r#"
    marketplace/top/acme/Team A: 011111111112 One(Name("Team A")) catalog/marketplace/top.yaml:5:5 unlisted Remove
      + prod-b Some("mid") catalog/marketplace/mid.yaml:2:17
      + prod-c None catalog/marketplace/top.yaml:2:12
      - prod-a None catalog/marketplace/top.yaml:3:12
      over prod-d Approved 2026-01-01 catalog/marketplace/top.yaml:2:25
    marketplace/top/subsidiary/exp-2: 222222222221 One(Id(ExperienceId("exp-2"))) catalog/marketplace/top.yaml:6:5 unlisted Remove
      + prod-b Some("mid") catalog/marketplace/mid.yaml:2:17
      + prod-c None catalog/marketplace/top.yaml:2:12
      - prod-a None catalog/marketplace/top.yaml:3:12
      over prod-d Approved 2026-01-01 catalog/marketplace/top.yaml:2:25
    names {}
    sha256:fd7776ddb4542f5810c2df3e962c0f892adec64bb9244543cb65e61f6692b05b
    "#);
}

#[test]
fn includes() {
    insta::assert_snapshot!(told(&[
        ("settings.yaml", SETTINGS),
        ("marketplace/base.yaml", "approved: [{id: prod-aaaaaaaaaaaaa, name: A}, prod-bbbbbbbbbbbbb]\nrejected: [prod-ccccccccccccc]\n"),
        ("marketplace/strict.yaml", "rejected: [prod-aaaaaaaaaaaaa, prod-bbbbbbbbbbbbb]\n"),
        ("marketplace/exception.yaml", &format!("include: [base]\napproved: [prod-ccccccccccccc]\n{GOVERNS}")),
        ("marketplace/disagree.yaml", "include: [base, strict]\napproved: [prod-bbbbbbbbbbbbb]\nexperiences: []\n"),
        ("marketplace/unknown.yaml", "include: [bse, 'else', base, base]\nexperiences: []\n"),
        ("marketplace/self.yaml", "include: [self]\n"),
        ("marketplace/c1.yaml", "include: [base, c2]\n"),
        ("marketplace/c2.yaml", "include: [c3]\n"),
        ("marketplace/c3.yaml", "include: [c1]\n"),
        ("marketplace/above.yaml", "include: [c1]\nexperiences: []\n"),
        ("marketplace/broken.yaml", "approved: ]\n"),
        ("marketplace/uses-broken.yaml", "include: [broken]\nexperiences: []\n"),
    ]), @"
    marketplace/broken.yaml:1:11 syntax: this is not YAML: misplaced bracket | look for the other bracket, or put the text in quotes
    marketplace/c1.yaml:1:17-19 include_cycle: product lists include each other: `c1` → `c2` → `c3` → `c1` | take one of these includes out; what both need goes into a list of its own
    marketplace/disagree.yaml:1:17-23 includes_disagree: included lists disagree on `prod-aaaaaaaaaaaaa` (`A`): approved by catalog/marketplace/base.yaml:1, rejected by catalog/marketplace/strict.yaml:1 | list it here under `approved`, `rejected` or `ignore`: own entries win
    marketplace/self.yaml:1:11-15 include_cycle: product lists include each other: `self` → `self` | take one of these includes out; what both need goes into a list of its own
    marketplace/unknown.yaml:1:11-14 unknown_include: there is no product list `bse` to include | did you mean `base`?
    marketplace/unknown.yaml:1:16-22 unknown_include: there is no product list `else` to include | an included list is a file: marketplace/else.yaml
    marketplace/unknown.yaml:1:30-34 duplicate_entry: `base` is here a second time | it is on line 1 already: keep one
    marketplace/disagree.yaml:2:12-30 warning overrides_include: `prod-bbbbbbbbbbbbb` is approved here although `strict` rejects it | fine if it is meant as an exception; catalog/marketplace/strict.yaml:1 says why not
    marketplace/exception.yaml:2:12-30 warning overrides_include: `prod-ccccccccccccc` is approved here although `base` rejects it | fine if it is meant as an exception; catalog/marketplace/base.yaml:2 says why not
    ");
}

#[test]
fn experiences() {
    insta::assert_snapshot!(table("marketplace/x.yaml", &["\
approved: [prod-aaaaaaaaaaaa1]
experiences:
  - {organization: acme}
  - {id: exp-1}
  - {organization: acme, id: exp-1, name: One}
  - {organization: acme, name: exp-1}
  - {organization: acme, all_live: false}
  - {organization: acme, id: exp-2, except: [exp-1]}
  - {organization: acme, id: exp-2}
  - {organization: nobody, id: exp-2}
  - {organization: subsidiary, all_live: true, except: [exp-3, exp-3, x]}
  - {organization: subsidiary, all_live: true, except: [exp-3, exp-3]}
  - {organization: subsidiary, id: exp-3}
  - {organization: subsidiary, id: exp-4}
  - {organization: subsidiary, name: Engineering, create: true, audience: [], brandin: {}}
  - {organization: subsidiary, name: Engineering}
"]), @r#"
    approved: [prod-aaaaaaaaaaaa1]
    experiences:
      - {organization: acme}
      - {id: exp-1}
      - {organization: acme, id: exp-1, name: One}
      - {organization: acme, name: exp-1}
      - {organization: acme, all_live: false}
      - {organization: acme, id: exp-2, except: [exp-1]}
      - {organization: acme, id: exp-2}
      - {organization: nobody, id: exp-2}
      - {organization: subsidiary, all_live: true, except: [exp-3, exp-3, x]}
      - {organization: subsidiary, all_live: true, except: [exp-3, exp-3]}
      - {organization: subsidiary, id: exp-3}
      - {organization: subsidiary, id: exp-4}
      - {organization: subsidiary, name: Engineering, create: true, audience: [], brandin: {}}
      - {organization: subsidiary, name: Engineering}
    => 3:5-6 one_of: an entry of `experiences` needs `id`, `name` or `all_live` | add one of them
    => 4:5-6 missing_key: `organization` is missing in an entry of `experiences` | add `organization: …`
    => 5:37-41 one_of: an entry of `experiences` has `id` and `name`, which exclude each other | keep one of `id`, `name` or `all_live`
    => 7:36-41 invalid_boolean: `all_live: false` names nothing | write `all_live: true`, or name an experience with `id` or `name`
    => 8:37-43 not_here: `except` has no meaning without `all_live` | add `all_live: true`, or take the line out
    => 9:5-6 governed_twice: the experience `exp-2` of `acme` is governed by catalog/marketplace/x.yaml:8 already | two lists would undo each other: take one entry out
    => 10:20-26 unknown_organization: there is no organization `nobody` in the settings | settings.yaml has `acme`, `subsidiary`
    => 11:64-69 duplicate_entry: `exp-3` is here a second time | it is on line 11 already: keep one
    => 11:71-72 invalid_id: an entry of `except`: `x` is not an experience id (exp-…) | write the id that Private Marketplace shows, such as exp-1234abcd; a name goes under `name`
    => 12:5-6 governed_twice: every live experience of `subsidiary` is governed by catalog/marketplace/x.yaml:11 already | two lists would undo each other: take one entry out
    => 12:64-69 duplicate_entry: `exp-3` is here a second time | it is on line 12 already: keep one
    => 14:5-6 governed_twice: `exp-4` is governed here and, as a live experience, by catalog/marketplace/x.yaml:11 too | add `exp-4` to `except` there, or take this entry out
    => 15:79-86 unknown_key: unknown key `brandin` in an entry of `experiences` | did you mean `branding`?
    => 15:88-89 one_of: `branding` needs `title`, `information`, `theme_color` or `logo_url` | add one of them, or take the line out
    => 16:5-6 governed_twice: the experience `Engineering` of `subsidiary` is governed by catalog/marketplace/x.yaml:15 already | two lists would undo each other: take one entry out
    => 6:32-37 warning looks_like_id: `exp-1` looks like an id | write `id: exp-1` if it is the id
    "#);
}

#[test]
fn an_organization_without_a_marketplace_account() {
    let settings = "version: 1\norganizations: {acme: {id: o-acme000001}}\n";
    let list = format!("approved: [prod-aaaaaaaaaaaa1]\n{GOVERNS}");
    insta::assert_snapshot!(told(&[("settings.yaml", settings), ("marketplace/x.yaml", &list)]), @"marketplace/x.yaml:2:30-34 no_marketplace_account: the organization `acme` has no marketplace_account | name the account that owns its experiences in settings.yaml");
}

#[test]
fn a_list_that_denies_everything_or_does_nothing_is_worth_a_look() {
    insta::assert_snapshot!(table("marketplace/x.yaml", &[
        GOVERNS,
        &format!("rejected: [prod-aaaaaaaaaaaa1]\nunlisted: keep\n{GOVERNS}"),
        "approved: [prod-aaaaaaaaaaaa1]\n",
    ]), @r#"
    experiences: [{organization: acme, id: exp-1}]
    => 1:15-16 warning nothing_approved: `x` approves nothing: every product would be denied in the experiences it governs | approve something, or write `unlisted: keep`

    rejected: [prod-aaaaaaaaaaaa1]
    unlisted: keep
    experiences: [{organization: acme, id: exp-1}]

    approved: [prod-aaaaaaaaaaaa1]
    => 1:1 warning unused_list: the product list `x` governs no experience, and no other list includes it | add `experiences:`, or include it somewhere
    "#);
}

#[test]
fn names_are_for_people_and_one_each() {
    let list = |name: &str| format!("approved: [{{id: prod-aaaaaaaaaaaa1, name: {name}}}]\nexperiences: []\n");
    let files_ =
        [("settings.yaml", SETTINGS), ("marketplace/a.yaml", &list("One")), ("marketplace/b.yaml", &list("Two"))];
    insta::assert_snapshot!(told(&files_), @"marketplace/b.yaml:1:43-46 warning name_conflict: `prod-aaaaaaaaaaaa1` is `Two` here and `One` in catalog/marketplace/a.yaml:1 | give it one name: the first is shown");
    let names = load(&files(&files_), today()).desired.unwrap().product_names;
    assert_eq!(names.values().collect::<Vec<_>>(), ["One"]);
}

#[test]
fn two_products_of_one_name_are_told_apart() {
    let settings =
        ("settings.yaml", "version: 1\norganizations: {a: {id: o-acme000001, marketplace_account: 111111111111}}\n");
    let list = "approved:\n  - {id: prod-aaaaaaaaaaaa1, name: Datadog Pro}\n  - {id: prod-aaaaaaaaaaaa2, name: datadog-pro}\n  \
                - {id: prod-aaaaaaaaaaaa3, name: Other}\nexperiences: [{organization: a, id: exp-1}]\n";
    let texts = [settings, ("marketplace/x.yaml", list)];
    insta::assert_snapshot!(told(&texts), @"marketplace/x.yaml:3:36-47 warning same_name: `prod-aaaaaaaaaaaa1` is called `datadog-pro` already, in catalog/marketplace/x.yaml:2 | look both ids up: a name is whatever its author writes, and only the id is approved or denied");
    let names = load(&files(&texts), today()).desired.unwrap().product_names;
    let names: Vec<&str> = names.values().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "Datadog Pro (the name of prod-aaaaaaaaaaaa2, too)",
            "datadog-pro (the name of prod-aaaaaaaaaaaa1, too)",
            "Other"
        ]
    );
}

#[test]
fn notes_longer_than_aws_takes_are_an_error_with_the_count() {
    let notes = |length: usize| {
        let notes = "ü".repeat(length);
        format!(
            "approved: [{{id: prod-aaaaaaaaaaaa1, notes: {notes}}}]\nrejected: [{{id: prod-bbbbbbbbbbbb1, notes: {notes}}}]\n{GOVERNS}"
        )
    };
    let told = |length| told(&[("settings.yaml", SETTINGS), ("marketplace/x.yaml", &notes(length))]);
    assert_eq!(told(50), "");
    insta::assert_snapshot!(told(53), @"
    marketplace/x.yaml:1:44-97 notes_too_long: the notes of `prod-aaaaaaaaaaaa1` have 53 characters, and AWS takes 50 | shorten them by 3, or put the rest into a comment
    marketplace/x.yaml:2:44-97 notes_too_long: the notes of `prod-bbbbbbbbbbbb1` have 53 characters, and AWS takes 50 | shorten them by 3, or put the rest into a comment
    ");
}

#[test]
fn listing_in_place_of_a_product_is_an_error_that_says_what_to_write() {
    insta::assert_snapshot!(table("marketplace/x.yaml", &[&format!("\
approved:
  - prodview-ajc3gw4mjy7my
  - {{id: PRODVIEW-ajc3gw4mjy7my, name: One}}
  - https://aws.amazon.com/marketplace/pp/prodview-ajc3gw4mjy7my
rejected:
  - id: https://aws.amazon.com/marketplace/procurement?productId=1a2b3c4d-1111-2222-3333-444455556666&x=1
  - https://example.com/product
  - prod-viewaaaaaaaaa
{GOVERNS}")]), @r#"
    approved:
      - prodview-ajc3gw4mjy7my
      - {id: PRODVIEW-ajc3gw4mjy7my, name: One}
      - https://aws.amazon.com/marketplace/pp/prodview-ajc3gw4mjy7my
    rejected:
      - id: https://aws.amazon.com/marketplace/procurement?productId=1a2b3c4d-1111-2222-3333-444455556666&x=1
      - https://example.com/product
      - prod-viewaaaaaaaaa
    experiences: [{organization: acme, id: exp-1}]
    => 2:5-27 listing_id: an entry of `approved`: `prodview-ajc3gw4mjy7my` is a listing's id, and a product's id is wanted | write the id of the listing's product (`prod-…` or a UUID): `catalog-sync products show prodview-ajc3gw4mjy7my` tells it
    => 3:10-32 listing_id: `id`: `PRODVIEW-ajc3gw4mjy7my` is a listing's id, and a product's id is wanted | write the id of the listing's product (`prod-…` or a UUID): `catalog-sync products show PRODVIEW-ajc3gw4mjy7my` tells it
    => 4:5-65 listing_id: an entry of `approved`: `https://aws.amazon.com/marketplace/pp/prodview-ajc3gw4mjy7my` is an address in AWS Marketplace, and a product's id is wanted | write the id of the listing's product (`prod-…` or a UUID): `catalog-sync products show prodview-ajc3gw4mjy7my` tells it
    => 6:9-106 listing_id: `id`: `https://aws.amazon.com/marketplace/procurement?productId=1a2b3c4d-1111-2222-3333…` is an address in AWS Marketplace, and a product's id is wanted | write `1a2b3c4d-1111-2222-3333-444455556666`, the product's id in this address
    => 7:5-32 invalid_id: an entry of `rejected`: `https://example.com/product` is not a product id (prod-… or a UUID) | write the product id alone, such as prod-4xk6p2ab3cdef; its name goes under `name`
    "#);
}

#[test]
fn unusual_id_is_told_with_the_one_that_was_meant() {
    insta::assert_snapshot!(table("marketplace/x.yaml", &[&format!("\
approved:
  - prod-4xk6p2ab3cdef
  - 1A2B3C4D-1111-2222-3333-444455556666
  - prod-4XK6P2AB3CDE0
rejected:
  - prod-4xk6p2ab3cde
  - pord-77aa00bb11cc2
  - prod-1234567890
  - 12345
{GOVERNS}")]), @r#"
    approved:
      - prod-4xk6p2ab3cdef
      - 1A2B3C4D-1111-2222-3333-444455556666
      - prod-4XK6P2AB3CDE0
    rejected:
      - prod-4xk6p2ab3cde
      - pord-77aa00bb11cc2
      - prod-1234567890
      - 12345
    experiences: [{organization: acme, id: exp-1}]
    => 6:5-22 warning odd_product_id: `prod-4xk6p2ab3cde` looks like no product id | did you mean `prod-4xk6p2ab3cdef`?
    => 7:5-23 warning odd_product_id: `pord-77aa00bb11cc2` looks like no product id | did you mean `prod-77aa00bb11cc2`?
    => 8:5-20 warning odd_product_id: `prod-1234567890` looks like no product id | AWS's are `prod-` and 13 letters or digits, or a UUID: this has 10 behind `prod-`
    => 9:5-10 warning odd_product_id: `12345` looks like no product id | AWS's are `prod-` and 13 letters or digits, or a UUID: check it for a typo
    "#);
}

#[test]
fn ids_that_differ_in_case_alone_are_an_error_within_and_across_lists() {
    let base =
        "approved: [prod-aaaaaaaaaaaa1, PROD-aaaaaaaaaaaa1]\nrejected: [prod-AAAAAAAAAAAA1, prod-bbbbbbbbbbbb1]\n";
    let list = format!("include: [base]\nrejected: [prod-bbbbbbbbbbbB1]\n{GOVERNS}");
    let texts = [("settings.yaml", SETTINGS), ("marketplace/base.yaml", base), ("marketplace/x.yaml", &list)];
    let told = told(&texts);
    let errors: Vec<&str> = told.lines().filter(|line| !line.contains(" warning ")).collect();
    insta::assert_snapshot!(errors.join("\n"), @r#"
    marketplace/base.yaml:1:32-50 id_case: `PROD-aaaaaaaaaaaa1` differs from `prod-aaaaaaaaaaaa1` (catalog/marketplace/base.yaml:1) in letter case only | ids are compared exactly: write both as AWS Marketplace does
    marketplace/base.yaml:2:12-30 id_case: `prod-AAAAAAAAAAAA1` differs from `prod-aaaaaaaaaaaa1` (catalog/marketplace/base.yaml:1) in letter case only | ids are compared exactly: write both as AWS Marketplace does
    marketplace/x.yaml:2:12-30 id_case: `prod-bbbbbbbbbbbB1` differs from `prod-bbbbbbbbbbbb1` (catalog/marketplace/base.yaml:2) in letter case only | ids are compared exactly: write both as AWS Marketplace does
    "#);
}

#[test]
fn search_for_neighbours_among_very_many_ids_ends() {
    let usual = (0..20_000).map(|n| format!(" - prod-{n:013}")).collect::<Vec<_>>().join("\n");
    let odd = (0..20_000).map(|n| format!(" - prod-{n:014}")).collect::<Vec<_>>().join("\n");
    let settings = "version: 1\norganizations: {acme: {id: o-acme000001}}\n";
    let list = format!("approved:\n{usual}\nrejected:\n{odd}\n");
    let loaded = load(&files(&[("settings.yaml", settings), ("marketplace/a.yaml", &list)]), today());
    assert_eq!(loaded.errors(), 0);
    assert!(loaded.findings.len() > 20_000);
}
