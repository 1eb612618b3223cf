//! The types of columns.

use polars::prelude::ArrowDataType;

use super::ColumnType;

/// What a column of this type holds.
pub(super) fn column_type(dtype: &ArrowDataType) -> ColumnType {
    use ArrowDataType as T;
    match dtype {
        T::Int8 | T::Int16 | T::Int32 | T::Int64 => ColumnType::Integer,
        T::UInt8 | T::UInt16 | T::UInt32 | T::UInt64 => ColumnType::Integer,
        T::Utf8 | T::LargeUtf8 | T::Utf8View => ColumnType::Text,
        T::Boolean => ColumnType::Boolean,
        T::Dictionary(_, item, _) => column_type(item),
        T::List(item) | T::LargeList(item) if is_float(item.dtype()) => ColumnType::FloatList,
        T::FixedSizeList(item, width) if is_float(item.dtype()) => ColumnType::FloatArray(*width),
        dtype if is_float(dtype) => ColumnType::Float,
        _ => ColumnType::Other,
    }
}

fn is_float(dtype: &ArrowDataType) -> bool {
    matches!(dtype, ArrowDataType::Float16 | ArrowDataType::Float32 | ArrowDataType::Float64)
}

/// The type in words, for messages.
pub(super) fn describe(dtype: &ArrowDataType) -> String {
    use ArrowDataType as T;
    match dtype {
        T::List(item) | T::LargeList(item) => format!("lists of {}", describe(item.dtype())),
        T::FixedSizeList(item, _) => format!("fixed-size lists of {}", describe(item.dtype())),
        T::Utf8 | T::LargeUtf8 | T::Utf8View => "string".to_owned(),
        T::Struct(_) => "struct".to_owned(),
        T::Dictionary(_, item, _) => describe(item),
        other => format!("{other:?}").to_lowercase(),
    }
}
