//! An AWS inside the process: an emulation of the calls used here, over loopback HTTP.
//!
//! The real AWS SDK clients talk to it as they talk to AWS, with signed requests. They are given only an
//! `endpoint_url`. It is for tests, and for trying the tool without an AWS account. It knows nothing of the tool, and
//! refuses what AWS would refuse: a request that passes here by mistake would fail in production.
//!
//! ```text
//! bytes ─► server ─► request (which call?) ─► auth (who?) ─► fault, permission ─► service ─► reply
//!                                                                   │                │
//!                                                                 clock ─────────► World
//! ```
//!
//! The sandbox behaves as AWS documents or was seen to behave. Where no source proves how AWS behaves, the world has a
//! switch with a value for each possibility ([`Unproven`]). The world also has knobs for what goes wrong now and then,
//! such as faults. `docs/sandbox.md` lists them all.
//!
//! Signatures are read but not verified. Fields that are not emulated are errors. Pending work moves on with requests
//! and not with real time.

mod auth;
mod call;
mod clock;
mod codec;
mod discovery;
mod emulator;
mod fault;
mod iam;
mod license_manager;
mod marketplace;
mod organizations;
mod page;
mod permission;
mod policy;
mod protocol;
mod record;
mod reply;
mod request;
mod server;
mod service_catalog;
mod sts;
mod world;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use auth::{START_ACCESS_KEY, START_SECRET};
pub use call::Call;
use emulator::{Emulator, Shared, lock};
use record::Record;
pub use world::*;

/// A running sandbox. Dropping it stops the server.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    emulator: Shared,
    server: JoinHandle<()>,
}

impl Sandbox {
    /// Starts a sandbox on a free port of the loopback interface.
    pub async fn start(world: World) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("no port for the sandbox")?;
        let address = listener.local_addr().context("no port for the sandbox")?;
        let emulator: Shared = Arc::new(Mutex::new(Emulator::new(world)));
        let record = Record::new()?.map(Arc::new);
        let server = tokio::spawn(server::serve(listener, Arc::clone(&emulator), record));
        Ok(Self { address, emulator, server })
    }

    /// The endpoint for every service.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The calls so far, in order.
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.emulator).calls.clone()
    }

    /// Waits until an operation has been called.
    pub async fn until_called(&self, operation: &str) {
        self.until(|calls| calls.iter().any(|call| call.operation == operation)).await;
    }

    /// Waits until the list of calls satisfies `seen`.
    pub async fn until(&self, seen: impl Fn(&[Call]) -> bool) {
        let mut called = lock(&self.emulator).called.subscribe();
        while !seen(&lock(&self.emulator).calls) {
            // The sender can't be gone: the emulator lives as long as the sandbox.
            let _called = called.changed().await;
        }
    }

    /// The world as it is now.
    pub fn world(&self) -> World {
        lock(&self.emulator).world.clone()
    }

    /// Changes the world from outside, as someone in the console would.
    pub fn change(&self, change: impl FnOnce(&mut World)) {
        change(&mut lock(&self.emulator).world);
    }

    /// Stops the server and returns the world.
    pub async fn stop(mut self) -> World {
        self.server.abort();
        // Waits until the server has ended, so that nothing changes the world afterwards.
        let _ended = (&mut self.server).await;
        self.world()
    }
}

impl std::ops::Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}
