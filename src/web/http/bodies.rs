//! Room for bodies that are on their way. A body holds what has come of it, not what its head announces, and one network holds
//! a share at most: so neither heads without bodies nor slow bodies of one place keep everybody else out.

use std::collections::HashMap;
use std::future::poll_fn;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::body::{BodyStream, MessageBody};
use actix_web::dev::Payload;
use actix_web::web::Bytes;

use super::limits::network;
use crate::error::Reason;

/// Bytes of unfinished bodies that are held at once, of people who need not sign in.
const HELD_FOR_ANYONE: usize = 16 * 1024 * 1024;
/// The same of staff who have signed in.
const HELD_FOR_STAFF: usize = 64 * 1024 * 1024;
/// What one network may hold of the room for anyone.
const SHARE_OF_ANYONE: usize = HELD_FOR_ANYONE / 4;
/// What one network may hold of the room for staff: a whole ward sits behind one address, and a file has up to 8 MiB.
const SHARE_OF_STAFF: usize = HELD_FOR_STAFF / 2;
/// What a body holds before any of it has come: a head that waits costs something, and cannot be free.
const FIRST: usize = 1024;

/// Room for bodies that are on their way, so that nobody fills the memory by sending slowly.
#[derive(Debug)]
pub struct Bodies {
    anyone: Arc<Pool>,
    staff: Arc<Pool>,
}

impl Default for Bodies {
    fn default() -> Self {
        let pool = |most, share| Arc::new(Pool { most, share, waiting: Mutex::default() });
        Self { anyone: pool(HELD_FOR_ANYONE, SHARE_OF_ANYONE), staff: pool(HELD_FOR_STAFF, SHARE_OF_STAFF) }
    }
}

impl Bodies {
    /// Takes the first room for a body that comes from `from`; none where too many wait, there or in all.
    pub fn hold(&self, staff: bool, from: IpAddr) -> Option<Held> {
        let pool = if staff { &self.staff } else { &self.anyone };
        let network = network(from);
        pool.take(network, FIRST).then(|| Held { pool: Arc::clone(pool), network, bytes: FIRST })
    }
}

/// Room that one body holds until its request has ended.
#[derive(Debug)]
pub struct Held {
    pool: Arc<Pool>,
    network: [u8; 6],
    bytes: usize,
}

impl Held {
    /// Grows to `bytes`, which is what has come of the body; whether there was room.
    fn grow_to(&mut self, bytes: usize) -> bool {
        let more = bytes.saturating_sub(self.bytes);
        let taken = self.pool.take(self.network, more);
        if taken {
            self.bytes += more;
        }
        taken
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.pool.give_back(self.network, self.bytes);
    }
}

/// Reads a body of `most` bytes at most into the room that it holds, which grows with what comes.
pub async fn read(payload: Payload, most: usize, held: &mut Held) -> Result<Bytes, Reason> {
    let mut payload = pin!(BodyStream::new(payload));
    let mut body = Vec::new();
    while let Some(part) = poll_fn(|context| payload.as_mut().poll_next(context)).await {
        let part = part.map_err(|_| Reason::BodyBroken)?;
        let length = body.len() + part.len();
        if length > most {
            return Err(Reason::BodyTooLong { max: most });
        }
        if !held.grow_to(length) {
            return Err(Reason::TooManyBodies);
        }
        body.extend_from_slice(&part);
    }
    Ok(Bytes::from(body))
}

#[derive(Debug)]
struct Pool {
    most: usize,
    share: usize,
    waiting: Mutex<Waiting>,
}

/// Bytes that are held, in all and by network. A network is known no longer than its connections are open.
#[derive(Debug, Default)]
struct Waiting {
    all: usize,
    networks: HashMap<[u8; 6], usize>,
}

impl Pool {
    fn take(&self, network: [u8; 6], bytes: usize) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let of_network = waiting.networks.get(&network).copied().unwrap_or_default() + bytes;
        if waiting.all + bytes > self.most || of_network > self.share {
            return false;
        }
        waiting.all += bytes;
        waiting.networks.insert(network, of_network);
        true
    }

    fn give_back(&self, network: [u8; 6], bytes: usize) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.all = waiting.all.saturating_sub(bytes);
        let left = waiting.networks.get(&network).copied().unwrap_or_default().saturating_sub(bytes);
        if left == 0 {
            waiting.networks.remove(&network);
        } else {
            waiting.networks.insert(network, left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An address of the network of this number.
    fn at(network: u8) -> IpAddr {
        [203, 0, network, 7].into()
    }

    /// A body of `bytes` that has come whole.
    fn whole(bodies: &Bodies, staff: bool, network: u8, bytes: usize) -> Option<Held> {
        let mut held = bodies.hold(staff, at(network))?;
        held.grow_to(bytes).then_some(held)
    }

    #[test]
    fn bodies_wait_within_bounds_and_staff_do_not_take_the_room_of_citizens() {
        let bodies = Bodies::default();
        let mut held: Vec<Held> =
            (0..4).map(|network| whole(&bodies, false, network, SHARE_OF_ANYONE).expect("room")).collect();
        assert!(bodies.hold(false, at(4)).is_none(), "four quarters are all there is");
        assert!(whole(&bodies, true, 4, SHARE_OF_STAFF).is_some());
        held.pop();
        assert!(whole(&bodies, false, 4, SHARE_OF_ANYONE).is_some());
        drop(held);
        assert_eq!(bodies.anyone.waiting.lock().expect("no panic").all, 0);
        assert!(bodies.anyone.waiting.lock().expect("no panic").networks.is_empty(), "no network is remembered");
    }

    #[test]
    fn one_network_fills_its_share_and_leaves_the_rest() {
        let bodies = Bodies::default();
        let heads: Vec<Held> = std::iter::from_fn(|| bodies.hold(false, at(1))).take(HELD_FOR_ANYONE).collect();
        assert_eq!(heads.len(), SHARE_OF_ANYONE / FIRST);
        assert!(bodies.hold(false, [203, 0, 1, 99].into()).is_none(), "the same /24");
        assert!(whole(&bodies, false, 2, SHARE_OF_ANYONE).is_some());
    }

    #[test]
    fn a_body_that_finds_no_room_holds_what_it_held() {
        let bodies = Bodies::default();
        let mut held = bodies.hold(false, at(1)).expect("room");
        assert!(held.grow_to(10) && held.bytes == FIRST);
        assert!(!held.grow_to(SHARE_OF_ANYONE + 1));
        assert_eq!(held.bytes, FIRST);
        drop(held);
        assert_eq!(bodies.anyone.waiting.lock().expect("no panic").all, 0);
    }

    #[actix_web::test]
    async fn a_body_is_read_to_its_bound() {
        let bodies = Bodies::default();
        let mut held = bodies.hold(false, at(1)).expect("room");
        let body = || Payload::from(Bytes::from(vec![b'x'; 2000]));
        assert_eq!(read(body(), 2000, &mut held).await.map(|read| read.len()), Ok(2000));
        assert_eq!(held.bytes, 2000);
        assert_eq!(read(body(), 1999, &mut held).await, Err(Reason::BodyTooLong { max: 1999 }));
    }
}
