BUDGET = @BUDGET@

affordable = [point for point in frontier["points"] if point["cost"] <= BUDGET]
if affordable:
    show(affordable[-1])
else:
    print(f"nothing is that cheap: the cheapest costs {frontier['points'][0]['cost']} {unit}")
