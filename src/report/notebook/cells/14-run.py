softmax = lambda a: (e := np.exp(a - a.max(1, keepdims=True))) / e.sum(1, keepdims=True)
probs = {n: a / a.sum(1, keepdims=True) if is_probs else softmax(a) for n, (a, is_probs) in everything.items()}
logits = {n: np.log(np.maximum(probs[n], 1e-12)) if is_probs else a for n, (a, is_probs) in everything.items()}
if temperatures := spec.get("temperatures"):  # fitted, like weights: a spec of version 2
    logits = {n: a / temperatures[n] for n, a in logits.items()}
    probs = {n: softmax(a) for n, a in logits.items()}
top_two = lambda a: -np.sort(-a, axis=1)[:, :2].T
exit_stage, prediction = np.full((2, len(labels)), -1)
cost, run = np.zeros(len(labels)), []
for number, stage in enumerate(spec["stages"]):
    run += stage["models"]
    heard = stage["models"] if spec["aggregation"] == "last" else sorted(run)
    on_probs = spec["aggregation"] == "mean_probs"
    weights = [stage["weights"][n] for n in heard] if "weights" in stage else None
    score = np.average([probs[n] if on_probs else logits[n] for n in heard], axis=0, weights=weights)
    if "temperature" in stage:
        score = (np.log(np.maximum(score, 1e-12)) if on_probs else score) / stage["temperature"]
        on_probs = False
    p = score if on_probs else softmax(score)
    (top, second), (t, u) = top_two(p), top_two(score)
    confidence = {"max_prob": top, "margin": top - second, "logit_margin": t - u,
                  "entropy": (p * np.log(np.maximum(p, 1e-37))).sum(1)}[spec["confidence"]]
    here = exit_stage < 0  # who has come to this stage
    cost[here] += sum(spec["model_costs"][n] for n in stage["models"])
    if stage["threshold"] is not None:
        here &= confidence.astype(np.float64) >= stage["threshold"]
    exit_stage[here], prediction[here] = number, score.argmax(1)[here]
print(f"all {len(labels)} samples: accuracy {(prediction == labels).mean():.4f}, cost {cost.mean():.4f} {unit}")
