// Names beside marks, where they cover neither each other nor the marks.

// `marks` are { x, y, text }; `busy` are points to keep clear of. Returns { x, y, anchor, text }.
function placeLabels(marks, busy, box) {
  const taken = [];
  return marks.map(({ x, y, text }) => {
    const width = text.length * 6.6 + 4;
    const spots = [
      [x + 11, y + 4, "start"],
      [x + 6, y + 19, "start"],
      [x, y + 22, "middle"],
      [x - 11, y + 4, "end"],
      [x - 6, y + 19, "end"],
      [x, y - 12, "middle"],
      [x + 8, y - 9, "start"],
      [x - 8, y - 9, "end"],
    ];
    const rated = spots.map(([at, base, anchor]) => {
      const left = anchor === "start" ? at : anchor === "end" ? at - width : at - width / 2;
      const area = { left, right: left + width, top: base - 11, bottom: base + 4 };
      let penalty = 0;
      if (area.left < box.left || area.right > box.right + 20) penalty += 400;
      if (area.bottom > box.bottom - 2 || area.top < box.top - 6) penalty += 400;
      for (const other of marks) if (other.text !== text && holds(area, other.x, other.y, 7)) penalty += 40;
      for (const other of taken) if (overlaps(area, other)) penalty += 60;
      for (const [bx, by] of busy) {
        if (holds(area, bx, by, 4)) penalty += 5;
      }
      return { penalty, area, label: { x: at, y: base, anchor, text } };
    });
    const best = rated.reduce((a, b) => (b.penalty < a.penalty ? b : a));
    taken.push(best.area);
    return best.label;
  });
}

function holds(area, x, y, margin) {
  return x > area.left - margin && x < area.right + margin && y > area.top - margin && y < area.bottom + margin;
}

function overlaps(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
