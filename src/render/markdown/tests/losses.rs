//! What is told of changes that take something away.

use super::super::super::sample;
use super::super::plan;
use super::context;
use crate::model::experience::ExperienceStatus;
use crate::model::experience_edit::ExperienceEdit;

#[test]
fn each_loss_of_an_experience_is_told_as_what_it_is() {
    let edits = [
        (ExperienceEdit::Requests(false), ": users can no longer ask for products"),
        (
            ExperienceEdit::Status { before: ExperienceStatus::Enabled, after: ExperienceStatus::Disabled },
            ": it no longer governs its audience",
        ),
    ];
    for (edit, said) in edits {
        let mut change = sample::policy("Baseline", 3);
        change.edit = edit;
        let text =
            plan(&sample::plan(vec![sample::experience("baseline", "Baseline", vec![change])]), None, &context());
        assert!(text.contains(&format!("experience <b>Baseline</b> (acme){said}")), "{text}");
        assert!(!text.contains("gets a procurement policy"), "{text}");
    }
}
