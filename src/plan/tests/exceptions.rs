//! Entries that end, and what is left alone.

use super::*;
use crate::model::change::{About, Because, ChangeRef, Target};
use crate::model::desired::{ExpiredProduct, Ignored, IgnoredReceiver, Until};
use crate::model::experience::Listing;
use crate::plan::guard::Exceeded;

fn day(text: &str) -> jiff::civil::Date {
    text.parse().unwrap()
}

/// The catalog, with all shares of its portfolio past their last day.
fn over(mut desired: Desired) -> Desired {
    for portfolio in desired.portfolios.values_mut() {
        portfolio.expired = std::mem::take(&mut portfolio.shares);
        for share in &mut portfolio.expired {
            share.until = Some(Until { day: day("2026-11-01"), is_near: false });
            share.notes = Some("PLAT-77".to_owned());
        }
    }
    desired
}

fn ignoring(mut desired: Desired, who: &Ignored) -> Desired {
    for portfolio in desired.portfolios.values_mut() {
        portfolio.ignored.push(IgnoredReceiver { who: who.clone(), source: source(7) });
    }
    desired
}

fn expired(mut desired: Desired, product: &str) -> Desired {
    let entry = ExpiredProduct { listing: Listing::Approved, day: day("2026-11-01"), source: source(7) };
    lists(&mut desired).expired.insert(id(product), entry);
    desired
}

/// Whether each change is due: the base says too that its entry has ended.
fn due(plan: &Plan) -> Vec<bool> {
    let is_due = |because: &Because| matches!(because, Because::Expired(expiry) if expiry.is_due);
    plan.changes().map(|(_, change)| is_due(&change.about.because)).collect()
}

#[test]
fn expired_share_is_removed_and_says_its_line_and_day() {
    let listed = shared("one", vec![wanted("333333333331", false)], Unlisted::Remove);
    let live = live(vec![account("333333333331")], None);
    assert!(lines(&plan(&listed, &live)).is_empty());
    let plan = plan(&over(listed), &live);
    assert_eq!(lines(&plan), ["remove portfolio_share 333333333331"]);
    let (_, change) = plan.changes().next().unwrap();
    let Because::Expired(expiry) = &change.about.because else { panic!("{:?}", change.about.because) };
    assert_eq!((expiry.day, &expiry.source), (day("2026-11-01"), &source(2)));
    assert_eq!(change.about.notes[0], "notes: PLAT-77");
    let json = wire::plan_to_json(&plan);
    assert!(json.contains("\"because\": \"expired\"") && json.contains("\"until\": \"2026-11-01\""), "{json}");
    assert_eq!(wire::plan_from_json(&json).unwrap(), plan);
}

#[test]
fn expired_share_with_a_unit_that_is_gone_blocks_nothing() {
    let desired = over(shared("one", vec![unit("Gone", false)], Unlisted::Remove));
    let plan = plan(&desired, &live(vec![account("999999999999")], None));
    assert_eq!(lines(&plan), ["remove portfolio_share 999999999999"]);
}

#[test]
fn expired_share_of_a_deleted_file_is_cleaned_up() {
    let base = over(shared("one", vec![wanted("333333333331", false)], Unlisted::Remove));
    let live = live(vec![account("333333333331"), account("999999999999")], None);
    assert_eq!(lines(&plan_with(&empty(), &live, Some(&base))), ["remove portfolio_share 333333333331"]);
}

#[test]
fn removal_is_due_only_where_the_base_says_too_that_the_entry_has_ended() {
    let base = shared("one", vec![wanted("333333333331", false)], Unlisted::Remove);
    let head = over(base.clone());
    let live = live(vec![account("333333333331")], None);
    assert_eq!(due(&plan_with(&head, &live, Some(&head))), [true]);
    // The merge that wrote the day is not applied yet.
    assert_eq!(due(&plan_with(&head, &live, Some(&base))), [false]);
    assert_eq!(due(&plan_with(&head, &live, None)), [false]);
    // The base never listed it, so nobody reviewed an end.
    let unlisted = shared("one", vec![], Unlisted::Remove);
    assert_eq!(due(&plan_with(&head, &live, Some(&unlisted))), [false]);
    // The base keeps what is not listed.
    let mut kept = head.clone();
    kept.portfolios.values_mut().next().unwrap().unlisted = Unlisted::Keep;
    assert_eq!(due(&plan_with(&head, &live, Some(&kept))), [false]);
}

#[test]
fn approval_that_is_over_is_denied_and_says_its_line_and_day() {
    let head = expired(listed(&["prod-a"], &[], Unlisted::Remove), "prod-b");
    let live = live(vec![], Some((&["prod-a", "prod-b"], &[])));
    let plan = plan_with(&head, &live, Some(&head));
    assert_eq!(lines(&plan), ["remove product_denial prod-b"]);
    assert_eq!(due(&plan), [true]);
    let mut text = Vec::new();
    let shown = crate::render::text::Options { all: true, verbose: false, applying: false, width: None };
    crate::render::text::plan(&plan, None, &shown, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("approved until 2026-11-01") && text.contains("x.yaml:7"), "{text}");
    assert!(!text.contains("no longer listed"), "{text}");
}

#[test]
fn approval_without_an_end_in_the_base_is_not_due() {
    let live = live(vec![], Some((&["prod-a"], &[])));
    let base = listed(&["prod-a"], &[], Unlisted::Remove);
    let head = expired(listed(&[], &[], Unlisted::Remove), "prod-a");
    assert_eq!(due(&plan_with(&head, &live, Some(&base))), [false]);
}

#[test]
fn near_ends_are_told_once_with_the_list() {
    let mut desired = shared("one", vec![wanted("333333333331", false), unit("Production", false)], Unlisted::Remove);
    for share in &mut desired.portfolios.values_mut().next().unwrap().shares {
        share.until = Some(Until { day: day("2026-12-01"), is_near: true });
    }
    let told: Vec<String> = plan(&desired, &live(vec![], None)).targets[0]
        .warnings
        .iter()
        .filter(|warning| warning.code == "until_near")
        .map(|warning| warning.message.clone())
        .collect();
    assert_eq!(
        told,
        ["shares that end within 30 days and are removed the day after: Production on 2026-12-01 (x.yaml:3), shop \
          333333333331 on 2026-12-01 (x.yaml:2)"]
    );
}

#[test]
fn ignored_shares_are_left_alone_counted_and_named() {
    let desired = ignoring(shared("one", vec![], Unlisted::Remove), &Ignored::Account(id("333333333331")));
    let member = Share::Member { account: id("333333333331"), tag_options: true };
    let live = live(vec![account("333333333331"), member, account("999999999999")], None);
    let plan = plan(&desired, &live);
    assert_eq!(lines(&plan), ["remove portfolio_share 999999999999"]);
    let TargetState::Complete { work: _, left_alone } = &plan.targets[0].state else { panic!() };
    assert_eq!(left_alone.unlisted, 0);
    let ignored: Vec<&str> = left_alone.ignored.keys().map(String::as_str).collect();
    assert_eq!(ignored, ["333333333331", "member/333333333331"]);
    assert_eq!(wire::plan_from_json(&wire::plan_to_json(&plan)).unwrap(), plan);
}

#[test]
fn ignored_unit_that_is_gone_holds_back_units_and_blocks_nothing_else() {
    let desired = ignoring(shared("one", vec![], Unlisted::Remove), &Ignored::Ou(OuRef::Path("Sandbox".to_owned())));
    let staging = Share::Ou { ou: id("ou-acme-stag0001"), tag_options: false, principals: false };
    let plan = plan(&desired, &live(vec![staging, account("999999999999")], None));
    assert_eq!(lines(&plan), ["remove portfolio_share 999999999999"]);
    let warning = &plan.targets[0].warnings[0];
    assert_eq!((warning.code.as_str(), warning.source.as_ref()), ("ignored_unknown", Some(&source(7))));
    assert!(warning.message.contains("ou-acme-stag0001 is not listed and stays"), "{}", warning.message);
}

#[test]
fn unit_that_is_listed_by_path_and_ignored_by_id_blocks_its_target() {
    let desired = shared("one", vec![unit("Production", false)], Unlisted::Remove);
    let desired = ignoring(desired, &Ignored::Ou(OuRef::Id(id("ou-acme-prod0001"))));
    assert!(reason(&plan(&desired, &live(vec![], None))).contains("listed here and left alone by `ignore`"));
}

#[test]
fn clean_up_leaves_alone_what_the_base_ignored() {
    let base = shared("one", vec![unit("Production", false)], Unlisted::Remove);
    let base = ignoring(base, &Ignored::Ou(OuRef::Id(id("ou-acme-prod0001"))));
    let production = Share::Ou { ou: id("ou-acme-prod0001"), tag_options: false, principals: false };
    assert!(lines(&plan_with(&empty(), &live(vec![production], None), Some(&base))).is_empty());
}

#[test]
fn ignored_product_stays_on_whatever_list_it_is() {
    let mut desired = listed(&["prod-a"], &[], Unlisted::Remove);
    lists(&mut desired).ignored.insert(id("prod-x"), source(7));
    lists(&mut desired).ignored.insert(id("prod-y"), source(8));
    let plan = plan(&desired, &live(vec![], Some((&["prod-a", "prod-x"], &["prod-y"]))));
    assert!(lines(&plan).is_empty());
    let TargetState::Complete { work: _, left_alone } = &plan.targets[0].state else { panic!() };
    assert_eq!((left_alone.unlisted, left_alone.ignored.len()), (0, 2));
}

#[test]
fn catalogs_that_differ_in_an_end_or_in_what_is_left_alone_differ() {
    let one = shared("one", vec![wanted("333333333331", false)], Unlisted::Remove);
    assert!(!differing(&one, &ignoring(one.clone(), &Ignored::Account(id("999999999999")))).is_empty());
    assert!(!differing(&one, &over(one.clone())).is_empty());
    let mut later = over(one.clone());
    later.portfolios.values_mut().next().unwrap().expired[0].until =
        Some(Until { day: day("2026-11-02"), is_near: true });
    assert!(!differing(&over(one.clone()), &later).is_empty());
    assert!(differing(&one, &one).is_empty());
}

#[test]
fn limits_by_kind_stop_their_kind_and_what_is_allowed_is_for_all() {
    let mut desired = shared("one", vec![], Unlisted::Remove);
    desired.experiences = listed(&[], &[], Unlisted::Remove).experiences;
    let shares = vec![account("333333333331"), account("999999999999")];
    let plan = plan(&desired, &live(shares, Some((&["prod-a"], &[]))));
    let refused = |portfolios, marketplace, allow_removals| {
        let max_removals = MaxRemovals { together: None, portfolios: Some(portfolios), marketplace: Some(marketplace) };
        let limits = Limits { max_removals, allow_removals, shown: Removals::default() };
        approve(plan.clone(), limits, None).err().map(|refusal| (refusal.reason, refusal.targets.len()))
    };
    assert_eq!(refused(2, 1, None), None);
    let reason = Reason::TooManyRemovals(Exceeded { removals: 2, limit: 1, of: LimitOf::Portfolios, all: 3 });
    assert_eq!(refused(1, 50, None), Some((reason, 1)));
    let reason = Reason::TooManyRemovals(Exceeded { removals: 1, limit: 0, of: LimitOf::Marketplace, all: 3 });
    assert_eq!(refused(50, 0, None), Some((reason, 1)));
    assert!(refused(50, 0, Some(2)).is_some(), "what is allowed counts all kinds");
    assert_eq!(refused(0, 0, Some(3)), None);
}

#[test]
fn job_of_a_matrix_is_held_to_what_the_whole_plan_takes_of_its_kind() {
    let desired = shared("one", vec![], Unlisted::Remove);
    let plan = plan(&desired, &live(vec![account("333333333331")], None));
    let max_removals = MaxRemovals { together: None, portfolios: Some(5), marketplace: Some(50) };
    let exceeded = |portfolios, marketplace| {
        let shown = Removals { all: portfolios + marketplace, portfolios, marketplace };
        Limits { max_removals, allow_removals: None, shown }.exceeded_by(&plan)
    };
    assert!(exceeded(6, 0));
    assert!(!exceeded(5, 500), "this job touches no product list");
}

fn codes(plan: &Plan) -> Vec<&str> {
    plan.targets[0].warnings.iter().map(|warning| warning.code.as_str()).collect()
}

#[test]
fn comment_silences_the_warning_of_a_plan_on_its_lines_alone() {
    let mut desired = shared("one", vec![unit("Production", true), unit("Staging", true)], Unlisted::Remove);
    let silence = |code: &str, line| crate::model::finding::Silence {
        file: "catalog/x.yaml".to_owned(),
        code: code.to_owned(),
        first: line,
        last: line,
    };
    let live = live(vec![], None);
    assert_eq!(codes(&plan(&desired, &live)), ["principal_sharing", "principal_sharing"]);
    desired.silences = vec![silence("principal_sharing", 2), silence("shared_twice", 3)];
    let plan = plan(&desired, &live);
    assert_eq!(codes(&plan), ["principal_sharing"]);
    assert_eq!(plan.targets[0].warnings[0].source.as_ref(), Some(&source(3)));
    // A silenced warning is kept, in the plan's file too, for those who want to see it.
    let of = |plan: &Plan| {
        let silenced = plan.targets[0].silenced.iter();
        silenced.map(|it| (it.code.clone(), it.source.clone().unwrap().line)).collect::<Vec<_>>()
    };
    assert_eq!(of(&plan), [("principal_sharing".to_owned(), 2)]);
    assert_eq!(of(&wire::plan_from_json(&wire::plan_to_json(&plan)).unwrap()), of(&plan));
}

#[test]
fn silenced_end_is_kept_apart_from_the_others_and_said_of_an_account_once() {
    let mut desired = shared("one", vec![wanted("333333333335", false), unit("Production", false)], Unlisted::Remove);
    for share in &mut desired.portfolios.values_mut().next().unwrap().shares {
        share.until = Some(Until { day: day("2026-12-01"), is_near: true });
    }
    let silence = |code: &str| {
        let (file, code) = ("catalog/x.yaml".to_owned(), code.to_owned());
        crate::model::finding::Silence { file, code, first: 2, last: 2 }
    };
    desired.silences = vec![silence("until_near"), silence("suspended_account"), silence("shared_twice")];
    let live = live(vec![], None);
    let plan = standing(plan(&desired, &live), &desired, &live);
    assert_eq!(codes(&plan), ["until_near"]);
    assert_eq!(plan.targets[0].warnings[0].source, Some(source(3)));
    let silenced: Vec<&str> = plan.targets[0].silenced.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(silenced, ["shared_twice", "suspended_account", "until_near"]);
}

#[test]
fn what_can_not_be_told_is_never_silenced() {
    let mut desired = ignoring(shared("one", vec![], Unlisted::Remove), &Ignored::Ou(OuRef::Path("Gone".to_owned())));
    desired.silences = vec![crate::model::finding::Silence {
        file: "catalog/x.yaml".to_owned(),
        code: "ignored_unknown".to_owned(),
        first: 1,
        last: 99,
    }];
    assert_eq!(codes(&plan(&desired, &live(vec![], None))), ["ignored_unknown"]);
}

#[test]
fn many_shares_outside_are_told_once_with_the_list() {
    let accounts: Vec<String> = (0..5).map(|n| format!("99999999999{n}")).collect();
    let mut live = live(vec![], None);
    let Some(Reading::Complete(organization)) = live.organizations.values_mut().next() else { panic!() };
    organization.strangers.extend(accounts.iter().map(|account| id::<AccountId>(account)));
    let shares = accounts.iter().map(|account| wanted(account, false)).collect();
    let plan = plan(&shared("one", shares, Unlisted::Remove), &live);
    assert_eq!(codes(&plan), ["outside_organization"]);
    assert_eq!(
        plan.targets[0].warnings[0].message,
        "5 entries have this warning: is not an account of organization acme: the portfolio leaves it. They are 999999999990 \
         (x.yaml:2), 999999999991 (x.yaml:3), 999999999992 (x.yaml:4), 999999999993 (x.yaml:5), 999999999994 (x.yaml:6)"
    );
}

#[test]
fn new_share_and_new_approval_say_until_when_they_are() {
    let until = Some(Until { day: day("2027-06-30"), is_near: false });
    let mut desired = shared("one", vec![wanted("333333333331", false)], Unlisted::Remove);
    desired.portfolios.values_mut().next().unwrap().shares[0].until = until;
    desired.experiences = listed(&["prod-a"], &[], Unlisted::Remove).experiences;
    lists(&mut desired).approved.values_mut().next().unwrap().until = until;
    let plan = plan(&desired, &live(vec![], Some((&[], &[]))));
    let notes: Vec<&str> = plan.changes().map(|(_, change)| change.about.notes[0].as_str()).collect();
    assert_eq!(notes, ["until 2027-06-30", "until 2027-06-30"]);
}

#[test]
fn ended_share_that_may_only_inherit_is_left_alone_where_that_can_not_be_told() {
    let member = |account: &str| Share::Member { account: id(account), tag_options: false };
    let production = Share::Ou { ou: id("ou-acme-prod0001"), tag_options: false, principals: false };
    let live = live(vec![production, member("333333333331")], None);
    let ended = over(shared(
        "one",
        vec![member("333333333331").map_ou(|ou| Ok::<_, ()>(OuRef::Id(ou.clone()))).unwrap()],
        Unlisted::Remove,
    ));
    let mut desired = shared("one", vec![unit("Production", false)], Unlisted::Remove);
    let portfolio = desired.portfolios.values_mut().next().unwrap();
    portfolio.expired.clone_from(&ended.portfolios.values().next().unwrap().expired);
    let plan = plan_with(&desired, &live, Some(&desired));
    assert!(lines(&plan).is_empty(), "{:?}", lines(&plan));
    assert_eq!(codes(&plan), ["inherited_share"]);
    // The same where the file is gone.
    assert_eq!(lines(&plan_with(&empty(), &live, Some(&desired))), ["remove portfolio_share ou-acme-prod0001"]);
}

#[test]
fn what_a_file_says_of_the_catalog_is_taken_from_the_catalog() {
    let partner = wanted("999999999999", false);
    let mut desired =
        shared("data", vec![partner, unit("Production", false), unit("Staging", false)], Unlisted::Remove);
    desired.experiences = listed(&["prod-new"], &["prod-bad"], Unlisted::Remove).experiences;
    desired.product_names = [(id("prod-new"), "New".to_owned())].into();
    let mut base = desired.clone();
    base.product_names.insert(id("prod-old"), "Old".to_owned());
    let live = live(vec![account("333333333331")], Some((&["prod-old"], &[])));
    let plan = plan_with(&desired, &live, Some(&base));
    assert_eq!(lines(&plan).len(), 7, "{:?}", lines(&plan));
    let fields = |target: &Target| {
        let of = |it: ChangeRef<'_>| (it.edit.key(), it.about.label.clone(), it.about.because.source().cloned());
        target.changes().map(of).collect::<Vec<_>>()
    };
    for target in &plan.targets {
        let mut same = target.clone();
        assert_eq!(anew(&mut same, &desired, Some(&base)), Ok(()));
        assert_eq!(same, *target, "what is true stays as it is");
        // The file gives a false line and a false label for everything.
        let mut planted = target.clone();
        let TargetState::Complete { work, left_alone: _ } = &mut planted.state else { panic!("it was read") };
        let abouts: Vec<&mut About> = match work {
            Work::Hub { portfolio: _, changes } => changes.iter_mut().map(|it| &mut it.about).collect(),
            Work::Recipient { imported: _, local: _, changes } => changes.iter_mut().map(|it| &mut it.about).collect(),
            Work::Experience { changes, .. } => changes.iter_mut().map(|it| &mut it.about).collect(),
        };
        for about in abouts {
            "planted".clone_into(&mut about.label);
            if let Because::Listed(source) = &mut about.because {
                "../../mallory/x.yaml".clone_into(&mut source.file);
            }
        }
        assert_eq!(anew(&mut planted, &desired, Some(&base)), Ok(()));
        for ((key, label, place), (_, is, was)) in fields(&planted).into_iter().zip(fields(target)) {
            // Only AWS knows which line with a path means a unit. A line that the catalog does not have becomes the
            // portfolio's.
            let is_path = key.starts_with("ou-");
            let expected = if is_path { desired.portfolios.values().next().map(|it| it.source.clone()) } else { was };
            assert_eq!(place, expected, "{key}");
            // Only AWS knows the names of accounts, and of products that no catalog names. The file's labels stay
            // there.
            let is_named = ["prod-new", "prod-old"].contains(&key.as_str());
            assert_eq!(label, if is_named { is } else { "planted".to_owned() }, "{key}");
        }
        planted.account = id("999999999999");
        assert_eq!(anew(&mut planted, &desired, None), Err((id(HUB), id("us-east-1"))));
    }
}
