def read(path):
    table = pq.read_table(path)
    if "sample_id" not in table.column_names:
        return table
    ids = table["sample_id"]
    # Arrow does not sort dictionaries, such as categories of pandas.
    ids = ids.cast(ids.type.value_type) if pa.types.is_dictionary(ids.type) else ids
    return table.take(pc.sort_indices(ids))


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


def read_pool(inputs):
    """The scores of each model of the cascade, and the labels, from the input files of one pool."""
    files = [BASE / entry["file"] for entry in inputs]
    for file, entry in zip(files, inputs):
        assert file.is_file(), f"no {file.absolute()}: set BASE to the folder in which committee was started"
        assert hashlib.sha256(file.read_bytes()).hexdigest() == entry["sha256"], f"{file} is another file now"
    manifests = [file for file in files if file.suffix == ".toml"]
    manifest = tomllib.loads(manifests[0].read_text()) if manifests else {}
    paths = {file.stem: file for file in files}
    if manifests:
        paths = {model["name"]: manifests[0].parent / model["predictions"] for model in manifest["model"]}
    everything = {name: scores(read(paths[name])) for name in spec["model_costs"]}
    labelled = [manifests[0].parent / manifest["labels"]] if "labels" in manifest else paths.values()
    labels = next(table for table in map(read, labelled) if "label" in table.column_names)["label"].to_numpy()
    return everything, labels


inputs = spec["provenance"]["inputs"]
everything, labels = read_pool([entry for entry in inputs if not entry.get("holdout")])
second = [entry for entry in inputs if entry.get("holdout")]
print(f"{len(labels)} samples of", {name: rows.shape for name, (rows, _) in everything.items()})
if second:
    second_everything, second_labels = read_pool(second)
    print(f"a second pool of {len(second_labels)} samples")
