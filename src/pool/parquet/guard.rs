//! The Parquet library may panic on damaged files instead of failing.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::FileProblem;

thread_local! {
    static DECODING: Cell<bool> = const { Cell::new(false) };
}

/// Runs a part of the Parquet library; a panic in it is an error.
pub(super) fn guarded<T, E>(read: impl FnOnce() -> Result<T, E>) -> Result<T, FileProblem>
where
    FileProblem: From<E>,
{
    let outer = DECODING.replace(true);
    let result = catch_unwind(AssertUnwindSafe(read));
    DECODING.set(outer);
    match result {
        Ok(result) => result.map_err(FileProblem::from),
        Err(_) => Err(FileProblem::Parquet("it is damaged: its decoder panicked".to_owned())),
    }
}

/// Whether this thread is decoding a file, where a panic becomes an [`Error`](crate::Error). A panic
/// hook need not report it.
pub fn is_decoding() -> bool {
    DECODING.get()
}
