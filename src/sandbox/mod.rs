//! An AWS inside the process: an emulation of the calls used here, over loopback HTTP.
//!
//! The real AWS SDK clients talk to it as they talk to AWS, with signed requests, told only an
//! `endpoint_url`. It is for trying things out without an AWS account and for tests. It knows
//! nothing of the tool, and refuses what AWS would refuse: a request that passes here for a
//! wrong reason would be found out only in production.
//!
//! ```text
//! bytes ─► server ─► request (which call?) ─► auth (who?) ─► fault, permission ─► service ─► reply
//!                                                                   │                │
//!                                                                 clock ─────────► World
//! ```
//!
//! What it leaves out: signatures are read but not verified, fields that are not emulated are
//! errors and not ignored, and time passes by requests, never by the clock on the wall.

mod auth;
mod clock;
mod codec;
mod emulator;
mod fault;
mod marketplace;
mod organizations;
mod page;
mod permission;
mod reply;
mod request;
mod server;
mod service_catalog;
mod sts;
mod world;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use emulator::Emulator;
pub use world::*;

/// The access key of the starting credentials: a session of the role `sandbox-entry` in the
/// world's first account ([`World::start_account`]), which may assume whatever the world allows.
pub const START_ACCESS_KEY: &str = "ASIASANDBOXENTRY0001";

/// The secret key that belongs to [`START_ACCESS_KEY`]; there is no session token.
pub const START_SECRET: &str = "sandbox-entry-secret-not-a-real-one-0001";

/// A running sandbox. Dropping it ends it.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    emulator: Shared,
    server: JoinHandle<()>,
}

/// The emulator, behind the one lock that makes every call a step of its own.
type Shared = Arc<Mutex<Emulator>>;

/// A call that was made, as the sandbox saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The caller's account; none where the caller is nobody known.
    pub account: Option<String>,
    /// The caller's role, by name.
    pub role: Option<String>,
    /// The region in the signature.
    pub region: String,
    /// `sts`, `organizations`, `servicecatalog` or `aws-marketplace`.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// The error code, where it was refused, dropped (`Dropped`) included.
    pub outcome: Result<(), String>,
}

impl Call {
    /// Whether it is a call that changes something.
    pub fn is_write(&self) -> bool {
        permission::is_write(&self.service, &self.operation)
    }
}

impl Sandbox {
    /// Starts a sandbox on a free port of the loopback interface.
    pub async fn start(world: World) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("no port for the sandbox")?;
        let address = listener.local_addr().context("no port for the sandbox")?;
        let emulator: Shared = Arc::new(Mutex::new(Emulator::new(world)));
        let server = tokio::spawn(server::serve(listener, Arc::clone(&emulator)));
        Ok(Self { address, emulator, server })
    }

    /// The endpoint for every service.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The calls so far, in their order.
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.emulator).calls.clone()
    }

    /// The world as it is now.
    pub fn world(&self) -> World {
        lock(&self.emulator).world.clone()
    }

    /// Changes the world from outside, as someone in the console would.
    pub fn change(&self, change: impl FnOnce(&mut World)) {
        change(&mut lock(&self.emulator).world);
    }

    /// Ends the server and gives the world back.
    pub async fn stop(mut self) -> World {
        self.server.abort();
        // Its end is awaited so that nothing happens to the world afterwards.
        let _ended = (&mut self.server).await;
        self.world()
    }
}

impl std::ops::Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// The emulator, whatever happened to whoever held it before.
fn lock(emulator: &Shared) -> MutexGuard<'_, Emulator> {
    emulator.lock().unwrap_or_else(PoisonError::into_inner)
}
