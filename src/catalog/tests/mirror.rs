//! `mirror` in a product list.

use super::*;

fn told_of(files: &[(&str, &str)]) -> String {
    let files: Vec<(&str, &str)> = [("settings.yaml", SETTINGS)].into_iter().chain(files.iter().copied()).collect();
    told(&files)
}

#[test]
fn mirror_means_an_experience_in_place_of_lists() {
    let text = "\
# yaml-language-server: $schema=../../schema/marketplace.json
mirror: {organization: acme, id: exp-curated0001}
unlisted: keep
ignore: [prod-aaaaaaaaaaaa1]
experiences:
  - {organization: subsidiary, all_live: true}
  - {organization: acme, name: Engineering}
";
    let files = files(&[("settings.yaml", SETTINGS), ("marketplace/x.yaml", text)]);
    let loaded = load(&files, today());
    assert_eq!(loaded.findings, []);
    let desired = loaded.desired.unwrap();
    let meaning = meaning(&desired);
    let lines: Vec<&str> =
        meaning.lines().filter(|line| line.contains("marketplace/") || line.contains("  as")).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    marketplace/x/subsidiary/*: 222222222221 AllLive { except: {} } catalog/marketplace/x.yaml:6:5 unlisted Keep
      as Id(ExperienceId("exp-curated0001")) of acme 011111111112 catalog/marketplace/x.yaml:2:9
      ignored prod-aaaaaaaaaaaa1 catalog/marketplace/x.yaml:4:10
    marketplace/x/acme/Engineering: 011111111112 One(Name("Engineering")) catalog/marketplace/x.yaml:7:5 unlisted Keep
      as Id(ExperienceId("exp-curated0001")) of acme 011111111112 catalog/marketplace/x.yaml:2:9
      ignored prod-aaaaaaaaaaaa1 catalog/marketplace/x.yaml:4:10
    "#);
    let same = |at: usize| desired.experiences[at].products.mirrored().unwrap();
    assert!(std::ptr::eq(same(0), same(1)));
}

#[test]
fn mirror_names_one_experience_that_can_be_looked_at() {
    insta::assert_snapshot!(table("marketplace/x.yaml", &[
        "mirror: exp-1\nexperiences: [{organization: acme, id: exp-2}]\n",
        "mirror: {organization: acme}\nexperiences: [{organization: acme, id: exp-2}]\n",
        "mirror: {id: exp-1, name: One}\nexperiences: [{organization: acme, id: exp-2}]\n",
        "mirror: {organization: nobody, name: exp-1}\nexperiences: [{organization: acme, id: exp-2}]\n",
        "mirror: {organization: acme, id: exp-1, all_live: true}\nexperiences: [{organization: acme, id: exp-2}]\n",
        "mirror: {organization: acme, id: exp-1}\n",
        "mirror:\nexperiences: [{organization: acme, id: exp-2}]\n",
    ]), @r#"
    mirror: exp-1
    experiences: [{organization: acme, id: exp-2}]
    => 1:9-14 wrong_type: `mirror` should be a mapping, not the text `exp-1` | write keys with values: `organization`, `id`, `name`

    mirror: {organization: acme}
    experiences: [{organization: acme, id: exp-2}]
    => 1:9-10 one_of: `mirror` needs `id` or `name` | add one of them

    mirror: {id: exp-1, name: One}
    experiences: [{organization: acme, id: exp-2}]
    => 1:9-10 missing_key: `organization` is missing in `mirror` | add `organization: …`
    => 1:21-25 one_of: `mirror` has `id` and `name`, which exclude each other | keep one of `id` or `name`

    mirror: {organization: nobody, name: exp-1}
    experiences: [{organization: acme, id: exp-2}]
    => 1:24-30 unknown_organization: there is no organization `nobody` in the settings | settings.yaml has `acme`, `subsidiary`
    => 1:38-43 warning looks_like_id: `exp-1` looks like an id | write `id: exp-1` if it is the id

    mirror: {organization: acme, id: exp-1, all_live: true}
    experiences: [{organization: acme, id: exp-2}]
    => 1:41-49 unknown_key: unknown key `all_live` in `mirror` | known here: `organization`, `id`, `name`

    mirror: {organization: acme, id: exp-1}
    => 1:1 warning unused_list: no experience follows the one that `x` mirrors | add `experiences:`

    mirror:
    experiences: [{organization: acme, id: exp-2}]
    => 1:1-7 null_value: `mirror` has no value | give it a value or take the line out; an empty list is `[]`, and text that looks empty needs quotes
    "#);
    let settings = "version: 1\norganizations:\n  acme: {id: o-acme000001}\n  other: {id: o-other00001, marketplace_account: \"222222222222\"}\n";
    let list = "mirror: {organization: acme, id: exp-1}\nexperiences: [{organization: other, id: exp-2}]\n";
    insta::assert_snapshot!(told(&[("settings.yaml", settings), ("marketplace/x.yaml", list)]), @"marketplace/x.yaml:1:24-28 no_marketplace_account: the organization `acme` has no marketplace_account | name the account that owns its experiences in settings.yaml");
}

#[test]
fn mirror_stands_in_place_of_lists() {
    insta::assert_snapshot!(table("marketplace/x.yaml", &[
        "approved: [prod-aaaaaaaaaaaa1]\nmirror: {organization: acme, id: exp-1}\nrejected: []\ninclude: []\n\
         experiences: [{organization: acme, id: exp-2}]\n",
    ]), @r#"
    approved: [prod-aaaaaaaaaaaa1]
    mirror: {organization: acme, id: exp-1}
    rejected: []
    include: []
    experiences: [{organization: acme, id: exp-2}]
    => 1:1-9 mirror_and_list: `approved` can't stand beside the `mirror` on line 2 | the mirrored experience says what is approved and denied: keep line 2 or line 1
    => 3:1-9 mirror_and_list: `rejected` can't stand beside the `mirror` on line 2 | the mirrored experience says what is approved and denied: keep line 2 or line 3
    => 4:1-8 mirror_and_list: `include` can't stand beside the `mirror` on line 2 | the mirrored experience says what is approved and denied: keep line 2 or line 4
    "#);
}

#[test]
fn mirrors_are_neither_included_nor_mirrored() {
    let mirror = "mirror: {organization: acme, id: exp-1}\nexperiences: [{organization: subsidiary, id: exp-2}]\n";
    let including = "include: [a]\nexperiences: [{organization: acme, id: exp-3}]\nunlisted: keep\n";
    insta::assert_snapshot!(told_of(&[("marketplace/a.yaml", mirror), ("marketplace/b.yaml", including)]), @"marketplace/b.yaml:1:11-12 mirror_included: `a` has no products of its own to include: it mirrors an experience (catalog/marketplace/a.yaml:1) | mirror the same experience here, or include lists alone");
    let second = "mirror: {organization: subsidiary, id: exp-2}\nexperiences: [{organization: acme, id: exp-3}]\n";
    insta::assert_snapshot!(told_of(&[("marketplace/a.yaml", mirror), ("marketplace/b.yaml", second)]), @"marketplace/b.yaml:1:9-10 mirror_of_mirror: the experience `exp-2` follows another one itself (catalog/marketplace/a.yaml:2, by the mirror on line 1) | mirror that other one here too: a change then takes one step to all of them");
    // Two lists that mirror each other, and one that mirrors itself, by id and by name.
    let back = "mirror: {organization: subsidiary, id: exp-2}\nexperiences: [{organization: acme, id: exp-1}]\n";
    insta::assert_snapshot!(told_of(&[("marketplace/a.yaml", mirror), ("marketplace/b.yaml", back)]), @r#"
    marketplace/a.yaml:1:9-10 mirror_of_mirror: the experience `exp-1` follows another one itself (catalog/marketplace/b.yaml:2, by the mirror on line 1) | mirror that other one here too: a change then takes one step to all of them
    marketplace/b.yaml:1:9-10 mirror_of_mirror: the experience `exp-2` follows another one itself (catalog/marketplace/a.yaml:2, by the mirror on line 1) | mirror that other one here too: a change then takes one step to all of them
    "#);
    insta::assert_snapshot!(table("marketplace/x.yaml", &[
        "mirror: {organization: acme, id: exp-1}\nexperiences:\n  - {organization: subsidiary, id: exp-1}\n  - {organization: acme, id: exp-1}\n",
        "mirror: {organization: acme, name: One}\nexperiences: [{organization: acme, name: One}]\n",
        "mirror: {organization: acme, id: exp-1}\nexperiences: [{organization: acme, all_live: true}]\n",
    ]), @r#"
    mirror: {organization: acme, id: exp-1}
    experiences:
      - {organization: subsidiary, id: exp-1}
      - {organization: acme, id: exp-1}
    => 1:9-10 mirror_of_itself: the experience `exp-1` would follow itself: line 4 governs it | take that entry out: people curate the experience in the console

    mirror: {organization: acme, name: One}
    experiences: [{organization: acme, name: One}]
    => 1:9-10 mirror_of_itself: the experience `One` would follow itself: line 2 governs it | take that entry out: people curate the experience in the console

    mirror: {organization: acme, id: exp-1}
    experiences: [{organization: acme, all_live: true}]
    "#);
}

#[test]
fn mirrored_experience_may_have_a_list_of_its_own() {
    let mirror = "mirror: {organization: acme, id: exp-1}\nexperiences: [{organization: subsidiary, all_live: true}]\n";
    let own = "approved: [prod-aaaaaaaaaaaa1]\nexperiences: [{organization: acme, id: exp-1}]\n";
    assert_eq!(told_of(&[("marketplace/a.yaml", mirror), ("marketplace/b.yaml", own)]), "");
}
