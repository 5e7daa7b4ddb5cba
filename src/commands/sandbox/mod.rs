//! The sandbox in place of AWS: its world and the file that keeps the world.

mod tree;
mod world;

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::catalog::Catalog;
use super::output;
use crate::cli::{Common, Sandbox as Wanted};
use crate::cloud::Endpoint;
use crate::model::desired::Desired;
use crate::sandbox::{START_ACCESS_KEY, START_SECRET, Sandbox, World};

/// A running sandbox.
pub(super) struct Running {
    sandbox: Sandbox,
    file: Option<PathBuf>,
}

/// Starts the sandbox if it was asked for, and prints which world it has.
pub(super) async fn start(common: &Common, catalog: &Catalog) -> Result<Option<Running>> {
    let file = match &common.sandbox {
        None | Some(Wanted::Off) => return Ok(None),
        Some(Wanted::Made) => None,
        Some(Wanted::In(file)) => Some(file.clone()),
    };
    let (world, what) = match &file {
        Some(file) if file.exists() => (World::read(file)?, file.display().to_string()),
        Some(_) | None => {
            let (world, what) = world::fitting(&catalog.desired, catalog.base.as_ref());
            let world = World::parse(&world.to_yaml(), "the world that was made for this catalog").context(
                "the sandbox can't have this catalog's organizations: give `--sandbox=FILE` a world of its own",
            )?;
            (world, what.to_owned())
        }
    };
    output::say(common, &format!("Sandbox, not AWS; its world: {what}"));
    Ok(Some(Running { sandbox: Sandbox::start(world).await?, file }))
}

/// The text of a world for a catalog: everything that the catalog names exists, and some of it differs.
pub(super) fn world_of(desired: &Desired) -> Result<String> {
    let text = world::made(desired, None).to_yaml();
    World::parse(&text, "the world that was made for this catalog")
        .context("the sandbox can't have an organization like this: leave --organization out")?;
    Ok(text)
}

impl Running {
    /// The address of the sandbox, and its starting credentials.
    pub(super) fn endpoint(&self) -> Endpoint {
        Endpoint {
            url: self.sandbox.url(),
            access_key_id: START_ACCESS_KEY.to_owned(),
            secret_access_key: START_SECRET.to_owned(),
        }
    }

    /// Stops the sandbox, and writes the world to its file if it has one.
    pub(super) async fn stop(self) -> Result<()> {
        let Self { sandbox, file } = self;
        let world = sandbox.stop().await;
        let Some(file) = file else { return Ok(()) };
        world.write(&file).with_context(|| format!("can't keep the sandbox's world in {}", file.display()))
    }
}
