//! Tests for whole texts, hostile input and limits.

mod accounts;
mod causes;
mod limits;
mod losses;
mod nasty;
mod released;
mod texts;

use super::{Context, DriftContext, Limit, Link, State};

const RUN: Link<'_> = Link { text: "run 101", url: "https://github.com/acme/catalog/actions/runs/101" };

fn context() -> Context<'static> {
    Context {
        marker: "<!-- catalog-sync:plan {\"v\":1} -->",
        sandbox: false,
        notice: "",
        files: Some("https://github.com/acme/catalog/blob/4be1c02d5f/"),
        base_files: Some("https://github.com/acme/catalog/blob/77d01aa9e3/"),
        head: Some("4be1c02d5f4be1c02d5f4be1c02d5f4be1c02d5f"),
        base: Some("77d01aa9e377d01aa9e377d01aa9e377d01aa9e3"),
        base_branch: Some("main"),
        run: Some(RUN),
        whole: Some(Link { text: "the summary of run 101", url: RUN.url }),
        gathered: false,
        state: State::Planned,
        tool: "catalog-sync 0.1.0",
        limit: Limit::COMMENT,
    }
}

fn since() -> DriftContext<'static> {
    DriftContext {
        since: Some("18 November"),
        looked: "20 November 03:00 UTC",
        before: "",
        narrowed: false,
        undo: Some(RUN),
        keep: None,
    }
}
