//! `report.html`: a run as one page that needs nothing else, not even a network.
//!
//! The tables are written here; the page's own script draws the charts from the data that the page
//! carries. Template, styles and script are the files in `template/`.

mod data;
mod tables;
mod unchosen;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, context};

use self::tables::Table;
use super::run::Run;
use super::summary::headline;
use super::{Export, calibration, guarantees, held, judgement};
use crate::error::{Error, Result};
use crate::spec::Diagnostics;
use crate::spec::wire::{Frontier, Point};
use crate::trust::{Call, Method};
use crate::warning::losers;

/// A page is smaller than a megabyte, unless what it must show is not: then it shows as few points as it
/// can.
const MOST_BYTES: usize = 999_000;

const PAGE: &str = include_str!("template/report.html");

const TABLE: &str = include_str!("template/table.html");

const STYLES: [&str; 4] = [
    include_str!("template/base.css"),
    include_str!("template/charts.css"),
    include_str!("template/cascade.css"),
    include_str!("template/tables.css"),
];

/// In the order in which they stand in the page; all share one scope.
const SCRIPTS: [&str; 12] = [
    include_str!("template/format.js"),
    include_str!("template/scale.js"),
    include_str!("template/svg.js"),
    include_str!("template/data.js"),
    include_str!("template/labels.js"),
    include_str!("template/frontier.js"),
    include_str!("template/budget.js"),
    include_str!("template/cascade.js"),
    include_str!("template/gates.js"),
    include_str!("template/histogram.js"),
    include_str!("template/tables.js"),
    include_str!("template/main.js"),
];

/// `report.html`.
pub struct ReportHtml<'a>(pub &'a Run);

impl Export for ReportHtml<'_> {
    fn file_name(&self) -> &'static str {
        "report.html"
    }

    fn bytes(&self) -> Result<Vec<u8>> {
        let encode = |error: minijinja::Error| Error::Encode { message: format!("{error:#}") };
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        let table = |table: Table| environment.template_from_str(TABLE)?.render(Serde(table));
        let run = self.0;
        let frontier = &run.frontier;
        let chosen = run.spec.as_ref().map(|spec| &spec.point);
        let reference = run.reference();
        let words = chosen.zip(reference).map(|(point, model)| headline(point, model));
        let judged = judgement::sentences(frontier, chosen);
        let judged_chosen = judged.is_some() && chosen.is_some();
        let held = held::sentences(frontier, chosen).into_iter().flatten();
        let is_judged = judged.is_some();
        // The page breaks lines itself, but for a percent sign or a p and its number.
        let flat = |text: String| {
            text.replace('\n', " ").replace(" %", "\u{a0}%").replace("p = ", "p\u{a0}=\u{a0}")
        };
        let guarantee = guarantees::guarantee_of(frontier, run.spec.as_ref());
        let guarantee = guarantee.map(|text| ("guarantee", text));
        let said = judged.into_iter().flatten().chain(guarantee).chain(held);
        let said: Vec<_> = said.map(|(name, text)| (name, flat(text))).collect();
        // What the sentence is about stands in the title, the figures below it.
        let noun = chosen.map_or("cascade", Point::noun);
        let (title, lead) = match words.as_deref().and_then(|words| words.split_once(": ")) {
            Some((claim, figures)) => {
                let call = frontier.judgement.as_ref().map(|judgement| judgement.verdict.call);
                let against = is_judged && call == Some(Call::DoNotCascade);
                let call = if against { "Do not cascade: the" } else { "The" };
                (format!("{call} chosen {noun} {claim}"), figures.to_owned())
            }
            None => unchosen::title_and_lead(frontier),
        };
        let page = context! {
            title => title.replace("x its cost", "\u{d7} its cost"),
            lead => flat(lead),
            version => frontier.provenance.version.as_str(),
            tool => frontier.provenance.tool.as_str(),
            tiles => Serde(tables::tiles(frontier, chosen, reference)),
            judged => Serde(said),
            similar_cost => table(tables::similar_cost(frontier)).map_err(encode)?,
            similar_accuracy => table(tables::similar_accuracy(frontier)).map_err(encode)?,
            warnings => Serde(warnings(frontier, judged_chosen)),
            calibration => tables::calibration(frontier).map(table).transpose().map_err(encode)?,
            fitted => calibration::used(frontier),
            fitted_stages =>
                tables::calibrated_stages(frontier).map(table).transpose().map_err(encode)?,
            models => table(tables::models(frontier, chosen)).map_err(encode)?,
            facts => Serde(tables::facts(frontier)),
            options => Serde(tables::options(run)),
            inputs => Serde(&frontier.provenance.inputs),
            unit => frontier.pool.cost_unit.as_str(),
            held_out => frontier.pool.holdout_samples,
            tuning => frontier.pool.tuning_samples,
            points => frontier.points.len(),
            has_gates => run.diagnostics.is_some(),
            has_held_gates => run.diagnostics.as_ref().is_some_and(Diagnostics::has_holdout),
            cross_fitted => frontier.holdout.as_ref().is_some_and(|it| it.method == Method::CrossFitted),
            noun,
            has_thresholds => chosen.is_none_or(|point| point.stages.len() > 1),
            chosen => chosen.is_some(),
            styles => STYLES.concat(),
            scripts => SCRIPTS.concat(),
        };
        let template = environment.template_from_str(PAGE).map_err(encode)?;
        let page_of = |shown: &[usize]| {
            let data = data::json(run, shown)?;
            template.render(context! { data, shown => shown.len(), ..page.clone() }).map_err(encode)
        };
        // What the page holds besides points is known once it is written without any.
        let room = MOST_BYTES.saturating_sub(page_of(&[])?.len());
        Ok(page_of(&data::shown(run, room)?)?.into_bytes())
    }
}

/// What the run warned of; of the choice only where the judgement is about it.
fn warnings(frontier: &Frontier, judged_chosen: bool) -> Vec<String> {
    let of_choice = frontier.judgement.iter().filter(|_| judged_chosen).flat_map(losers);
    let of_choice = of_choice.map(|warning| warning.to_string());
    frontier.warnings.iter().cloned().chain(of_choice).collect()
}
