//! Chooses the base of a plan. GitHub checks out a pull request as it would be merged, and that merge's base is newer
//! than the one in the event. Compared with the older one, other people's merges would show as changes of this pull
//! request.

use anyhow::Result;

use super::base;
use super::job::Job;
use crate::catalog::source::{self, Head};
use crate::github::event::{Event, PullRequest};
use crate::render::markdown::settings_note;

/// Sets the base, unless one was given: the commit that the checked-out merge was made onto, else the base in the
/// event. Returns a note for the reader as markdown, usually empty.
pub(super) fn set(job: &mut Job, event: &Event) -> Result<String> {
    let named = base::of(event);
    let Event::PullRequest(PullRequest { head, base: of_event, .. }) = event else {
        base::set(job, named)?;
        return Ok(String::new());
    };
    if job.common.base.is_some() {
        return Ok(String::new());
    }
    base::set(job, named)?;
    let checked_out = source::head(&job.common.catalog)?;
    let Some(Head { commit, parents }) = checked_out else { return Ok(String::new()) };
    if let [onto, merged] = parents.as_slice()
        && merged == head
        && source::contains(&job.common.catalog, onto, of_event)? == Some(true)
    {
        job.common.base = Some(onto.clone());
        return Ok(String::new());
    }
    let is_behind = commit == *head && source::contains(&job.common.catalog, head, of_event)? == Some(false);
    Ok(if is_behind {
        settings_note(
            "This plan is of the branch alone, which lacks commits of the branch that it goes to: what these changed \
             shows here as taken back. Let actions/checkout take the merge (no `ref`), or update the branch.",
        )
    } else {
        String::new()
    })
}
