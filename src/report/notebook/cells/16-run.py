def replay(logits, probs, samples):
    exit_stage, prediction = np.full((2, samples), -1)
    cost, run = np.zeros(samples), []
    for number, stage in enumerate(spec["stages"]):
        run += stage["models"]
        heard = stage["models"] if spec["aggregation"] == "last" else sorted(run)
        on_probs = spec["aggregation"] == "mean_probs"
        weights = [stage["weights"][n] for n in heard] if "weights" in stage else None
        score = np.average([(probs if on_probs else logits)[n] for n in heard], axis=0, weights=weights)
        if "temperature" in stage:
            score, on_probs = (np.log(np.maximum(score, 1e-12)) if on_probs else score) / stage["temperature"], False
        p = score if on_probs else softmax(score)
        (second, top), (u, t) = np.sort(p)[:, -2:].T, np.sort(score)[:, -2:].T
        measures = {"max_prob": top, "margin": top - second, "logit_margin": t - u, "entropy": (p * np.log(np.maximum(p, 1e-37))).sum(1)}
        here = exit_stage < 0  # who has come to this stage
        cost[here] += sum(spec["model_costs"][n] for n in stage["models"])
        if stage["threshold"] is not None:
            here &= measures[spec["confidence"]].astype(np.float64) >= stage["threshold"]
        exit_stage[here], prediction[here] = number, score.argmax(1)[here]
    return prediction, cost
