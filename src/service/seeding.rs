//! The questionnaires, plans and fields that a database is seeded with: those built into the program, or those in
//! the folders that `FORMS_DIR` and `PLANS_DIR` name. Reading them checks them.

use std::path::{Path, PathBuf};

use crate::plan::{FieldOfService, Plan};
use crate::report::template;
use crate::survey::Questionnaire;

/// Files built into the program, by name; a test compares the list with the folders.
macro_rules! built_in {
    ($folder:literal: $($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../", $folder, "/", $name)))),*]
    };
}

/// Questionnaire files built in.
pub const FORMS: &[(&str, &str)] = built_in!("survey_forms":
    "bo-noi-vu-2026.toml",
    "chinh-sach.toml",
    "dat-dai.toml",
    "dich-vu-cong-truc-tuyen.toml",
    "doi-thoai.toml",
    "kham-ngoai-tru.toml",
    "mam-non.toml",
    "mau-so-02.toml",
    "thu-tuc-hanh-chinh-day-du.toml",
    "thu-tuc-hanh-chinh-ngan.toml",
    "tiem-chung.toml",
    "tram-y-te.toml",
    "truong-pho-thong.toml",
    "xay-dung-dau-tu.toml",
);

/// Plan files built in.
pub const PLANS: &[(&str, &str)] = built_in!("plans":
    "cau-giay-2026.toml",
    "cau-giay-tuyen-truyen-2026.toml",
    "o-cho-dua-2025.toml",
    "o-dien-2026-2030.toml",
    "thanh-dong-2026.toml",
);

/// The file of fields of service, beside the plans.
pub const FIELDS: (&str, &str) = ("fields.toml", include_str!("../../plans/fields.toml"));

/// Everything read and checked.
#[derive(Debug, Clone, Default)]
pub struct Seeds {
    /// Fields of service.
    pub fields: Vec<FieldOfService>,
    /// Questionnaires in the order of their file names.
    pub forms: Vec<Questionnaire>,
    /// Plans in the order of their file names.
    pub plans: Vec<Plan>,
    /// Outlines of reports beside the plans: `KEY.docx` of a plan's key, with the bytes.
    pub outlines: Vec<(String, Vec<u8>)>,
}

/// Reads every file; every fault of every file at once, a line each, as `file:line: …`.
pub fn read(forms_dir: Option<&Path>, plans_dir: Option<&Path>) -> Result<Seeds, Vec<String>> {
    let folders = [("FORMS_DIR", forms_dir), ("PLANS_DIR", plans_dir)];
    let missing = folders.into_iter().filter_map(|(setting, folder)| {
        let error = std::fs::read_dir(folder?).err()?;
        let folder = folder?.display();
        Some(format!(
            "{setting} is `{folder}`, which cannot be read ({error}); name a folder of .toml files, or leave it out"
        ))
    });
    let missing: Vec<String> = missing.collect();
    // What such a folder should hold is not asked for too.
    if !missing.is_empty() {
        return Err(missing);
    }
    let mut seeds = Seeds::default();
    let mut faults = Vec::new();
    let mut plans = files(plans_dir, "plans", PLANS, &mut faults);
    if plans_dir.is_none() {
        plans.push((format!("plans/{}", FIELDS.0), FIELDS.1.to_owned()));
    }
    let is_fields = |path: &str| path.rsplit('/').next() == Some(FIELDS.0);
    match plans.iter().find(|(path, _)| is_fields(path)) {
        Some((path, source)) => match crate::plan::parse_fields(path, source) {
            Ok(fields) => seeds.fields = fields,
            Err(problems) => faults.extend(problems.iter().map(ToString::to_string)),
        },
        None => faults.push("fields.toml is missing beside the plans; copy it from the program's plans/".to_owned()),
    }
    let known: Vec<String> = seeds.fields.iter().map(|field| field.id.clone()).collect();
    for (path, source) in plans.iter().filter(|(path, _)| !is_fields(path)) {
        match crate::plan::parse(path, source, &seeds.fields) {
            Ok(plan) => seeds.plans.push(plan),
            Err(problems) => faults.extend(problems.iter().map(ToString::to_string)),
        }
    }
    for (path, bytes) in outlines(plans_dir, &mut faults) {
        let key = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if !seeds.plans.iter().any(|plan| plan.key == key) && faults.is_empty() {
            faults.push(format!("{}: no plan has the key `{key}`; name the outline for its plan", path.display()));
        }
        faults.extend(template::check(&bytes).iter().map(|problem| format!("{}: {problem}", path.display())));
        seeds.outlines.push((key, bytes));
    }
    for (path, source) in files(forms_dir, "survey_forms", FORMS, &mut faults) {
        match crate::survey::parse(&path, &source, &known) {
            Ok(form) => seeds.forms.push(form),
            Err(problems) => faults.extend(problems.iter().map(ToString::to_string)),
        }
    }
    if faults.is_empty() { Ok(seeds) } else { Err(faults) }
}

/// The outlines in the folder of plans, sorted by name.
fn outlines(dir: Option<&Path>, faults: &mut Vec<String>) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = dir.and_then(|dir| std::fs::read_dir(dir).ok()).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    // Word leaves files beginning with ~$ beside what it has open.
    let is_outline = |path: &PathBuf| {
        let temporary = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("~$"));
        path.extension().is_some_and(|extension| extension == "docx") && !temporary
    };
    paths.retain(is_outline);
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        match std::fs::read(&path) {
            Ok(bytes) => found.push((path, bytes)),
            Err(error) => faults.push(format!("{}: cannot be read ({error})", path.display())),
        }
    }
    found
}

/// The files of a folder, or those built in; sorted by name.
fn files(
    dir: Option<&Path>,
    folder: &str,
    built_in: &[(&str, &str)],
    faults: &mut Vec<String>,
) -> Vec<(String, String)> {
    let Some(dir) = dir else {
        return built_in.iter().map(|(name, source)| (format!("{folder}/{name}"), (*source).to_owned())).collect();
    };
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) => {
            faults.push(format!("{}: cannot be read ({error}); name a folder of .toml files", dir.display()));
            return Vec::new();
        }
    };
    let mut paths: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    if paths.is_empty() {
        faults
            .push(format!("{}: holds no .toml file; put the {folder} there, or leave the setting out", dir.display()));
    }
    let mut files = Vec::new();
    for path in paths {
        match std::fs::read_to_string(&path) {
            Ok(source) => files.push((path.display().to_string(), source)),
            Err(error) => faults.push(format!("{}: cannot be read ({error}); save it as UTF-8 text", path.display())),
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_folder_is_no_folder_of_questionnaires() {
        let folder = std::env::temp_dir().join(format!("sipas-seeding-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let faults = read(Some(&folder), None).expect_err("a refusal");
        std::fs::remove_dir_all(&folder).expect("removed");
        assert!(matches!(faults.as_slice(), [one] if one.contains("holds no .toml file")), "{faults:?}");
    }

    #[test]
    fn a_folder_that_is_not_there_is_one_fault_with_its_setting() {
        let nix = Path::new("/nonexistent/nix");
        for (setting, forms, plans) in [("FORMS_DIR", Some(nix), None), ("PLANS_DIR", None, Some(nix))] {
            let faults = read(forms, plans).expect_err("a refusal");
            let told = |fault: &String| fault.starts_with(&format!("{setting} is `/nonexistent/nix`"));
            assert!(faults.len() == 1 && told(&faults[0]), "{faults:?}");
        }
    }

    #[test]
    fn every_file_of_the_folders_is_built_in_and_sound() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for (folder, built_in) in [("survey_forms", FORMS), ("plans", PLANS)] {
            let mut names: Vec<String> = std::fs::read_dir(root.join(folder))
                .expect("the folder")
                .filter_map(Result::ok)
                .map(|entry| entry.file_name().to_string_lossy().into_owned())
                .filter(|name| {
                    Path::new(name).extension().is_some_and(|extension| extension == "toml") && name != FIELDS.0
                })
                .collect();
            names.sort();
            assert_eq!(names, built_in.iter().map(|(name, _)| *name).collect::<Vec<_>>(), "{folder}");
        }
        let built_in = read(None, None).expect("sound files");
        let from_folders = read(Some(&root.join("survey_forms")), Some(&root.join("plans"))).expect("sound files");
        assert_eq!(built_in.forms, from_folders.forms);
        assert_eq!(built_in.plans, from_folders.plans);
    }
}
