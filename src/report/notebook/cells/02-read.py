import hashlib, json, tomllib
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

RUN = Path(@RUN@)  # what `committee optimize` wrote
BASE = Path(@BASE@)  # where it was started: the paths of its inputs lead from there
assert (RUN / "frontier.json").is_file(), f"no frontier.json in {RUN.absolute()}: set RUN to the folder of the run"

points = pd.read_parquet(RUN / "frontier.parquet")
units = json.loads(pq.read_metadata(RUN / "frontier.parquet").metadata[b"committee.units"])
frontier = json.loads((RUN / "frontier.json").read_text())
spec = json.loads((RUN / "cascade.json").read_text())
models = pd.DataFrame(frontier["pool"]["models"]).sort_values("cost", ignore_index=True)
unit, tuning = units["cost"], frontier["pool"]["tuning_samples"]
print(f"{len(points)} cascades, tuned on {tuning} samples; costs in {unit}")
