//! What a page attaches, as the upstream can understand it: the gateway's own files by their address, whichever way the page named them.

use assisters_chat::protocol::{ApiError, Attachment};

use super::Ask;
use super::run::store_error;
use crate::app::App;
use crate::store::{StoredAttachment, Upload};
use crate::upload::{id_in, take_addresses};

/// What a visitor has sent.
pub(super) struct Settled {
    /// What they wrote.
    pub(super) text: String,
    /// Their files.
    pub(super) attachments: Vec<Attachment>,
    /// Those of them that are kept here.
    pub(super) uploads: Vec<StoredAttachment>,
}

/// Returns what the visitor wrote, and their files.
///
/// A page whose dialect has no place for files writes their addresses below the text. Those of the visitor's own uploads are files again, so that an
/// upstream that has a place for them gets them there. A file by its id is one by its address to every other server; an id that is not ours may be
/// the upstream's.
pub(super) async fn settle(app: &App, ask: &Ask, text: &str) -> Result<Settled, ApiError> {
    let mut attachments = Vec::with_capacity(ask.attachments.len());
    let mut uploads = Vec::new();
    let mut by_address = |upload: Upload| {
        let attachment = Attachment::Url { url: upload.url.clone(), mime_type: upload.media_type.clone() };
        uploads.push(StoredAttachment::from(upload));
        attachment
    };
    for attachment in &ask.attachments {
        attachments.push(match attachment {
            Attachment::File { id } => own(app, ask, id).await?.map_or_else(|| attachment.clone(), &mut by_address),
            Attachment::Url { url, mime_type } => {
                let known = own_at(app, ask, url).await?;
                known.map_or_else(|| Attachment::Url { url: url.clone(), mime_type: mime_type.clone() }, &mut by_address)
            }
        });
    }
    let (rest, addresses) = take_addresses(text);
    let mut written = Vec::with_capacity(addresses.len());
    for address in addresses {
        match own_at(app, ask, address).await? {
            Some(upload) => written.push(upload),
            // Somebody else's, or long gone: only words.
            None => return Ok(Settled { text: text.to_owned(), attachments, uploads }),
        }
    }
    attachments.extend(written.into_iter().map(by_address));
    Ok(Settled { text: rest.to_owned(), attachments, uploads })
}

/// Returns the visitor's own upload of this id, if it can still be read.
async fn own(app: &App, ask: &Ask, id: &str) -> Result<Option<Upload>, ApiError> {
    let upload = app.store.upload(id).await.map_err(|error| store_error(&error))?;
    let is_own = |upload: &Upload| upload.owner == ask.session.owner && upload.expires_at_secs > app.clock.now_secs();
    Ok(upload.filter(is_own))
}

/// Returns the visitor's own upload at this address.
async fn own_at(app: &App, ask: &Ask, url: &str) -> Result<Option<Upload>, ApiError> {
    let Some(id) = id_in(url) else { return Ok(None) };
    Ok(own(app, ask, id).await?.filter(|upload| upload.url == url))
}
