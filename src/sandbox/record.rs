//! Records requests and answers. If `CATALOG_SYNC_SANDBOX_CALLS` names a folder, each process appends to a file of its
//! own in it: one line of JSON for each request and its answer.
//!
//! Credentials are left out: signatures, tokens and keys.

use std::fs::{File, OpenOptions, create_dir_all};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use hyper::http::HeaderMap;
use serde_json::{Map, Value, json};

use super::auth::Scope;

/// The environment variable that names the folder.
const FOLDER: &str = "CATALOG_SYNC_SANDBOX_CALLS";

/// The headers that are recorded. `Authorization` and `X-Amz-Security-Token` must not be among them.
const HEADERS: [&str; 5] = ["content-type", "user-agent", "x-amz-target", "x-amzn-errortype", "x-amzn-requestid"];

/// The names of the form parameters and XML elements that hold credentials.
const SECRETS: [&str; 4] = ["WebIdentityToken", "AccessKeyId", "SecretAccessKey", "SessionToken"];

/// Stands for a left-out value. It is long enough to be valid for each of them by AWS's models.
const LEFT_OUT: &str = "left_out_left_out";

/// The file of this process.
#[derive(Debug)]
pub(super) struct Record {
    path: PathBuf,
    file: File,
}

/// The parts of a request.
pub(super) struct Asked<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
}

/// The parts of an answer.
pub(super) struct Said<'a> {
    pub(super) status: u16,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
}

impl Record {
    /// Opens the file. `None` if the environment names no folder.
    pub(super) fn new() -> Result<Option<Self>> {
        let folder = std::env::var_os(FOLDER).filter(|folder| !folder.is_empty());
        folder.map(|folder| Self::within(Path::new(&folder))).transpose()
    }

    fn within(folder: &Path) -> Result<Self> {
        let path = folder.join(format!("{}.jsonl", std::process::id()));
        let open = || OpenOptions::new().create(true).append(true).open(&path);
        let file = create_dir_all(folder).and_then(|()| open());
        let file = file.with_context(|| format!("{FOLDER}: can't write {}", path.display()))?;
        Ok(Self { path, file })
    }

    /// Records a call. `name` is its service and operation, `None` if unknown. `said` is `None` if the connection was
    /// closed without an answer. `fault` says that a fault of the world made up the answer or dropped it.
    pub(super) fn write(
        &self,
        name: Option<(&str, &str)>,
        asked: &Asked<'_>,
        said: Option<&Said<'_>>,
        fault: bool,
    ) -> Result<()> {
        let line = line(name, asked, said, fault);
        // A single write for each line, since other threads append to the file as well.
        let written = (&self.file).write_all(format!("{line}\n").as_bytes());
        written.with_context(|| format!("{FOLDER}: can't write {}", self.path.display()))
    }
}

fn line(name: Option<(&str, &str)>, asked: &Asked<'_>, said: Option<&Said<'_>>, fault: bool) -> Value {
    let Asked { method, path, query, headers, body } = asked;
    let scope = headers.get("authorization").and_then(|value| value.to_str().ok()).and_then(Scope::read);
    let request = json!({
        "method": method,
        "path": path,
        "query": query,
        "headers": kept(headers),
        "signed_for": scope.map(|scope| json!({"service": scope.service, "region": scope.region})),
        "body": form_without_secrets(&String::from_utf8_lossy(body)),
    });
    let answer = said.map(|Said { status, headers, body }| {
        let body = xml_without_secrets(&String::from_utf8_lossy(body));
        json!({"status": status, "headers": kept(headers), "body": body})
    });
    let (service, operation) = name.unzip();
    json!({"service": service, "operation": operation, "fault": fault, "request": request, "answer": answer})
}

fn kept(headers: &HeaderMap) -> Map<String, Value> {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(Value::from);
    HEADERS.iter().filter_map(|name| Some(((*name).to_owned(), value(name)?))).collect()
}

/// Removes credentials from a form. A body that begins with `{` is JSON and stays as it is.
fn form_without_secrets(body: &str) -> String {
    let pair = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if SECRETS.contains(&name) => format!("{name}={LEFT_OUT}"),
        _ => pair.to_owned(),
    };
    if body.starts_with('{') { body.to_owned() } else { body.split('&').map(pair).collect::<Vec<_>>().join("&") }
}

fn xml_without_secrets(body: &str) -> String {
    SECRETS.iter().fold(body.to_owned(), |text, name| {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let inside = text.split_once(&open).and_then(|(before, rest)| Some((before, rest.split_once(&close)?.1)));
        match inside {
            Some((before, after)) => format!("{before}{open}{LEFT_OUT}{close}{after}"),
            None => text,
        }
    })
}

#[cfg(test)]
mod tests {
    use hyper::http::HeaderValue;

    use super::*;

    #[test]
    fn what_lets_somebody_in_is_left_out() {
        let signature = "0".repeat(64);
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=AKIAKEY/20261121/us-east-1/sts/aws4_request, SignedHeaders=host, \
             Signature={signature}"
        );
        let mut headers = HeaderMap::new();
        headers.insert("authorization", HeaderValue::from_str(&authorization).unwrap());
        headers.insert("x-amz-security-token", HeaderValue::from_static("t0ken"));
        headers.insert("content-type", HeaderValue::from_static("application/x-www-form-urlencoded"));
        let body = b"Action=AssumeRoleWithWebIdentity&WebIdentityToken=t0ken&RoleArn=r";
        let asked = Asked { method: "POST", path: "/", query: "", headers: &headers, body };
        let xml = b"<A><AccessKeyId>AKIAKEY</AccessKeyId><SecretAccessKey>s3cret</SecretAccessKey>\
                    <SessionToken>t0ken</SessionToken></A>";
        let said = Said { status: 200, headers: &HeaderMap::new(), body: xml };
        let line = line(Some(("sts", "AssumeRoleWithWebIdentity")), &asked, Some(&said), false);
        let text = line.to_string();
        for secret in ["t0ken", "s3cret", "AKIAKEY", &signature] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        assert_eq!(line["request"]["signed_for"], json!({"service": "sts", "region": "us-east-1"}));
        assert_eq!(
            line["request"]["body"],
            "Action=AssumeRoleWithWebIdentity&WebIdentityToken=left_out_left_out&RoleArn=r"
        );
        assert_eq!(
            line["answer"]["body"],
            "<A><AccessKeyId>left_out_left_out</AccessKeyId><SecretAccessKey>left_out_left_out</SecretAccessKey>\
             <SessionToken>left_out_left_out</SessionToken></A>"
        );
    }

    #[test]
    fn a_line_for_each_call_goes_to_a_file_of_this_process() {
        let folder = tempfile::tempdir().unwrap();
        let headers = HeaderMap::new();
        let asked =
            Asked { method: "POST", path: "/Odd", query: "a=b", headers: &headers, body: b"{\"a\": \"b&c=d\"}" };
        for _ in 0..2 {
            let record = Record::within(&folder.path().join("calls")).unwrap();
            record.write(None, &asked, None, true).unwrap();
        }
        let file = folder.path().join("calls").join(format!("{}.jsonl", std::process::id()));
        let text = std::fs::read_to_string(file).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2);
        let Some(line) = lines.last() else { unreachable!("there are two") };
        assert_eq!(line["request"]["body"], "{\"a\": \"b&c=d\"}");
        assert_eq!((&line["answer"], &line["service"], &line["fault"]), (&Value::Null, &Value::Null, &json!(true)));
    }

    #[test]
    fn a_folder_that_can_not_be_written_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = Record::within(&file).unwrap_err().to_string();
        assert!(error.contains("CATALOG_SYNC_SANDBOX_CALLS: can't write"), "{error}");
    }
}
