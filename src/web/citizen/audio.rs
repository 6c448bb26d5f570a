//! `/audio/{name}`: recordings of questions, for people who do not read. Served from `AUDIO_DIR`; names that could lead out of it
//! do not exist.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path};

use crate::error::{Reason, Refusal};
use crate::survey::check::is_audio_file;
use crate::web::http::block::block;
use crate::web::state::App;

/// `GET /audio/{name}`.
pub async fn show(app: Data<App>, name: Path<String>) -> Result<HttpResponse, Refusal> {
    let Some(folder) = app.config.audio_dir.clone().filter(|_| is_audio_file(&name)) else {
        return Err(Reason::UnknownAddress.into());
    };
    let kind = match name.rsplit('.').next() {
        Some("mp3") => "audio/mpeg",
        Some("m4a") => "audio/mp4",
        _ => "audio/ogg",
    };
    let file = folder.join(name.as_str());
    match block(move || std::fs::read(file)).await? {
        // A day: a recording is made anew now and then, under the same name.
        Ok(bytes) => Ok(HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, kind))
            .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
            .body(bytes)),
        Err(_) => Err(Reason::UnknownAddress.into()),
    }
}
