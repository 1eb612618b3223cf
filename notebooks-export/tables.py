"""Reads a run's frontier.parquet with pandas, polars and DuckDB and holds it against frontier.json.

    python notebooks-export/tables.py DIR
"""

import json
import sys
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq

run = Path(sys.argv[1])
file = str(run / "frontier.parquet")
frontier = json.loads((run / "frontier.json").read_text())
unit = frontier["pool"]["cost_unit"]

tables = {
    "pandas": pd.read_parquet(file).to_dict("list"),
    "polars": pl.read_parquet(file).to_dict(as_series=False),
    "DuckDB": {name: list(values) for name, values in duckdb.sql(f"select * from '{file}'").fetchnumpy().items()},
}
figures = {
    "cost": lambda point: point["cost"],
    "worst_case_cost": lambda point: point["worst_case_cost"],
    "accuracy": lambda point: point["accuracy"],
    "stages": lambda point: len(point["stages"]),
    "models": lambda point: len(point["model_costs"]),
    "cascade": lambda point: " -> ".join("+".join(stage["models"]) for stage in point["stages"]),
    "holdout_accuracy": lambda point: point["holdout"]["accuracy"],
}
for reader, table in tables.items():
    for name, figure in figures.items():
        assert list(table[name]) == [figure(point) for point in frontier["points"]], f"{reader}: {name}"

notes = {
    "pyarrow": pq.read_metadata(file).metadata[b"committee.units"].decode(),
    "polars": pl.read_parquet_metadata(file)["committee.units"],
    "DuckDB": duckdb.sql(f"select decode(value) from parquet_kv_metadata('{file}') where decode(key) = 'committee.units'").fetchall()[0][0],
}
for reader, text in notes.items():
    units = json.loads(text)
    assert set(units) == set(tables["pandas"]), f"{reader}: a column has no unit"
    assert (units["cost"], units["accuracy"], units["stages"]) == (unit, "share", "count"), reader
print(f"{file}: {len(frontier['points'])} points and their units, read alike by pandas, polars and DuckDB")
