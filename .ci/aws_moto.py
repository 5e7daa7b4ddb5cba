"""Runs catalog-sync against moto, an AWS that nobody of this project wrote: plan, apply, plan is empty, drift.

usage: aws_moto.py BINARY [TOTALS]

TOTALS is a file for the numbers of checks that held and that did not. Needs moto[server] and boto3. What moto knows of
Organizations, STS and Service Catalog is enough for portfolios that the management account shares with accounts and with the
organization; .ci/aws_moto_served.py answers the little that it lacks. At the end it says which operations moto answered and which
did not come from moto.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from aws_moto_served import LACKING, MANAGEMENT, REGION, Aws

# An account outside of the organization.
STRANGER = "999999999992"
# More accounts than moto returns on one page.
CROWD = 45
DONE, ERROR, DIFFERENCES = 0, 1, 3


class Checks:
    """What was looked at, and how often it was not as it should be."""

    def __init__(self) -> None:
        self.held = 0
        self.failed = 0

    def check(self, what: str, holds: bool, otherwise: object = "") -> None:
        self.held += holds
        self.failed += not holds
        print(f"{'ok' if holds else 'NOT OK'}: {what}")
        if not holds:
            print(otherwise)


class Estate:
    """An organization in moto and a catalog for it."""

    def __init__(self, aws: Aws, binary: Path, folder: Path) -> None:
        self.aws, self.binary, self.folder = aws, binary, folder
        self.organizations = aws.client("organizations")
        self.catalog = aws.client("servicecatalog")
        self.organization: str = self.organizations.create_organization(FeatureSet="ALL")["Organization"]["Id"]
        root = self.organizations.list_roots()["Roots"][0]["Id"]
        workloads = self.unit(root, "Workloads")
        self.production = self.unit(workloads, "Production")
        self.root = root
        self.shop = self.account("shop")
        self.lab = self.account("lab")
        self.move(self.shop, self.production)
        self.portfolio: str = self.catalog.create_portfolio(
            DisplayName="Data Platform", ProviderName="acme", IdempotencyToken="data-platform"
        )["PortfolioDetail"]["Id"]
        self.settings()

    def unit(self, parent: str, name: str) -> str:
        made = self.organizations.create_organizational_unit(ParentId=parent, Name=name)
        return str(made["OrganizationalUnit"]["Id"])

    def account(self, name: str) -> str:
        made = self.organizations.create_account(Email=f"{name}@example.com", AccountName=name)
        return str(made["CreateAccountStatus"]["AccountId"])

    def move(self, account: str, unit: str) -> None:
        self.organizations.move_account(AccountId=account, SourceParentId=self.root, DestinationParentId=unit)

    def settings(self, organization: str | None = None) -> None:
        text = [
            "version: 1",
            "organizations:",
            f'  acme: {{id: {organization or self.organization}, service_catalog_account: "{MANAGEMENT}"}}',
            'access: {role: "arn:aws:iam::{account}:role/catalog-sync-{mode}"}',
            f"regions: [{REGION}]",
        ]
        self.write("settings.yaml", text)

    def lists(self, *shares: str) -> None:
        """Makes the catalog list these shares."""
        listed = "".join(f"\n  - {share}" for share in shares) or " []"
        self.write("portfolios/data-platform.yaml", ["portfolio: Data Platform", f"shares:{listed}"])

    def write(self, name: str, lines: list[str]) -> None:
        path = self.folder / "catalog" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Runs the binary with nothing in its environment but what leads to moto."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "AWS_ENDPOINT_URL": self.aws.url,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "example",
            "CATALOG_SYNC_SHARE_PAUSE": "0s",
        }
        return subprocess.run(
            [self.binary, *arguments], cwd=self.folder, env=environment, text=True, capture_output=True,
            stdin=subprocess.DEVNULL, timeout=300, check=False,
        )  # fmt: skip

    def plan(self) -> dict[str, Any]:
        """The plan as JSON, with its exit status."""
        ran = self.run("plan", "--detailed-exitcode", "--format", "json")
        said = json.loads(ran.stdout) if ran.stdout else {}
        return {"status": ran.returncode, "said": f"{ran.stdout}\n{ran.stderr}", "plan": said}

    def shared_with(self) -> set[str]:
        """With whom boto3 sees the portfolio shared."""
        kinds = ("ACCOUNT", "ORGANIZATION")
        ask = self.catalog.describe_portfolio_shares
        answers = [ask(PortfolioId=self.portfolio, Type=kind)["PortfolioShareDetails"] for kind in kinds]
        return {share["PrincipalId"] for shares in answers for share in shares}


def converges(checks: Checks, estate: Estate, what: str, wanted: set[str]) -> None:
    """Apply makes what is live what the catalog lists, and then a plan is empty and nothing drifts."""
    before = estate.plan()
    checks.check(f"{what}: a plan finds differences", before["status"] == DIFFERENCES, before["said"])
    applied = estate.run("apply", "--auto-approve")
    checks.check(f"{what}: apply is done", applied.returncode == DONE, applied.stdout + applied.stderr)
    live = estate.shared_with()
    checks.check(f"{what}: what boto3 sees is what the catalog lists", live == wanted, f"{live}, not {wanted}")
    after = estate.plan()
    checks.check(f"{what}: then a plan is empty", after["status"] == DONE, after["said"])
    drift = estate.run("drift")
    checks.check(f"{what}: and nothing drifts", drift.returncode == DONE, drift.stdout + drift.stderr)


def with_accounts(checks: Checks, estate: Estate) -> None:
    shop, lab = f'account: "{estate.shop}"', f'account: "{estate.lab}"'
    estate.lists(shop, f'account: "{STRANGER}"')
    first = estate.run("plan")
    checks.check("a plan names accounts as Organizations does", "shop" in first.stdout, first.stdout + first.stderr)
    told = f"{STRANGER} is not an account of organization acme" in first.stdout
    checks.check("and says who is none of the organization's", told, first.stdout)
    converges(checks, estate, "two accounts", {estate.shop, STRANGER})
    estate.lists(shop, lab)
    converges(checks, estate, "another account in the place of one", {estate.shop, estate.lab})


def with_drift(checks: Checks, estate: Estate) -> None:
    """Somebody changes shares by hand."""
    estate.catalog.delete_portfolio_share(PortfolioId=estate.portfolio, AccountId=estate.lab)
    gone = estate.run("drift")
    told = gone.returncode == DIFFERENCES and estate.lab in gone.stdout and estate.shop not in gone.stdout
    checks.check("drift tells a share that somebody took away", told, gone.stdout + gone.stderr)
    estate.catalog.create_portfolio_share(PortfolioId=estate.portfolio, AccountId=STRANGER)
    more = estate.run("drift")
    told = more.returncode == DIFFERENCES and estate.lab in more.stdout and STRANGER in more.stdout
    checks.check("and one that somebody made", told, more.stdout + more.stderr)
    converges(checks, estate, "after changes by hand", {estate.shop, estate.lab})


def with_organization(checks: Checks, estate: Estate) -> None:
    estate.lists("organization: acme", f'account: "{STRANGER}"')
    plan = estate.run("plan")
    told = f"reaches {CROWD + 3} accounts" in plan.stdout
    checks.check("a plan counts whom the organization reaches, over many pages", told, plan.stdout + plan.stderr)
    converges(checks, estate, "the whole organization", {estate.organization, STRANGER})
    estate.lists()
    converges(checks, estate, "nobody", set())


def with_units(checks: Checks, estate: Estate) -> None:
    """moto forgets shares with organizational units, but knows the tree."""
    estate.lists("ou: Workloads/Production")
    plan = estate.run("plan")
    told = estate.production in plan.stdout and f"reaches 1 account: shop {estate.shop}" in plan.stdout
    checks.check("a path of names leads to its unit and the account in it", told, plan.stdout + plan.stderr)
    estate.lists("ou: Workloads/Crowd")
    crowd = estate.run("plan")
    told = f"reaches {CROWD} accounts" in crowd.stdout
    checks.check("the accounts of a unit are counted, over many pages", told, crowd.stdout + crowd.stderr)
    estate.lists("ou: Workloads/Nowhere")
    nowhere = estate.run("plan")
    told = nowhere.returncode == ERROR and "Nowhere" in nowhere.stdout + nowhere.stderr
    checks.check("a path that leads nowhere is an error", told, nowhere.stdout + nowhere.stderr)


def with_trouble(checks: Checks, estate: Estate) -> None:
    estate.lists(f'account: "{estate.shop}"')
    estate.settings("o-somebodyelse")
    wrong = estate.run("plan")
    told = wrong.returncode == ERROR and estate.organization in wrong.stdout + wrong.stderr
    checks.check("an organization that is not the one of the settings is an error", told, wrong.stdout + wrong.stderr)
    checks.check("and nothing was changed", estate.shared_with() == set(), estate.shared_with())
    estate.settings()


def crowd(estate: Estate) -> None:
    parents = estate.organizations.list_parents(ChildId=estate.production)["Parents"]
    unit = estate.unit(parents[0]["Id"], "Crowd")
    for number in range(CROWD):
        estate.move(estate.account(f"crowd-{number}"), unit)


def report(checks: Checks, aws: Aws) -> None:
    def listed(counted: dict[str, int]) -> str:
        return ", ".join(f"{name} {count}" for name, count in sorted(counted.items())) or "nothing"

    print(f"moto answered: {listed(aws.by_moto)}")
    print(f"this program answered what moto lacks: {listed(aws.by_us)}")
    print(f"moto refused, as it should: {listed(aws.refused)}")
    checks.check("moto lacks nothing else that was asked", not aws.lacked, listed(aws.lacked))
    # An account outside of the organization is described by its id, which moto refuses.
    checks.check("and refused nothing else", set(aws.refused) <= {"DescribeAccount"}, listed(aws.refused))
    unused = sorted(set(LACKING) - set(aws.by_us))
    checks.check("and each answer in moto's place was needed", not unused, unused)


def main(binary: Path, totals: Path | None) -> int:
    checks, aws = Checks(), Aws()
    try:
        with tempfile.TemporaryDirectory() as folder:
            estate = Estate(aws, binary, Path(folder))
            crowd(estate)
            with_accounts(checks, estate)
            with_drift(checks, estate)
            with_organization(checks, estate)
            with_units(checks, estate)
            with_trouble(checks, estate)
    finally:
        aws.stop()
    report(checks, aws)
    if totals:
        totals.write_text(f"# pass {checks.held}\n# fail {checks.failed}\n", encoding="utf-8")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]) if len(sys.argv) > 2 else None))
