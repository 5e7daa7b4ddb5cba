//! The only code that uses the `aws_*` crates: credentials, pace, the meaning of errors, and what is read and written.
//!
//! ```text
//! read · write ─► handle (Cloud) ─► clients ─► session ─► role ─► start ─► oidc
//!                                      └──────────┴────────┴───────┴────► client (Seat::call)
//! products ─► handle · get_product ─► request
//! client ─► request ─► operation     client ─► retry · pace ─► line ─► limiter     start ─► connection ─► tally
//! ```
//!
//! [`Cloud`] reads. Only [`Mode::Apply`](crate::model::settings::Mode) has a [`Writer`].

mod barred;
mod by_hand;
mod change_type;
mod client;
mod clients;
mod connection;
mod entry;
mod error;
mod get_product;
mod handle;
mod iam;
mod iam_answer;
mod license_manager;
mod limiter;
mod line;
mod meaning;
mod naming;
mod oidc;
mod operation;
mod options;
mod pace;
mod patience;
mod percent;
mod place;
pub mod products;
pub mod read;
mod refusals;
mod request;
mod retry;
mod role;
mod session;
mod start;
mod tally;
mod turn;
mod waits;
mod write;

pub use entry::{Own, Refused, SERVICE_CATALOG, Starting};
pub use error::CloudError;
pub use handle::Cloud;
pub use iam_answer::{Decision, Simulated};
pub use meaning::Meaning;
pub use operation::{Operation, Service};
pub use options::{Endpoint, Environment, Options, Timing};
pub(crate) use place::Place;
pub use tally::CallCount;
pub use waits::Waits;
pub use write::{Count, Ledger, Writer};

#[cfg(test)]
mod tests {
    use super::*;

    /// Each target is read and written in a task of its own, so these futures have to be `Send`.
    #[expect(dead_code, reason = "that it compiles is what it says")]
    fn everything_can_be_sent(
        cloud: &Cloud,
        writer: &Writer,
        live: &mut crate::model::live::Live,
        target: &crate::model::change::Target,
        ledger: &Ledger,
    ) {
        fn send(_: impl Send) {}
        send(read::read(cloud, live, |_| crate::model::wants::Wants::default()));
        send(writer.write(target, ledger));
    }
}
