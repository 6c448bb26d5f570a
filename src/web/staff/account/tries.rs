//! A try at a secret of staff, counted by name and network and by network alone. It counts from its beginning, so that many sent at
//! once are no more than one after another; one that was right counts no more. So only failures add up, and whoever guesses gains
//! nothing by right sign-ins of their own in between: each gives back itself.

use std::net::IpAddr;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use crate::web::http::client::client_address;
use crate::web::state::App;

/// The window in which failed tries count, as `App::open` sets it.
const WINDOW_SECONDS: u32 = 15 * 60;

/// The answer to whoever has failed too often, with when it is worth coming again.
pub fn told_to_wait(mut answer: HttpResponse) -> HttpResponse {
    answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(WINDOW_SECONDS));
    answer
}

/// One try.
pub struct Try<'a> {
    app: &'a App,
    name: Option<String>,
    from: IpAddr,
}

impl<'a> Try<'a> {
    /// Begins a try at a secret of `name`, or at one of nobody in particular; none where too many have failed. By name and network
    /// together, so that nobody can lock a colleague out from elsewhere.
    pub fn begin(app: &'a App, request: &HttpRequest, name: Option<&str>) -> Option<Self> {
        let from = client_address(&app.config, request);
        if name.is_some_and(|name| !app.sign_ins.allows(name, from)) {
            return None;
        }
        let begun = Self { app, name: name.map(str::to_owned), from };
        if !app.sign_ins_of_network.allows("", from) {
            begun.give_back_of_name();
            return None;
        }
        Some(begun)
    }

    /// The secret was right.
    pub fn was_right(self) {
        self.give_back_of_name();
        self.app.sign_ins_of_network.take_back("", self.from);
    }

    fn give_back_of_name(&self) {
        if let Some(name) = &self.name {
            self.app.sign_ins.take_back(name, self.from);
        }
    }
}
