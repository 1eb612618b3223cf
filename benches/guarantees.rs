//! Whether guarantees hold as often as they say, and how many of those that are possible are given:
//! `cargo bench --bench guarantees`. Asserts what it prints.

#[path = "../tests/common/population.rs"]
mod population;

use committee::trust::Statement;
use population::{Population, Record};

const DRAWS: usize = 3000;

/// Statements about frontiers of cascades.
const STATEMENTS: [&str; 4] =
    ["accuracy >= 0.97", "accuracy >= best - 0.01", "accuracy >= medium + 0.02", "cost <= 6"];

/// Statements that all candidates but the model itself fail by a hair.
const FALSE: [&str; 4] =
    ["accuracy >= 0.95", "accuracy >= model - 0.01", "accuracy >= model + 0.01", "cost <= 2.5"];

fn main() {
    println!(
        "{:32} {:>7} {:>6} {:>8} {:>10} {:>8}",
        "statement", "samples", "error", "broken", "certified", "worth"
    );
    let frontiers = Population::of_cascades(5, 20_000, 6);
    for (error_rate, held) in [(0.05, 1000), (0.05, 3000), (0.2, 1000)] {
        for statement in STATEMENTS {
            let statement: Statement = statement.parse().expect("a statement");
            let record = frontiers.run(&statement, error_rate, [DRAWS, 1000, held], 6);
            print(&statement.to_string(), held, error_rate, &record);
            assert!(record.broken_share() <= record.allowed(error_rate));
            assert!(2 * record.certified >= record.possible);
            assert!(2.0 * record.worth >= record.possible_worth);
        }
    }
    for error_rate in [0.05, 0.2] {
        for statement in FALSE {
            let statement: Statement = statement.parse().expect("a statement");
            let population = Population::at_the_border(7, 20_000, 10, &statement);
            let record = population.run(&statement, error_rate, [DRAWS, 200, 1000], 8);
            // How many are right to certify the model itself is beside the point.
            let record = Record { possible: 0, possible_worth: 0.0, ..record };
            print(&format!("{statement}, false"), 1000, error_rate, &record);
            assert!(record.broken_share() <= record.allowed(error_rate));
        }
    }
}

fn print(statement: &str, held: usize, error_rate: f64, record: &Record) {
    let percent = |part: f64, of: f64| {
        if of > 0.0 { format!("{:.1} %", 100.0 * part / of) } else { "-".to_owned() }
    };
    println!(
        "{statement:32} {held:7} {error_rate:6} {:>8} {:>10} {:>8}",
        percent(record.broken as f64, record.draws as f64),
        percent(record.certified as f64, record.possible as f64),
        percent(record.worth, record.possible_worth),
    );
}
