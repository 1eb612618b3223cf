//! The terminal as an observer, and Ctrl-C.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use committee::report::counted;
use committee::search::{Observer, Progress};

use super::exit::ENDED_BY_SIGNAL;

/// Whether Ctrl-C was pressed.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Whether the search has begun: before it there is nothing to stop with.
static SEARCHING: AtomicBool = AtomicBool::new(false);

/// Held while files take their places, and by whoever ends the program: the files of a run are
/// replaced together.
static WRITING: Mutex<()> = Mutex::new(());

/// Writes files without being ended by Ctrl-C on the way.
pub fn uninterrupted<T>(write: impl FnOnce() -> T) -> T {
    let _held = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    write()
}

/// A bar on stderr, if that is a terminal.
pub struct Terminal {
    bar: ProgressBar,
    /// Of what a share is shown; many threads show something.
    shown: Mutex<Option<&'static str>>,
    shares: ProgressStyle,
    counts: ProgressStyle,
}

/// What comes first.
const READING: &str = "reading predictions";

/// For work whose end is known.
const SHARES: &str = "{msg:19} [{bar:30}] {percent:>3} % {elapsed}";

/// For work of which each pass leaves less to do: a share would seem to go backwards.
const COUNTS: &str = "{msg} {elapsed}";

/// How often the clock moves where nothing else does.
const TICK: Duration = Duration::from_secs(1);

impl Terminal {
    pub fn new(quiet: bool) -> Self {
        let target =
            if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let style = |template| {
            let style = ProgressStyle::with_template(template);
            style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> ")
        };
        Self {
            bar: ProgressBar::with_draw_target(Some(0), target).with_message(READING),
            shown: Mutex::default(),
            shares: style(SHARES),
            counts: style(COUNTS),
        }
    }

    /// From now on the first Ctrl-C asks a search to stop with what it has, and the second ends the
    /// program. While the pool is still being read the first one does. What comes of it is said on a
    /// terminal, unless `quiet`.
    pub fn catch_interrupts(quiet: bool) -> anyhow::Result<()> {
        let say = move |what: &str| {
            if !quiet && std::io::stderr().is_terminal() {
                eprintln!("\n{what}");
            }
        };
        ctrlc::set_handler(move || {
            let reading = !SEARCHING.load(Ordering::Relaxed);
            let again = INTERRUPTED.swap(true, Ordering::Relaxed);
            if !(again || reading) {
                say("stopping with what is found so far; Ctrl-C once more ends at once");
                return;
            }
            let _held = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
            if !again {
                say("ended before the search began: nothing is written");
            }
            std::process::exit(ENDED_BY_SIGNAL.into());
        })?;
        Ok(())
    }

    /// Takes the bar off the screen.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }

    fn show_share(&self, done: usize, total: usize, message: &'static str) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if *shown != Some(message) {
            // A message draws the bar, and that would show a share of another whole.
            self.bar.set_style(self.counts.clone());
            self.bar.set_message(message);
            self.bar.set_style(self.shares.clone());
            *shown = Some(message);
        }
        self.bar.update(|state| {
            state.set_len(total as u64);
            state.set_pos(done as u64);
        });
    }

    fn show_counts(&self, message: String) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        self.bar.set_style(self.counts.clone());
        self.bar.set_message(message);
        *shown = None;
    }
}

impl Observer for Terminal {
    fn progress(&self, progress: Progress) {
        if !matches!(progress, Progress::Reading { .. }) {
            SEARCHING.store(true, Ordering::Relaxed);
        }
        match progress {
            Progress::Reading { done, total } => {
                self.show_share(done, total, READING);
            }
            Progress::Scoring { done, total } => {
                self.show_share(done, total, "scoring cascades");
            }
            Progress::Proving { done, total, gap } => {
                let gap = 100.0 * gap;
                self.show_counts(format!(
                    "proving: {done} of {} in this pass, gap {gap:.3} points",
                    counted(total, "chain")
                ));
            }
            Progress::Shortlisting => {
                self.show_counts("making a shortlist".to_owned());
                // Nothing is counted here: the clock alone shows that there is something going on.
                self.bar.enable_steady_tick(TICK);
            }
            Progress::Searching { done, total } => {
                self.show_counts(format!(
                    "searching: {done} of {} in this pass",
                    counted(total, "chain")
                ));
            }
            _ => {}
        }
    }

    fn interrupted(&self) -> bool {
        INTERRUPTED.load(Ordering::Relaxed)
    }
}
