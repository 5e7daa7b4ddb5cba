//! `import --adopt`: edits the catalog's present files.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::catalog::edit;
use crate::catalog::source;
use crate::cli::{Common, Import};
use crate::commands::adopting::{self, Adopted, Chosen};
use crate::commands::exit::Exit;
use crate::commands::{catalog, cloud, files, output};
use crate::model::amend::Amendment;
use crate::model::settings::Mode;
use crate::plan::Adoption;
use crate::render::escape;

/// Edits the files of the catalog, or shows the edits, and reports differences that were not adopted.
pub(super) async fn run(common: &Common, options: &Import) -> Result<Exit> {
    let Some(catalog) = catalog::load(common)? else { return Ok(Exit::Error) };
    let existing = source::read_dir(&common.catalog)?;
    let chosen = if common.base.is_some() { Chosen::Drift } else { Chosen::All };
    let session = cloud::open(common, &catalog, Mode::Plan).await?;
    let adopted = adopting::adopt(common, &session.cloud, &catalog, &existing, chosen).await;
    session.close(common).await?;
    let adopted = adopted?;
    if options.dry_run {
        output::result(common, |mut sink| adopted.differences(&existing, &mut sink))?;
    } else {
        for (path, text) in &adopted.files {
            let before = existing.files.get(path).with_context(|| format!("{path} is no file of the catalog"))?;
            files::replace(Path::new(path), before, text.as_bytes())?;
        }
        output::result(common, |sink| {
            adopted.files.keys().try_for_each(|path| writeln!(sink, "{}", escape::terminal(path)))
        })?;
    }
    Ok(tell(common, options, &adopted))
}

fn tell(common: &Common, options: &Import, adopted: &Adopted) -> Exit {
    let Adopted { files, taken, left, unread } = adopted;
    for (adoption, reason) in left {
        output::tell(&format!("left: {}", left_sentence(adoption, reason)));
        for line in lines(adoption) {
            output::tell(&format!("  {line}"));
        }
    }
    for sentence in unread {
        output::tell(&format!("error: {sentence}"));
    }
    let (edits, files) = (counted(taken.len(), "difference"), counted(files.len(), "file"));
    let said = match (taken.is_empty(), left.is_empty() && unread.is_empty(), options.dry_run) {
        (true, true, _) => "Nothing to adopt: the files say what is live.".to_owned(),
        (true, false, _) => "No file was changed.".to_owned(),
        (false, _, true) => format!("{edits} in {files}; nothing was written."),
        (false, _, false) => format!("{edits} adopted in {files}: look at `git diff`."),
    };
    let rest = if left.is_empty() { String::new() } else { format!(" {} left.", counted(left.len(), "difference")) };
    output::say(common, &format!("{said}{rest}"));
    match (unread.is_empty(), left.is_empty()) {
        (false, _) => Exit::Error,
        (true, false) => Exit::Differences,
        (true, true) => Exit::Done,
    }
}

fn left_sentence(Adoption { change, label, .. }: &Adoption, reason: &str) -> String {
    let name = if label.is_empty() { String::new() } else { format!(" {label}") };
    format!("{}: {}{name}: {reason}", change.target, change.key)
}

/// The lines to write by hand. Empty if they are not known.
fn lines(adoption: &Adoption) -> Vec<String> {
    let Ok(amendments) = &adoption.amendments else { return Vec::new() };
    let mut lines = Vec::new();
    for amendment in amendments {
        match amendment {
            Amendment::Drop(source) => lines.push(format!("{} line {}: to be taken out", source.file, source.line)),
            Amendment::Add(place, _) => {
                let within = place.within.as_ref().map(|source| format!(" of the entry in line {}", source.line));
                lines.push(format!("{}: below `{}`{}:", place.file, place.key, within.unwrap_or_default()));
                lines.extend(edit::lines(amendment, "  "));
            }
            Amendment::Set { within, key, value } => {
                let what = if value.is_some() { "to say" } else { "to be without" };
                lines.push(format!("{} line {}: {what} `{key}`", within.file, within.line));
                lines.extend(edit::lines(amendment, "  "));
            }
        }
    }
    lines
}

fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}
