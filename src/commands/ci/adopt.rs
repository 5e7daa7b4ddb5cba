//! One pull request that writes console changes into the catalog: opened, kept up to date, and closed when nothing is
//! left to adopt. It adopts drift only, never a change that was merged and is not applied yet.

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use super::branched::{self, Wanted, Whose};
use super::drift;
use super::job::{Hub, Job};
use super::{check, plan as planned, undo};
use crate::catalog::source::{self, CatalogFiles};
use crate::catalog::{Loaded, load};
use crate::commands::adopting::{self, Adopted, Chosen};
use crate::commands::catalog::{self, Catalog};
use crate::commands::exit::Exit;
use crate::commands::planning::{self, Asides, Reach};
use crate::commands::{cloud, output};
use crate::github::commits;
use crate::github::event::PullRequest;
use crate::github::marker::{AdoptMarker, Marker as _};
use crate::github::proposal::{self, Proposal, Subject as _};
use crate::model::change::CatalogVersion;
use crate::model::hex::hex;
use crate::model::settings::Mode;
use crate::model::trust::Before;
use crate::plan::Adoption;
use crate::render::escape::markdown::{inline, link};
use crate::render::markdown::{self, ADOPTED_TITLE, Adopting, Kept, Link};

/// Finds drift, and opens, updates or closes the pull request.
pub(super) async fn run(job: &mut Job) -> Result<Exit> {
    if !check::is_sound(job)? {
        return Ok(Exit::Error);
    }
    let Some(catalog) = catalog::load(&job.common)? else { return Ok(Exit::Error) };
    let (catalog, past) = drift::against_applied(job, catalog).await?;
    if past.is_none() && !job.is_sandboxed {
        let why = "what was merged and is not applied yet can't be told from what was done in the console, so no pull request \
                   is made or closed";
        job.summarize(&format!("### Nothing was adopted\n\nThat is so since {why}.\n"))?;
        anyhow::bail!(
            "{why}. The warnings above say why; where there is no token, give `github-token`, and where a newer commit was applied by now, run \
             it there"
        );
    }
    let from = catalog.version.revision.clone().context("the catalog is in no commit: check the repository out")?;
    // Read from Git: a checkout may have other line ends.
    let files = source::read_revision(&job.common.catalog, &from)?;
    let session = cloud::open(&job.common, &catalog, Mode::Plan).await?;
    let adopted = adopting::adopt(&job.common, &session.cloud, &catalog, &files, Chosen::Drift).await;
    session.close(&job.common).await?;
    let adopted = adopted?;
    for sentence in &adopted.unread {
        output::tell(&format!("error: {sentence}"));
    }
    if is_overtaken(job, &from).await? {
        let said = "The default branch has newer commits. The run for the newest one keeps the pull request.";
        output::tell(said);
        job.summarize(&format!("### Nothing was adopted\n\n{said}\n"))?;
    } else if adopted.files.is_empty() {
        nothing(job, &adopted).await?;
    } else {
        propose(job, catalog, files, from, &adopted).await?;
    }
    if adopted.unread.is_empty() {
        return Ok(Exit::Done);
    }
    job.reason("aws");
    Ok(Exit::Error)
}

/// Whether the default branch has newer commits than this run. An older run must not move the pull request's branch,
/// nor close a pull request that a newer run opened.
async fn is_overtaken(job: &mut Job, from: &str) -> Result<bool> {
    if job.is_sandboxed {
        return Ok(false);
    }
    let (Some(hub), Some(main)) = (job.hub().await?, job.default_branch().await?) else { return Ok(false) };
    Ok(commits::up_to(&hub.client, main, 1).await?.last().map(String::as_str) != Some(from))
}

/// Closes an open pull request when nothing can be adopted. While something can't be read, it stays open.
async fn nothing(job: &mut Job, adopted: &Adopted) -> Result<()> {
    let said = match (adopted.unread.is_empty(), adopted.left.is_empty()) {
        (false, _) => "Not everything could be read: a pull request that is open stays as it is.",
        (true, true) => "Nothing was done in the console that the catalog does not say.",
        (true, false) => "No change made in the console can be kept by editing the files.",
    };
    output::tell(said);
    job.summarize(&format!("### Nothing to adopt\n\n{said}\n\n{}", told(job, "", adopted, false)))?;
    if !adopted.unread.is_empty() {
        return Ok(());
    }
    let Some(Hub { client, me }) = branched::hub(job).await? else { return Ok(()) };
    let marker = AdoptMarker::new(&job.folder(), "");
    let found = proposal::find(&client, &me, &marker).await?;
    let Some(pull) = found.filter(Proposal::is_open) else { return Ok(()) };
    // A person who closes the pull request declines these differences. This is no decline: the digest is removed, so
    // that the same differences can be proposed again.
    if let Some(kept) = AdoptMarker::read(pull.body()) {
        let body = pull.body().replacen(&kept.write(), &marker.write(), 1);
        proposal::restate(&client, &pull, &body).await?;
    }
    proposal::close(&client, &pull, &inline(said)).await?;
    output::tell(&format!("Closed #{}.", pull.number));
    job.output("pull-request-url", &pull.html_url);
    job.summarize(&format!("Closed {}.\n", link(&format!("#{}", pull.number), &pull.html_url)))
}

async fn propose(
    job: &mut Job,
    catalog: Catalog,
    mut files: CatalogFiles,
    from: String,
    adopted: &Adopted,
) -> Result<()> {
    job.group("What changes in the files", |sink| adopted.differences(&files, sink))?;
    let Some(hub) = branched::hub(job).await? else {
        return job.summarize(&told(job, "", adopted, false));
    };
    let main = job.default_branch().await?.context("GitHub does not say which branch is the default one")?.to_owned();
    let marker = AdoptMarker::new(&job.folder(), &digest(adopted));
    let there = proposal::find(&hub.client, &hub.me, &marker).await?;
    let declined = there.as_ref().filter(|pull| pull.was_declined());
    if let Some(pull) = declined.filter(|pull| AdoptMarker::read(pull.body()).as_ref() == Some(&marker)) {
        let said = format!("#{} was closed with these very differences: no other one is opened.", pull.number);
        output::tell(&said);
        let address = link(&format!("#{}", pull.number), &pull.html_url);
        return job
            .summarize(&format!("### Nothing was adopted\n\n{address} was closed with these very differences.\n"));
    }
    let open = there.filter(Proposal::is_open);
    if let Some(pull) = open.as_ref().filter(|_| !adopted.unread.is_empty()) {
        // It may adopt differences that could not be read in this run.
        let said = format!("Not everything could be read: #{} stays as it is.", pull.number);
        output::tell(&said);
        job.output("pull-request-url", &pull.html_url);
        return job.summarize(&format!("### Nothing was adopted\n\n{}\n", inline(&said)));
    }
    let of_commit = |(path, text): (&String, &String)| {
        Ok((source::in_repository(&job.common.catalog, &files, path)?, text.clone()))
    };
    let wanted = Wanted {
        files: adopted.files.iter().map(of_commit).collect::<Result<_>>()?,
        from: from.clone(),
        message: ADOPTED_TITLE.to_owned(),
    };
    // Uses the present name of the branch: people may rename it, and the pull request follows.
    let name = open.as_ref().map_or_else(|| marker.branch(), |pull| pull.branch().to_owned());
    let whose = branched::bring(&hub, &name, &wanted, &main).await?;
    if whose == Whose::Theirs && open.is_none() {
        anyhow::bail!(
            "the branch {name} has commits by others and no pull request: delete the branch, or open one from it by hand"
        );
    }
    let body = told(job, &marker.write(), adopted, whose == Whose::Theirs);
    let (pull, said) = if let Some(pull) = open {
        let was_written = proposal::restate(&hub.client, &pull, &body).await?;
        let word = if was_written { "brought in line" } else { "open already" };
        let said = format!("#{} is {word}.", pull.number);
        (pull, said)
    } else {
        let pull = proposal::open(&hub.client, (&hub.me, &marker), (ADOPTED_TITLE, &body), &main).await?;
        let said = format!("Opened #{}.", pull.number);
        (pull, said)
    };
    output::tell(&said);
    job.output("pull-request-url", &pull.html_url);
    let address = link("The pull request", &pull.html_url);
    job.summarize(&format!("{} {address}\n\n{}", inline(&said), told(job, "", adopted, false)))?;
    if let (Whose::Ours(head), true) = (whose, hub.me.is_workflow()) {
        files.files.extend(adopted.files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())));
        show_plan(job, catalog, &files, (&pull, &head, &from, &main)).await?;
    }
    Ok(())
}

/// The text about the differences, for the pull request and for the summary.
fn told(job: &Job, marker: &str, adopted: &Adopted, is_theirs: bool) -> String {
    let Adopted { files, taken, left, unread: _ } = adopted;
    let names =
        |adoption: &Adoption| (adoption.change.target.to_string(), adoption.change.key.clone(), adoption.label.clone());
    let taken = taken.iter().map(|adoption| (names(adoption), None));
    let left = left.iter().map(|(adoption, why)| (names(adoption), Some(why.as_str())));
    let all: Vec<_> = taken.chain(left).collect();
    if all.is_empty() {
        return String::new();
    }
    let differences: Vec<Kept<'_>> =
        all.iter().map(|((target, key, label), left)| Kept { target, key, label, left: *left }).collect();
    let files: Vec<&str> = files.keys().map(String::as_str).collect();
    let undo = undo::workflow(&job.environment, "apply");
    let undo = undo.as_ref().map(|(text, url)| Link { text, url });
    markdown::adopted(&Adopting { marker, differences: &differences, files: &files, undo, is_theirs })
}

/// A digest of the adopted differences. Equal as long as the differences are.
fn digest(adopted: &Adopted) -> String {
    let mut fingerprints: Vec<&str> = adopted.taken.iter().map(|adoption| adoption.fingerprint.as_str()).collect();
    fingerprints.sort_unstable();
    let mut hash = Sha256::new();
    for fingerprint in fingerprints {
        hash.update(fingerprint);
        hash.update("\n");
    }
    hex(hash.finalize())
}

/// A pull request opened with the workflow's own token starts no workflow, so its plan is made here, with comment,
/// record and check.
async fn show_plan(
    job: &mut Job,
    catalog: Catalog,
    files: &CatalogFiles,
    (pull, head, from, main): (&Proposal, &str, &str, &str),
) -> Result<()> {
    let Loaded { desired: Some(desired), findings: _ } = load(files, catalog::today()) else {
        anyhow::bail!("the catalog has errors with what is to be adopted, which was tried before");
    };
    let version = CatalogVersion {
        digest: desired.digest.clone(),
        revision: Some(head.to_owned()),
        base: Some(from.to_owned()),
        sandbox: false,
    };
    let before = Before::Known(catalog.desired.settings.clone());
    let proposed = Catalog { desired, base: Some(catalog.desired), earlier: Vec::new(), before, version };
    let limits = proposed.limits(job.options.allow_removals);
    job.beside.asked = proposed.asked(&job.filter)?;
    let asides = Asides::of(job.options.usage);
    let made = planning::look(&job.common, proposed, &job.filter, (Reach::Ignore, asides)).await?;
    let pull = PullRequest {
        number: pull.number,
        action: "synchronize".to_owned(),
        head: head.to_owned(),
        base: from.to_owned(),
        base_branch: main.to_owned(),
        fork: false,
        draft: false,
        labels: Vec::new(),
    };
    planned::show(job, Some(&pull), &made, limits, String::new()).await
}
