//! `products`: searches AWS Marketplace, and looks up ids and addresses.

use std::collections::BTreeSet;
use std::io::Write;

use anyhow::Result;
use futures_util::future::join_all;

use super::exit::{Exit, UsageError};
use super::{catalog, cloud, output};
use crate::cli::{Common, Format, Products};
use crate::cloud::products::{self, Found};
use crate::model::offer::{Offer, Reference};
use crate::model::settings::Mode;
use crate::render::products as rendered;

/// The longest search text that AWS accepts, in characters.
const LONGEST: usize = 512;

/// Searches or looks up products, and prints what AWS Marketplace says.
pub(super) async fn run(common: &Common, options: &Products) -> Result<Exit> {
    match common.format {
        Some(Format::Sarif | Format::Markdown | Format::Cloudformation) => {
            return Err(UsageError("products prints text, json or yaml".to_owned()).into());
        }
        Some(Format::Text | Format::Json | Format::Yaml) | None => {}
    }
    match options {
        Products::Search { text, publisher, limit } => {
            let text = text.join(" ");
            if text.trim().is_empty() || text.chars().count() > LONGEST {
                return Err(UsageError(format!("give 1 to {LONGEST} characters to search for")).into());
            }
            search(common, text.trim(), publisher.as_deref(), usize::from(*limit)).await
        }
        Products::Show { ids } => show(common, ids).await,
    }
}

async fn search(common: &Common, text: &str, publisher: Option<&str>, limit: usize) -> Result<Exit> {
    let Some(catalog) = catalog::load_if_there(common)? else { return Ok(Exit::Error) };
    let session = cloud::open(common, &catalog, Mode::Plan).await?;
    let found = products::search(&session.cloud, text, publisher, limit).await;
    session.close(common).await?;
    let Found { offers, more } = found?;
    print(common, &offers, &[])?;
    if more {
        output::say(common, &format!("There are more than these {}: give more words, or --limit", offers.len()));
    }
    if offers.is_empty() {
        output::say(common, &format!("The marketplace offers nothing for `{text}`"));
    }
    Ok(Exit::Done)
}

async fn show(common: &Common, texts: &[String]) -> Result<Exit> {
    let mut references = Vec::new();
    let mut unknown = Vec::new();
    for text in texts {
        match Reference::of(text) {
            Some(reference) if references.contains(&reference) => {}
            Some(reference) => references.push(reference),
            None => {
                output::tell(&format!("`{text}` is neither an id nor an address of AWS Marketplace"));
                unknown.push(text.clone());
            }
        }
    }
    let Some(catalog) = catalog::load_if_there(common)? else { return Ok(Exit::Error) };
    let session = cloud::open(common, &catalog, Mode::Plan).await?;
    let asked = references.iter().map(|reference| products::look_up(&session.cloud, reference));
    let answers = join_all(asked).await;
    session.close(common).await?;
    let (mut offers, mut seen, mut failed) = (Vec::new(), BTreeSet::new(), Vec::new());
    for (reference, answer) in references.iter().zip(answers) {
        let (Reference::Product(id) | Reference::Listing(id)) = reference;
        match answer {
            Ok(found) if found.is_empty() => {
                output::tell(&format!(
                    "The marketplace does not know `{id}`. A product that is private or withdrawn may be unknown here; \
                     otherwise look for it with `catalog-sync products search`"
                ));
                unknown.push(id.clone());
            }
            Ok(found) => offers.extend(found.into_iter().filter(|offer| seen.insert(offer.id.clone()))),
            Err(error) => failed.push(format!("can't tell what `{id}` is: {error}")),
        }
    }
    print(common, &offers, &unknown)?;
    for Offer { id, name, .. } in offers.iter().filter(|offer| offer.is_withdrawn) {
        output::say(common, &format!("{name} {id} can't be bought any more: AWS Marketplace has taken it off sale"));
    }
    for sentence in &failed {
        output::tell(&format!("error: {sentence}"));
    }
    Ok(if offers.is_empty() || !failed.is_empty() { Exit::Error } else { Exit::Done })
}

fn print(common: &Common, offers: &[Offer], unknown: &[String]) -> Result<()> {
    let width = output::width();
    output::result(common, |sink: &mut dyn Write| match common.format.unwrap_or(Format::Text) {
        Format::Json => sink.write_all(rendered::json(offers, unknown, common.is_sandboxed()).as_bytes()),
        Format::Yaml => sink.write_all(rendered::yaml(offers).as_bytes()),
        Format::Text | Format::Markdown | Format::Sarif | Format::Cloudformation => {
            sink.write_all(rendered::text(offers, width).as_bytes())
        }
    })
}
