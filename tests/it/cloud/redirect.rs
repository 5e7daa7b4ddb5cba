//! HTTP redirects are not followed: neither a token nor a signed call goes to another host.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use catalog_sync::cloud::{Cloud, Endpoint, Environment, Options};
use catalog_sync::model::settings::Mode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::bed::{Bed, HUB, by_name, id, read_all, reason};

/// A server that gives every caller the same answer, with the number of calls so far.
async fn server(answer: String) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let calls = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&calls);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 16 * 1024];
            let _ = stream.read(&mut request).await;
            seen.fetch_add(1, Ordering::Relaxed);
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (url, calls)
}

/// A server that redirects every caller to a second server, with the call counts of both.
async fn redirecting() -> (String, Arc<AtomicUsize>, Arc<AtomicUsize>) {
    let (thief, stolen) = server("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned()).await;
    let answer = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: {thief}/x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    let (url, calls) = server(answer).await;
    (url, calls, stolen)
}

async fn unreadable(bed: &Bed, options: Options) -> String {
    let live = read_all(&Cloud::new(&bed.desired.settings, Mode::Plan, options), &bed.desired).await;
    reason(live.portfolios[&(id(HUB), id("us-east-1"))].clone())
}

#[tokio::test]
async fn a_redirect_by_aws_is_not_followed() {
    let mut bed = Bed::usual().await;
    bed.want_portfolio("us-east-1", by_name("Data Platform"), []);
    let (url, calls, stolen) = redirecting().await;
    let endpoint = Endpoint { url, access_key_id: "AKIATEST".to_owned(), secret_access_key: "secret".to_owned() };
    unreadable(&bed, Options::loopback(endpoint)).await;
    assert!(calls.load(Ordering::Relaxed) > 0);
    assert_eq!(stolen.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn the_request_for_a_token_is_not_redirected() {
    let mut bed = Bed::usual().await;
    bed.want_portfolio("us-east-1", by_name("Data Platform"), []);
    let (url, calls, stolen) = redirecting().await;
    let environment = Environment {
        token_url: Some(format!("{url}/token?a=b")),
        token_secret: Some("request-token".to_owned()),
        ..Environment::default()
    };
    let said = unreadable(&bed, Options { environment, ..bed.options() }).await;
    assert!(said.contains("status 307"), "{said}");
    assert!(calls.load(Ordering::Relaxed) > 0);
    assert_eq!(stolen.load(Ordering::Relaxed), 0);
}
