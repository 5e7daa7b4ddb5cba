//! The catalog that describes the estate's world.

use std::fmt::Write as _;

use catalog_sync::catalog::source::CatalogFiles;
use catalog_sync::sandbox::ShareTarget;

use super::{
    Estate, HUB, MARKET, UNIT_SHARES, account_id, experience_name, name, organization_id, portfolio_name, product_id,
    unit_id, unit_path,
};

const ACCESS: &str = "access:
  role: arn:aws:iam::{account}:role/catalog-sync-{mode}
  through: arn:aws:iam::100000000000:role/catalog-sync-entry-{mode}
regions: [us-east-1]
";

impl Estate {
    /// The catalog's files; paths are relative to the catalog folder.
    pub(crate) fn files(&self) -> Result<CatalogFiles, std::fmt::Error> {
        let mut files = CatalogFiles::default();
        files.files.insert("settings.yaml".to_owned(), self.settings()?.into_bytes());
        for portfolio in 0..self.portfolios {
            let text = self.portfolio(portfolio)?;
            files.files.insert(format!("portfolios/portfolio-{portfolio}.yaml"), text.into_bytes());
        }
        for organization in 0..self.organizations {
            for experience in 0..self.experiences {
                let text = self.list(organization, experience)?;
                files.files.insert(format!("marketplace/list-{organization}-{experience}.yaml"), text.into_bytes());
            }
        }
        Ok(files)
    }

    fn settings(&self) -> Result<String, std::fmt::Error> {
        let mut text = "version: 1\norganizations:\n".to_owned();
        for organization in 0..self.organizations {
            writeln!(text, "  {}:", name(organization))?;
            writeln!(text, "    id: {}", organization_id(organization))?;
            writeln!(text, "    service_catalog_account: \"{}\"", account_id(organization, HUB))?;
            writeln!(text, "    marketplace_account: \"{}\"", account_id(organization, MARKET))?;
        }
        text.push_str(ACCESS);
        Ok(text)
    }

    fn portfolio(&self, portfolio: usize) -> Result<String, std::fmt::Error> {
        let owner = self.owner(portfolio);
        let mut text = format!("portfolio: {}\norganization: {}\nshares:\n", portfolio_name(portfolio), name(owner));
        for share in self.shares_of(portfolio) {
            match share {
                ShareTarget::Account(id) => writeln!(text, "  - account: \"{id}\"")?,
                ShareTarget::Member(id) => {
                    writeln!(text, "  - account: \"{id}\"\n    through_organization: true")?;
                }
                ShareTarget::Ou(id) => {
                    let unit = (0..UNIT_SHARES).find(|unit| unit_id(owner, *unit) == id).unwrap_or_default();
                    writeln!(text, "  - ou: {}", unit_path(unit))?;
                }
                ShareTarget::Organization(_) => writeln!(text, "  - organization: {}", name(owner))?,
            }
        }
        Ok(text)
    }

    fn list(&self, organization: usize, experience: usize) -> Result<String, std::fmt::Error> {
        let mut text = "approved:\n".to_owned();
        for product in 0..self.products {
            if product == self.approved() {
                text.push_str("rejected:\n");
            }
            writeln!(text, "  - id: {}\n    name: Product {product}", product_id(product))?;
        }
        let experience = experience_name(experience);
        writeln!(text, "experiences:\n  - organization: {}\n    name: {experience}", name(organization))?;
        Ok(text)
    }
}
