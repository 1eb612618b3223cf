//! Which fields of two JSON values differ.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

/// A field that is not the same in both.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The field, as a path from the top: `stages[0].threshold`.
    pub field: String,
    /// What the first holds; `None` if it has no such field.
    pub before: Option<Value>,
    /// What the second holds; `None` if it has no such field.
    pub after: Option<Value>,
}

/// The smallest fields that differ: objects are compared name by name, arrays item by item.
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
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for name in names {
                let dot = if field.is_empty() { "" } else { "." };
                compare(format!("{field}{dot}{name}"), a.get(name), b.get(name), found);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            for item in 0..a.len().max(b.len()) {
                compare(format!("{field}[{item}]"), a.get(item), b.get(item), found);
            }
        }
        (before, after) => {
            found.push(Change { field, before: before.cloned(), after: after.cloned() });
        }
    }
}
