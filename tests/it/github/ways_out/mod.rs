//! Refusals and their printed fixes: each fix is followed until it works. A refusal without one would get switched
//! off.

use catalog_sync::commands::obstacle::{Doubt, Label, Obstacle, Place, Request, Unseen};
use serde_json::json;

use super::bench::{Bench, Ran};
use super::request;
use crate::commands::refused;

mod events;
mod removals;
mod saved;
mod unseen;

/// The name of a test. It does not compile if the test does not exist.
macro_rules! test {
    ($($path:ident)::+) => {{
        let _is_a_test: fn() = $($path)::+;
        stringify!($($path)::+)
    }};
}

/// The name of the test that follows an obstacle's fix. An obstacle without a test does not compile.
fn followed_by(obstacle: &Obstacle) -> String {
    let test = match obstacle {
        Obstacle::ApplyOnEvent { event: _ } => test!(events::apply_of_what_is_not_merged),
        Obstacle::DueOnEvent { event: _ } => test!(events::due_on_a_pull_request),
        Obstacle::RequestOnEvent { event: _ } => test!(request::event_that_brings_no_request),
        Obstacle::Request(why) => match why {
            Request::Ungoverned { experience: _ } => test!(request::experience_that_no_file_governs),
            Request::Mirrors { experience: _, place: _, mirrored: _ } => {
                test!(request::experience_that_follows_another)
            }
            Request::NotEdited { product: _, place: _, reason: _ } => test!(request::list_that_can_not_be_added_to),
        },
        Obstacle::AdoptOnEvent { event: _ } => test!(events::adopt_on_a_pull_request),
        Obstacle::DriftOnEvent { event: _ } => test!(events::drift_on_a_pull_request),
        Obstacle::ReviewSetsCheck { event: _, done: _ } => test!(events::another_command_after_a_review),
        Obstacle::EventOfStrangers { event: _, done: _ } => test!(events::event_of_strangers),
        Obstacle::OtherBranch { branch: _, done: _ } => test!(events::another_branch),
        Obstacle::NoDefaultBranch { done: _ } => test!(events::default_branch_that_nobody_names),
        Obstacle::OtherBase { branch: _ } => test!(events::pull_request_to_another_branch),
        Obstacle::Overtaken { sha: _, later: _, run: _ } => test!(events::overtaken_apply),
        Obstacle::DueOvertaken { sha: _, branch: _ } => test!(events::due_of_an_older_commit),
        Obstacle::OtherCatalog => test!(refused::the_way_out_of_a_stale_plan_is_a_new_one),
        Obstacle::OtherPlanBase => test!(refused::the_way_out_of_another_base_is_a_new_plan),
        Obstacle::PlannedInSandbox => test!(saved::plan_of_the_sandbox_for_aws),
        Obstacle::PlannedInAws => test!(saved::plan_of_aws_for_the_sandbox),
        Obstacle::NobodyToAsk => test!(refused::the_way_out_where_nobody_can_say_yes_is_to_say_it_before),
        Obstacle::AnsweredOtherwise => test!(saved::answer_other_than_yes),
        Obstacle::TooMuch { exceeded: _, place } => match place {
            Place::CommandLine { with_base: _ } => test!(refused::the_way_out_of_too_many_removals_leads_out),
            Place::PullRequest(Label::Missing | Label::TooOld | Label::NotBy(_)) => {
                test!(removals::plan_of_a_pull_request)
            }
            Place::Merge { number: _, label: Label::Missing | Label::TooOld | Label::NotBy(_) } => {
                test!(removals::merge)
            }
            Place::ByHand => test!(removals::apply_by_hand),
            Place::Due => test!(removals::due),
        },
        Obstacle::Unseen { changes: _, because } => match because {
            Unseen::NotInSavedPlan => test!(refused::the_way_out_of_a_stale_plan_is_a_new_one),
            Unseen::NotShown => test!(unseen::merge_that_was_not_shown),
            Unseen::NoPlan => test!(unseen::merge_without_a_plan),
            Unseen::NoPullRequest => test!(unseen::push_without_a_pull_request),
            Unseen::Doubts(doubts) => match doubts.first() {
                None | Some(Doubt::Workflow { number: _, file: _ }) => {
                    test!(unseen::workflow_that_nobody_else_approved)
                }
                Some(Doubt::AfterApproval { number: _ }) => test!(unseen::change_shown_after_the_approval),
                Some(Doubt::AnotherApp { number: _, app: _, me: _ }) => test!(unseen::plan_that_another_app_kept),
                Some(Doubt::IssueOfAnother { number: _, login: _, me: _ }) => test!(unseen::issue_of_somebody_else),
            },
        },
    };
    test.replace(' ', "")
}

/// Asserts that a run printed an obstacle in full, and that `followed_by` names this test for it.
#[track_caller]
pub(super) fn told(ran: &Ran, obstacle: &Obstacle, test: &str) {
    let log = format!("{}\n{}", ran.stdout, ran.stderr);
    for words in [obstacle.headline(), obstacle.way_out()] {
        assert!(log.contains(&words), "no {words:?} in\n{log}");
    }
    assert!(followed_by(obstacle).ends_with(test), "{} follows {obstacle:?}, and not {test}", followed_by(obstacle));
}

pub(super) fn event() -> serde_json::Value {
    json!({"repository": {"default_branch": "main"}})
}

/// Starts a command by hand on the default branch, at its last commit.
async fn by_hand(bench: &Bench, args: &[&str]) -> Ran {
    let head = bench.git(&["rev-parse", "HEAD"]);
    bench.github.state().comes_onto_main(&head);
    bench.ci("workflow_dispatch", &event(), &head, args).await
}

#[test]
fn obstacle_says_what_is_wrong_and_what_to_do() {
    let obstacle = Obstacle::OtherBranch { branch: "main".to_owned(), done: "planned" };
    let said = "nothing is planned from another branch than the default one, main. Start it on main.";
    assert_eq!((obstacle.sentence(), obstacle.reason()), (said.to_owned(), None));
    assert_eq!(followed_by(&obstacle), "events::another_branch");
}
