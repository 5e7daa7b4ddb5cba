//! Whole commands through the real binary and the sandbox.

mod act;
mod catalog_source;
#[cfg(test)]
#[cfg(feature = "sandbox")]
mod cloud;
#[cfg(test)]
#[cfg(feature = "sandbox")]
mod commands;
#[cfg(unix)]
mod findings;
#[cfg(test)]
mod foreign;
mod generated;
#[cfg(test)]
#[cfg(feature = "sandbox")]
mod github;
mod house;
#[cfg(test)]
mod map_size;
#[cfg(test)]
mod random;
#[cfg(test)]
mod release;
#[cfg(feature = "sandbox")]
mod sandbox;
mod threat_model;
mod workflows;
