//! The server as its users meet it, over HTTP, on both databases. A feature stands here under its name in `src/web`: a file, or a folder
//! of files; `edge/` asks every address alike, `jobs/` what runs on a timer.

#[path = "http/account/account.rs"]
mod account;
#[path = "http/account/addresses.rs"]
mod addresses;
#[path = "http/api.rs"]
mod api;
#[path = "http/account/backchannel_logout.rs"]
mod backchannel_logout;
#[path = "http/account/certified_provider.rs"]
mod certified_provider;
#[path = "http/citizen/citizen.rs"]
mod citizen;
#[path = "support/closed.rs"]
mod closed;
#[path = "http/periods/closed_periods.rs"]
mod closed_periods;
#[path = "http/periods/closing.rs"]
mod closing;
#[path = "http/complaints.rs"]
mod complaints;
#[path = "http/edge/damage.rs"]
mod damage;
#[path = "http/periods/declared.rs"]
mod declared;
#[path = "support/demo.rs"]
mod demo;
#[path = "support/documents.rs"]
mod documents;
#[path = "http/edge/edge.rs"]
mod edge;
#[path = "http/citizen/every_form.rs"]
mod every_form;
#[path = "http/explore/explore.rs"]
mod explore;
#[path = "http/explore/explore_forms.rs"]
mod explore_forms;
#[path = "http/account/first_start.rs"]
mod first_start;
#[path = "http/today/first_steps.rs"]
mod first_steps;
#[path = "http/answers/flagged.rs"]
mod flagged;
#[path = "http/questionnaires/form_drafts.rs"]
mod form_drafts;
#[path = "http/questionnaires/forms.rs"]
mod forms;
#[path = "http/edge/growth.rs"]
mod growth;
#[path = "http/help/guide.rs"]
mod guide;
#[path = "http/explore/hiding.rs"]
mod hiding;
#[path = "support/hostile_openid.rs"]
mod hostile_openid;
#[path = "http/answers/import_other.rs"]
mod import_other;
#[path = "http/imports.rs"]
mod imports;
#[path = "support/in_house_openid.rs"]
mod in_house_openid;
#[path = "http/periods/issuing.rs"]
mod issuing;
#[path = "http/account/kept_forms.rs"]
mod kept_forms;
#[path = "http/answers/keying.rs"]
mod keying;
#[path = "http/citizen/kiosk.rs"]
mod kiosk;
#[path = "http/citizen/languages.rs"]
mod languages;
#[path = "http/periods/letter.rs"]
mod letter;
#[path = "http/jobs/letters.rs"]
mod letters;
#[path = "http/edge/load.rs"]
mod load;
#[path = "http/periods/offices.rs"]
mod offices;
#[path = "http/periods/one_number.rs"]
mod one_number;
#[path = "support/openid.rs"]
mod openid;
#[path = "http/periods/overview.rs"]
mod overview;
#[path = "http/people/people.rs"]
mod people;
#[path = "http/plans/plans.rs"]
mod plans;
#[path = "http/points/points.rs"]
mod points;
#[path = "http/points/prints.rs"]
mod prints;
#[path = "http/citizen/promises.rs"]
mod promises;
#[path = "support/qr.rs"]
mod qr;
#[path = "http/questionnaires/questionnaires.rs"]
mod questionnaires;
#[path = "http/plans/report_templates.rs"]
mod report_templates;
#[path = "http/periods/reports.rs"]
mod reports;
#[path = "http/public/results.rs"]
mod results;
#[path = "http/edge/rights.rs"]
mod rights;
#[path = "http/plans/rounds.rs"]
mod rounds;
#[path = "http/plans/samples.rs"]
mod samples;
#[path = "support/server.rs"]
mod server;
#[path = "http/account/sign_in.rs"]
mod sign_in;
#[path = "http/account/single_sign_on.rs"]
mod single_sign_on;
#[path = "http/edge/spoken.rs"]
mod spoken;
#[path = "http/edge/spread.rs"]
mod spread;
mod support;
#[path = "http/units/tables_of_places.rs"]
mod tables_of_places;
#[path = "http/periods/targets.rs"]
mod targets;
#[path = "http/telling.rs"]
mod telling;
#[path = "http/points/tickets.rs"]
mod tickets;
#[path = "support/town.rs"]
mod town;
#[path = "http/warnings.rs"]
mod warnings;
#[path = "http/people/webhooks.rs"]
mod webhooks;
#[path = "http/work.rs"]
mod work;
