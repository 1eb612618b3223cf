//! Columns of a table to write.

/// The values of one column.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "each variant says its type")]
pub enum Values {
    F64(Vec<f64>),
    I64(Vec<i64>),
    U64(Vec<u64>),
    U32(Vec<u32>),
    Text(Vec<String>),
    OptF64(Vec<Option<f64>>),
    Bool(Vec<bool>),
}
