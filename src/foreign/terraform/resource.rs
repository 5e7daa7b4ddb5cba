//! The resources of a state, in either form.

use crate::foreign::file::Trouble;
use crate::foreign::reader::Reader;
use crate::yaml::{Content, Node, Place};

/// The prefix of the resource types of Service Catalog.
const SERVICE: &str = "aws_servicecatalog_";

/// A managed resource of Service Catalog.
pub(super) struct Resource<'n> {
    /// The address, as `terraform state list` prints it.
    pub(super) address: String,
    pub(super) place: Place,
    pub(super) kind: &'n str,
    values: &'n Node<'n>,
}

impl<'n> Resource<'n> {
    /// A non-empty text attribute.
    pub(super) fn get(&self, key: &str) -> Option<&'n str> {
        self.values.get(key)?.text().filter(|text| !text.is_empty())
    }

    /// Whether an attribute is true.
    pub(super) fn flag(&self, key: &str) -> bool {
        self.get(key) == Some("true")
    }

    pub(super) fn leave(&self, reader: &mut Reader<'_>, why: &str) {
        reader.leave(self.place, &format!("{}: {why}", self.address));
    }
}

/// The Service Catalog resources of a file, and whether all of them were read. Reports the number of other resources.
pub(super) fn resources<'n>(
    path: &str,
    root: &'n Node<'n>,
    reader: &mut Reader<'_>,
) -> Result<(Vec<Resource<'n>>, bool), Trouble> {
    let mut found = Vec::new();
    let mut others = 0;
    let before = reader.count();
    if root.get("planned_values").is_some() && root.get("values").is_none() {
        let what = "this is a plan, which says what is to be: give the state (`terraform show -json`, without a file)";
        return Err(Trouble::at(path, root.place, what));
    }
    if let Some(module) = root.get("values").and_then(|values| values.get("root_module")) {
        shown(module, &mut found, &mut others, reader);
    } else if let Some(resources) = root.get("resources") {
        let version = root.get("version");
        if version.and_then(Node::text) != Some("4") {
            let place = version.map_or(root.place, |version| version.place);
            let what = "only states of version 4 are read: give what `terraform show -json` prints";
            return Err(Trouble::at(path, place, what));
        }
        for resource in reader.list(Some(resources), "resources") {
            stored(resource, &mut found, &mut others, reader);
        }
    }
    let is_whole = reader.count() == before;
    if others > 0 {
        let (what, stay) = if others == 1 { ("resource", "it stays") } else { ("resources", "they stay") };
        reader.leave(root.place, &format!("{others} {what} of other services: {stay} with Terraform"));
    }
    Ok((found, is_whole))
}

fn is_managed(node: &Node<'_>) -> bool {
    node.get("mode").and_then(Node::text) == Some("managed")
}

/// Reads a module of `show -json`, with its child modules.
fn shown<'n>(module: &'n Node<'n>, found: &mut Vec<Resource<'n>>, others: &mut usize, reader: &mut Reader<'_>) {
    for it in reader.list(module.get("resources"), "resources").iter().filter(|it| is_managed(it)) {
        let kind = it.get("type").and_then(Node::text).unwrap_or_default();
        if !kind.starts_with(SERVICE) {
            *others += 1;
            continue;
        }
        let address = it.get("address").and_then(Node::text).unwrap_or(kind).to_owned();
        if it.get("deposed_key").is_some() {
            reader.leave(it.place, &format!("{address}: a deposed object, which Terraform is about to delete"));
            continue;
        }
        match it.get("values") {
            Some(values) => found.push(Resource { address, place: it.place, kind, values }),
            None => reader.leave(it.place, &format!("{address}: it has no values")),
        }
    }
    for child in reader.list(module.get("child_modules"), "child_modules") {
        shown(child, found, others, reader);
    }
}

/// Reads a resource of a state file, with all its instances.
fn stored<'n>(node: &'n Node<'n>, found: &mut Vec<Resource<'n>>, others: &mut usize, reader: &mut Reader<'_>) {
    if !is_managed(node) {
        return;
    }
    let text = |key: &str| node.get(key).and_then(Node::text);
    let kind = text("type").unwrap_or_default();
    let instances = reader.list(node.get("instances"), "instances");
    if !kind.starts_with(SERVICE) {
        *others += instances.len();
        return;
    }
    let module = text("module").map(|module| format!("{module}.")).unwrap_or_default();
    let name = format!("{module}{kind}.{}", text("name").unwrap_or_default());
    for instance in instances {
        let index = instance.get("index_key").and_then(|key| match &key.content {
            Content::Text { text, plain: true } => Some(format!("[{text}]")),
            Content::Text { text, plain: false } => Some(format!("[\"{text}\"]")),
            _ => None,
        });
        let address = format!("{name}{}", index.unwrap_or_default());
        if instance.get("deposed").is_some() {
            reader.leave(instance.place, &format!("{address}: a deposed object, which Terraform is about to delete"));
            continue;
        }
        match instance.get("attributes") {
            Some(values) => found.push(Resource { address, place: instance.place, kind, values }),
            None => reader.leave(instance.place, &format!("{address}: it has no attributes that can be read")),
        }
    }
}
