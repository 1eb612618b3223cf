//! What a user may have meant by a name or a file that does not exist, or by a share above 1.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// `; did you mean "cnn_l"?` where one of `names` is near `name`, which is none of them; else nothing.
pub(crate) fn hint<S: AsRef<str>>(name: &str, names: &[S]) -> String {
    near(name, names).map_or_else(String::new, |near| format!("; did you mean {near:?}?"))
}

/// Below, a number above 1 is as likely a slip.
const LEAST_PERCENTAGE: f64 = 10.0;

/// `; did you mean 0.98?` for a number that is most likely a percentage; for one that may as well be a slip,
/// how a percentage is written.
pub(crate) fn share_hint(number: f64) -> String {
    match number {
        LEAST_PERCENTAGE..=100.0 => format!("; did you mean {}?", number / 100.0),
        number if number > 1.0 && number < LEAST_PERCENTAGE => "; 98 % is written 0.98".to_owned(),
        _ => String::new(),
    }
}

/// The one of `names` that is nearest to `name`, if at most a third of its letters have to change.
pub(crate) fn near<'a, S: AsRef<str>>(name: &str, names: &'a [S]) -> Option<&'a str> {
    let distance = |known: &str| {
        let folded = (name.to_lowercase(), known.to_lowercase());
        // Upper and lower case are nearly the same name.
        (strsim::osa_distance(&folded.0, &folded.1), strsim::osa_distance(name, known))
    };
    let nearest = names.iter().map(AsRef::as_ref).min_by_key(|known| distance(known))?;
    (distance(nearest).0 <= name.chars().count() / 3).then_some(nearest)
}

/// The end of a message, if another file may be meant.
pub(crate) fn of_file(meant: Option<PathBuf>) -> String {
    meant.map_or_else(String::new, |meant| format!("; did you mean {}?", meant.display()))
}

/// A file of the same kind with nearly the name of one that is not there, other than those that are `named`
/// already.
pub(crate) fn beside(path: &Path, named: &[&Path]) -> Option<PathBuf> {
    let folder = path.parent()?;
    let end = format!(".{}", path.extension()?.to_str()?);
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let names = std::fs::read_dir(here).ok()?.filter_map(|entry| Some(entry.ok()?.file_name()));
    let free = names.filter(|name| !named.contains(&folder.join(name).as_path()));
    // Names that share nothing but their end are not near.
    let stem = |name: OsString| name.to_str()?.strip_suffix(&end).map(str::to_owned);
    let mut stems: Vec<String> = free.filter_map(stem).collect();
    stems.sort();
    let near = near(path.file_stem()?.to_str()?, &stems)?;
    Some(folder.join(format!("{near}{end}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_a_percentage_is_taken_for_one() {
        assert_eq!(share_hint(98.5), "; did you mean 0.985?");
        assert_eq!(share_hint(1.5), "; 98 % is written 0.98");
        for other in [-0.5, 1.0, 985.0, f64::INFINITY, f64::NAN] {
            assert_eq!(share_hint(other), "");
        }
    }

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let names = ["resnet20", "resnet44", "vgg11"];
        assert_eq!(near("resnet2", &names), Some("resnet20"));
        assert_eq!(near("VGG11", &names), Some("vgg11"));
        assert_eq!(near("resnte44", &names), Some("resnet44"));
        assert_eq!(near("mobilenet", &names), None);
        assert_eq!(near("x", &names), None);
        assert_eq!(near::<&str>("x", &[]), None);
        assert_eq!(hint("vgg1", &names), "; did you mean \"vgg11\"?");
    }
}
