def agree(name, parts, everything, labels):
    """Replays the samples of a pool, which are those of `parts` together."""
    samples = sum(part["samples"] for part in parts)
    assert samples == len(labels), f"{name}: {len(labels)} samples here, {samples} by the spec: they cannot be compared"
    prediction, cost = replay(*says(everything), samples)
    right, claimed = (prediction == labels).sum(), sum(round(part["accuracy"] * part["samples"]) for part in parts)
    mean = sum(part["cost"] * part["samples"] for part in parts) / samples
    print(f"{name}, {samples} samples: {right} right here, {claimed} by the spec; cost {cost.mean():.6f} {unit} here, {mean:.6f} by the spec")
    assert abs(right - claimed) <= 2
    assert abs(cost.mean() - mean) <= 2 * spec["worst_case_cost"] / samples


tuned = {"samples": tuning, "accuracy": spec["accuracy"], "cost": spec["cost"]}
held = spec.get("holdout")
method = held.get("method", "split") if held else "none"
agree("pool", [tuned, held] if method in ("split", "column") else [tuned], everything, labels)
if method == "none":
    print("nothing was held out: there are no such figures to compare")
elif method == "cross-fitted":
    print("not compared: the cross-fitted figures are those of other cascades, tuned anew without each fold")
elif method == "pool":
    agree("second pool", [held], second_everything, second_labels)
