held = spec.get("holdout", {"samples": 0, "accuracy": 0.0, "cost": 0.0})
if tuning + held["samples"] == len(labels):
    right = round(spec["accuracy"] * tuning) + round(held["accuracy"] * held["samples"])
    mean = (spec["cost"] * tuning + held["cost"] * held["samples"]) / len(labels)
    print(f"right: {(prediction == labels).sum()} here, {right} by the spec")
    print(f"cost:  {cost.mean():.6f} here, {mean:.6f} by the spec")
    assert abs((prediction == labels).sum() - right) <= 2
    assert abs(cost.mean() - mean) <= 2 * spec["worst_case_cost"] / len(labels)
