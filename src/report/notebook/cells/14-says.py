softmax = lambda a: (e := np.exp(a - a.max(1, keepdims=True))) / e.sum(1, keepdims=True)


def normalised(a):
    """Rows of sum 1; a row of zeros is no answer, and becomes uniform."""
    total = a.sum(1, keepdims=True)
    return np.where(total > 0, a / np.where(total > 0, total, 1), np.float32(1 / a.shape[1]))


def says(everything):
    probs = {n: normalised(a) if is_probs else softmax(a) for n, (a, is_probs) in everything.items()}
    logits = {n: np.log(np.maximum(probs[n], 1e-12)) if is_probs else a for n, (a, is_probs) in everything.items()}
    if temperatures := spec.get("temperatures"):
        logits = {n: a / temperatures[n] for n, a in logits.items()}
        probs = {n: softmax(a) for n, a in logits.items()}
    return logits, probs
