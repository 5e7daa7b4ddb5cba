//! Turns a request for a product into a pull request that adds the product to the list which governs the experience.
//! Each request has one pull request, closed when the request is over. Everything in the event is untrusted: ids are
//! parsed, and texts are escaped wherever they are written.

mod governing;
mod ground;
mod proposed;

use anyhow::{Context as _, Result};

use super::branched::{self, Wanted};
use super::check;
use super::job::{Hub, Job};
use crate::catalog::edit::{self, Entry, List, NotEdited};
use crate::catalog::{self as reader, source};
use crate::commands::catalog::{self, Catalog};
use crate::commands::exit::Exit;
use crate::commands::obstacle::{self, Obstacle};
use crate::commands::output;
use crate::github::marker::RequestMarker;
use crate::github::proposal;
use crate::github::request;
use crate::model::desired::{DesiredExperience, ProductLists};
use crate::model::finding::{Severity, Source};
use crate::model::mirror::Products;
use crate::model::request::ProductRequest;
use crate::model::target::ExperienceKey;
use crate::render::escape::command::command as workflow_command;
use crate::render::escape::markdown::{fenced, inline, link};
use governing::Governing;
use ground::Entered;

/// Opens, updates or closes the pull request for the request in the event.
pub(super) async fn run(job: &mut Job, payload: &str) -> Result<Exit> {
    let request = match request::read(payload) {
        Ok(request) => request,
        Err(error) => {
            let said = error.to_string();
            job.summarize(&format!("### No request\n\n{}\n", inline(&said)))?;
            return Err(error.into());
        }
    };
    if let Some(why) = request.stage.is_over() {
        return over(job, &request, why).await;
    }
    if !check::is_sound(job)? {
        return Ok(Exit::Error);
    }
    let Some(catalog) = catalog::load(&job.common)? else { return Ok(Exit::Error) };
    let file = match governing::file(job, &catalog, &request.experience).await? {
        Governing::File(file) => file,
        Governing::Nobody => {
            return refused(job, obstacle::Request::Ungoverned { experience: request.experience.to_string() });
        }
        Governing::Unknown(why) => {
            job.reason("aws");
            anyhow::bail!("which file governs the experience {} can't be told: {why}", request.experience);
        }
    };
    let experience = catalog.desired.experiences.iter().find(|entry| entry.file == file);
    let experience = experience.context("the list that governs the experience is in the catalog")?;
    match &experience.products {
        Products::Mirrored(mirror) => refused(
            job,
            obstacle::Request::Mirrors {
                experience: request.experience.to_string(),
                place: place(&mirror.source),
                mirrored: format!("{} of {}", mirror.experience, mirror.organization),
            },
        ),
        Products::Listed(lists) => match answered(lists, &request) {
            Some(answer) => settled(job, &request, &answer).await,
            None => propose(job, &request, &catalog, experience).await,
        },
    }
}

fn refused(job: &mut Job, why: obstacle::Request) -> Result<Exit> {
    job.refuse("No pull request", &Obstacle::Request(why))
}

fn place(source: &Source) -> String {
    format!("{}:{}", source.file, source.line)
}

/// The catalog's present answer about the product. A pull request of ours must not overturn a line that rejects it.
fn answered(lists: &ProductLists, request: &ProductRequest) -> Option<String> {
    let id = &request.product;
    let said = |what: &str, source: &Source| format!("The product {id} is {what} by {}", place(source));
    if let Some(product) = lists.approved.get(id) {
        let rest = "it can be bought as soon as that is applied: approve the request in the console";
        return Some(format!("{}; {rest}.", said("approved already", &product.source)));
    }
    if let Some(product) = lists.rejected.get(id) {
        let why = product.notes.as_ref().map(|notes| format!(" ({notes})")).unwrap_or_default();
        let rest =
            "whoever wants it otherwise changes that line, and else the request is to be declined in the console";
        return Some(format!("{}{why}; {rest}.", said("rejected", &product.source)));
    }
    let ignored = lists.ignored.get(id);
    ignored.map(|source| format!("{}: what is live stays, whatever it is.", said("left alone", source)))
}

/// Reports the catalog's answer, and closes the pull request: there is nothing to propose.
async fn settled(job: &mut Job, request: &ProductRequest, answer: &str) -> Result<Exit> {
    output::tell(answer);
    job.print(&format!("{}\n", workflow_command("notice", &[], answer)))?;
    job.summarize(&format!("### No pull request is needed\n\n{}\n", inline(answer)))?;
    close(job, request, answer).await?;
    Ok(Exit::Done)
}

/// Closes the pull request of a request that is over.
async fn over(job: &mut Job, request: &ProductRequest, why: &str) -> Result<Exit> {
    let said = format!("The request {} is over: {why}.", request.id);
    output::tell(&said);
    job.summarize(&format!("### A request is over\n\n{}\n", inline(&said)))?;
    close(job, request, &said).await?;
    Ok(Exit::Done)
}

async fn close(job: &mut Job, request: &ProductRequest, why: &str) -> Result<()> {
    let Some(Hub { client, me }) = branched::hub(job).await? else { return Ok(()) };
    let found = proposal::find(&client, &me, &RequestMarker::new(&job.folder(), &request.id)).await?;
    let Some(pull) = found.filter(proposal::Proposal::is_open) else {
        output::tell("There is no open pull request for it.");
        return Ok(());
    };
    proposal::close(&client, &pull, &inline(why)).await?;
    output::tell(&format!("Closed #{}.", pull.number));
    job.output("pull-request-url", &pull.html_url);
    job.summarize(&format!("Closed {}.\n", link(&format!("#{}", pull.number), &pull.html_url)))
}

async fn propose(
    job: &mut Job,
    request: &ProductRequest,
    catalog: &Catalog,
    experience: &DesiredExperience,
) -> Result<Exit> {
    let dir = job.common.catalog.clone();
    let from = catalog.version.revision.clone().context("the catalog is in no commit: check the repository out")?;
    // Read from Git: a checkout may have other line ends.
    let mut files = source::read_revision(&dir, &from)?;
    let file = experience.source.file.clone();
    let bytes = files.files.get(&file).with_context(|| format!("{file} is not in the commit {from}"))?.clone();
    let notes = format!("request {}", request.id);
    let needs_notes = catalog.desired.settings.require.iter().any(|field| field == "products.notes");
    let entry = Entry {
        id: &request.product,
        name: request.title.as_deref(),
        remark: request.vendor.as_deref(),
        notes: needs_notes.then_some(notes.as_str()),
    };
    let text = match edit::add(&bytes, List::Approved, &entry) {
        Ok(edited) => edited.text,
        Err(NotEdited { line, reason }) => return by_hand(job, request, &entry, (&file, line), reason),
    };
    files.files.insert(file.clone(), text.clone().into_bytes());
    let loaded = reader::load(&files, catalog::today());
    let error = loaded.findings.iter().find(|finding| finding.severity == Severity::Error);
    if let Some(error) = error {
        let line = usize::try_from(error.source.line).unwrap_or(1);
        return by_hand(job, request, &entry, (&error.source.file, line), &error.message);
    }
    let experiences = catalog.desired.experiences.iter().filter(|entry| entry.file == experience.file);
    let experiences = experiences.map(|entry| match entry.experience() {
        ExperienceKey::AllLive => format!("all of {}", entry.organization),
        key => format!("`{key}` of {}", entry.organization),
    });
    let path = source::in_repository(&dir, &files, &file)?;
    let message = format!(
        "Approve {}, asked for in Private Marketplace\n\nThe request {} wants it in the experience {}.",
        request.product, request.id, request.experience
    );
    let branch = Wanted { files: [(path, text)].into(), from, message };
    let entered = Entered { experiences: experiences.collect(), file, branch };
    proposed::keep(job, request, &entered).await
}

/// Prints the lines to add by hand, if the file can't be edited with certainty.
fn by_hand(
    job: &mut Job,
    request: &ProductRequest,
    entry: &Entry<'_>,
    (file, line): (&str, usize),
    reason: &str,
) -> Result<Exit> {
    let (product, reason) = (request.product.to_string(), reason.to_owned());
    let why = obstacle::Request::NotEdited { product, place: format!("{file}:{line}"), reason };
    let lines = entry.lines("  ").join("\n");
    let place = [("file", file.to_owned()), ("line", line.to_string())];
    let said =
        format!("Add these lines to `approved` by hand, since the file can't be edited with certainty:\n{lines}");
    job.print(&format!("{}\n", workflow_command("error", &place, &said)))?;
    let exit = refused(job, why)?;
    job.summarize(&format!("Below `approved`:\n\n{}", fenced("yaml", &lines)))?;
    Ok(exit)
}
