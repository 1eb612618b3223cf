//! Guarantees hold as often as they say, and are given where they can be: by simulation. A larger run
//! is `cargo bench --bench guarantees`.

mod common {
    pub mod population;
}

use committee::trust::Statement;
use common::population::Population;

/// At the border of the null hypothesis, where errors are likeliest.
#[test]
fn wrong_statements_are_certified_no_oftener_than_allowed() {
    for statement in
        ["accuracy >= 0.95", "accuracy >= model - 0.01", "accuracy >= model + 0.01", "cost <= 2.5"]
    {
        let statement: Statement = statement.parse().unwrap();
        let population = Population::at_the_border(1, 4000, 4, &statement);
        let record = population.run(&statement, 0.1, [2000, 200, 600], 2);
        // The model itself is among the candidates, and may be certified for what is true of it.
        assert!(record.broken_share() <= record.allowed(0.1), "{statement}: {record:?}");
        assert!(record.broken > 0, "{statement}: too easy to tell anything: {record:?}");
    }
}

/// On frontiers of real cascades, tuned anew in each draw.
#[test]
fn frontiers_are_certified_rightly_and_often() {
    let population = Population::of_cascades(3, 4000, 4);
    for statement in
        ["accuracy >= 0.96", "accuracy >= best - 0.02", "accuracy >= medium + 0.01", "cost <= 8"]
    {
        let statement: Statement = statement.parse().unwrap();
        let record = population.run(&statement, 0.1, [2000, 600, 800], 4);
        assert!(record.broken_share() <= record.allowed(0.1), "{statement}: {record:?}");
        assert!(2 * record.certified >= record.possible, "{statement}: {record:?}");
        assert!(2.0 * record.worth >= record.possible_worth, "{statement}: {record:?}");
    }
}
