//! `sipas serve`: migrate, then serve until told to stop.

use std::io::Write;

use super::Outcome;
use crate::app;
use crate::config::Config;
use crate::vitals::log_stream::LogStream;

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print the addresses to open, a QR code and the demonstration sign-in.
    #[arg(long)]
    show_start: bool,
}

/// Runs the command.
pub fn run(config: Config, arguments: &Arguments) -> Outcome {
    app::log_to_stderr(&config);
    let show_start = arguments.show_start;
    app::serve(config, move |app| {
        if let Some(address) = app.take_first_start() {
            // With a closed standard error there is nobody to read it, which is no reason to stop.
            let _ = writeln!(
                LogStream,
                "\n  Chưa có người dùng nào. Mở địa chỉ này trong 24 giờ để thiết lập (dùng một lần):\n  {address}\n"
            );
        }
        if show_start {
            let _ = writeln!(LogStream, "{}", app::start_page(app));
        }
    })?;
    Ok(())
}
