//! The AWS that a command works on: the real one, or the sandbox.

use std::io::{self, Write as _};

use anyhow::Result;
use tokio::task::JoinHandle;

use super::catalog::Catalog;
use super::output;
#[cfg(feature = "sandbox")]
use super::sandbox;
use crate::cli::Common;
use crate::cloud::{Cloud, Environment, Options, Waits};
use crate::model::settings::Mode;
use crate::model::trust::ApplyRoles;

/// An AWS that was opened. It is closed with [`Session::close`], which keeps the sandbox's world.
pub(super) struct Session {
    pub(super) cloud: Cloud,
    progress: Option<JoinHandle<()>>,
    #[cfg(feature = "sandbox")]
    sandbox: Option<sandbox::Running>,
}

/// Opens AWS for a catalog. A plan enters no role that is an apply role, whatever the catalog says of it now.
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
    let settings = &catalog.desired.settings;
    options.barred = match mode {
        Mode::Plan => ApplyRoles::of(settings, &catalog.before),
        Mode::Apply => ApplyRoles::default(),
    };
    options.waits = waits(common);
    let cloud = Cloud::new(settings, mode, options);
    let progress = output::watched(common).then(|| tokio::spawn(progress(cloud.clone())));
    Ok(Session {
        cloud,
        progress,
        #[cfg(feature = "sandbox")]
        sandbox,
    })
}

fn environment() -> Environment {
    Environment::new(|name| std::env::var(name).ok())
}

/// Shows how many calls were made, on one line that is written over.
async fn progress(cloud: Cloud) {
    let mut made = cloud.progress();
    while made.changed().await.is_ok() {
        let count = *made.borrow_and_update();
        let _ = write!(io::stderr(), "{CLEAR}{count} AWS calls …");
    }
}

/// Clears the progress line.
const CLEAR: &str = "\r\x1b[2K";

/// Says on standard error what is waited for, in a line of its own.
fn waits(common: &Common) -> Waits {
    if common.quiet {
        return Waits::default();
    }
    let clear = if output::watched(common) { CLEAR } else { "" };
    Waits::new(move |sentence| {
        let _ = write!(io::stderr(), "{clear}");
        output::tell(sentence);
    })
}

impl Session {
    /// Ends the progress line, before anything else is said.
    pub(super) fn quieten(&mut self) {
        if let Some(progress) = self.progress.take() {
            progress.abort();
            let _ = write!(io::stderr(), "{CLEAR}");
        }
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
