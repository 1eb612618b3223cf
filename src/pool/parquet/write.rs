//! Tables to write.

use polars::prelude::{Column, DataFrame, NamedFrom, ParquetWriter, PolarsResult, Series};

use super::one_line;
use crate::pool::Values;
use crate::{Error, Result};

/// The named columns, all of one length, as a Parquet file in memory; the same columns give the
/// same bytes.
///
/// # Errors
/// [`Error::Encode`] if lengths differ or a name is there twice.
///
/// ```
/// use committee::pool::{Values, write_table};
/// let file = write_table(vec![("cost".to_owned(), Values::F64(vec![0.4, 0.7]))])?;
/// assert!(file.starts_with(b"PAR1"));
/// # Ok::<(), committee::Error>(())
/// ```
pub fn write_table(columns: Vec<(String, Values)>) -> Result<Vec<u8>> {
    let columns = columns.into_iter().map(|(name, values)| values.column(name)).collect();
    encode(columns).map_err(|error| Error::Encode { message: one_line(&error.to_string()) })
}

fn encode(columns: Vec<Column>) -> PolarsResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut frame = DataFrame::new_infer_height(columns)?;
    ParquetWriter::new(&mut bytes).set_parallel(false).finish(&mut frame)?;
    Ok(bytes)
}

impl Values {
    fn column(self, name: String) -> Column {
        let name = name.into();
        let series = match self {
            Self::F64(values) => Series::new(name, values),
            Self::I64(values) => Series::new(name, values),
            Self::U32(values) => Series::new(name, values),
            Self::Text(values) => Series::new(name, values),
            Self::OptF64(values) => Series::new(name, values),
            Self::Bool(values) => Series::new(name, values),
        };
        series.into()
    }
}
