//! The map: who sees what, as one HTML file.

pub mod page;
