//! The AWS that a command works on: the real one, or the sandbox.

use anyhow::Result;

use super::catalog::Catalog;
use super::output;
use super::progress::{Calls, Screen};
#[cfg(feature = "sandbox")]
use super::sandbox;
use crate::cli::Common;
use crate::cloud::{Cloud, Environment, Options, Waits};
use crate::model::settings::Mode;
use crate::model::trust::ApplyRoles;

/// A connection to AWS or to the sandbox. [`Session::close`] must be called: it saves the sandbox's world.
pub(super) struct Session {
    pub(super) cloud: Cloud,
    pub(super) screen: Screen,
    calls: Option<Calls>,
    #[cfg(feature = "sandbox")]
    sandbox: Option<sandbox::Running>,
}

/// Opens AWS for a catalog. In `Mode::Plan`, refuses every apply role of the catalog and its base, except those that
/// they share with the plan (see [`ApplyRoles::of`]).
#[cfg_attr(not(feature = "sandbox"), expect(clippy::unused_async, reason = "a sandbox is awaited"))]
pub(super) async fn open(common: &Common, catalog: &Catalog, mode: Mode) -> Result<Session> {
    #[cfg(feature = "sandbox")]
    let sandbox = sandbox::start(common, catalog).await?;
    #[cfg(feature = "sandbox")]
    let mut options = match &sandbox {
        Some(running) => Options::loopback(running.endpoint()),
        None => Options::new(environment()),
    };
    #[cfg(not(feature = "sandbox"))]
    let mut options = Options::new(environment());
    options.concurrency = usize::from(common.concurrency);
    options.timing.patience = common.timeout.unwrap_or(options.timing.patience);
    options.timing.node_pause = common.share_pause.unwrap_or(options.timing.node_pause);
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

/// Reports long waits on standard error, one line each.
fn waits(common: &Common, screen: &Screen) -> Waits {
    if common.quiet {
        return Waits::default();
    }
    let screen = screen.clone();
    Waits::new(move |sentence| screen.tell(sentence))
}

impl Session {
    /// Removes the call counter from the screen, so that it does not mix with other output.
    pub(super) fn quieten(&mut self) {
        drop(self.calls.take());
    }

    /// Prints the number of AWS calls, and saves the sandbox's world if it has a file.
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
