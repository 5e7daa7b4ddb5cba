//! Random catalogs, bases and live worlds against a small, slow, obviously right model.

mod atlas;
mod audiences;
mod experiences;
mod import;
mod local;
mod mirrors;
mod model;
mod moves;
mod portfolios;
mod products;
mod recipients;
mod sight;
mod whole;
mod world;
