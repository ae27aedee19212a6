//! The files that visitors attach, in the embedded store: what is known of each in one table, the contents in another, which is read only for
//! whoever wants the file.

use bytes::Bytes;
use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition, WriteTransaction};

use crate::store::{StoreError, Upload};

/// id → upload as JSON.
pub(super) const UPLOADS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("uploads");
/// id → content.
pub(super) const CONTENTS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("upload_contents");

/// Makes the tables: reading needs them to be there.
pub(super) fn open_tables(transaction: &WriteTransaction) -> Result<(), StoreError> {
    for table in [UPLOADS, CONTENTS] {
        transaction.open_table(table).map_err(redb::Error::from)?;
    }
    Ok(())
}

/// Keeps a file and forgets those that have expired, in one look at the table.
pub(super) fn write(
    transaction: &WriteTransaction,
    upload: &Upload,
    content: &[u8],
    now_secs: u64,
    limit_bytes: u64,
) -> Result<(), StoreError> {
    {
        let row = serde_json::to_vec(upload)?;
        let mut uploads = transaction.open_table(UPLOADS).map_err(redb::Error::from)?;
        let mut contents = transaction.open_table(CONTENTS).map_err(redb::Error::from)?;
        let mut n_bytes = upload.n_bytes;
        let mut expired = Vec::new();
        for row in uploads.iter().map_err(redb::Error::from)? {
            let known: Upload = serde_json::from_slice(row.map_err(redb::Error::from)?.1.value())?;
            if known.expires_at_secs <= now_secs {
                expired.push(known.id);
            } else {
                n_bytes = n_bytes.saturating_add(known.n_bytes);
            }
        }
        if n_bytes > limit_bytes {
            return Err(StoreError::Full);
        }
        for table in [&mut uploads, &mut contents] {
            for id in &expired {
                table.remove(id.as_str()).map_err(redb::Error::from)?;
            }
        }
        uploads.insert(upload.id.as_str(), row.as_slice()).map_err(redb::Error::from)?;
        contents.insert(upload.id.as_str(), content).map_err(redb::Error::from)?;
    }
    Ok(())
}

/// Forgets a file of this owner's. Returns whether there was one.
pub(super) fn remove(transaction: &WriteTransaction, id: &str, owner: &str) -> Result<bool, StoreError> {
    let mut uploads = transaction.open_table(UPLOADS).map_err(redb::Error::from)?;
    let known =
        uploads.get(id).map_err(redb::Error::from)?.map(|row| serde_json::from_slice::<Upload>(row.value())).transpose()?;
    let is_own = known.is_some_and(|upload| upload.owner == owner);
    if is_own {
        uploads.remove(id).map_err(redb::Error::from)?;
        transaction.open_table(CONTENTS).map_err(redb::Error::from)?.remove(id).map_err(redb::Error::from)?;
    }
    Ok(is_own)
}

pub(super) fn read(database: &Database, id: &str) -> Result<Option<Upload>, StoreError> {
    let row = row(database, UPLOADS, id)?;
    Ok(row.map(|row| serde_json::from_slice(&row)).transpose()?)
}

pub(super) fn read_content(database: &Database, id: &str) -> Result<Option<Bytes>, redb::Error> {
    Ok(row(database, CONTENTS, id)?.map(Bytes::from))
}

fn row(database: &Database, table: TableDefinition<'_, &str, &[u8]>, id: &str) -> Result<Option<Vec<u8>>, redb::Error> {
    let rows = database.begin_read()?.open_table(table)?;
    Ok(rows.get(id)?.map(|row| row.value().to_vec()))
}
