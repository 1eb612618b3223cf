//! Tables to write.

use polars::prelude::{
    Column, DataFrame, KeyValueMetadata, NamedFrom, ParquetWriter, PolarsResult, Series,
};

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
    write_described_table(columns, vec![])
}

/// As [`write_table`], with `notes` (key and value) in the file's own metadata.
///
/// # Errors
/// As [`write_table`].
pub fn write_described_table(
    columns: Vec<(String, Values)>,
    notes: Vec<(String, String)>,
) -> Result<Vec<u8>> {
    let columns = columns.into_iter().map(|(name, values)| values.column(name)).collect();
    encode(columns, notes).map_err(|error| Error::Encode { message: one_line(&error.to_string()) })
}

fn encode(columns: Vec<Column>, notes: Vec<(String, String)>) -> PolarsResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut frame = DataFrame::new_infer_height(columns)?;
    let notes = (!notes.is_empty()).then(|| KeyValueMetadata::from_static(notes));
    ParquetWriter::new(&mut bytes)
        .set_parallel(false)
        .with_key_value_metadata(notes)
        .finish(&mut frame)?;
    Ok(bytes)
}

impl Values {
    fn column(self, name: String) -> Column {
        let name = name.into();
        let series = match self {
            Self::F64(values) => Series::new(name, values),
            Self::I64(values) => Series::new(name, values),
            Self::U64(values) => Series::new(name, values),
            Self::U32(values) => Series::new(name, values),
            Self::Text(values) => Series::new(name, values),
            Self::OptF64(values) => Series::new(name, values),
            Self::Bool(values) => Series::new(name, values),
        };
        series.into()
    }
}
