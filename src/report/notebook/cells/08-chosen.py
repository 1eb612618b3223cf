def show(cascade):
    print(f"{cascade['aggregation']}: {cascade['accuracy']:.4f} at {cascade['cost']:.4g} {unit}, at worst {cascade['worst_case_cost']:.4g}")
    for number, stage in enumerate(cascade["stages"], 1):
        gate = "the rest" if stage["threshold"] is None else f"{cascade['confidence']} >= {stage['threshold']:.6f}"
        weights = ", ".join(f"{name} {weight:.4f}" for name, weight in stage.get("weights", {}).items())
        print(f"  {number}. {' + '.join(stage['models'])}: {gate}, {stage['exit_fraction']:.2%} exit here{weights and '; weights ' + weights}")
    if "holdout" in cascade:
        print("  @UNSEEN@:", {name: cascade["holdout"][name] for name in ("samples", "accuracy", "accuracy_interval")})


show(spec)
