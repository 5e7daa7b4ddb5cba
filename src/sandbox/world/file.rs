//! Reads and writes the world as a YAML file.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::World;
use crate::yaml::{self, Broken, Place};

/// The built-in world.
const EXAMPLE: &str = include_str!("../example.yaml");

impl World {
    /// The built-in world, which fits the catalog of the project's own repository.
    pub fn example() -> Self {
        // A test parses the example, so the default is never used.
        Self::parse(EXAMPLE, "example.yaml").unwrap_or_default()
    }

    /// Parses a world. `name` is the file's name for errors.
    pub fn parse(text: &str, name: &str) -> Result<Self> {
        let world: Self = yaml::from_str(text).map_err(|Broken { place: Place { line, column }, what }| {
            anyhow::anyhow!("{name}:{line}:{column}: {what}")
        })?;
        world.check().with_context(|| format!("{name} is not a consistent world"))?;
        Ok(world)
    }

    /// The world in YAML. Default values and ended work are left out.
    pub fn to_yaml(&self) -> String {
        // Serializing a world can't fail. If it did, the text would show the error.
        serde_yaml::to_string(self).unwrap_or_else(|error| format!("# {error}\n"))
    }

    /// Reads and parses a file.
    pub fn read(path: &Path) -> Result<Self> {
        let yaml = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&yaml, &path.display().to_string())
    }

    /// Writes a file by way of a second file and a rename, so that readers never see half of it.
    pub fn write(&self, path: &Path) -> Result<()> {
        let name = path.file_name().with_context(|| format!("{} is not a file", path.display()))?;
        let beside = path.with_file_name(format!(".{}.{}.new", name.display(), std::process::id()));
        fs::write(&beside, self.to_yaml()).with_context(|| format!("cannot write {}", beside.display()))?;
        fs::rename(&beside, path).with_context(|| format!("cannot write {}", path.display()))
    }
}
