//! `GET /v1/backup`: the whole store in one file, as it is at this moment; `assisters-gateway restore FILE` takes it. For the owner alone: it holds everything.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use tokio::io::AsyncReadExt as _;

use crate::access::Owner;
use crate::app::App;
use crate::error::Failure;
use crate::openapi::Refusals;
use crate::routes::internal;

/// What is read of the file at once.
const CHUNK_BYTES: usize = 256 * 1024;

/// Returns a copy of the store.
#[utoipa::path(
    get, path = "/backup", tag = "Operation",
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), Refusals)
)]
pub(super) async fn read(State(app): State<Arc<App>>, _: Owner) -> Result<Response, Failure> {
    let backup = app.store.backup().await?;
    let backup = backup.ok_or_else(|| {
        Failure::not_found("not_found", "This gateway keeps everything in memory (ASSISTERS_STORE): there is nothing to back up.")
    })?;
    let file = tokio::fs::File::open(&backup.path).await.map_err(|error| internal(&error))?;
    let n_bytes = file.metadata().await.map_err(|error| internal(&error))?.len();
    // The copy is gone when it is read, or whoever reads it is.
    let chunks = stream::try_unfold((file, backup), |(mut file, backup)| async move {
        let mut chunk = Vec::with_capacity(CHUNK_BYTES);
        let n_read = (&mut file).take(CHUNK_BYTES as u64).read_to_end(&mut chunk).await?;
        Ok::<_, std::io::Error>((n_read > 0).then_some((chunk, (file, backup))))
    });
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, n_bytes.to_string()),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"assisters.redb\"".to_owned()),
    ];
    Ok((headers, Body::from_stream(chunks)).into_response())
}
