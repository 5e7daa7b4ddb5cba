//! The cloud layer against the sandbox, over real AWS SDK clients.

mod bed;
mod example;
mod marketplace;
mod organization;
mod portfolio;
mod products;
mod redirect;
mod session;
mod share;
