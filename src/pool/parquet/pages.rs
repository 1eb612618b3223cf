//! Lists of one length without gaps, straight from their pages.
//!
//! The general decoder builds the offsets and the validity of nested lists value by value, which
//! takes longer than anything else that is done with a score. Lists of scores are all of one length
//! and have no nulls, and then the values of a page are rows of the matrix as they stand. Whatever
//! is not as expected here is left to the general decoder, which also says what is wrong with it.

use std::fs::File;
use std::io::Cursor;
use std::ops::Range;

use polars::io::mmap::ReaderBytes;
use polars::io::parquet::metadata::FileMetadata;
use polars_parquet::parquet::encoding::Encoding;
use polars_parquet::parquet::encoding::hybrid_rle::{HybridRleChunk, HybridRleDecoder};
use polars_parquet::parquet::error::ParquetResult;
use polars_parquet::parquet::metadata::ColumnChunkMetadata;
use polars_parquet::parquet::page::{DataPage, split_buffer};
use polars_parquet::parquet::read::{BasicDecompressor, get_page_iterator};
use polars_parquet::parquet::schema::types::PhysicalType;

/// The values of `rows` of a column of lists, row after row, if they are floats of 32 bits in lists
/// of `classes` without nulls, and stored plainly or by a dictionary. `rows` count from the first of
/// the row groups in `metadata`; `values` is an empty list to put them into.
pub(super) fn lists(
    file: &mut File,
    metadata: &FileMetadata,
    column: &str,
    classes: usize,
    rows: &Range<usize>,
    mut values: Vec<f32>,
) -> ParquetResult<Option<Vec<f32>>> {
    let reserved = rows.len().checked_mul(classes).map(|count| values.try_reserve_exact(count));
    let Some(Ok(())) = reserved else { return Ok(None) };
    let mut start = 0_usize;
    for group in &metadata.row_groups {
        let end = start.saturating_add(group.num_rows());
        let of_group = rows.start.clamp(start, end) - start..rows.end.clamp(start, end) - start;
        let mut leaves = group.columns_under_root_iter(column).into_iter().flatten();
        let (Some(leaf), None) = (leaves.next(), leaves.next()) else { return Ok(None) };
        if usize::try_from(leaf.num_values()).ok() != group.num_rows().checked_mul(classes) {
            return Ok(None);
        }
        let wanted = of_group.start * classes..of_group.end * classes;
        if !wanted.is_empty() && !read(file, leaf, classes, &wanted, &mut values)? {
            return Ok(None);
        }
        start = end;
    }
    Ok(Some(values))
}

/// Appends the `wanted` values of a column of one row group; whether they are as expected.
fn read(
    file: &mut File,
    column: &ColumnChunkMetadata,
    classes: usize,
    wanted: &Range<usize>,
    values: &mut Vec<f32>,
) -> ParquetResult<bool> {
    if column.physical_type() != PhysicalType::Float {
        return Ok(false);
    }
    let ReaderBytes::Owned(stored) = ReaderBytes::from(file) else { return Ok(false) };
    let reader = get_page_iterator(column, Cursor::new(stored), Vec::new(), usize::MAX)?;
    let mut pages = BasicDecompressor::new(reader, Vec::new());
    let dictionary = pages.read_dict_page()?.map(|page| floats(&page.buffer).collect::<Vec<_>>());
    let expected = values.len() + wanted.len();
    let mut first = 0;
    while let Some(page) = pages.next() {
        let page = page?;
        let end = first + page.num_values();
        if first < wanted.end && wanted.start < end {
            let page = page.decompress(&mut pages)?;
            let of_page = wanted.start.max(first) - first..wanted.end.min(end) - first;
            if !is_full(&page, first, classes)?
                || !append(&page, dictionary.as_deref(), of_page, values)?
            {
                return Ok(false);
            }
            pages.reuse_page_buffer(page);
        }
        first = end;
    }
    Ok(values.len() == expected)
}

/// Whether a list begins at every multiple of `classes`, and nowhere else, and nothing is null.
/// `first` is the number of the page's first value.
fn is_full(page: &DataPage, first: usize, classes: usize) -> ParquetResult<bool> {
    let (count, kind) = (page.num_values(), &page.descriptor);
    let stored = split_buffer(page)?;
    let present = u32::from(kind.max_def_level.unsigned_abs());
    let mut full = kind.max_rep_level == 1;
    let mut seen = 0;
    for_runs(stored.def, present, count, |level, length| {
        full &= level == present;
        seen += length;
    })?;
    let mut at = first % classes;
    for_runs(stored.rep, 1, count, |level, length| {
        // Within a list values repeat it; a run of beginnings is one long, or the lists are.
        full &= match level {
            0 => at == 0 && (length == 1 || classes == 1),
            _ => at > 0 && at + length <= classes,
        };
        at = (at + length) % classes;
    })?;
    Ok(full && seen == count && at == (first + count) % classes)
}

/// Calls `visit` with each level and how often it is repeated.
fn for_runs(
    stored: &[u8],
    max_level: u32,
    count: usize,
    mut visit: impl FnMut(u32, usize),
) -> ParquetResult<()> {
    let bits = u32::BITS - max_level.leading_zeros();
    let mut unpacked = Vec::new();
    for run in HybridRleDecoder::new(stored, bits, count).into_chunk_iter() {
        match run? {
            HybridRleChunk::Rle(level, length) => visit(level, length),
            HybridRleChunk::Bitpacked(packed) => {
                unpacked.clear();
                packed.collect_into(&mut unpacked);
                unpacked.iter().for_each(|&level| visit(level, 1));
            }
        }
    }
    Ok(())
}

/// Appends the `wanted` values of a page without nulls; whether it holds them in a way known here.
fn append(
    page: &DataPage,
    dictionary: Option<&[f32]>,
    wanted: Range<usize>,
    values: &mut Vec<f32>,
) -> ParquetResult<bool> {
    let stored = split_buffer(page)?.values;
    match (page.encoding(), dictionary) {
        (Encoding::Plain, _) => {
            let Some(stored) = stored.get(wanted.start * 4..wanted.end * 4) else {
                return Ok(false);
            };
            values.extend(floats(stored));
        }
        (Encoding::RleDictionary | Encoding::PlainDictionary, Some(dictionary)) => {
            let Some((&bits, stored)) = stored.split_first() else { return Ok(false) };
            let places = HybridRleDecoder::new(stored, bits.into(), page.num_values()).collect()?;
            for &place in places.get(wanted).unwrap_or_default() {
                let Some(&value) = dictionary.get(place as usize) else { return Ok(false) };
                values.push(value);
            }
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn floats(stored: &[u8]) -> impl Iterator<Item = f32> {
    stored.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::parquet::{Table, convert};
    use ndarray::Array2;
    use polars::prelude::{
        AnyValue, Column, DataFrame, DataType, NamedFrom, ParquetCompression, ParquetWriter, Series,
    };
    use proptest::prelude::*;
    use std::path::Path;

    /// Both readings of some rows: what is read here, and what the general decoder says.
    fn both(path: &Path, classes: usize, rows: Range<usize>) -> (Option<Array2<f32>>, Array2<f32>) {
        let table = Table::open(path).expect("a sound file");
        let frame = table.frame(&["logits"], rows.clone()).expect("sound pages");
        let general = convert::lists(&frame, classes, rows.start).expect("sound lists");
        (table.plain_lists("logits", classes, &rows, vec![]), general)
    }

    /// One list column; each list of `Some` or missing values, or missing as a whole.
    type Lists = Vec<Option<Vec<Option<f32>>>>;

    fn write(path: &Path, lists: &Lists, group: usize, page: usize, squeeze: ParquetCompression) {
        let inner = |list: &Vec<Option<f32>>| Series::new("".into(), list.clone());
        let cells = lists
            .iter()
            .map(|list| list.as_ref().map_or(AnyValue::Null, |l| AnyValue::List(inner(l))));
        let kind = DataType::List(Box::new(DataType::Float32));
        let cells: Vec<AnyValue<'_>> = cells.collect();
        let series = Series::from_any_values_and_dtype("logits".into(), &cells, &kind, true);
        let column = Column::from(series.expect("lists of floats"));
        let mut frame = DataFrame::new_infer_height(vec![column]).expect("one column");
        ParquetWriter::new(File::create(path).expect("a scratch folder"))
            .with_row_group_size(Some(group))
            .with_data_page_size(Some(page))
            .with_compression(squeeze)
            .finish(&mut frame)
            .expect("it is written");
    }

    proptest! {
        /// The plain way gives what the general decoder gives, whatever the pages, and leaves to it
        /// what is ragged or has nulls.
        #[test]
        fn agrees_with_the_general_decoder(
            classes in 1_usize..6,
            bits in prop::collection::vec(any::<u32>(), 1..240),
            group in 1_usize..40,
            page in 8_usize..400,
            plain in any::<bool>(),
            cut in (0.0..1.0, 0.0..1.0),
            spoil in prop::option::of((0_usize..1000, 0_u8..3)),
        ) {
            let mut lists: Lists = bits
                .chunks_exact(classes)
                .map(|row| Some(row.iter().map(|&bits| Some(f32::from_bits(bits & 0xbfff_ffff))).collect()))
                .collect();
            prop_assume!(!lists.is_empty());
            if let Some((row, how)) = spoil {
                let row = row % lists.len();
                match how {
                    0 => lists[row] = None,
                    1 => lists[row].as_mut().expect("it was filled")[0] = None,
                    _ => lists[row].as_mut().expect("it was filled").push(Some(0.0)),
                }
            }
            let folder = tempfile::tempdir().expect("a scratch folder");
            let path = folder.path().join("lists.parquet");
            let squeeze = if plain { ParquetCompression::Uncompressed } else { ParquetCompression::Zstd(None) };
            write(&path, &lists, group, page, squeeze);
            if spoil.is_some() {
                let table = Table::open(&path).expect("a sound file");
                prop_assert_eq!(table.plain_lists("logits", classes, &(0..lists.len()), vec![]), None);
            } else {
                let end = ((lists.len() as f64 * cut.0) as usize + 1).min(lists.len());
                let start = (end as f64 * cut.1) as usize;
                let (plain, general) = both(&path, classes, start..end);
                prop_assert_eq!(plain, Some(general));
            }
        }
    }

    /// Files of another writer, whose pages of both versions refer to a dictionary.
    #[test]
    fn dictionaries() {
        for name in ["dictionary_v1.parquet", "dictionary_v2.parquet"] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
            for rows in [0..40, 0..1, 5..23, 17..40] {
                let (plain, general) = both(&path, 3, rows.clone());
                let expected = |(row, class)| ((row * 7 + class * 3) % 5) as f32 / 4.0 - 0.5;
                let expected =
                    Array2::from_shape_fn((rows.len(), 3), |(r, c)| expected((rows.start + r, c)));
                assert_eq!(general, expected);
                assert_eq!(plain, Some(general));
            }
        }
    }
}
