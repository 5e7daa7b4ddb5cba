//! The map as one HTML file, and the part of it that a plan changes as a graph for GitHub.

mod data;
mod mermaid;
pub mod page;
mod portfolio;

use crate::model::atlas::Atlas;
pub use data::Made;
pub use mermaid::graph;

/// What the generator meta tag of every page says, whatever the version.
pub const GENERATOR: &str = "<meta name=\"generator\" content=\"catalog-sync";

/// The page: one file that needs nothing else.
pub fn page(atlas: &Atlas, made: &Made<'_>) -> String {
    let names: Vec<&str> = atlas.organizations.iter().map(|it| it.name.as_str()).collect();
    let title = if names.is_empty() { "Catalog map".to_owned() } else { format!("Catalog map: {}", names.join(", ")) };
    page::page(&data::json(atlas, made), &title)
}

/// The data of the page by itself.
pub fn data(atlas: &Atlas, made: &Made<'_>) -> String {
    data::json(atlas, made)
}
