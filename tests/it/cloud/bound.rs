//! The bound on calls in flight, counted by a proxy in front of the sandbox.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use catalog_sync::cloud::{Cloud, Endpoint, Options};
use catalog_sync::model::settings::Mode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::bed::{Bed, all_live, by_id, by_name, read_all};

/// How often a request yields before it is passed on. That is enough for a call beyond the bound to arrive.
const TURNS: usize = 2_000;

/// The requests in flight, and the most there were.
#[derive(Default)]
struct Flight {
    now: AtomicUsize,
    peak: AtomicUsize,
}

/// One HTTP/1.1 message with a content length. `None` at the end of the connection.
async fn message(stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    loop {
        let head = bytes.windows(4).position(|end| end == b"\r\n\r\n").map(|at| at + 4);
        if let Some(head) = head {
            let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
            let length = length.map_or(0, |length| length.trim().parse::<usize>().unwrap());
            if bytes.len() == head + length {
                return Ok(Some(bytes));
            }
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
}

/// Passes requests on to the sandbox, each only after `TURNS` yields.
async fn hand_on(mut client: TcpStream, sandbox: &str, flight: &Flight) -> io::Result<()> {
    let mut server = TcpStream::connect(sandbox).await?;
    while let Some(request) = message(&mut client).await? {
        let now = flight.now.fetch_add(1, Ordering::SeqCst) + 1;
        flight.peak.fetch_max(now, Ordering::SeqCst);
        for _ in 0..TURNS {
            tokio::task::yield_now().await;
        }
        server.write_all(&request).await?;
        let answer = message(&mut server).await?;
        // Counted down before the answer is written, since the client may send the next request as soon as it has the
        // answer.
        flight.now.fetch_sub(1, Ordering::SeqCst);
        client.write_all(&answer.unwrap_or_default()).await?;
    }
    Ok(())
}

/// The most requests in flight while the things of a plan are read.
async fn peak(concurrency: usize) -> usize {
    let mut bed = Bed::usual().await;
    bed.want_portfolio("us-east-1", by_name("Data Platform"), []);
    bed.want_portfolio("us-east-1", by_id("port-other"), []);
    bed.want_portfolio("eu-west-1", by_id("port-euro"), []);
    bed.want_experience(all_live(&[]));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (flight, sandbox) = (Arc::new(Flight::default()), bed.sandbox.url().trim_start_matches("http://").to_owned());
    let seen = Arc::clone(&flight);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (sandbox, seen) = (sandbox.clone(), Arc::clone(&seen));
            // The client may close a connection at any time; that is not an error.
            tokio::spawn(async move { drop(hand_on(client, &sandbox, &seen).await) });
        }
    });
    let endpoint = Endpoint { url, ..bed.options().endpoint.unwrap() };
    let options = Options { concurrency, ..Options::loopback(endpoint) };
    read_all(&Cloud::new(&bed.desired.settings, Mode::Plan, options), &bed.desired).await;
    assert!(bed.calls("AssumeRole") >= 2 && bed.sandbox.calls().len() > 12, "{:?}", bed.sandbox.calls());
    flight.peak.load(Ordering::SeqCst)
}

#[tokio::test]
async fn no_more_calls_are_in_flight_than_allowed_sts_included() {
    assert_eq!(peak(1).await, 1);
    assert_eq!(peak(3).await, 3);
    assert!(peak(16).await > 3, "it is the bound that holds them back");
}
