//! The only place that names actix: pages for citizens and staff, the API, pictures of codes.

pub mod api;
pub mod citizen;
pub mod error;
pub mod flagging;
pub mod http;
pub mod public;
mod routes;
pub mod staff;
pub mod submit;

use std::sync::mpsc;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::Data;
use actix_web::{App as Service, HttpServer};

use crate::app::{App, StartError};

/// Serves `app` on its address until a signal asks to stop.
pub fn run(app: App, listening: impl FnOnce(&App)) -> Result<(), StartError> {
    let app = Data::new(app);
    actix_web::rt::System::new().block_on(async {
        let (server, address) = bind(&app)?;
        if let Some(address) = app.config.metrics_bind {
            actix_web::rt::spawn(bind_metrics(&app, address)?);
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
    pub fn start(app: App) -> Result<Self, StartError> {
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
            told.recv().map_err(|_| StartError::Server(std::io::Error::other("the server's thread ended")))??;
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
fn bind_metrics(app: &Data<App>, address: std::net::SocketAddr) -> Result<actix_web::dev::Server, StartError> {
    let data = app.clone();
    let service =
        move || Service::new().app_data(data.clone()).route("/metrics", actix_web::web::get().to(http::metrics::show));
    let server = HttpServer::new(service).workers(1).disable_signals().bind(address);
    Ok(server.map_err(|cause| StartError::Listen { address, cause })?.run())
}

fn bind(app: &Data<App>) -> Result<(actix_web::dev::Server, std::net::SocketAddr), StartError> {
    let wanted = app.config.bind;
    let data = app.clone();
    let server = HttpServer::new(move || {
        Service::new()
            .app_data(data.clone())
            .wrap(from_fn(http::guard::headers))
            .wrap(from_fn(http::guard::in_time))
            .wrap(from_fn(http::guard::same_origin))
            .wrap(Compress::default())
            .wrap(from_fn(http::request_log::keep))
            .configure(routes::all)
    })
    .workers(std::thread::available_parallelism().map_or(2, usize::from).min(8))
    .shutdown_timeout(10)
    .bind(wanted)
    .map_err(|cause| StartError::Listen { address: wanted, cause })?;
    let address = server.addrs().first().copied().unwrap_or(wanted);
    Ok((server.run(), address))
}
