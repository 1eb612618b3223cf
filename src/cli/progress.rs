//! The terminal as an observer, and Ctrl-C.

use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use committee::search::{Observer, Progress};

use super::exit::ENDED_BY_SIGNAL;

/// Whether Ctrl-C was pressed.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Whether the search has begun: before it there is nothing to stop with.
static SEARCHING: AtomicBool = AtomicBool::new(false);

/// A bar on stderr, if that is a terminal.
pub struct Terminal {
    bar: ProgressBar,
}

impl Terminal {
    pub fn new(quiet: bool) -> Self {
        let target =
            if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        if let Ok(style) =
            ProgressStyle::with_template("{msg:32} [{bar:30}] {percent:>3} % {elapsed}")
        {
            bar.set_style(style.progress_chars("=> "));
        }
        Self { bar }
    }

    /// From now on the first Ctrl-C asks a search to stop with what it has, and the second ends the
    /// program. While the pool is still being read the first one does.
    pub fn catch_interrupts() -> anyhow::Result<()> {
        ctrlc::set_handler(|| {
            let stop_at_once = !SEARCHING.load(Ordering::Relaxed);
            if INTERRUPTED.swap(true, Ordering::Relaxed) || stop_at_once {
                std::process::exit(ENDED_BY_SIGNAL.into());
            }
        })?;
        Ok(())
    }

    /// Takes the bar off the screen.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }

    fn show(&self, done: usize, total: usize, message: String) {
        self.bar.set_length(total as u64);
        self.bar.set_position(done as u64);
        self.bar.set_message(message);
    }
}

impl Observer for Terminal {
    fn progress(&self, progress: Progress) {
        if !matches!(progress, Progress::Reading { .. }) {
            SEARCHING.store(true, Ordering::Relaxed);
        }
        match progress {
            Progress::Reading { done, total } => {
                self.show(done, total, "reading predictions".to_owned());
            }
            Progress::Scoring { done, total } => {
                self.show(done, total, "scoring cascades".to_owned());
            }
            Progress::Proving { done, total, gap } => {
                self.show(done, total, format!("proving: gap {:.3} points", 100.0 * gap));
            }
            _ => {}
        }
    }

    fn interrupted(&self) -> bool {
        INTERRUPTED.load(Ordering::Relaxed)
    }
}
