//! Names beside marks. Every name is there: next to its mark, or where there is room with a line to it,
//! or else as a number that a key explains. The page places its names by the same rule
//! (`page/template/labels.js`).

use super::geometry::{Area, Segment, apart, cross, near_line};
use super::scene::{Anchor, Place};
use crate::report::layout::{elided, width};

/// Columns of the longest name.
const LONGEST: usize = 30;

/// How far from a mark a name with a line stands at least, and from where its line starts.
const APART: f64 = 16.0;
const RIM: f64 = 7.0;

/// Costs of places: one next to its mark with nothing below costs at most `EASY`; rather than pay
/// `KEYED`, which a covered point or a line across another costs too, a name goes to the key. A name on
/// the frontier's line costs `STRUCK`.
const EASY: f64 = 2.0;
const STRUCK: f64 = 20.0;
const KEYED: f64 = 100.0;

/// How often all names are placed anew.
const ROUNDS: usize = 12;

/// A name, or its number, that has found its place.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub(super) at: Place,
    pub(super) anchor: Anchor,
    pub(super) text: String,
    /// The line from the mark, where the name is not next to it.
    pub(super) leader: Option<Segment>,
    area: Area,
    mark: usize,
    cost: f64,
}

/// What names must not leave or cover, and what they had better not.
pub(super) struct Surroundings {
    pub(super) frame: Area,
    /// Marks that no name covers.
    pub(super) points: Vec<Place>,
    /// Lines that can be seen through a name.
    pub(super) lines: Vec<Segment>,
    /// The frontier's line, which would strike a name through.
    pub(super) steps: Vec<Segment>,
}

/// Where all names stand.
pub(super) struct Labels {
    pub(super) labels: Vec<Label>,
    /// The names that found no room; the label of the first of them is `1`.
    pub(super) key: Vec<String>,
}

/// A place for each name. Names cover neither each other, nor a point, nor a line
/// to one, and stay within the frame; of such places each takes the best in turn. Whoever fared worst
/// comes first the next time, and the best of these rounds stands.
pub(super) fn placed(marks: &[(Place, String)], around: &Surroundings) -> Labels {
    let mut order: Vec<usize> = (0..marks.len()).collect();
    let mut kept: Option<(f64, Vec<Label>)> = None;
    for _ in 0..ROUNDS {
        let labels = in_turn(&order, marks, around);
        let cost_of = |mark: usize| {
            labels.iter().find(|label| label.mark == mark).map_or(KEYED, |label| label.cost)
        };
        let total: f64 = order.iter().map(|mark| cost_of(*mark)).sum();
        let worst =
            order.iter().copied().reduce(|a, b| if cost_of(b) > cost_of(a) { b } else { a });
        let worst = worst.filter(|worst| cost_of(*worst) > EASY);
        if kept.as_ref().is_none_or(|(least, _)| total < *least) {
            kept = Some((total, labels));
        }
        let Some(worst) = worst else { break };
        order.retain(|mark| *mark != worst);
        order.insert(0, worst);
    }
    let mut labels = kept.map_or(vec![], |(_, labels)| labels);
    let is_placed = |mark: &usize| labels.iter().any(|label| label.mark == *mark);
    let keyed: Vec<usize> = (0..marks.len()).filter(|mark| !is_placed(mark)).collect();
    for (index, &mark) in keyed.iter().enumerate() {
        let number = (index + 1).to_string();
        labels.extend(best(mark, &number, f64::INFINITY, marks, &labels, around));
    }
    Labels { labels, key: keyed.into_iter().map(|mark| marks[mark].1.clone()).collect() }
}

fn in_turn(order: &[usize], marks: &[(Place, String)], around: &Surroundings) -> Vec<Label> {
    let mut labels = vec![];
    for &mark in order {
        labels.extend(best(mark, &elided(&marks[mark].1, LONGEST), KEYED, marks, &labels, around));
    }
    labels
}

/// The best place for `text` at the mark, if one costs less than `most`.
fn best(
    index: usize,
    text: &str,
    most: f64,
    marks: &[(Place, String)],
    labels: &[Label],
    around: &Surroundings,
) -> Option<Label> {
    let mark = marks[index].0;
    let width = 7.2 * width(text) as f64 + 4.0;
    let others: Vec<Place> = marks.iter().map(|other| other.0).filter(|at| *at != mark).collect();
    let mut best: Option<Label> = None;
    for (least, at, anchor, far) in spots(mark, width, &around.frame) {
        // From here on all cost more.
        if least >= best.as_ref().map_or(most, |best| best.cost) {
            break;
        }
        let area = spanned(at, anchor, width);
        let end = area.nearest(mark);
        let share = RIM / apart(mark, end);
        let start = (mark.0 + share * (end.0 - mark.0), mark.1 + share * (end.1 - mark.1));
        let leader = far.then_some((start, end));
        let passes =
            |mark: &Place, reach: f64| leader.is_some_and(|line| near_line(*mark, line, reach));
        if !around.frame.contains(&area)
            || others.iter().any(|other| area.holds(*other, RIM))
            || labels.iter().any(|label| label.area.overlaps(&area))
        {
            continue;
        }
        let met = others.iter().filter(|other| passes(other, RIM + 1.0)).count()
            + labels.iter().filter(|label| label.is_struck(&area, leader)).count();
        let covered = around.points.iter().filter(|point| area.holds(**point, 4.0)).count();
        let struck = around.lines.iter().filter(|line| area.crosses(**line)).count();
        let passed = around.points.iter().filter(|point| passes(point, 5.0)).count();
        let on_steps = around.steps.iter().any(|step| area.crosses(*step));
        let on_steps = if on_steps { STRUCK } else { 0.0 };
        let cost = least
            + on_steps
            + KEYED * (met + covered) as f64
            + 0.6 * struck as f64
            + 3.0 * passed as f64;
        if cost < best.as_ref().map_or(most, |best| best.cost) {
            best =
                Some(Label { at, anchor, text: text.to_owned(), leader, area, mark: index, cost });
        }
    }
    best
}

impl Label {
    /// Whether a line to a name in `area`, or to this name, meets the other name or line.
    fn is_struck(&self, area: &Area, leader: Option<Segment>) -> bool {
        self.leader.is_some_and(|line| area.crosses(line))
            || leader.is_some_and(|line| {
                self.area.crosses(line) || self.leader.is_some_and(|own| cross(own, line))
            })
    }
}

/// Where a text may stand: its cost by distance, its place, and whether a line leads to it. The
/// cheapest first: those next to the mark, then those all over the frame.
fn spots((x, y): Place, width: f64, frame: &Area) -> Vec<(f64, Place, Anchor, bool)> {
    let near = [
        ((x + 11.0, y + 4.5), Anchor::Start),
        ((x + 7.0, y + 19.0), Anchor::Start),
        ((x, y + 22.0), Anchor::Middle),
        ((x - 11.0, y + 4.5), Anchor::End),
        ((x - 7.0, y + 19.0), Anchor::End),
        ((x, y - 12.0), Anchor::Middle),
        ((x + 8.0, y - 9.0), Anchor::Start),
        ((x - 8.0, y - 9.0), Anchor::End),
    ];
    let near = near.into_iter().enumerate();
    let near = near.map(|(order, (at, anchor))| (order as f64 / 10.0, at, anchor, false));
    let steps = |from: f64, to: f64, step: f64| {
        let count = ((to - from) / step).floor() as i32;
        (0..=count).map(move |index| from + step * f64::from(index))
    };
    let mut far: Vec<_> = steps(frame.top + 13.0, frame.bottom - 5.0, 8.0)
        .flat_map(|y| steps(frame.left + 1.0, frame.right - width - 1.0, 12.0).map(move |x| (x, y)))
        .filter_map(|at| {
            let away = apart((x, y), spanned(at, Anchor::Start, width).nearest((x, y)));
            let least = 6.0 + 0.15 * away + (away / 40.0).powi(2);
            (away >= APART).then_some((least, at, Anchor::Start, true))
        })
        .collect();
    far.sort_by(|a, b| a.0.total_cmp(&b.0));
    near.chain(far).collect()
}

/// What a text of one line covers.
fn spanned((x, base): Place, anchor: Anchor, width: f64) -> Area {
    let left = match anchor {
        Anchor::Start => x,
        Anchor::Middle => x - width / 2.0,
        Anchor::End => x - width,
    };
    Area { left, right: left + width, top: base - 12.0, bottom: base + 4.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FRAME: Area = Area { left: 58.0, right: 840.0, top: 54.0, bottom: 462.0 };

    fn surroundings(points: Vec<Place>) -> Surroundings {
        Surroundings { frame: FRAME, points, lines: vec![], steps: vec![] }
    }

    fn check(marks: &[(Place, String)], Labels { labels, key }: &Labels) {
        for (index, label) in labels.iter().enumerate() {
            assert!(FRAME.contains(&label.area), "{} leaves the frame", label.text);
            for (at, name) in marks {
                let own = elided(name, LONGEST) == label.text;
                let of_key =
                    label.text.parse::<usize>().is_ok_and(|n| key.get(n - 1) == Some(name));
                assert!(
                    own || of_key || !label.area.holds(*at, 0.0),
                    "{} covers {name}",
                    label.text
                );
            }
            for other in &labels[index + 1..] {
                assert!(!label.area.overlaps(&other.area), "{label:?} covers {other:?}");
                // A number in a crowd may have to strike a line.
                let names = [label, other].iter().all(|label| label.text.starts_with('m'));
                assert!(
                    !names || !label.is_struck(&other.area, other.leader),
                    "{label:?} meets {other:?}"
                );
            }
        }
        for (_, name) in marks {
            let named = labels.iter().any(|label| label.text == elided(name, LONGEST));
            let number = key.iter().position(|other| other == name).map(|at| (at + 1).to_string());
            let numbered = number.is_some_and(|n| labels.iter().any(|label| label.text == n));
            assert!(named || numbered, "{name} is nowhere");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// However close the marks, each is named, and no name covers another, a mark or the edge.
        #[test]
        fn all_are_named_and_none_is_covered(
            places in prop::collection::vec((70.0..822.0, 62.0..460.0), 1..40),
            crowd in 0.02..1.0f64,
            columns in 4usize..40,
        ) {
            let crowded = |(x, y): Place| (822.0 - crowd * (822.0 - x), 62.0 + crowd * (y - 62.0));
            let name = |index: usize| format!("m{index:0columns$}");
            let marks: Vec<(Place, String)> =
                places.into_iter().map(crowded).enumerate().map(|(i, at)| (at, name(i))).collect();
            check(&marks, &placed(&marks, &surroundings(vec![])));
        }
    }

    /// Where there is room, no name covers a point, though there is none next to the mark.
    #[test]
    fn names_go_where_no_points_are() {
        let points: Vec<Place> =
            (0..120).map(|i| (60.0 + 6.3 * f64::from(i), 440.0 - 3.0 * f64::from(i))).collect();
        let marks: Vec<(Place, String)> = (0..5)
            .map(|i| {
                ((790.0 + f64::from(i % 2), 105.0 + 8.0 * f64::from(i)), format!("m{i}").repeat(14))
            })
            .collect();
        let found = placed(&marks, &surroundings(points.clone()));
        check(&marks, &found);
        assert!(found.key.is_empty());
        for label in &found.labels {
            assert!(!points.iter().any(|point| label.area.holds(*point, 0.0)), "{label:?}");
        }
    }

    /// The line of a frontier of few points leaves from each mark to the right.
    #[test]
    fn names_keep_clear_of_the_step_line() {
        let corners: Vec<Place> = vec![
            (80.0, 400.0),
            (300.0, 400.0),
            (300.0, 250.0),
            (600.0, 250.0),
            (600.0, 100.0),
            (840.0, 100.0),
        ];
        let steps: Vec<Segment> = corners.windows(2).map(|step| (step[0], step[1])).collect();
        let marks: Vec<(Place, String)> =
            [0, 2, 4].map(|at| (corners[at], format!("model_{at}"))).to_vec();
        let found = placed(&marks, &Surroundings { steps: steps.clone(), ..surroundings(vec![]) });
        check(&marks, &found);
        for label in &found.labels {
            assert!(label.leader.is_none(), "{label:?} stands apart");
            assert!(!steps.iter().any(|step| label.area.crosses(*step)), "{label:?}");
        }
    }

    /// Where there is none, a number stands for the name.
    #[test]
    fn names_without_room_go_to_the_key() {
        let marks: Vec<(Place, String)> = (0..150)
            .map(|i| {
                let at = (70.0 + 50.0 * f64::from(i % 15), 70.0 + 40.0 * f64::from(i / 15));
                (at, format!("model_of_a_long_name_{i:04}"))
            })
            .collect();
        let found = placed(&marks, &surroundings(vec![]));
        assert!(!found.key.is_empty());
        check(&marks, &found);
    }
}
