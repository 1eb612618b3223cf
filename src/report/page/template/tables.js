// Sorting, links from tables to the chart, and the table of all points.

function makeSortable(table) {
  const headers = [...table.querySelectorAll("thead th[aria-sort]")];
  for (const [column, header] of headers.entries()) {
    header.querySelector("button").addEventListener("click", () => {
      const rising = header.getAttribute("aria-sort") !== "ascending";
      for (const other of headers) other.setAttribute("aria-sort", "none");
      header.setAttribute("aria-sort", rising ? "ascending" : "descending");
      sortRows(table.tBodies[0], column, rising);
      document.getElementById("status").textContent = `Sorted by ${header.textContent}, ${rising ? "ascending" : "descending"}`;
    });
  }
}

// Numbers by their value, text by its letters; cells without a value come last either way.
function sortRows(body, column, rising) {
  const key = (row) => {
    const cell = row.cells[column];
    if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
    return cell.classList.contains("number") ? null : cell.textContent;
  };
  const rows = [...body.rows].map((row, index) => ({ row, index, key: key(row) }));
  rows.sort((a, b) => {
    if (a.key === null || b.key === null) return (a.key === null) - (b.key === null) || a.index - b.index;
    const order = typeof a.key === "number" ? a.key - b.key : a.key.localeCompare(b.key);
    return (rising ? order : -order) || a.index - b.index;
  });
  body.append(...rows.map(({ row }) => row));
}

// A click on a cascade's name shows it in the chart.
function linkCascades(root) {
  root.addEventListener("click", (event) => {
    const link = event.target.closest("button.link");
    if (!link) return;
    const point = run.points.find((other) => other.cost === Number(link.dataset.cost));
    select(point, "table");
    document.getElementById("frontier-plot").scrollIntoView({ block: "center" });
    document.getElementById("cascade-name").setAttribute("tabindex", "-1");
    document.getElementById("cascade-name").focus({ preventScroll: true });
  });
}

// What figures are called that tuning has not seen, where there are some.
const unseen = run.points.find((point) => point.holdout)?.holdout;

const COLUMNS = [
  ["Cost", (point) => point.cost, cost],
  ["Worst case", (point) => point.worst_case_cost, cost],
  ["Accuracy", (point) => point.accuracy, (value) => (100 * value).toFixed(2)],
  [unseen && capitalized(methodOf(unseen)), (point) => point.holdout?.accuracy, (value) => (100 * value).toFixed(2)],
  ["Low", (point) => point.holdout?.accuracy_interval[0], (value) => (100 * value).toFixed(2)],
  ["High", (point) => point.holdout?.accuracy_interval[1], (value) => (100 * value).toFixed(2)],
];

function fillAll() {
  const host = document.getElementById("all-table");
  if (host.firstChild) return;
  const columns = COLUMNS.filter(([, get]) => run.points.some((point) => get(point) !== undefined));
  const head = make("tr");
  const header = (name, number, sort) => {
    head.append(make("th", { scope: "col", class: number ? "number" : "", "aria-sort": sort }, make("button", { type: "button" }, name)));
  };
  header("Cascade", false, "none");
  for (const [name] of columns) header(name, true, name === "Cost" ? "ascending" : "none");
  header("Combines by", false, "none");
  const body = make("tbody");
  for (const point of run.points) {
    const link = make("button", { type: "button", class: "link", "data-cost": point.cost }, point.path);
    const row = make("tr", {}, make("th", { scope: "row" }, link));
    for (const [, get, text] of columns) {
      const value = get(point);
      row.append(value === undefined ? make("td", { class: "number" }, "\u2013") : make("td", { class: "number", "data-value": value }, text(value)));
    }
    row.append(make("td", {}, combines(point)));
    body.append(row);
  }
  const title = document.getElementById("all-title").textContent;
  const caption = make("caption", { class: "unseen" }, title);
  const table = make("table", { class: "sortable" }, caption, make("thead", {}, head), body);
  host.append(make("div", { class: "scroll", role: "region", "aria-label": title, tabindex: 0 }, table));
  makeSortable(table);
  linkCascades(host);
}
