//! What goes wrong in the world, done to the real program: killed, its disk filled, its database stopped, its clock set,
//! its network slow. Nothing acknowledged is lost, nothing is stored twice, nobody is thanked wrongly, nothing panics, and
//! the log says what happened.
//!
//! `SIPAS_TEST_KILL_ROUNDS` and `SIPAS_TEST_FAILOVER_ROUNDS` make these rounds longer; `./dev soak faults` and `./dev soak failover` set them;
//! `./dev soak auto-failover` has `pg_auto_failover` make the replica the primary.

#[macro_use]
#[path = "support/mod.rs"]
mod support;

#[path = "faults/clock.rs"]
mod clock;
#[path = "faults/cluster.rs"]
mod cluster;
#[path = "faults/database.rs"]
mod database;
#[path = "faults/disk.rs"]
mod disk;
#[path = "faults/failover.rs"]
mod failover;
#[path = "faults/kill.rs"]
mod kill;
#[path = "support/load.rs"]
mod load;
#[path = "faults/log_stream.rs"]
mod log_stream;
#[path = "faults/memory.rs"]
mod memory;
#[path = "faults/pairs.rs"]
mod pairs;
#[path = "faults/replica.rs"]
mod replica;
#[path = "support/server.rs"]
mod server;
#[path = "support/stored.rs"]
mod stored;
#[path = "faults/two.rs"]
mod two;
#[path = "faults/wire.rs"]
mod wire;
