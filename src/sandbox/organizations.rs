//! The reading calls of AWS Organizations.
//! <https://docs.aws.amazon.com/organizations/latest/APIReference/>

use serde::Deserialize;
use serde_json::{Value, json};

use super::page;
use super::reply::{Failure, object};
use super::request::{input, required, unknown};
use super::world::{Access, Member, Node, Organization, Pages, Paths, World};

/// The members of all inputs. A name means the same in each call, so one struct serves them all.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Input {
    account_id: Option<String>,
    child_id: Option<String>,
    organizational_unit_id: Option<String>,
    parent_id: Option<String>,
    service_principal: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// The start of the world's calendar: 1 January 2026.
const CALENDAR_BEGINS: i64 = 1_767_225_600;

/// A call, with the caller's organization and its nodes.
struct Reader<'a> {
    organization: &'a Organization,
    nodes: Vec<Node<'a>>,
    input: Input,
    pages: &'a Pages,
    paths: Paths,
}

pub(super) fn call(world: &World, account: &str, operation: &str, body: &[u8]) -> Result<Value, Failure> {
    let input: Input = input(body)?;
    let organization = world.organization_of(account).ok_or_else(|| {
        let message = "Your account is not a member of an organization.";
        Failure::new("AWSOrganizationsNotInUseException", message)
    })?;
    if operation == "DescribeOrganization" {
        return Ok(json!({"Organization": describe(organization)}));
    }
    let delegated = organization.delegated_administrators.values().any(|accounts| accounts.contains(account));
    if organization.management_account != account && !delegated {
        let message = "You don't have permissions to access this resource.";
        return Err(Failure::new("AccessDeniedException", message));
    }
    let root = organization.root_id();
    let reader = Reader {
        organization,
        nodes: organization.nodes(&root),
        input,
        pages: &world.pages,
        paths: world.unproven.paths,
    };
    match operation {
        "ListRoots" => reader.list_roots(),
        "ListOrganizationalUnitsForParent" => reader.list_units(),
        "ListAccountsForParent" => reader.list_accounts_for_parent(),
        "ListAccounts" => reader.list_accounts(),
        "DescribeAccount" => reader.describe_account(),
        "DescribeOrganizationalUnit" => reader.describe_unit(),
        "ListParents" => reader.list_parents(),
        "ListDelegatedAdministrators" => reader.list_delegated_administrators(),
        "ListAWSServiceAccessForOrganization" => reader.list_service_access(),
        other => Err(unknown(other)),
    }
}

fn describe(organization: &Organization) -> Value {
    let Organization { id, management_account: master, .. } = organization;
    json!({
        "Id": id,
        "Arn": format!("arn:aws:organizations::{master}:organization/{id}"),
        "FeatureSet": "ALL",
        "MasterAccountId": master,
        "MasterAccountArn": format!("arn:aws:organizations::{master}:account/{id}/{master}"),
        "MasterAccountEmail": email(master),
    })
}

fn email(account: &str) -> String {
    format!("aws+{account}@example.com")
}

impl Reader<'_> {
    fn list_roots(&self) -> Result<Value, Failure> {
        let root = self.organization.root_id();
        let arn = self.arn("root", &root);
        self.page("Roots", "", vec![json!({"Id": root, "Arn": arn, "Name": "Root", "PolicyTypes": []})])
    }

    fn list_units(&self) -> Result<Value, Failure> {
        let (parent, index) = self.parent()?;
        let children = self.nodes.iter().enumerate().filter(|(_, node)| node.parent == Some(index));
        self.page("OrganizationalUnits", parent, children.map(|(index, node)| self.unit(index, node)).collect())
    }

    fn list_accounts_for_parent(&self) -> Result<Value, Failure> {
        let (parent, index) = self.parent()?;
        let accounts = self.nodes.get(index).into_iter().flat_map(|node| node.accounts);
        self.page("Accounts", parent, accounts.map(|(id, member)| self.account(index, id, member)).collect())
    }

    fn list_accounts(&self) -> Result<Value, Failure> {
        let nodes = self.nodes.iter().enumerate();
        let accounts =
            nodes.flat_map(|(index, node)| node.accounts.iter().map(move |(id, member)| (index, id, member)));
        self.page("Accounts", "", accounts.map(|(index, id, member)| self.account(index, id, member)).collect())
    }

    fn describe_account(&self) -> Result<Value, Failure> {
        let id = required(self.input.account_id.as_deref(), "accountId")?;
        let (index, member) = self.member(id).ok_or_else(|| {
            let message = "You specified an account that doesn't exist.";
            Failure::new("AccountNotFoundException", message)
        })?;
        Ok(json!({"Account": self.account(index, id, member)}))
    }

    fn describe_unit(&self) -> Result<Value, Failure> {
        let id = required(self.input.organizational_unit_id.as_deref(), "organizationalUnitId")?;
        let (index, unit) = self.nodes.iter().enumerate().skip(1).find(|(_, node)| node.id == id).ok_or_else(|| {
            let message = "You specified an organizational unit that doesn't exist.";
            Failure::new("OrganizationalUnitNotFoundException", message)
        })?;
        Ok(json!({"OrganizationalUnit": self.unit(index, unit)}))
    }

    fn list_parents(&self) -> Result<Value, Failure> {
        let child = required(self.input.child_id.as_deref(), "childId")?;
        let of_unit = self.nodes.iter().find(|node| node.id == child).and_then(|node| node.parent);
        let parent = of_unit.or_else(|| self.nodes.iter().position(|node| node.accounts.contains_key(child)));
        let found = parent.and_then(|index| self.nodes.get(index).map(|node| (index, node)));
        let (index, node) = found.ok_or_else(|| {
            let message = "You specified an account or organizational unit that doesn't exist.";
            Failure::new("ChildNotFoundException", message)
        })?;
        let kind = if index == 0 { "ROOT" } else { "ORGANIZATIONAL_UNIT" };
        self.page("Parents", child, vec![json!({"Id": node.id, "Type": kind})])
    }

    fn list_delegated_administrators(&self) -> Result<Value, Failure> {
        let wanted = self.input.service_principal.as_deref();
        let by_service = self.organization.delegated_administrators.iter();
        let of_service = by_service.filter(|(service, _)| wanted.is_none_or(|wanted| wanted == *service));
        let mut ids: Vec<&String> = of_service.flat_map(|(_, accounts)| accounts).collect();
        ids.sort_unstable();
        ids.dedup();
        let known = ids.into_iter().filter_map(|id| Some((id, self.member(id)?)));
        let accounts = known.map(|(id, (index, member))| {
            let mut account = self.account(index, id, member);
            if let Some(fields) = account.as_object_mut() {
                fields.remove("Paths");
                fields.insert("DelegationEnabledDate".to_owned(), json!(CALENDAR_BEGINS));
            }
            account
        });
        self.page("DelegatedAdministrators", wanted.unwrap_or_default(), accounts.collect())
    }

    fn list_service_access(&self) -> Result<Value, Failure> {
        let mut services: Vec<&str> = self.organization.delegated_administrators.keys().map(String::as_str).collect();
        if self.organization.service_catalog_access == Access::Enabled {
            services.push("servicecatalog.amazonaws.com");
        }
        services.sort_unstable();
        services.dedup();
        let entries = services.into_iter().map(|it| json!({"ServicePrincipal": it, "DateEnabled": CALENDAR_BEGINS}));
        self.page("EnabledServicePrincipals", "", entries.collect())
    }

    /// The id and the index of the parent in the request.
    fn parent(&self) -> Result<(&str, usize), Failure> {
        let id = required(self.input.parent_id.as_deref(), "parentId")?;
        let index = self.nodes.iter().position(|node| node.id == id).ok_or_else(|| {
            let message = "You specified parent that doesn't exist.";
            Failure::new("ParentNotFoundException", message)
        })?;
        Ok((id, index))
    }

    /// An account, with the index of the node that holds it.
    fn member(&self, account: &str) -> Option<(usize, &Member)> {
        let mut nodes = self.nodes.iter().enumerate();
        nodes.find_map(|(index, node)| node.accounts.get(account).map(|member| (index, member)))
    }

    /// `Account`. `Status` is left out: AWS announced its removal for 9 September 2026 and gives `State` instead,
    /// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html>.
    fn account(&self, parent: usize, id: &str, member: &Member) -> Value {
        let Member { name, status, joined } = member;
        let joined = joined.as_ref().and_then(|at| at.parse::<jiff::Timestamp>().ok());
        let paths = match self.paths {
            Paths::ToItself => Some([format!("{}{id}/", self.path(parent))]),
            Paths::ToParent => Some([self.path(parent)]),
            Paths::LeftOut => None,
        };
        object([
            ("Id", json!(id)),
            ("Arn", json!(self.arn("account", id))),
            ("Email", json!(email(id))),
            ("Name", json!(name)),
            ("State", json!(status.word())),
            ("Paths", json!(paths)),
            ("JoinedMethod", json!("CREATED")),
            ("JoinedTimestamp", json!(joined.map_or(CALENDAR_BEGINS, jiff::Timestamp::as_second))),
        ])
    }

    fn unit(&self, index: usize, node: &Node<'_>) -> Value {
        let path = match self.paths {
            Paths::ToItself => Some(self.path(index)),
            Paths::ToParent => node.parent.map(|parent| self.path(parent)),
            Paths::LeftOut => None,
        };
        let arn = self.arn("ou", node.id);
        object([("Id", json!(node.id)), ("Arn", json!(arn)), ("Name", json!(node.name)), ("Path", json!(path))])
    }

    /// The path to a node: `o-…/r-…/ou-…/`.
    fn path(&self, index: usize) -> String {
        let mut ids = Vec::new();
        let mut next = Some(index);
        while let Some(node) = next.and_then(|index| self.nodes.get(index)) {
            ids.push(node.id);
            next = node.parent;
        }
        ids.push(&self.organization.id);
        ids.reverse();
        ids.join("/") + "/"
    }

    fn arn(&self, kind: &str, id: &str) -> String {
        let Organization { id: organization, management_account, .. } = self.organization;
        format!("arn:aws:organizations::{management_account}:{kind}/{organization}/{id}")
    }

    /// A page of a list. `of` holds the parameters of the request, which the token is bound to.
    fn page(&self, member: &str, of: &str, items: Vec<Value>) -> Result<Value, Failure> {
        let size = match self.input.max_results {
            None => 20,
            Some(size @ 1..=20) => usize::try_from(size).unwrap_or(20),
            Some(other) => {
                let message = format!("You specified an invalid value: MaxResults is {other}, not 1 to 20.");
                return Err(Failure::new("InvalidInputException", message));
            }
        };
        let list = format!("{member} {} {of}", self.organization.id);
        let page = page::cut(items, &list, size, self.input.next_token.as_deref(), self.pages).map_err(|_| {
            Failure::new("InvalidInputException", "You specified an invalid value: the NextToken is not of this list.")
        })?;
        Ok(object([(member, Value::Array(page.items)), ("NextToken", json!(page.next))]))
    }
}
