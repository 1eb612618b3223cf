//! What a terminal shows: lines that fit, whatever models are called and cost, colour that means
//! something, help with examples, completions and manual pages.

mod common {
    pub mod program;
}

use common::program::{Folder, committee, run};
use unicode_width::UnicodeWidthStr;

/// Models of the digits, renamed: of 120 letters, and of letters that take two columns each.
fn renamed() -> [(&'static str, String, f64); 4] {
    [
        ("softmax_14", "線形分類器・十四画素の縮小入力版".repeat(3), 4.714),
        ("cnn_s", "대형합성곱신경망".to_owned(), 52.538),
        ("cnn_m", "efficientnet_b7-in1k".repeat(6), 732.266),
        ("cnn_l", "m".repeat(120), 19420.938),
    ]
}

/// A manifest of these at `scale` times their costs.
fn manifest(folder: &Folder, scale: f64) -> String {
    let digits = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/digits");
    let models = renamed().map(|(file, name, cost)| {
        let file = digits.join(file).display().to_string();
        let cost = cost * scale;
        format!("[[model]]\nname = \"{name}\"\npredictions = \"{file}.parquet\"\ncost = {cost:e}\n")
    });
    let path = folder.path("pool.toml");
    std::fs::write(&path, format!("cost_unit = \"kFLOPs\"\n{}", models.concat())).unwrap();
    path.display().to_string()
}

/// Every line of every command fits 80 columns.
#[test]
fn all_tables_fit_80_columns() {
    for scale in [1.0, 1e12, 1e-9] {
        let folder = Folder::new();
        let pool = manifest(&folder, scale);
        let (out, other) = (folder.at("out"), folder.at("other.json"));
        let spec = format!("{out}/cascade.json");
        let fitted = "--resolution 8 --calibrate temperature --weights";
        for line in [
            format!("inspect {pool}"),
            format!("optimize {pool} --out {out} {fitted}"),
            format!("select {out}/frontier.json --max-cost {} --out {other}", 60.0 * scale),
            format!("replay {spec} {pool}"),
            format!("check {spec} {pool}"),
            format!("diff {spec} {other}"),
            format!("man --out {out}"),
        ] {
            let ran = run(&line);
            assert_eq!(ran.code, Some(0), "{line}: {}", ran.stderr);
            assert!(ran.stdout.lines().count() > 3, "{line}: {}", ran.stdout);
            // The folder of the test has a long name of its own.
            let shown = ran.stdout.lines().filter(|line| !line.contains(&out));
            for shown in shown.filter(|line| !line.contains(&other)) {
                assert!(shown.width() <= 80, "{line}: {shown}");
            }
        }
    }
}

/// What `line` prints on stdout and on stderr, with these variables set.
fn printed(line: &str, variables: &[(&str, &str)]) -> (String, String) {
    let mut program = committee(line.split_whitespace());
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM"] {
        program.env_remove(name);
    }
    let output = program.envs(variables.iter().copied()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

#[test]
fn colour_marks_what_is_wrong_and_nothing_else() {
    let folder = Folder::new();
    let out = folder.at("out");
    let digits = |name: &str| format!("data/digits/{name}.parquet");
    let no = format!(
        "optimize {} {} --cost cnn_l=10 --cost softmax_14=5 --aggregation last --out {out}",
        digits("cnn_l"),
        digits("softmax_14")
    );
    let quick = "--max-models 2 --resolution 8 --max-cost 60";
    let loses = format!("optimize data/digits/pool.toml {quick} --out {out}");
    let replay = format!("replay {out}/claims.json data/digits/pool.toml");
    // The cascade that loses in some classes is none to use either.
    for (line, marked, count) in [
        (no.as_str(), "verdict:  \u{1b}[1m\u{1b}[31mdo not cascade\u{1b}[0m: ", 1),
        ("inspect nothing.toml", "\u{1b}[1m\u{1b}[31mcommittee:\u{1b}[0m ", 1),
        ("optimize --no-such-option", "\u{1b}[1m\u{1b}[31mcommittee:\u{1b}[0m ", 1),
        (loses.as_str(), "\u{1b}[1m\u{1b}[33mwarning:\u{1b}[0m ", 2),
        (replay.as_str(), "\u{1b}[1m\u{1b}[31mDISAGREES with the spec\u{1b}[0m", 1),
    ] {
        if line.starts_with("replay") {
            let mut spec = folder.json("out/cascade.json");
            spec["accuracy"] = 0.5.into();
            std::fs::write(folder.path("out/claims.json"), spec.to_string()).unwrap();
        }
        let piped = printed(line, &[]);
        let shown = printed(line, &[("CLICOLOR_FORCE", "1")]);
        let shown = format!("{}{}", shown.0, shown.1);
        assert!(!format!("{}{}", piped.0, piped.1).contains('\u{1b}'), "{piped:?}");
        assert!(shown.contains(marked), "{marked:?} is not in {shown:?}");
        assert_eq!(shown.matches("\u{1b}[0m").count(), count, "{shown:?}");
        let never = printed(line, &[("NO_COLOR", "1")]);
        assert!(!format!("{}{}", never.0, never.1).contains('\u{1b}'), "{never:?}");
        let json = printed(&format!("{line} --json"), &[("CLICOLOR_FORCE", "1")]);
        assert!(!json.0.contains('\u{1b}'), "{}", json.0);
    }
}

#[test]
fn shells_and_man_know_every_command() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&format!("completions {shell}")).stdout;
        for word in ["optimize", "replay", "check", "error-rate"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    assert_eq!(run("completions tcsh").code, Some(2));
    let ran = run(&format!("man --out {}", folder.at("man1")));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let pages = folder.files();
    for name in ["committee", "committee-optimize", "committee-check", "committee-diff"] {
        let page = &pages[&folder.path(&format!("man1/{name}.1"))];
        let page = std::str::from_utf8(page).unwrap();
        assert!(page.starts_with(".ie") && page.contains(".SH NAME"), "{name}: {page}");
    }
    // Options have their values.
    let page = String::from_utf8_lossy(&pages[&folder.path("man1/committee-optimize.1")]);
    let synopsis = "\\fBcommittee optimize\\fR [OPTIONS] \\-\\-out <DIR> <POOL>...";
    assert!(page.contains(synopsis), "{page}");
    // Examples stay as they are to be typed.
    let page = String::from_utf8_lossy(&pages[&folder.path("man1/committee-check.1")]);
    let (before, examples) = page.split_once(".SH EXAMPLES\n.EX\n").unwrap();
    let first = "committee check out/cascade.json data/digits/pool.toml\n";
    assert!(examples.starts_with(first) && examples.ends_with(".EE\n"), "{page}");
    assert!(examples.contains("\\-\\-error\\-rate 0.001 \\e\n  data/digits"), "{page}");
    assert!(!page.contains("Examples:") && before.contains(".PP\nPOOL holds fresh"), "{page}");
    assert_eq!(run(&format!("man --out {}", folder.at("man1"))).code, Some(0));
    assert!(folder.files() == pages);
}

/// Every command's long help ends with a way to use it.
#[test]
fn every_help_has_an_example() {
    let help = run("--help").stdout;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names: Vec<&str> = commands
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(names.len() >= 9, "{names:?}");
    for name in names.into_iter().chain(["export notebook"]) {
        let help = run(&format!("{name} --help")).stdout;
        let example = help.lines().skip_while(|line| !line.starts_with("Example")).skip(1);
        let start = format!("  committee {name}");
        assert!(example.into_iter().any(|line| line.starts_with(&start)), "{name}: {help}");
    }
}
