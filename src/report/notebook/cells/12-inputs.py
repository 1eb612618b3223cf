files = [BASE / entry["file"] for entry in spec["provenance"]["inputs"]]
for file, entry in zip(files, spec["provenance"]["inputs"]):
    assert hashlib.sha256(file.read_bytes()).hexdigest() == entry["sha256"], f"{file} is another file now"

manifests = [file for file in files if file.suffix == ".toml"]
manifest = tomllib.loads(manifests[0].read_text()) if manifests else {}
paths = {file.stem: file for file in files}
paths |= {model["name"]: manifests[0].parent / model["predictions"] for model in manifest.get("model", [])}


def read(path):
    table = pq.read_table(path)
    return table.sort_by("sample_id") if "sample_id" in table.column_names else table


def scores(table):
    """One row of scores per sample, and whether they are probabilities."""
    names = table.column_names
    is_probs = "probabilities" in names or "prob_0" in names
    whole, wide = ("probabilities", "prob_") if is_probs else ("logits", "logit_")
    if whole in names:
        rows = table[whole].combine_chunks().flatten().to_numpy(zero_copy_only=False).reshape(len(table), -1)
    else:
        rows = np.stack([table[f"{wide}{k}"].to_numpy() for k in range(sum(n.startswith(wide) for n in names))], axis=1)
    return rows.astype(np.float32), is_probs


tables = {name: read(paths[name]) for name in spec["model_costs"]}
everything = {name: scores(table) for name, table in tables.items()}
labelled = read(manifests[0].parent / manifest["labels"]) if "labels" in manifest else next(
    table for table in map(read, paths.values() if not manifests else [paths[m["name"]] for m in manifest["model"]]) if "label" in table.column_names)
labels = labelled["label"].to_numpy()
print({name: rows.shape for name, (rows, _) in everything.items()})
