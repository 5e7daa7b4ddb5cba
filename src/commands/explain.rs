//! `explain`: what one account sees.

use anyhow::Result;

use super::exit::{Exit, UsageError};
use super::{catalog, cloud, output, validate};
use crate::cli::{Common, Format};
use crate::cloud::read;
use crate::model::live::Live;
use crate::model::settings::Mode;
use crate::model::sight::{Asked, Identity};
use crate::plan;
use crate::render::sight as rendered;

/// Finds the account, reads what has to do with it, and says what it sees.
pub(super) async fn run(common: &Common, account: &str) -> Result<Exit> {
    let format = match validate::no_sarif(common)? {
        Format::Markdown => return Err(UsageError("explain prints text or json".to_owned()).into()),
        format => format,
    };
    if account.trim().is_empty() {
        return Err(UsageError("give the account's id, its name or its e-mail address".to_owned()).into());
    }
    let asked = Asked::of(account.trim());
    let Some(catalog) = catalog::load(common)? else { return Ok(Exit::Error) };
    let session = cloud::open(common, &catalog, Mode::Plan).await?;
    let desired = &catalog.desired;
    let mut live = Live::default();
    read::read(&session.cloud, &mut live, |live| plan::sight_wants(&asked, desired, live)).await;
    session.close(common).await?;
    let (account, doubts) = match plan::identify(&asked, desired, &live) {
        Identity::One(account, doubts) => (account, doubts),
        other => {
            output::tell(&format!("error: {}", rendered::unidentified(account.trim(), &other)));
            return Ok(Exit::Error);
        }
    };
    let sight = plan::sight(&account, doubts, desired, &live);
    output::result(common, |sink| match format {
        Format::Json => sink.write_all(rendered::json(&sight, common.is_sandboxed()).as_bytes()),
        Format::Text | Format::Markdown | Format::Sarif | Format::Yaml | Format::Cloudformation => {
            rendered::text(&sight, common.is_sandboxed(), sink)
        }
    })?;
    Ok(if sight.is_whole() { Exit::Done } else { Exit::Error })
}
