//! Entries are removed and added and values change. All other lines stay.

use proptest::prelude::*;

use super::super::*;
use crate::model::amend::{ListPlace, NewEntry};
use crate::model::draft::{Commented, ProductDraft};
use crate::model::experience_terms::AudienceRef;
use crate::model::portfolio::Share;
use crate::model::recipient::PrincipalRef;

fn at(line: u32, column: u32) -> Source {
    Source { file: "f.yaml".to_owned(), line, column, end_column: None }
}

fn place(within: Option<Source>, key: &'static str) -> ListPlace {
    ListPlace { file: "f.yaml".to_owned(), within, key }
}

fn account(id: &str, comment: &str) -> NewEntry {
    let share = Share::Account { account: id.parse().unwrap(), tag_options: false };
    NewEntry::Share(Commented { value: share, comment: Some(comment.to_owned()) }, "acme".parse().unwrap())
}

#[track_caller]
fn becomes(text: &str, amendments: &[Amendment], after: &str) {
    let all: Vec<&Amendment> = amendments.iter().collect();
    assert_eq!(amend(text.as_bytes(), &all).as_deref(), Ok(after));
}

#[track_caller]
fn refused(text: &str, amendments: &[Amendment]) -> String {
    let all: Vec<&Amendment> = amendments.iter().collect();
    amend(text.as_bytes(), &all).unwrap_err().to_string()
}

const SHARES: &str = "portfolio: A # the one

shares:
  # the first
  - account: \"333333333331\" # shop
    notes: why
    # more of it
  - ou: Data

  - {account: \"333333333332\", tag_options: true} # last
# the end
unlisted_shares: keep
";

#[test]
fn entries_go_with_their_lines_and_come_behind_the_last() {
    becomes(SHARES, &[Amendment::Drop(at(8, 5))], &SHARES.replace("  - ou: Data\n", ""));
    let first = "  - account: \"333333333331\" # shop\n    notes: why\n    # more of it\n";
    let add = Amendment::Add(place(None, "shares"), account("333333333333", "billing"));
    let new = "  - account: \"333333333333\" # billing\n";
    let after = SHARES.replace(first, "").replace("# last\n", &format!("# last\n{new}"));
    becomes(SHARES, &[Amendment::Drop(at(5, 5)), add.clone(), add.clone()], &after);
    // The last entry is removed, and a new one is added.
    let after = SHARES.replace("  - {account: \"333333333332\", tag_options: true} # last\n", new);
    becomes(SHARES, &[add, Amendment::Drop(at(10, 5))], &after);
    // All entries are removed.
    let all = [Amendment::Drop(at(5, 5)), Amendment::Drop(at(8, 5)), Amendment::Drop(at(10, 6))];
    let after = "portfolio: A # the one\n\nshares: []\n  # the first\n\n# the end\nunlisted_shares: keep\n";
    becomes(SHARES, &all, after);
    becomes("shares:\r\n- ou: A\r\n- ou: B\r\n", &[Amendment::Drop(at(2, 3))], "shares:\r\n- ou: B\r\n");
    becomes("shares:\n  - ou: A\n  - ou: B", &[Amendment::Drop(at(3, 5))], "shares:\n  - ou: A\n");
}

#[test]
fn entries_between_brackets_go_and_come_on_their_line() {
    let text = "approved: [prod-a, {id: prod-b, name: \"B, too\"}, prod-c ] # all\n";
    let product = |name: Option<&str>| {
        let name = name.map(str::to_owned);
        NewEntry::Product(ProductDraft { id: "prod-d".parse().unwrap(), name, notes: None })
    };
    becomes(text, &[Amendment::Drop(at(1, 20))], "approved: [prod-a, prod-c ] # all\n");
    let add = Amendment::Add(place(None, "approved"), product(Some("D, of E")));
    let after = "approved: [prod-a, {id: prod-b, name: \"B, too\"}, {id: prod-d, name: \"D, of E\"} ] # all\n";
    becomes(text, &[add, Amendment::Drop(at(1, 50))], after);
    let all = [12, 20, 50].map(|column| Amendment::Drop(at(1, column)));
    becomes(text, &all, "approved: [ ] # all\n");
    let add = Amendment::Add(place(None, "rejected"), product(None));
    becomes("approved: []\n", &[add], "approved: []\n\nrejected:\n  - prod-d\n");
    assert!(refused("approved: [prod-a,\n  prod-b]\n", &[Amendment::Drop(at(2, 3))]).contains("several lines"));
}

const EXPERIENCE: &str = "approved: [prod-a]
experiences:
  - organization: acme
    id: exp-1
    description: |
      Two
      lines
    status: enabled # for now
    audience:
      - ou: Data
    # the end of it
  - {organization: acme, id: exp-2, user_requests: true}
  - organization: acme
    id: exp-3
    audience:
    # nobody
";

fn set(line: u32, key: &'static str, value: Option<NewValue>) -> Amendment {
    Amendment::Set { within: at(line, 5), key, value }
}

#[test]
fn values_change_where_they_stand_and_new_ones_stand_at_the_end_of_their_entry() {
    let text = |text: &str| Some(NewValue::Text(text.to_owned()));
    let after = EXPERIENCE.replace("enabled #", "disabled #");
    becomes(EXPERIENCE, &[set(3, "status", text("disabled"))], &after);
    let after = EXPERIENCE.replace("|\n      Two\n      lines\n", "\"One: line\"\n");
    becomes(EXPERIENCE, &[set(3, "description", text("One: line"))], &after);
    becomes(
        EXPERIENCE,
        &[set(3, "description", None)],
        &EXPERIENCE.replace("    description: |\n      Two\n      lines\n", ""),
    );
    let after = EXPERIENCE.replace("# the end of it\n", "# the end of it\n    user_requests: false\n");
    becomes(EXPERIENCE, &[set(3, "user_requests", Some(NewValue::Flag(false)))], &after);
    let after = EXPERIENCE.replace("user_requests: true}", "user_requests: false, status: enabled}");
    let both = [set(12, "status", text("enabled")), set(12, "user_requests", Some(NewValue::Flag(false)))];
    becomes(EXPERIENCE, &both, &after);
    // `within` is the place of a brace, or of the first key.
    assert!(refused(EXPERIENCE, &[set(12, "id", None)]).contains("on a line with others"));
    assert!(refused(EXPERIENCE, &[set(3, "organization", None)]).contains("on a line with others"));
    assert!(refused(EXPERIENCE, &[set(3, "audience", text("x"))]).contains("no single value"));
    let two = [set(3, "status", text("enabled")), set(3, "status", text("disabled"))];
    assert!(refused(EXPERIENCE, &two).contains("two different values"));
}

#[test]
fn lists_of_an_entry_are_begun_where_they_are_missing() {
    let unit = |path: &str| {
        let value = AudienceRef::Ou(crate::model::unit_ref::OuRef::Path(path.to_owned()));
        NewEntry::Audience(Commented { value, comment: None }, "acme".parse().unwrap())
    };
    let add = |line: u32| Amendment::Add(place(Some(at(line, 5)), "audience"), unit("Work, loads"));
    becomes(EXPERIENCE, &[add(3)], &EXPERIENCE.replace("- ou: Data\n", "- ou: Data\n      - ou: Work, loads\n"));
    let after = EXPERIENCE.replace("requests: true}", "requests: true, audience: [{ou: \"Work, loads\"}]}");
    becomes(EXPERIENCE, &[add(12)], &after);
    let after = EXPERIENCE.replace("audience:\n    # nobody\n", "audience:\n      - ou: Work, loads\n    # nobody\n");
    becomes(EXPERIENCE, &[add(13)], &after);
    let text = "recipients:\n  - account: \"333333333331\"\n\n# end\n";
    let principal = NewEntry::Principal(PrincipalRef::Pattern("role/*-x".to_owned()));
    let add = Amendment::Add(place(Some(at(2, 5)), "principals"), principal);
    let after = "recipients:\n  - account: \"333333333331\"\n    principals:\n      - pattern: \"role/*-x\"\n\n# end\n";
    becomes(text, &[add], after);
}

#[test]
fn what_an_alias_stands_for_is_not_edited() {
    let text = "a: &all\n  - x\n  - y\nb: *all\n";
    assert!(refused(text, &[Amendment::Drop(at(2, 5))]).contains("also change other values"));
    let add = Amendment::Add(place(None, "b"), account("333333333331", ""));
    assert!(refused(text, &[add]).contains("alias"));
    assert!(refused("shares:\n  - - a\n", &[Amendment::Drop(at(2, 7))]).contains("where its dash stands"));
}

fn item() -> impl Strategy<Value = String> {
    let account = "[0-9]{12}";
    let bits =
        prop_oneof![Just(""), Just(" # so"), Just("\n    # own line"), Just("\n    notes: |\n      a\n\n      b")];
    prop_oneof![
        (account, bits).prop_map(|(id, more)| format!("  - account: \"{id}\"{more}\n")),
        account.prop_map(|id| format!("  - {{account: \"{id}\"}}\n")),
        Just("\n  - ou: Data\n".to_owned()),
        Just("  # between\n  - ou: Data/More\n    principals: true\n".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Entries are removed and added. All other lines stay unchanged and in order.
    #[test]
    fn other_lines_stay(
        items in prop::collection::vec((item(), any::<bool>()), 1..7),
        added in prop::collection::vec("[0-9]{12}", 0..3),
        rest in prop_oneof![Just(""), Just("\n# end\nunlisted_shares: keep\n"), Just("  # end of the list\n")],
        is_windows in any::<bool>(),
    ) {
        let head = "# head\n\nportfolio: A\nshares: # all\n";
        let eol = |text: &str| if is_windows { text.replace('\n', "\r\n") } else { text.to_owned() };
        let text: String = [head.to_owned()].into_iter().chain(items.iter().map(|(item, _)| item.clone())).chain([rest.to_owned()]).collect();
        let mut line = 5;
        let mut amendments = Vec::new();
        for (item, is_dropped) in &items {
            let dash = item.lines().position(|line| line.starts_with("  - ")).unwrap();
            if *is_dropped {
                amendments.push(Amendment::Drop(at(line + u32::try_from(dash).unwrap(), 5)));
            }
            line += u32::try_from(item.matches('\n').count()).unwrap();
        }
        amendments.extend(added.iter().map(|id| Amendment::Add(place(None, "shares"), account(id, "x"))));
        let all: Vec<&Amendment> = amendments.iter().collect();
        let new = amend(eol(&text).as_bytes(), &all);
        let Ok(new) = new else { return Err(TestCaseError::fail(format!("{new:?}\n{text}"))) };
        // The lines above a removed entry stay.
        let kept = items.iter().map(|(item, is_dropped)| {
            let above = item.split_inclusive('\n').take_while(|line| !line.starts_with("  - ")).collect();
            if *is_dropped { above } else { item.clone() }
        });
        let kept: String = kept.collect();
        let mut unique: Vec<&String> = Vec::new();
        for id in &added {
            if !unique.contains(&id) {
                unique.push(id);
            }
        }
        let added = unique.iter().fold(String::new(), |all, id| format!("{all}  - account: \"{id}\" # x\n"));
        let is_empty = items.iter().all(|(_, is_dropped)| *is_dropped) && added.is_empty();
        let head = if is_empty { head.replace("shares: #", "shares: [] #") } else { head.to_owned() };
        prop_assert_eq!(new, eol(&format!("{head}{kept}{added}{rest}")), "{}", text);
    }
}
