//! Reporting periods: closings, report templates, cases handled, external figures, imports.

pub(in crate::db) mod caseload;
pub(in crate::db) mod closings;
pub(in crate::db) mod external_figures;
pub(in crate::db) mod imports;
pub(in crate::db) mod report_templates;
