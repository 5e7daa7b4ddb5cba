//! The HTTP server: bytes in, bytes out.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::http::{Request as HttpRequest, Response};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::emulator::{Answer, Shared, lock};
use super::protocol::Protocol;
use super::record::{Asked, Record, Said};
use super::reply::{Failure, MESSAGE, render};
use super::request::{Request, Unknown};

/// The largest request body, more than the emulated services allow.
const LARGEST: usize = 8 << 20;

/// Serves until the future is dropped, which closes every connection too.
pub(super) async fn serve(listener: TcpListener, emulator: Shared, record: Option<Arc<Record>>) {
    let mut connections = JoinSet::new();
    loop {
        // Drops connections that have ended, so that they don't pile up in a long run.
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else { continue };
        let (emulator, record) = (Shared::clone(&emulator), record.clone());
        connections.spawn(async move {
            let service = service_fn(|request| respond(request, &emulator, record.as_deref()));
            // An error means that the client went away or that the connection was dropped on purpose.
            let _ended = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// The error that makes hyper close the connection without an answer.
#[derive(Debug)]
struct Dropped;

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("dropped on purpose")
    }
}

impl std::error::Error for Dropped {}

impl From<Infallible> for Dropped {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

async fn respond(
    request: HttpRequest<Incoming>,
    emulator: &Shared,
    record: Option<&Record>,
) -> Result<Response<Full<Bytes>>, Dropped> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LARGEST).collect().await else {
        let failure = Failure::with_status("RequestEntityTooLargeException", 413, "Request size exceeded");
        return Ok(render(&Err(failure), Protocol::RestJson, MESSAGE, 0));
    };
    let body = body.to_bytes();
    let query = head.uri.query().unwrap_or_default();
    let read = Request::read(head.uri.path(), query, head.headers.clone(), body.clone());
    let (name, answer) = match &read {
        Ok(request) => (Some((request.service.name(), &*request.operation)), lock(emulator).answer(request)),
        Err(Unknown(failure)) => (None, Answer::refusal(failure.clone())),
    };
    if let Some(record) = record {
        let asked =
            Asked { method: head.method.as_str(), path: head.uri.path(), query, headers: &head.headers, body: &body };
        if let Err(error) = written(record, name, &asked, &answer).await {
            // The record must be complete: a missing answer would look like a dropped one.
            let failure = Failure::with_status("CallNotWrittenDown", 400, format!("{error:#}"));
            let protocol = read.map_or(Protocol::RestJson, |request| request.service.protocol());
            return Ok(render(&Err(failure), protocol, MESSAGE, 0));
        }
    }
    if !answer.after.is_zero() {
        tokio::time::sleep(answer.after).await;
    }
    answer.response.ok_or(Dropped)
}

async fn written(
    record: &Record,
    name: Option<(&str, &str)>,
    asked: &Asked<'_>,
    answer: &Answer,
) -> anyhow::Result<()> {
    let Answer { after: _, response, fault } = answer;
    let Some(response) = response else { return record.write(name, asked, None, *fault) };
    let body = response.body().clone().collect().await?.to_bytes();
    let said = Said { status: response.status().as_u16(), headers: response.headers(), body: &body };
    record.write(name, asked, Some(&said), *fault)
}
