//! The cloud layer against the sandbox, over real AWS SDK clients.

mod bed;
mod bound;
mod calls;
mod edits;
mod example;
mod experience_once;
mod experience_stages;
mod identity;
mod inherited;
mod inside;
mod marketplace;
mod organization;
mod portfolio;
mod products;
mod progress;
mod put_off;
mod redirect;
mod session;
mod sets;
mod share;
mod share_trouble;
mod titles;
mod units;
