//! Copies of a store: everything as it was at one moment, while others go on writing.

use std::path::Path;

use redb::{Database, Key, ReadTransaction, ReadableDatabase as _, ReadableTable as _, TableDefinition, Value, WriteTransaction};

use super::{MESSAGES, SESSIONS, SETTINGS, USAGE, records, schema, uploads};
use crate::store::StoreError;

/// Writes a copy of the store into a new file.
pub(super) fn copy(database: &Database, path: &Path) -> Result<(), StoreError> {
    // A read transaction sees one moment, however long it takes.
    let source = database.begin_read().map_err(redb::Error::from)?;
    let target = Database::create(path).map_err(redb::Error::from)?;
    let transaction = target.begin_write().map_err(redb::Error::from)?;
    schema::prepare(&transaction)?;
    copy_tables(&source, &transaction)?;
    transaction.commit().map_err(redb::Error::from)?;
    target.close().map_err(redb::Error::from)?;
    Ok(())
}

fn copy_tables(source: &ReadTransaction, target: &WriteTransaction) -> Result<(), redb::Error> {
    copy_table(source, target, SESSIONS)?;
    copy_table(source, target, MESSAGES)?;
    copy_table(source, target, USAGE)?;
    copy_table(source, target, SETTINGS)?;
    copy_table(source, target, uploads::UPLOADS)?;
    copy_table(source, target, uploads::CONTENTS)?;
    copy_table(source, target, records::RECORDS)
}

fn copy_table<K: Key + 'static, V: Value + 'static>(
    source: &ReadTransaction,
    target: &WriteTransaction,
    definition: TableDefinition<'static, K, V>,
) -> Result<(), redb::Error> {
    let rows = source.open_table(definition)?;
    let mut copy = target.open_table(definition)?;
    for row in rows.iter()? {
        let (key, value) = row?;
        copy.insert(key.value(), value.value())?;
    }
    Ok(())
}
