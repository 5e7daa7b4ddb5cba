//! The map: one HTML file, and for GitHub a graph of the part that a plan changes.

mod data;
mod mermaid;
pub mod page;
mod portfolio;

use crate::model::atlas::Atlas;
pub use data::Made;
pub use mermaid::graph;

/// The beginning of the generator meta tag in every page. The version follows it.
pub const GENERATOR: &str = "<meta name=\"generator\" content=\"catalog-sync";

/// The map as one HTML file that loads nothing else.
pub fn page(atlas: &Atlas, made: &Made<'_>) -> String {
    let names: Vec<&str> = atlas.organizations.iter().map(|it| it.name.as_str()).collect();
    let title = if names.is_empty() { "Catalog map".to_owned() } else { format!("Catalog map: {}", names.join(", ")) };
    page::page(&data::json(atlas, made), &title)
}

/// The data of the page as JSON.
pub fn data(atlas: &Atlas, made: &Made<'_>) -> String {
    data::json(atlas, made)
}
