//! Integration tests, most of them of whole commands through the real binary and the sandbox.

mod act;
#[cfg(test)]
#[cfg(feature = "sandbox")]
mod campaign;
mod catalog_source;
#[cfg(test)]
#[cfg(feature = "sandbox")]
mod cloud;
#[cfg(test)]
#[cfg(feature = "sandbox")]
mod commands;
#[cfg(test)]
#[cfg(feature = "sandbox")]
mod documentation;
#[cfg(unix)]
mod findings;
#[cfg(test)]
mod foreign;
#[cfg(test)]
mod fuzz;
mod generated;
#[cfg(test)]
#[cfg(feature = "sandbox")]
mod github;
mod house;
#[cfg(test)]
mod map_size;
#[cfg(test)]
mod random;
#[cfg(test)]
mod release;
#[cfg(feature = "sandbox")]
mod sandbox;
mod threat_model;
mod workflows;

/// The variable that names the folder in which the sandbox records its calls, if it is set. Tests pass it to the
/// binary, whose environment is otherwise empty. `.ci/aws_models.py` checks the recorded calls against AWS's own
/// models.
fn calls() -> Option<(&'static str, std::ffi::OsString)> {
    let name = "CATALOG_SYNC_SANDBOX_CALLS";
    std::env::var_os(name).map(|folder| (name, folder))
}

/// An address of this machine that refuses connections for as long as the socket is there: bound, but not listening. A
/// port that is merely free may become that of another test's server.
#[cfg(test)]
fn refusing() -> (tokio::net::TcpSocket, std::net::SocketAddr) {
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
    let address = socket.local_addr().expect("an address");
    (socket, address)
}
