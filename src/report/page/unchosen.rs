//! Why a page has no chosen cascade.

use crate::frontier::{Goal, choose};
use crate::report::unmet::unmet_message;
use crate::spec::wire::Frontier;

/// Title and lead of a page without a chosen cascade: what was asked for and what comes nearest, or
/// that the choice is not in the folder.
pub(super) fn title_and_lead(frontier: &Frontier) -> (String, String) {
    let goal = Goal::from_json(&frontier.provenance.options);
    let (limits, _) = goal.limits(&frontier.singles());
    let is_uncertified = frontier.guarantee.as_ref().is_some_and(|it| it.certified.is_none());
    let (title, lead) = match choose(&frontier.merits(), &limits) {
        Err(unmet) => ("No cascade was chosen", unmet_message(None, frontier, &unmet, &goal)),
        Ok(_) if is_uncertified => {
            let lead = "none is certified for the guarantee that was asked for";
            ("No cascade was chosen", lead.to_owned())
        }
        Ok(_) => {
            let lead = "there is no cascade.json in this folder: committee select writes one";
            ("No cascade is chosen here", lead.to_owned())
        }
    };
    (title.to_owned(), lead)
}
