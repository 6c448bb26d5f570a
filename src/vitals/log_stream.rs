//! Standard error as the log's way out. A line that cannot be written, because the reader is gone, does not read or has no
//! disk left, is counted and lost; it never costs a request, nor a thread that stores answers.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// A pipe that says it has room takes so many bytes without making the writer wait (Linux: one page).
const PIECE: usize = 4_096;
/// How long a line waits for a reader who has just fallen behind.
const PATIENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
const NO_PATIENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

static LINES_LOST: AtomicU64 = AtomicU64::new(0);
/// Whether the reader let the last line wait in vain: the next ones do not wait again.
static STALLED: AtomicBool = AtomicBool::new(false);

/// A writer of log lines that never fails and never waits for long.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogStream;

/// Lines that could not be written since the start.
pub fn lines_lost() -> u64 {
    LINES_LOST.load(Ordering::Relaxed)
}

impl Write for LogStream {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if put(&mut io::stderr().lock(), line).is_err() {
            LINES_LOST.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn put(stream: &mut io::StderrLock<'_>, line: &[u8]) -> io::Result<()> {
    for piece in line.chunks(PIECE) {
        let patience = if STALLED.load(Ordering::Relaxed) { NO_PATIENCE } else { PATIENCE };
        let ready = poll(&mut [PollFd::new(&*stream, PollFlags::OUT)], Some(&patience))?;
        STALLED.store(ready == 0, Ordering::Relaxed);
        if ready == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        stream.write_all(piece)?;
    }
    Ok(())
}
