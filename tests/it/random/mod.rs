//! Random catalogs, bases and live worlds, compared with a small and slow model that is obviously right.

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
