//! `doctor`: checks the access to AWS link by link, from the token to every account.

mod accounts;
mod check;
mod link;
mod mend;
mod organization;
mod policy;
mod statement;

use anyhow::Result;

use super::exit::{Exit, UsageError};
use super::{catalog, cloud, output};
use crate::cli::{Common, Doctor, DoctorMode, Format};
use crate::model::settings::Mode;
use crate::render::text::CheckupOptions;
use crate::render::{checkup, text};

/// Checks the access and prints the result of each link. A failed link gives exit status 1. An unknown one does not,
/// since no plan needs it.
pub(super) async fn run(common: &Common, options: &Doctor) -> Result<Exit> {
    match common.format {
        Some(Format::Markdown | Format::Sarif | Format::Yaml | Format::Cloudformation) => {
            return Err(UsageError("doctor prints text or json".to_owned()).into());
        }
        Some(Format::Text | Format::Json) | None => {}
    }
    let Some(catalog) = catalog::load(common)? else { return Ok(Exit::Error) };
    let mode = match options.mode {
        DoctorMode::Plan => Mode::Plan,
        DoctorMode::Apply => Mode::Apply,
    };
    let session = cloud::open(common, &catalog, mode).await?;
    let (checkup, troubles) = check::check(&session.cloud, &catalog.desired, mode, common.is_sandboxed()).await;
    session.close(common).await?;
    for trouble in &troubles {
        output::say(common, &format!("warning: some names are missing: {trouble}"));
    }
    let width = output::width();
    output::result(common, |sink| match common.format {
        Some(Format::Json) => sink.write_all(checkup::json(&checkup).as_bytes()),
        Some(Format::Text | Format::Markdown | Format::Sarif | Format::Yaml | Format::Cloudformation) | None => {
            let mut sink = sink;
            text::checkup(&checkup, CheckupOptions { verbose: common.verbose, width }, &mut sink)
        }
    })?;
    Ok(if checkup.fails() { Exit::Error } else { Exit::Done })
}
