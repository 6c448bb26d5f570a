//! Weighted shares of 22 items in 5 fields with linearised errors, over a million answer sheets: from memory, and from a CSV
//! file through the engine of `sipas analyse`. Prints CPU seconds, peak memory and the ratio to what is aimed at.
//!
//! `cargo bench --bench weighted_shares [ROWS]`. Linux: CPU time from /proc/self/schedstat, memory from /proc/self/status.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use sipas::analyse;
use sipas::stats::design::{ClusterLabels, FrameBuilder};
use sipas::stats::sums::{Cell, GroupedSums, RowValues, SummedDesign};
use sipas::stats::variance::LonelyRule;

const ITEMS: usize = 22;
const FIELDS: [&str; 5] = ["health", "education", "land", "civil_status", "construction"];
const COMMUNES: usize = 332;
const CLUSTERS_PER_COMMUNE: usize = 10;

/// CPU seconds aimed at for a million rows, from memory.
const AIM_MEMORY: f64 = 0.6;
/// CPU seconds polars 2.1 needs for the same million rows from CSV (shared reference machine), and its memory in MB.
const AIM_CSV: (f64, f64) = (1.2, 238.0);

struct Rows {
    cluster: Vec<u32>,
    field: Vec<u8>,
    weight: Vec<f64>,
    /// Row-major, 0 = no answer.
    answers: Vec<u8>,
}

/// A small generator of whole numbers below `n` (`SplitMix64`), so that the data are the same everywhere.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }
}

fn generate(n_rows: usize) -> Rows {
    let mut numbers = Numbers(11);
    let n_clusters = COMMUNES * CLUSTERS_PER_COMMUNE;
    let mut rows = Rows { cluster: Vec::new(), field: Vec::new(), weight: Vec::new(), answers: Vec::new() };
    for row in 0..n_rows {
        let cluster = row * n_clusters / n_rows;
        rows.cluster.push(u32::try_from(cluster).unwrap_or(u32::MAX));
        rows.field.push(u8::try_from(numbers.below(5)).unwrap_or(0));
        rows.weight.push((1_000_000 + 37_000 * (cluster % 97) + cluster) as f64 / 1e6);
        for item in 0..ITEMS {
            // 3 % missing; satisfied between 70 and 90 % by item and cluster.
            let satisfied = 70 + (item * 7 + cluster * 13) % 20;
            let answer = match (numbers.below(100), numbers.below(100)) {
                (0..3, _) => 0,
                (_, chance) if chance < satisfied as u64 => 4 + numbers.below(2),
                _ => 1 + numbers.below(3),
            };
            rows.answers.push(u8::try_from(answer).unwrap_or(0));
        }
    }
    rows
}

/// Nanoseconds of processor time this process has used.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|first| first.trim().parse::<f64>().ok()).map_or(f64::NAN, |ns| ns / 1e9)
}

fn peak_megabytes() -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<f64>().ok())
        .map_or(f64::NAN, |kb| kb / 1024.0)
}

fn measure<T>(what: &str, aim: f64, mut work: impl FnMut() -> T) -> T {
    let mut best: Option<(f64, f64)> = None;
    let mut result = None;
    for _ in 0..5 {
        let (cpu, wall) = (cpu_seconds(), Instant::now());
        result = Some(work());
        let taken = (cpu_seconds() - cpu, wall.elapsed().as_secs_f64());
        if best.is_none_or(|best| taken.0 < best.0) {
            best = Some(taken);
        }
    }
    let (cpu, wall) = best.unwrap_or((f64::NAN, f64::NAN));
    println!("{what}: {cpu:.3} CPU s, {wall:.3} s wall (best of 5); aim {aim:.1} CPU s, ratio {:.2}", cpu / aim);
    result.expect("measured five times")
}

/// Shares and standard errors of every item in every field, from rows in memory.
fn from_memory(rows: &Rows) -> Vec<(f64, f64)> {
    let mut builder = FrameBuilder::new(ClusterLabels::Unique, false);
    let mut sums = GroupedSums::new(ITEMS);
    let (mut counts, mut satisfied) = ([0.0; ITEMS], [0.0; ITEMS]);
    let mut last = (u32::MAX, 0);
    for (row, answers) in rows.answers.chunks_exact(ITEMS).enumerate() {
        if rows.cluster[row] != last.0 {
            let label = rows.cluster[row] as usize;
            let placed = builder.place(label / CLUSTERS_PER_COMMUNE, label, Some(40.0), None);
            last = (rows.cluster[row], placed.expect("a good design"));
        }
        for ((count, satisfied), answer) in counts.iter_mut().zip(&mut satisfied).zip(answers) {
            *count = f64::from(u8::from(*answer > 0));
            *satisfied = f64::from(u8::from(*answer > 3));
        }
        let values = RowValues { counts: &counts, sums: &satisfied, squares: &satisfied };
        sums.add(last.1, usize::from(rows.field[row]), rows.weight[row], values);
    }
    let frame = builder.finish().expect("a good design");
    let design = SummedDesign { frame: &frame, lonely: LonelyRule::default(), sums: &sums, calibration: None };
    let mut shares = Vec::with_capacity(ITEMS * FIELDS.len());
    for level in 0..FIELDS.len() {
        for result in 0..ITEMS {
            let share = design.mean(Cell { level, result }, None).expect("no lonely stratum").expect("answers");
            shares.push((share.mean, share.standard_error()));
        }
    }
    shares
}

fn write_csv(rows: &Rows, dir: &Path) -> std::io::Result<(PathBuf, PathBuf)> {
    let data = dir.join("bench.csv");
    let mut out = std::io::BufWriter::new(std::fs::File::create(&data)?);
    write!(out, "id,commune,tdp,N_tdp,w,field")?;
    for item in 1..=ITEMS {
        write!(out, ",q{item:02}")?;
    }
    writeln!(out)?;
    for (row, answers) in rows.answers.chunks_exact(ITEMS).enumerate() {
        let cluster = rows.cluster[row] as usize;
        let (commune, group) = (cluster / CLUSTERS_PER_COMMUNE, cluster % CLUSTERS_PER_COMMUNE);
        let field = FIELDS[usize::from(rows.field[row])];
        write!(out, "{row},C{commune:03},C{commune:03}-T{group:02},40,{:.6},{field}", rows.weight[row])?;
        for answer in answers {
            write!(out, ",{answer}")?;
        }
        writeln!(out)?;
    }
    out.flush()?;
    let items = (1..=ITEMS).map(|item| format!("\"q{item:02}\"")).collect::<Vec<_>>().join(", ");
    let spec = dir.join("bench.toml");
    std::fs::write(
        &spec,
        format!(
            "[responses]\nmissing = [\"0\"]\n[design]\nweight = \"w\"\nstrata = \"commune\"\ncluster = \"tdp\"\nclusters_in_population = \"N_tdp\"\n\
             [[domain]]\nname = \"field\"\ncolumns = [\"field\"]\n[[result]]\nkind = \"share\"\neach = [{items}]\ndomains = [\"field\"]\n"
        ),
    )?;
    Ok((data, spec))
}

/// Peak memory of a process that does nothing but analyse the file.
fn memory_of_analysis(data: &Path, spec: &Path) -> Option<String> {
    let itself = std::env::current_exe().ok()?;
    let child = std::process::Command::new(itself).arg(ONLY_ANALYSE).arg(data).arg(spec).output().ok()?;
    child.status.success().then(|| String::from_utf8_lossy(&child.stdout).trim().to_owned())
}

/// First argument of the child process.
const ONLY_ANALYSE: &str = "--only-analyse";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, only, data, spec, ..] = arguments.as_slice()
        && only == ONLY_ANALYSE
    {
        analyse::run(data.as_ref(), spec.as_ref()).unwrap_or_else(|error| panic!("{error}"));
        println!("{:.0}", peak_megabytes());
        return;
    }
    let n_rows: usize = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    let millions = n_rows as f64 / 1e6;
    let dir = std::env::temp_dir().join(format!("sipas-bench-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a directory for the data");
    let rows = generate(n_rows);
    let (data, spec) = write_csv(&rows, &dir).expect("a CSV file");
    let megabytes = std::fs::metadata(&data).map_or(f64::NAN, |file| file.len() as f64 / 1e6);
    println!(
        "{n_rows} answer sheets x {ITEMS} items, {} clusters, CSV of {megabytes:.0} MB",
        COMMUNES * CLUSTERS_PER_COMMUNE
    );
    let shares = measure("from memory, 110 shares with errors", AIM_MEMORY * millions, || from_memory(&rows));
    drop(rows);
    let answer = measure("from CSV, sipas analyse, 132 shares with errors", AIM_CSV.0 * millions, || {
        analyse::run(&data, &spec).unwrap_or_else(|error| panic!("{error}"))
    });
    // Both roads must tell the same.
    let mut compared = 0;
    for entry in answer["results"].as_array().into_iter().flatten() {
        let Some(level) = FIELDS.iter().position(|field| entry["level"] == **field) else { continue };
        let item = entry["result"].as_str().and_then(|name| name[1..].parse::<usize>().ok()).expect("an item");
        let (share, error) = shares[level * ITEMS + item - 1];
        let (estimate, standard_error) = (entry["estimate"].as_f64(), entry["standard_error"].as_f64());
        assert!(
            (estimate.unwrap_or(f64::NAN) - share).abs() < 1e-12
                && (standard_error.unwrap_or(f64::NAN) - error).abs() < 1e-12
        );
        compared += 1;
    }
    println!("{compared} shares and errors from CSV equal those from memory");
    if let Some(peak) = memory_of_analysis(&data, &spec) {
        println!("peak memory of the analysis alone: {peak} MB; polars {} MB", AIM_CSV.1);
    }
    std::fs::remove_dir_all(&dir).expect("the data go");
}
