//! Numbers of things in words.

use std::fmt::Display;

/// A number of things: `1 sample`, `2 samples`, `0 classes`, `3 rows of scores`.
pub fn counted<N: Display + PartialEq + From<u8>>(number: N, thing: &str) -> String {
    if number == N::from(1) {
        return format!("{number} {thing}");
    }
    let (head, rest) = thing.split_at(thing.find(" of ").unwrap_or(thing.len()));
    let ending = if head.ends_with("s") || head.ends_with("ch") { "es" } else { "s" };
    format!("{number} {head}{ending}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_thing_is_singular() {
        assert_eq!(counted(1, "held-out sample"), "1 held-out sample");
        assert_eq!(counted(0usize, "sample"), "0 samples");
        assert_eq!(counted(1u64, "class"), "1 class");
        assert_eq!(counted(2, "row of scores"), "2 rows of scores");
        assert_eq!(
            (counted(2, "class"), counted(3u32, "search")),
            ("2 classes".into(), "3 searches".into())
        );
    }
}
