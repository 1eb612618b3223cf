//! The third step of a run: which cascade of the frontier is chosen.

use super::find::Findings;
use super::{NoChoice, Settings, certify};
use crate::frontier::{Goal, choose};
use crate::spec::wire::Certification;

/// What was chosen, by its place on the whole frontier.
pub(super) struct Choice {
    pub(super) chosen: Result<usize, NoChoice>,
    /// The cascade to pass judgement on.
    pub(super) judged: Option<usize>,
    /// The model that the choice is measured against.
    pub(super) reference: Option<usize>,
    /// How certifying went, if it came to a test.
    pub(super) certification: Option<Certification>,
}

/// Chooses what `settings` ask for.
pub(super) fn choice(settings: &Settings, findings: &Findings<'_>) -> Choice {
    let Findings { outcome, scorer, merits, .. } = findings;
    let singles = findings.singles();
    let (mut limits, reference) = settings.goal.limits(&singles);
    let (chosen, certification) = match (&settings.guarantee, scorer.reported.side()) {
        (Some(claim), Some(held)) => {
            let baseline = certify::baseline(&claim.statement, &singles);
            if settings.goal.match_model.is_none() {
                // No model is to be matched unless the user says so.
                limits.min_accuracy = settings.goal.min_accuracy;
            }
            let baseline = baseline.map(|model| (singles[model].name, model));
            let found = &outcome.frontier;
            certify::choose(&scorer.tuning, held, (found, merits), &limits, claim, baseline)
        }
        _ => (choose(merits, &limits).map_err(NoChoice::Unmet), None),
    };
    // Where nothing was chosen, what would be if nothing had been asked for.
    let max_worst_case_cost = settings.goal.max_worst_case_cost;
    let (unasked, _) = Goal { max_worst_case_cost, ..Goal::default() }.limits(&singles);
    let judged = chosen.as_ref().ok().copied().or_else(|| choose(merits, &unasked).ok());
    Choice { chosen, judged, reference, certification }
}
