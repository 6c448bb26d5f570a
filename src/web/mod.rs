//! The only place that names actix: pages for citizens and staff, the API, pictures of codes.

pub mod accepted;
pub mod api;
pub mod citizen;
pub mod error;
mod error_words;
pub mod flagging;
pub mod http;
mod not_found;
pub mod public;
pub mod routes;
pub mod row;
pub mod staff;
pub mod state;
pub mod status;
pub mod submit;

use std::sync::mpsc;
use std::task::Poll;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{Data, PathConfig, QueryConfig};
use actix_web::{App as Service, HttpServer};

use crate::error::{Reason, Refusal};
use state::App;

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address.
    #[error("{setting} is {address}, where this program cannot listen: {cause}; {}", why_not(.cause))]
    Listen {
        /// The setting that names it.
        setting: &'static str,
        address: std::net::SocketAddr,
        /// What the system said.
        cause: std::io::Error,
    },
    /// It ended with an error.
    #[error("the server failed: {0}")]
    Server(#[from] std::io::Error),
}

/// What to look at where an address cannot be listened on.
fn why_not(cause: &std::io::Error) -> &'static str {
    match cause.kind() {
        std::io::ErrorKind::AddrNotAvailable => {
            "this machine has no such address: `ip address` lists those it has, 127.0.0.1 is for a proxy on it, 0.0.0.0 for all"
        }
        std::io::ErrorKind::PermissionDenied => {
            "ports below 1024 are for a proxy in front: take one above, as 127.0.0.1:8080"
        }
        _ => "does another program have the port?",
    }
}

/// Serves `app` on its address until a signal asks to stop.
pub fn run(app: App, listening: impl FnOnce(&App)) -> Result<(), ServeError> {
    let app = Data::new(app);
    actix_web::rt::System::new().block_on(async {
        let (server, address) = bind(&app)?;
        if let Some(address) = app.config.metrics_bind {
            actix_web::rt::spawn(bind_metrics(&app, address)?);
        }
        let mut server = std::pin::pin!(server);
        // Its first turn sets the handlers of signals up: whoever reads that it listens may stop it at once, orderly.
        if let Poll::Ready(ended) = std::future::poll_fn(|context| Poll::Ready(server.as_mut().poll(context))).await {
            return Ok(ended?);
        }
        tracing::info!(%address, "listening");
        listening(&app);
        Ok(server.await?)
    })
}

/// A server that runs in a thread of this process: what tests and the simulator talk to.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: std::net::SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Starts `app` on its address; port 0 takes a free one.
    pub fn start(app: App) -> Result<Self, ServeError> {
        let (tell, told) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let app = Data::new(app);
            actix_web::rt::System::new().block_on(async {
                match bind(&app) {
                    Ok((server, address)) => {
                        let _ = tell.send(Ok((address, server.handle())));
                        let _ = server.await;
                        app.db.close();
                    }
                    Err(error) => {
                        let _ = tell.send(Err(error));
                    }
                }
            });
        });
        let (address, handle) =
            told.recv().map_err(|_| ServeError::Server(std::io::Error::other("the server's thread ended")))??;
        Ok(Self { address, handle, thread: Some(thread) })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The future only waits; the message to stop is sent at once.
        drop(self.handle.stop(true));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// `/metrics` on an address of its own, so that it can stay inside the operator's network.
fn bind_metrics(app: &Data<App>, address: std::net::SocketAddr) -> Result<actix_web::dev::Server, ServeError> {
    let data = app.clone();
    let service =
        move || Service::new().app_data(data.clone()).route("/metrics", actix_web::web::get().to(http::metrics::show));
    let server = HttpServer::new(service).workers(1).disable_signals().bind(address);
    Ok(server.map_err(|cause| ServeError::Listen { setting: "METRICS_BIND", address, cause })?.run())
}

fn bind(app: &Data<App>) -> Result<(actix_web::dev::Server, std::net::SocketAddr), ServeError> {
    let wanted = app.config.bind;
    let data = app.clone();
    let server = HttpServer::new(move || {
        Service::new()
            .app_data(data.clone())
            .app_data(QueryConfig::default().error_handler(|_, _| Refusal::from(Reason::BadQuery).into()))
            .app_data(PathConfig::default().error_handler(|_, _| Refusal::from(Reason::BadPath).into()))
            .wrap(Compress::default())
            .wrap(from_fn(http::headers::headers))
            .configure(routes::all)
    })
    // A compressed page goes out in several pieces: without this each waits 40 ms for the client's word that it has the first.
    .tcp_nodelay(true)
    .workers(std::thread::available_parallelism().map_or(2, usize::from).min(8))
    .shutdown_timeout(10)
    .bind(wanted)
    .map_err(|cause| ServeError::Listen { setting: "BIND", address: wanted, cause })?;
    let address = server.addrs().first().copied().unwrap_or(wanted);
    Ok((server.run(), address))
}
