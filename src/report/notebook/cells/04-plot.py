fig, axis = plt.subplots(figsize=(9, 5), layout="constrained")
held = points.dropna(subset=["holdout_accuracy"])
ends = [held.holdout_accuracy - held.holdout_accuracy_low, held.holdout_accuracy_high - held.holdout_accuracy]
if len(held):
    axis.errorbar(held.holdout_cost, held.holdout_accuracy, ends, fmt="o", ms=3, mfc="white", color="0.7", lw=0.8, label="@UNSEEN@")
axis.step(points.cost, points.accuracy, where="post", color="#0067ad", lw=0.8)
kinds = [("cascade", points.stages > 1, "o", "#0067ad"), ("ensemble", (points.stages == 1) & (points.models > 1), "^", "#00805d")]
for name, rows, marker, colour in kinds:
    if rows.any():
        axis.plot(points.cost[rows], points.accuracy[rows], marker, ms=4, color=colour, label=name)
axis.plot(models.cost, models.accuracy, "s", mfc="white", mew=1.6, color="#c25200", label="single model")
for model in models.itertuples():
    axis.annotate(model.name, (model.cost, model.accuracy), (6, -10), textcoords="offset points", fontsize=8)
axis.plot(spec["cost"], spec["accuracy"], "*", ms=14, color="black", label="chosen")
axis.set(xscale="log", xlabel=f"mean cost of a sample, {unit}", ylabel="accuracy")
axis.grid(color="0.93")
axis.legend(loc="lower right")
plt.show()
