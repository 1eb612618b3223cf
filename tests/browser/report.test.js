// The report in a real browser, as people use it: look, point, click, copy, slide, sort, walk.
//
// RUN is the folder of a run (with its report.html), COMMITTEE the program, CHROMIUM the browser.
// With SCREENSHOTS set to a folder, what is seen is kept there.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, describe, test } from "node:test";
import { chromium } from "playwright-core";

const run = resolve(process.env.RUN ?? "../../out");
const program = process.env.COMMITTEE ?? "committee";
const addressOf = (folder) => pathToFileURL(join(folder, "report.html")).href;
const read = (name) => JSON.parse(readFileSync(join(run, name), "utf8"));
const frontier = read("frontier.json");
const chosen = read("cascade.json");
const path = (point) => point.stages.map((stage) => stage.models.join(" + ")).join(" \u2192 ");

let browser;
before(async () => {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
});
after(() => browser.close());

// Opens the report; fails the test on whatever the page complains of or asks the network for.
async function open(options = {}, folder = run) {
  const address = addressOf(folder);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => faults.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("request", (request) => {
    if (request.url() !== address && !request.url().startsWith("data:")) faults.push(request.url());
  });
  await page.goto(address);
  page.done = async () => {
    assert.deepEqual(faults, []);
    await context.close();
  };
  return page;
}

// Where a point's mark is in the window.
async function placeOf(page, index) {
  await page.locator("#frontier-plot").scrollIntoViewIfNeeded();
  const box = await page.locator(`#point-${index}`).boundingBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
}

// Names in the chart that cover another name, a word or another single model's mark.
const collisions = (page) =>
  page.evaluate(() => {
    const boxes = (what) => [...document.querySelectorAll(`#frontier-plot ${what}`)].map((e) => ({ text: e.textContent, ...e.getBoundingClientRect().toJSON() }));
    const names = boxes("text.name");
    const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3;
    const others = [...names, ...boxes("text.chosen-name"), ...boxes(".mark.single"), ...boxes(".beaten .mark")];
    return names.flatMap((a, at) => others.filter((b, index) => index !== at && meet(a, b)).map((b) => `${a.text} | ${b.text}`));
  });

// How far, in pixels, a word stands beside the middle of its mark, and how far above it.
const offset = (page, word, mark) =>
  page.evaluate(
    ([word, mark]) => {
      const [a, b] = [word, mark].map((what) => document.querySelector(`#frontier-plot ${what}`).getBoundingClientRect());
      return [Math.abs(a.left + a.right - b.left - b.right) / 2, b.top - a.bottom];
    },
    [word, mark],
  );

const selected = (page) => page.locator("#cascade-name").textContent();

describe("report", () => {
  for (const width of [1440, 390]) {
    for (const colorScheme of ["light", "dark"]) {
      test(`is whole at ${width} px, ${colorScheme}`, async () => {
        const page = await open({ viewport: { width, height: 900 }, colorScheme });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.equal(wide, width, "the page does not scroll sideways");
        assert.equal(await page.locator('[role="option"]').count(), frontier.points.length);
        assert.equal(await selected(page), path(chosen));
        const unmarked = await page.evaluate(() =>
          [...document.querySelectorAll("#gate-list .gate")].filter((gate) => {
            const chart = gate.querySelector(".bar").closest("svg");
            const top = Math.min(...[...chart.querySelectorAll(".bar.right")].map((bar) => bar.getBoundingClientRect().top), Infinity);
            const lines = [...chart.querySelectorAll(".grid")].map((line) => line.getBoundingClientRect().top);
            return Math.min(...lines) > top + 40;
          }).length,
        );
        assert.equal(unmarked, 0, "each histogram has a tick near its highest bar");
        const gates = chosen.stages.filter((stage) => stage.threshold !== null).length;
        assert.equal(await page.locator(".mover").count(), gates);
        const empty = await page.evaluate(
          () => [...document.querySelectorAll("svg text, td, dd")].filter((e) => /NaN|undefined|Infinity|null/.test(e.textContent)).length,
        );
        assert.equal(empty, 0, "no figure is missing");
        const outside = await page.evaluate(() => {
          const frame = document.querySelector("#frontier-plot").getBoundingClientRect();
          return [...document.querySelectorAll("#frontier-plot text")].filter((text) => {
            const box = text.getBoundingClientRect();
            return box.right > Math.min(innerWidth, frame.right + 24) || box.left < 0;
          }).length;
        });
        assert.equal(outside, 0, "no text of the chart is cut off");
        assert.equal(await page.locator("#frontier-plot text.name").count(), frontier.pool.models.length, "each model is named");
        assert.deepEqual(await collisions(page), []);
        const broken = await page.evaluate(() => {
          const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, (node) => (node.parentElement.closest("script, style, pre") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT));
          const found = [];
          while (texts.nextNode()) {
            for (const { 0: option, index } of texts.currentNode.data.matchAll(/--[a-z][a-z-]*/g)) {
              const range = document.createRange();
              range.setStart(texts.currentNode, index);
              range.setEnd(texts.currentNode, index + option.length);
              if (new Set([...range.getClientRects()].map((part) => Math.round(part.top))).size > 1) found.push(option);
            }
          }
          return found;
        });
        assert.deepEqual(broken, [], "no option is broken over two lines");
        const texts = (where) => page.locator(where).allTextContents();
        const shown = (await texts(".numbers dd")).map((text) => text.replaceAll("\u00a0", " "));
        for (const tile of (await texts(".tiles b")).slice(0, 3)) {
          assert.ok(shown.some((text) => text.startsWith(`${tile} `)), `the cascade has ${tile} too`);
        }
        if (process.env.SCREENSHOTS) {
          mkdirSync(process.env.SCREENSHOTS, { recursive: true });
          await page.screenshot({ path: join(process.env.SCREENSHOTS, `${width}-${colorScheme}.png`), fullPage: true });
        }
        await page.done();
      });
    }
  }

  test("long names and names in other scripts keep their place", async () => {
    const folder = mkdtempSync(join(tmpdir(), "names-"));
    const digits = resolve(import.meta.dirname, "../../data/digits");
    const models = [["softmax_14", "\u7dda\u5f62\u5206\u985e\u5668\u30fb\u5341\u56db\u753b\u7d20", 5], ["cnn_s", "cnn_".repeat(30), 50], ["cnn_m", "m".repeat(120), 700], ["cnn_l", "\ub300\ud615\ud569\uc131\uacf1\uc2e0\uacbd\ub9dd", 20000]];
    const entry = ([file, name, cost]) => `[[model]]\nname = "${name}"\npredictions = "${join(digits, file)}.parquet"\ncost = ${cost}\n`;
    writeFileSync(join(folder, "pool.toml"), `cost_unit = "kFLOPs"\n${models.map(entry).join("")}`);
    execFileSync(program, ["optimize", join(folder, "pool.toml"), "--resolution", "16", "--out", folder, "--quiet"]);
    for (const width of [1440, 390]) {
      const page = await open({ viewport: { width, height: 900 } }, folder);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      for (const axis of ["cost", "worst_case_cost"]) {
        await page.locator(`input[name="axis"][value="${axis}"]`).check();
        assert.deepEqual(await collisions(page), [], `${axis} at ${width} px`);
        assert.equal(await page.locator("#frontier-plot text.name").count(), models.length, `${axis} at ${width} px`);
      }
      await page.done();
    }
    rmSync(folder, { recursive: true });
  });

  // The page shows a thousand points at most; a longer frontier is made of one that it has already.
  test("a long frontier says that it is shown in part", async () => {
    const folder = mkdtempSync(join(tmpdir(), "long-"));
    const from = frontier.points.findIndex((point) => point.stages.length > 1);
    const first = frontier.points[from];
    const made = Array.from({ length: 1200 }, (_, at) => ({ ...first, cost: first.cost * (1 + (at + 1) * 1e-9), accuracy: first.accuracy + (at + 1) * 1e-9 }));
    writeFileSync(join(folder, "frontier.json"), JSON.stringify({ ...frontier, points: frontier.points.toSpliced(from + 1, 0, ...made) }));
    execFileSync(program, ["report", folder]);
    const page = await open({}, folder);
    const all = frontier.points.length + made.length;
    await page.getByText(`1000 of the ${all} cascades as a table`).click();
    await page.locator("#all-table tbody tr").first().waitFor();
    assert.equal(await page.locator("#all-table tbody tr").count(), 1000);
    assert.equal(await page.locator("#all-title").textContent(), "Cascades of the frontier");
    assert.match(await page.locator("#legend").textContent(), new RegExp(`1000 of ${all} points are shown`));
    assert.match(await page.locator("#frontier-plot").getAttribute("aria-label"), /1000 of them shown/);
    await page.getByRole("slider", { name: "Budget" }).fill("500");
    assert.match(await page.locator("#budget-text").textContent(), /: the most accurate of the 1000 shown is /);
    await page.done();
    rmSync(folder, { recursive: true });
  });

  // Every control of pages that are made otherwise: nothing may break, and nothing be called held out that
  // is not.
  for (const [name, options] of [["folds", ["--folds", "3"]], ["nothing held out", ["--holdout", "0"]], ["fits", ["--calibrate", "temperature", "--weights"]]]) {
    test(`each switch of a page with ${name} works`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "other-"));
      const pool = resolve(import.meta.dirname, "../../data/digits/pool.toml");
      execFileSync(program, ["optimize", pool, "--resolution", "16", "--max-models", "3", ...options, "--out", folder, "--quiet"]);
      const page = await open({}, folder);
      const switches = await page.locator('input[type="radio"]').all();
      for (const one of switches) {
        await one.check();
        assert.ok((await page.locator("#gate-list .bar").count()) > 0, await one.getAttribute("value"));
      }
      for (const box of await page.locator('input[type="checkbox"]').all()) await box.uncheck();
      const holds = name === "fits";
      assert.equal(await page.locator("#part-choice").count(), holds ? 1 : 0);
      const legend = await page.locator("#legend").textContent();
      assert.equal(/held out/.test(legend), holds);
      assert.equal(/cross-fitted, with its interval/.test(legend), name === "folds");
      await page.getByText("as a table").click();
      const headings = await page.locator("#all-table thead th").allTextContents();
      assert.equal(headings.includes("Held out"), holds);
      assert.equal(headings.includes("Cross-fitted"), name === "folds");
      // What stands on the page, for eyes and for screen readers.
      const words = await page.evaluate(() => {
        const page = document.body.cloneNode(true);
        for (const script of page.querySelectorAll("script")) script.remove();
        return page.textContent;
      });
      const tables = await page.locator("thead").allTextContents();
      assert.equal(/held out/i.test(tables.join()), holds);
      if (name === "folds") assert.doesNotMatch(words, /held[ -]out/i);
      await page.done();
      rmSync(folder, { recursive: true });
    });
  }

  // The more bytes its points take, the fewer of them the page shows.
  test("long names make no large page and no wide one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "long-"));
    const digits = resolve(import.meta.dirname, "../../data/digits");
    const models = { cnn_s: 52.5, mlp_64: 27.3, cnn_m: 732, gapnet_28: 7154, cnn_l: 19421 };
    const entries = Object.entries(models).map(([name, cost]) => `[[model]]\nname = "${name}${"_convnext_large_in22ft1k_distilled".repeat(4)}"\npredictions = "${join(digits, `${name}.parquet`)}"\ncost = ${cost}\n`);
    writeFileSync(join(folder, "pool.toml"), `cost_unit = "kFLOPs"\n${entries.join("")}`);
    execFileSync(program, ["optimize", join(folder, "pool.toml"), "--resolution", "64", "--max-models", "4", "--calibrate", "temperature", "--weights", "--out", folder, "--quiet"]);
    const found = JSON.parse(readFileSync(join(folder, "frontier.json"), "utf8"));
    const from = found.points.findIndex((point) => point.stages.length > 2);
    const first = found.points[from];
    const made = Array.from({ length: 800 }, (_, at) => ({ ...first, cost: first.cost * (1 + (at + 1) * 1e-9), accuracy: first.accuracy + (at + 1) * 1e-9 }));
    writeFileSync(join(folder, "frontier.json"), JSON.stringify({ ...found, points: found.points.toSpliced(from + 1, 0, ...made) }));
    execFileSync(program, ["report", folder]);
    const all = found.points.length + made.length;
    assert.ok(statSync(addressOf(folder).replace("file://", "")).size < 1e6);
    const page = await open({ viewport: { width: 390, height: 844 } }, folder);
    const shown = await page.locator("#frontier-plot [id^=point-]").count();
    assert.ok(shown > 50 && shown < all, `${shown} of ${all}`);
    assert.match(await page.locator("#legend").textContent(), new RegExp(`${shown} of ${all} points are shown`));
    await page.getByText("as a table").click();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
    await page.done();
    rmSync(folder, { recursive: true });
  });

  test("a click selects what the tip names", async () => {
    const page = await open({ deviceScaleFactor: 2 });
    await placeOf(page, 0);
    const middles = await page.locator("#frontier-plot [id^=point-]").evaluateAll((marks) => marks.map((mark) => mark.getBoundingClientRect()).map((box) => [box.x + box.width / 2, box.y + box.height / 2]));
    const [x, y] = middles.find(([x, y], at) => at > 0 && Math.hypot(x - middles[at - 1][0], y - middles[at - 1][1]) < 3);
    for (let step = -2; step <= 2; step += 0.2) {
      await page.mouse.move(x + step, y + step / 3);
      const named = await page.locator("#tooltip b").textContent();
      const said = await page.locator("#tooltip span").allTextContents();
      await page.mouse.down();
      await page.mouse.up();
      assert.equal(await page.locator("#status").textContent(), `Selected ${named}: ${said.join("; ")}`, `${step}`);
    }
    await page.done();
  });

  test("names keep clear of the frontier's line and of the ring", async () => {
    const folder = mkdtempSync(join(tmpdir(), "few-"));
    const pool = resolve(import.meta.dirname, "../../data/digits/pool.toml");
    execFileSync(program, ["optimize", pool, "--time-limit", "0", "--out", folder, "--quiet"]);
    for (const width of [1440, 390]) {
      const page = await open({ viewport: { width, height: 900 } }, folder);
      const struck = await page.evaluate(() => {
        const line = document.querySelector("#frontier-plot .stairs");
        const places = Array.from({ length: Math.floor(line.getTotalLength()) }, (_, at) => line.getPointAtLength(at).matrixTransform(line.getScreenCTM()));
        const ring = document.querySelector("#frontier-plot .ring").getBoundingClientRect();
        const middle = [(ring.left + ring.right) / 2, (ring.top + ring.bottom) / 2];
        const away = (box) => Math.hypot(Math.max(box.left - middle[0], 0, middle[0] - box.right), Math.max(box.top - middle[1], 0, middle[1] - box.bottom));
        return [...document.querySelectorAll("#frontier-plot text.name")].filter((name) => {
          const box = name.getBoundingClientRect();
          // Letters do not fill the box that a line of text has.
          const letters = { left: box.left, right: box.right, top: box.top + 3, bottom: box.bottom - 3 };
          const isOn = places.some(({ x, y }) => x > letters.left && x < letters.right && y > letters.top && y < letters.bottom);
          return isOn || away(letters) < ring.width / 2;
        }).map((name) => name.textContent);
      });
      assert.deepEqual(struck, [], `at ${width} px`);
      assert.deepEqual(await collisions(page), []);
      await page.done();
    }
    rmSync(folder, { recursive: true });
  });

  test("chosen and selected are told apart", async () => {
    const page = await open();
    for (const axis of ["cost", "worst_case_cost"]) {
      await page.locator(`input[name="axis"][value="${axis}"]`).check();
      await page.getByRole("slider", { name: "Budget" }).fill("350");
      for (const [word, mark] of [[".chosen-name", ".star"], [".selected-name", ".ring"]]) {
        const [aside, above] = await offset(page, word, mark);
        assert.ok(aside < 30 && Math.abs(above) < 30, `${word} stands at its point on ${axis}: ${aside}, ${above}`);
      }
      const [chosenAt, selectedAt] = await Promise.all([".star", ".ring"].map((what) => page.locator(`#frontier-plot ${what}`).getAttribute("transform")));
      assert.notEqual(chosenAt, selectedAt);
      assert.equal(await page.locator(`#point-${frontier.points.findIndex((point) => point.cost === chosen.cost)}`).getAttribute("transform"), chosenAt);
    }
    await page.done();
  });

  // WCAG asks for 3:1 of graphical objects.
  for (const colorScheme of ["light", "dark"]) {
    test(`points beyond the budget stand out, ${colorScheme}`, async () => {
      const page = await open({ colorScheme });
      await page.getByRole("slider", { name: "Budget" }).fill("100");
      const ratios = await page.evaluate(() => {
        const light = (color) => {
          const parts = color.match(/[\d.]+/g).slice(0, 3).map((value) => value / 255);
          const [r, g, b] = parts.map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const style = (what) => getComputedStyle(document.querySelector(`#frontier-plot ${what}`));
        const ground = light(style(".beyond").fill);
        const colors = [style(".mark.cascade").fill, style(".beaten .mark").stroke, style(".held circle").stroke];
        return colors.map(light).map((color) => (Math.max(color, ground) + 0.05) / (Math.min(color, ground) + 0.05));
      });
      for (const ratio of ratios) assert.ok(ratio >= 3, String(ratios));
      const order = await page.evaluate(() => document.querySelector(".beyond").compareDocumentPosition(document.querySelector("#frontier-plot .held")));
      assert.equal(order & 4, 4, "the shade lies below the marks");
      await page.done();
    });
  }

  test("is one file under a megabyte", () => {
    assert.ok(statSync(join(run, "report.html")).size < 1e6);
    const text = readFileSync(join(run, "report.html"), "utf8");
    assert.doesNotMatch(text, /(src|href)="(?!#|data:)/);
  });

  test("hover names the cascade", async () => {
    const page = await open();
    const index = frontier.points.length - 1;
    await page.mouse.move(...(await placeOf(page, index)));
    const tooltip = page.locator("#tooltip");
    assert.ok(await tooltip.isVisible());
    assert.match(await tooltip.textContent(), new RegExp(`^${path(frontier.points[index]).replace(/[+]/g, "\\+")}`));
    await page.mouse.move(2, 2);
    assert.ok(await tooltip.isHidden());
    await page.done();
  });

  test("a click shows stages as a flow", async () => {
    const page = await open();
    const index = frontier.points.length - 1;
    const point = frontier.points[index];
    await page.mouse.click(...(await placeOf(page, index)));
    assert.equal(await selected(page), path(point));
    assert.equal(await page.locator(`#point-${index}`).getAttribute("aria-selected"), "true");
    assert.equal(await page.locator(".flow li").count(), point.stages.length);
    const title = page.locator("#flow-title");
    assert.ok(await title.isVisible());
    assert.match(await title.textContent(), new RegExp(`tuning samples.*${frontier.pool.tuning_samples} samples`));
    const shares = await page.locator(".flow .part.right, .flow .part.wrong").evaluateAll((parts) => parts.map((part) => parseFloat(part.style.width)));
    assert.ok(Math.abs(shares.reduce((a, b) => a + b, 0) - 100) < 0.1, "every sample exits once");
    const first = await page.locator(".flow .says").first().textContent();
    assert.match(first, new RegExp(`^${(100 * point.stages[0].exit_fraction).toFixed(2)}`));
    assert.match(first, new RegExp(`${(100 * point.stages[0].exit_accuracy).toFixed(2)}.% of them right`));
    await page.done();
  });

  test("copies the spec that select would write", async () => {
    const page = await open();
    const copied = async () => {
      await page.locator("#copy-spec").click();
      await page.getByText("Copied", { exact: true }).waitFor();
      return JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    };
    assert.deepEqual(await copied(), chosen);

    const index = frontier.points.findIndex((point) => point.cost !== chosen.cost && point.stages.length > 1);
    await page.locator("#frontier-plot").focus();
    await page.keyboard.press("Home");
    for (let step = 0; step < index; step += 1) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    assert.equal(await selected(page), path(frontier.points[index]));
    const out = join(run, "selected.json");
    execFileSync(program, ["select", join(run, "frontier.json"), "--max-cost", String(frontier.points[index].cost), "--out", out, "--quiet"]);
    assert.deepEqual(await copied(), JSON.parse(readFileSync(out, "utf8")));

    // The command under a cascade selects just that one, whichever cost the chart is drawn over.
    for (const axis of ["cost", "worst_case_cost"]) {
      await page.locator(`input[name="axis"][value="${axis}"]`).check();
      for (const value of ["800", "500", "200"]) {
        await page.getByRole("slider", { name: "Budget" }).fill(value);
        const words = (await page.locator(".actions code").textContent()).split(" ");
        assert.deepEqual(words.slice(0, 3), ["committee", "select", "frontier.json"]);
        execFileSync(program, [...words.slice(1, -1), out, "--quiet"], { cwd: run });
        const shown = await copied();
        if (shown.cost !== chosen.cost) assert.deepEqual(shown, JSON.parse(readFileSync(out, "utf8")), `${axis} ${value}`);
      }
    }
    await page.done();
  });

  test("a spec that may not be copied is opened and selected", async () => {
    const page = await open();
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error("refused"));
      document.execCommand = () => false;
    });
    await page.locator("#copy-spec").click();
    await page.getByText("Selected below, to copy by hand").waitFor();
    assert.equal(await page.locator("#cascade .spec").evaluate((details) => details.open), true);
    assert.deepEqual(JSON.parse(await page.evaluate(() => getSelection().toString())), chosen);
    assert.match(await page.locator("#status").textContent(), /open and selected/);
    await page.done();
  });

  test("the spec can be read", async () => {
    const page = await open();
    await page.getByText("Spec (cascade.json)").click();
    assert.deepEqual(JSON.parse(await page.locator(".spec pre").textContent()), chosen);
    await page.done();
  });

  test("the budget moves the choice", async () => {
    const page = await open();
    const slider = page.getByRole("slider", { name: "Budget" });
    for (const axis of ["cost", "worst_case_cost"]) {
      await page.locator(`input[name="axis"][value="${axis}"]`).check();
      for (const value of ["1000", "600", "350", "120", "0"]) {
        await slider.fill(value);
        const budget = await page.evaluate((value) => Number(value), value);
        assert.equal(await slider.inputValue(), String(budget));
        const name = await selected(page);
        assert.ok((await page.locator("#budget-text").textContent()).includes(name));
        const index = Number((await page.locator('#frontier-plot [aria-selected="true"]').getAttribute("id")).slice(6));
        const point = frontier.points[index];
        const better = frontier.points.filter((other) => other[axis] <= point[axis] && other.accuracy > point.accuracy);
        assert.deepEqual(better, [], `${axis} ${value}`);
      }
      const before = await slider.inputValue();
      await slider.focus();
      await page.keyboard.press("ArrowRight");
      assert.notEqual(await slider.inputValue(), before);
    }
    await page.done();
  });

  // The frontier is one of mean cost: at worst, a point may cost more than one that is more accurate.
  test("the budget's text is true of every point at worst", async () => {
    const page = await open();
    await page.locator('input[name="axis"][value="worst_case_cost"]').check();
    await page.locator("#frontier-plot").focus();
    const order = [...frontier.points.keys()].sort((a, b) => frontier.points[a].worst_case_cost - frontier.points[b].worst_case_cost || a - b);
    await page.keyboard.press("Home");
    let beaten = 0;
    for (const index of order) {
      await page.keyboard.press("Enter");
      const point = frontier.points[index];
      const cheap = frontier.points.filter((other) => other.worst_case_cost <= point.worst_case_cost);
      const best = cheap.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
      const text = (await page.locator("#budget-text").textContent()).replaceAll("\u00a0", " ");
      const said = (item) => `${(100 * item.accuracy).toFixed(2)} % at `;
      if (best.accuracy > point.accuracy) {
        beaten += 1;
        assert.ok(text.startsWith(`${path(point)}: ${said(point)}`), text);
        assert.ok(text.includes(`the most accurate of at most that is ${path(best)}, ${said(best)}`), text);
      } else {
        assert.ok(text.includes(`the most accurate is ${path(point)}, ${said(point)}`), text);
      }
      await page.keyboard.press("ArrowRight");
    }
    assert.ok(beaten > 0, "some point is beaten at worst");
    await page.done();
  });

  test("arrow keys walk along the frontier", async () => {
    const page = await open();
    await page.locator("#frontier-plot").focus();
    await page.keyboard.press("Home");
    const active = () => page.locator("#frontier-plot").getAttribute("aria-activedescendant");
    assert.equal(await active(), "point-0");
    assert.ok(await page.locator("#tooltip").isVisible());
    await page.keyboard.press("ArrowRight");
    assert.equal(await active(), "point-1");
    await page.keyboard.press("End");
    assert.equal(await active(), `point-${frontier.points.length - 1}`);
    await page.keyboard.press("Enter");
    assert.equal(await selected(page), path(frontier.points.at(-1)));
    assert.match(await page.locator("#status").textContent(), /^Selected/);
    // What the tip covers can be seen.
    assert.ok(await page.locator("#tooltip").isVisible());
    await page.keyboard.press("Escape");
    assert.ok(!(await page.locator("#tooltip").isVisible()));
    await page.done();
  });

  test("arrow keys go on from where the pointer clicked", async () => {
    const page = await open();
    const active = () => page.locator("#frontier-plot").getAttribute("aria-activedescendant");
    const index = frontier.points.length - 2;
    // Where points lie closer than a pixel, a click may mean either.
    const places = await page.locator("#frontier-plot [id^=point-]").evaluateAll((marks) => marks.map((mark) => mark.getBoundingClientRect()).map((box) => box.x + box.width / 2));
    const alone = places.findIndex((x, at) => at > 0 && x - places[at - 1] > 3 && places[at + 1] - x > 3);
    for (const clicked of [index, alone, index]) {
      await page.mouse.click(...(await placeOf(page, clicked)));
      assert.equal(await selected(page), path(frontier.points[clicked]));
      assert.equal(await active(), `point-${clicked}`);
      assert.equal(await page.locator("#frontier-plot .ring.near").count(), 0, "no ring stays behind");
    }
    await page.keyboard.press("ArrowRight");
    assert.equal(await active(), `point-${index + 1}`);
    assert.match(await page.locator("#tooltip b").textContent(), new RegExp(`^${path(frontier.points[index + 1]).replace(/[+]/g, "\\+")}$`));
    await page.done();
  });

  test("everything is reached and named by keyboard", async () => {
    const page = await open();
    const nameless = await page.evaluate(() => {
      const named = (e) => e.textContent.trim() || e.getAttribute("aria-label") || e.labels?.length;
      return [...document.querySelectorAll("button, input, summary, [tabindex]")].filter((e) => !named(e)).map((e) => e.outerHTML);
    });
    assert.deepEqual(nameless, []);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
    await page.done();
  });

  test("tables sort both ways", async () => {
    const page = await open();
    const table = page.locator("#similar-cost");
    const header = table.locator("thead tr:last-child th").nth(4);
    const column = () => table.locator("tbody tr").evaluateAll((rows) => rows.map((row) => row.cells[4].dataset.value).filter((v) => v !== undefined).map(Number));
    for (const [direction, sign] of [["ascending", 1], ["descending", -1]]) {
      await header.getByRole("button").click();
      assert.equal(await header.getAttribute("aria-sort"), direction);
      const values = await column();
      assert.ok(values.length > 1);
      assert.deepEqual(values, [...values].sort((a, b) => sign * (a - b)));
    }
    await table.locator("button.link").last().click();
    const index = Number((await page.locator('#frontier-plot [aria-selected="true"]').getAttribute("id")).slice(6));
    assert.equal(await selected(page), path(frontier.points[index]));
    await page.getByText("as a table").click();
    await page.locator("#all-table tbody tr").first().waitFor();
    assert.equal(await page.locator("#all-table tbody tr").count(), frontier.points.length);
    await page.done();
  });

  test("a threshold can be moved", async () => {
    const page = await open();
    const mover = page.locator(".mover").first();
    const text = page.locator(".mover-text").first();
    const figures = (await text.textContent()).match(/: ([\d.]+).% at/)[1];
    assert.equal(figures, (100 * chosen.accuracy).toFixed(2), "starts at what is set");
    await mover.focus();
    await page.keyboard.press("Home");
    assert.doesNotMatch(await text.textContent(), /as set/);
    const bars = page.locator(".bar");
    const before = await bars.count();
    await page.locator('input[name="part"][value="holdout"]').check();
    assert.ok((await bars.count()) > 0 && before > 0);
    const headings = await page.locator("#gate-list .gate > .facts-line").allTextContents();
    assert.match(headings[0], new RegExp(`reached by ${frontier.pool.holdout_samples} held-out samples`));
    assert.ok(!headings.some((text) => text.includes("tuning")), headings.join("; "));
    await page.done();
  });

  test("no error at all stands at a tick of its own on the log scale", async () => {
    const folder = mkdtempSync(join(tmpdir(), "right-"));
    const { points } = frontier;
    const last = { ...points.at(-1), accuracy: 1 };
    writeFileSync(join(folder, "frontier.json"), JSON.stringify({ ...frontier, points: [...points.slice(0, -1), last] }));
    execFileSync(program, ["report", folder]);
    for (const width of [1440, 390]) {
      const page = await open({ viewport: { width, height: 900 } }, folder);
      await page.locator('input[name="scale"][value="error"]').check();
      const [tick, below, mark] = await page.evaluate((id) => {
        const middle = (element) => element.getBoundingClientRect().top + element.getBoundingClientRect().height / 2;
        const grid = [...document.querySelectorAll("#frontier-plot .grid")].map(middle).sort((a, b) => a - b);
        return [grid[0], grid[1], middle(document.getElementById(id))];
      }, `point-${points.length - 1}`);
      assert.ok(Math.abs(tick - mark) < 1 && below - tick >= 24, `${tick} ${below} ${mark}`);
      const said = await page.locator("#frontier-plot text").allTextContents();
      assert.ok(said.includes("100") && said.includes("\u22ee"), said.join("; "));
      await page.done();
    }
    rmSync(folder, { recursive: true });
  });

  test("bars change colour at the threshold", async () => {
    const page = await open();
    const wrong = await page.evaluate(() => {
      const edge = (bar) => bar.getBoundingClientRect();
      return [...document.querySelectorAll("#gate-list .gate")].flatMap((gate) => {
        const chart = gate.querySelector(".bar").closest("svg");
        const [line] = [...chart.querySelectorAll(".set")].map(edge);
        if (!line) return [];
        const at = (line.left + line.right) / 2;
        return [...chart.querySelectorAll(".bar")].filter((bar) => (bar.matches(".gone") ? edge(bar).right > at + 0.8 : edge(bar).left < at - 0.8)).map((bar) => bar.textContent);
      });
    });
    assert.deepEqual(wrong, []);
    assert.ok((await page.locator(".bar.gone").count()) > 0);
    await page.done();
  });

  test("other axes are drawn", async () => {
    const page = await open();
    const place = () => page.locator("#point-0").getAttribute("transform");
    const first = await place();
    await page.locator('input[name="axis"][value="worst_case_cost"]').check();
    assert.match(await page.locator("#frontier-plot").textContent(), /Worst-case cost/);
    await page.locator('input[name="scale"][value="error"]').check();
    const second = await place();
    assert.notEqual(first, second);
    assert.match(await page.locator("#frontier-plot").textContent(), /log scale of the error/);
    await page.locator("#held-toggle").uncheck();
    assert.equal(await page.locator("#frontier-plot .held circle").count(), 0);
    await page.done();
  });
});
