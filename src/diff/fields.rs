//! Which fields of two JSON values differ.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

/// A field that is not the same in both.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The field, as a path from the top: `stages[0].threshold`, `pool.models[cnn_s].cost`.
    pub field: String,
    /// What the first holds; `None` if it has no such field.
    pub before: Option<Value>,
    /// What the second holds; `None` if it has no such field.
    pub after: Option<Value>,
}

/// The smallest fields that differ: objects are compared name by name, and so are arrays of objects
/// that have a `name`, or say a `model`; other arrays item by item. Numbers are compared as such: 0 is
/// 0.0, which a browser's JSON makes of it.
///
/// ```
/// use committee::diff::changes;
/// use serde_json::json;
/// let changes = changes(&json!({"a": [1, 2], "b": 0}), &json!({"a": [1, 3], "b": 0}));
/// assert_eq!((changes.len(), changes[0].field.as_str()), (1, "a[1]"));
/// ```
pub fn changes(before: &Value, after: &Value) -> Vec<Change> {
    let mut found = vec![];
    compare(String::new(), Some(before), Some(after), &mut found);
    found
}

fn compare(field: String, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Change>) {
    match (before, after) {
        (before, after) if before == after => {}
        (Some(Value::Number(a)), Some(Value::Number(b)))
            if (a.is_f64() || b.is_f64()) && a.as_f64() == b.as_f64() => {}
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for name in names {
                let dot = if field.is_empty() { "" } else { "." };
                compare(format!("{field}{dot}{name}"), a.get(name), b.get(name), found);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => match (named(a), named(b)) {
            (Some(a), Some(b)) => {
                let names: BTreeSet<&str> = a.keys().chain(b.keys()).copied().collect();
                for name in names {
                    let (a, b) = (a.get(name).copied(), b.get(name).copied());
                    compare(format!("{field}[{name}]"), a, b, found);
                }
            }
            _ => {
                for item in 0..a.len().max(b.len()) {
                    compare(format!("{field}[{item}]"), a.get(item), b.get(item), found);
                }
            }
        },
        (before, after) => {
            found.push(Change { field, before: before.cloned(), after: after.cloned() });
        }
    }
}

/// The items by their names, if each has one of its own.
fn named(items: &[Value]) -> Option<BTreeMap<&str, &Value>> {
    let pairs = items.iter().map(|item| {
        let name = item.get("name").or_else(|| item.get("model"))?;
        Some((name.as_str()?, item))
    });
    let named = pairs.collect::<Option<BTreeMap<&str, &Value>>>()?;
    (named.len() == items.len()).then_some(named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_compared_as_numbers() {
        assert_eq!(changes(&json!({"gap": 0.0, "at": [60.0]}), &json!({"gap": 0, "at": [60]})), []);
        // Whole numbers that one float stands for are two.
        assert_eq!(changes(&json!([u64::MAX]), &json!([u64::MAX - 1])).len(), 1);
    }

    #[test]
    fn what_has_a_name_is_found_by_it() {
        let before = json!({"models": [{"name": "a", "cost": 1}, {"name": "c", "cost": 3}]});
        let after = json!({"models": [
            {"name": "a", "cost": 1}, {"name": "b", "cost": 2}, {"name": "c", "cost": 4},
        ]});
        let fields: Vec<String> = changes(&before, &after).into_iter().map(|c| c.field).collect();
        assert_eq!(fields, ["models[b]", "models[c].cost"]);
        let judged = |points| json!([{"model": "a", "points": points}]);
        assert_eq!(changes(&judged(1), &judged(2))[0].field, "[a].points");
        let twice = json!([{"name": "a"}, {"name": "a"}]);
        assert_eq!(changes(&twice, &json!([{"name": "a"}]))[0].field, "[1]");
    }
}
