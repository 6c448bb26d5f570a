//! Room for bodies that are on their way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes of unfinished bodies that are held at once, of people who need not sign in.
const HELD_FOR_ANYONE: usize = 16 * 1024 * 1024;
/// The same of staff who have signed in.
const HELD_FOR_STAFF: usize = 64 * 1024 * 1024;

/// Room for bodies that are on their way, so that nobody fills the memory by sending slowly.
#[derive(Debug, Default)]
pub struct Bodies {
    anyone: Arc<AtomicUsize>,
    staff: Arc<AtomicUsize>,
}

/// Room that one body holds until its request has ended.
#[derive(Debug)]
pub struct Held {
    count: Arc<AtomicUsize>,
    bytes: usize,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.count.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl Bodies {
    /// Takes room for `bytes`, or none when too many wait.
    pub fn hold(&self, staff: bool, bytes: usize) -> Option<Held> {
        let (count, most) = if staff { (&self.staff, HELD_FOR_STAFF) } else { (&self.anyone, HELD_FOR_ANYONE) };
        let before = count.fetch_add(bytes, Ordering::Relaxed);
        // Made before it is looked at, so that what was added is taken away again.
        let held = Held { count: Arc::clone(count), bytes };
        (before + bytes <= most).then_some(held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_wait_within_bounds_and_staff_do_not_take_the_room_of_citizens() {
        let bodies = Bodies::default();
        let first = bodies.hold(false, HELD_FOR_ANYONE).expect("room");
        assert!(bodies.hold(false, 1).is_none());
        assert!(bodies.hold(true, HELD_FOR_STAFF).is_some());
        drop(first);
        assert!(bodies.hold(false, HELD_FOR_ANYONE).is_some());
    }
}
