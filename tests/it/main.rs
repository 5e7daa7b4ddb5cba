//! Whole commands through the real binary and the sandbox.

mod act;
#[cfg(test)]
#[cfg(feature = "sandbox")]
mod campaign;
mod catalog_source;
#[cfg(test)]
#[cfg(feature = "sandbox")]
mod cloud;
#[cfg(test)]
#[cfg(feature = "sandbox")]
mod commands;
#[cfg(test)]
#[cfg(feature = "sandbox")]
mod documentation;
#[cfg(unix)]
mod findings;
#[cfg(test)]
mod foreign;
mod fuzz;
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
