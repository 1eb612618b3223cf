rows = []
for model in models.itertuples():
    affordable = points[points.cost <= model.cost]
    accurate = points[points.accuracy >= model.accuracy]
    row = {"model": model.name, "cost": model.cost, "accuracy": model.accuracy}
    if len(affordable):
        row["similar cost: accuracy"] = affordable.accuracy.iloc[-1]
    if len(accurate):
        row |= {"similar accuracy: cost": accurate.cost.iloc[0], "cascade": accurate.cascade.iloc[0]}
        row["times cheaper"] = model.cost / accurate.cost.iloc[0] if accurate.cost.iloc[0] else float("nan")
    rows.append(row)
pd.DataFrame(rows).round(4)
