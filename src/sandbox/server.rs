//! The HTTP server: bytes in, bytes out.

use std::convert::Infallible;
use std::fmt;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::http::{Request as HttpRequest, Response};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::emulator::{Shared, lock};
use super::protocol::Protocol;
use super::reply::{Failure, render};
use super::request::{Request, Unknown};

/// More than any request of the emulated services may hold.
const LARGEST: usize = 8 << 20;

/// Serves until it is dropped, and every connection with it.
pub(super) async fn serve(listener: TcpListener, emulator: Shared) {
    let mut connections = JoinSet::new();
    loop {
        // What ended is let go, so that a long run does not pile it up.
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else { continue };
        let emulator = Shared::clone(&emulator);
        connections.spawn(async move {
            let service = service_fn(|request| respond(request, &emulator));
            // An error is a client that went away, or a connection dropped on purpose.
            let _ended = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// A connection that is to be closed without an answer.
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

async fn respond(request: HttpRequest<Incoming>, emulator: &Shared) -> Result<Response<Full<Bytes>>, Dropped> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LARGEST).collect().await else {
        let failure = Failure::with_status("RequestEntityTooLargeException", 413, "Request size exceeded");
        return Ok(render(&Err(failure), Protocol::RestJson, 0));
    };
    let query = head.uri.query().unwrap_or_default();
    let request = match Request::read(head.uri.path(), query, head.headers, body.to_bytes()) {
        Ok(request) => request,
        Err(Unknown(failure)) => return Ok(render(&Err(failure), Protocol::RestJson, 0)),
    };
    let answer = lock(emulator).answer(&request);
    if !answer.after.is_zero() {
        tokio::time::sleep(answer.after).await;
    }
    answer.response.ok_or(Dropped)
}
