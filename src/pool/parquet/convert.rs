//! From decoded columns to plain vectors and matrices.

use ndarray::{Array2, ArrayViewMut2, Axis};
use polars::prelude::{Column, DataFrame, DataType, ListChunked, Series};

use super::FileProblem;

/// Rows that are transposed at once: few enough that all of them stay in the cache.
const BLOCK: usize = 64;

/// The only column, of any integer type.
pub(super) fn integers(frame: &DataFrame) -> Result<Vec<i128>, FileProblem> {
    let column = only(frame)?;
    no_nulls(column, 0)?;
    // Only these have values that the other type lacks.
    if *column.dtype() == DataType::UInt64 {
        return Ok(column.u64()?.iter().flatten().map(i128::from).collect());
    }
    let widened = column.cast(&DataType::Int64)?;
    Ok(widened.i64()?.iter().flatten().map(i128::from).collect())
}

/// The only column, of strings or categories of strings.
pub(super) fn texts(frame: &DataFrame) -> Result<Vec<String>, FileProblem> {
    let column = only(frame)?;
    no_nulls(column, 0)?;
    Ok(column.cast(&DataType::String)?.str()?.iter().flatten().map(str::to_owned).collect())
}

/// The only column, of booleans.
pub(super) fn booleans(frame: &DataFrame) -> Result<Vec<bool>, FileProblem> {
    let column = only(frame)?;
    no_nulls(column, 0)?;
    Ok(column.bool()?.iter().flatten().collect())
}

/// The length of the first list in the only column.
pub(super) fn first_width(frame: &DataFrame) -> Result<usize, FileProblem> {
    let column = only(frame)?;
    no_nulls(column, 0)?;
    lengths(column.list()?).next().ok_or(FileProblem::NoRows)
}

fn lengths(lists: &ListChunked) -> impl Iterator<Item = usize> {
    lists.downcast_iter().flat_map(|chunk| chunk.offsets().lengths())
}

/// The only column, of lists that must all have `classes` items, as rows x classes.
/// `first_row` is the stored row that the frame begins with.
pub(super) fn lists(
    frame: &DataFrame,
    classes: usize,
    first_row: usize,
) -> Result<Array2<f32>, FileProblem> {
    let column = only(frame)?;
    no_nulls(column, first_row)?;
    let items = match column.dtype() {
        DataType::Array(..) => column.array()?.get_inner(),
        _ => {
            let lists = column.list()?;
            if let Some((row, found)) = lengths(lists).enumerate().find(|(_, n)| *n != classes) {
                let (column, row) = (column.name().to_string(), first_row + row);
                return Err(FileProblem::Ragged { column, row, found, expected: classes });
            }
            lists.get_inner()
        }
    };
    if let Some(item) = first_null(&items) {
        return Err(FileProblem::NullScore {
            column: column.name().to_string(),
            row: first_row + item / classes,
            class: item % classes,
        });
    }
    Array2::from_shape_vec((column.len(), classes), floats(&items)?)
        .map_err(|error| FileProblem::Parquet(error.to_string()))
}

/// One column per class into `scores`, rows x classes. `first_row` is the stored row that the frame
/// begins with.
pub(super) fn wide(
    frame: &DataFrame,
    first_row: usize,
    mut scores: ArrayViewMut2<'_, f32>,
) -> Result<(), FileProblem> {
    let mut classes = Vec::with_capacity(frame.width());
    for column in frame.columns() {
        no_nulls(column, first_row)?;
        classes.push(floats(column.as_materialized_series())?);
    }
    for (block, mut rows) in scores.axis_chunks_iter_mut(Axis(0), BLOCK).enumerate() {
        for (target, class) in rows.columns_mut().into_iter().zip(&classes) {
            let source = class.get(block * BLOCK..).unwrap_or_default();
            target.into_iter().zip(source).for_each(|(score, value)| *score = *value);
        }
    }
    Ok(())
}

/// The score at `class` of the only column's first row, in full.
pub(super) fn score(frame: &DataFrame, class: usize) -> Result<f64, FileProblem> {
    let column = only(frame)?;
    let items = match column.dtype() {
        DataType::Array(..) => column.array()?.get_inner(),
        DataType::List(_) => column.list()?.get_inner(),
        _ => column.as_materialized_series().clone(),
    };
    Ok(items.get(class)?.try_extract()?)
}

/// A column of floats without nulls; values too large for 32 bits become infinite.
fn floats(series: &Series) -> Result<Vec<f32>, FileProblem> {
    let series = series.cast(&DataType::Float32)?;
    let mut values = Vec::with_capacity(series.len());
    for chunk in series.f32()?.downcast_iter() {
        values.extend_from_slice(chunk.values().as_slice());
    }
    Ok(values)
}

fn only(frame: &DataFrame) -> Result<&Column, FileProblem> {
    frame.columns().first().ok_or_else(|| FileProblem::Parquet("a column is gone".to_owned()))
}

fn no_nulls(column: &Column, first_row: usize) -> Result<(), FileProblem> {
    match first_null(column.as_materialized_series()) {
        Some(row) => {
            Err(FileProblem::Null { column: column.name().to_string(), row: first_row + row })
        }
        None => Ok(()),
    }
}

fn first_null(series: &Series) -> Option<usize> {
    if series.null_count() == 0 {
        return None;
    }
    series.is_null().iter().position(|null| null == Some(true))
}
