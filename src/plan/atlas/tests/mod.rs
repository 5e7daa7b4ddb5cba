//! The map of a small world.
