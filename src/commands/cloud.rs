//! The AWS that a command works on: the real one, or the sandbox.

use anyhow::Result;

use super::catalog::Catalog;
use super::output;
use super::progress::{Calls, Screen};
use crate::cli::Common;
use crate::cloud::{Cloud, Environment, Options, Waits};
use crate::model::settings::Mode;
use crate::model::trust::ApplyRoles;

/// An AWS that was opened. It is closed with [`Session::close`], which keeps the sandbox's world.
pub(super) struct Session {
    pub(super) cloud: Cloud,
    pub(super) screen: Screen,
    calls: Option<Calls>,
    #[cfg(feature = "sandbox")]
    sandbox: Option<sandbox::Running>,
}

/// Opens AWS for a catalog. A plan enters no role that is an apply role, whatever the catalog says of it now.
#[cfg_attr(not(feature = "sandbox"), expect(clippy::unused_async, reason = "a sandbox is awaited"))]
pub(super) async fn open(common: &Common, catalog: &Catalog, mode: Mode) -> Result<Session> {
    #[cfg(feature = "sandbox")]
    let sandbox = match &common.sandbox {
        Some(world) => Some(sandbox::start(world).await?),
        None => None,
    };
    #[cfg(feature = "sandbox")]
    let mut options = match &sandbox {
        Some(running) => Options::loopback(running.endpoint()),
        None => Options::new(environment()),
    };
    #[cfg(not(feature = "sandbox"))]
    let mut options = Options::new(environment());
    options.concurrency = usize::from(common.concurrency);
    options.timing.patience = common.timeout.unwrap_or(options.timing.patience);
    let settings = &catalog.desired.settings;
    options.barred = match mode {
        Mode::Plan => ApplyRoles::of(settings, &catalog.before),
        Mode::Apply => ApplyRoles::default(),
    };
    let screen = Screen::new(common);
    options.waits = waits(common, &screen);
    let cloud = Cloud::new(settings, mode, options);
    let calls = screen.is_watched().then(|| screen.calls(cloud.progress()));
    Ok(Session {
        cloud,
        screen,
        calls,
        #[cfg(feature = "sandbox")]
        sandbox,
    })
}

fn environment() -> Environment {
    Environment::new(|name| std::env::var(name).ok())
}

/// Says on standard error what is waited for, in a line of its own.
fn waits(common: &Common, screen: &Screen) -> Waits {
    if common.quiet {
        return Waits::default();
    }
    let screen = screen.clone();
    Waits::new(move |sentence| screen.tell(sentence))
}

impl Session {
    /// Takes the number of calls off the screen, before anything else is said.
    pub(super) fn quieten(&mut self) {
        drop(self.calls.take());
    }

    /// Says what it took, and keeps the sandbox's world where it has a file.
    #[cfg_attr(not(feature = "sandbox"), expect(clippy::unused_async, reason = "a sandbox is awaited"))]
    pub(super) async fn close(mut self, common: &Common) -> Result<()> {
        self.quieten();
        output::say(common, &format!("{} AWS calls", self.cloud.calls().total()));
        if common.verbose {
            for (operation, count) in &self.cloud.calls().by_operation {
                output::say(common, &format!("{count:>6} {operation}"));
            }
        }
        #[cfg(feature = "sandbox")]
        if let Some(running) = self.sandbox {
            running.stop().await?;
        }
        Ok(())
    }
}

#[cfg(feature = "sandbox")]
mod sandbox {
    use std::path::{Path, PathBuf};

    use anyhow::{Context as _, Result};

    use crate::cloud::Endpoint;
    use crate::sandbox::{START_ACCESS_KEY, START_SECRET, Sandbox, World};

    pub(super) struct Running {
        sandbox: Sandbox,
        file: Option<PathBuf>,
    }

    /// The word that means the built-in world where a path would stand: an environment variable can't go without.
    const BUILT_IN: &str = "true";

    pub(super) async fn start(world: &Path) -> Result<Running> {
        let file = (world.as_os_str() != BUILT_IN && !world.as_os_str().is_empty()).then(|| world.to_owned());
        let world = match &file {
            Some(file) if file.exists() => World::read(file)?,
            Some(_) | None => World::example(),
        };
        let sandbox = Sandbox::start(world).await?;
        Ok(Running { sandbox, file })
    }

    impl Running {
        pub(super) fn endpoint(&self) -> Endpoint {
            Endpoint {
                url: self.sandbox.url(),
                access_key_id: START_ACCESS_KEY.to_owned(),
                secret_access_key: START_SECRET.to_owned(),
            }
        }

        pub(super) async fn stop(self) -> Result<()> {
            let Self { sandbox, file } = self;
            let world = sandbox.stop().await;
            let Some(file) = file else { return Ok(()) };
            world.write(&file).with_context(|| format!("can't keep the sandbox's world in {}", file.display()))
        }
    }
}
