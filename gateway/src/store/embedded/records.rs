//! Records in the embedded store: one table for all collections.

use redb::{Database, ReadableDatabase as _, ReadableTable, Table, TableDefinition, WriteTransaction};

use crate::store::StoreError;
use crate::store::records::{Change, Collection, Rows, Verdict};

/// (collection, id) → record as JSON.
pub(super) const RECORDS: TableDefinition<'_, (&str, &str), &str> = TableDefinition::new("records");

/// Makes the table where it is missing.
pub(super) fn open_tables(transaction: &WriteTransaction) -> Result<(), redb::Error> {
    transaction.open_table(RECORDS)?;
    Ok(())
}

pub(super) fn read(database: &Database, collection: Collection, id: &str) -> Result<Option<String>, redb::Error> {
    get(&database.begin_read()?.open_table(RECORDS)?, collection, id)
}

pub(super) fn list(database: &Database, collection: Collection, prefix: &str) -> Result<Vec<(String, String)>, redb::Error> {
    range(&database.begin_read()?.open_table(RECORDS)?, collection, prefix)
}

pub(super) fn change(transaction: &WriteTransaction, change: Change) -> Result<(), redb::Error> {
    let mut rows = EmbeddedRows(transaction.open_table(RECORDS)?, Vec::new());
    match change(&mut rows) {
        Verdict::Keep => Ok(()),
        Verdict::Undo => rows.undo(),
    }
}

/// The records, and what was there before each change, the newest last: the transaction is not theirs alone.
struct EmbeddedRows<'a>(Table<'a, Key, &'static str>, Vec<(Collection, String, Option<String>)>);

impl EmbeddedRows<'_> {
    fn undo(mut self) -> Result<(), redb::Error> {
        for (collection, id, before) in self.1.into_iter().rev() {
            match before {
                Some(text) => self.0.insert((collection, id.as_str()), text.as_str())?,
                None => self.0.remove((collection, id.as_str()))?,
            };
        }
        Ok(())
    }
}

impl Rows for EmbeddedRows<'_> {
    fn text(&self, collection: Collection, id: &str) -> Result<Option<String>, StoreError> {
        Ok(get(&self.0, collection, id)?)
    }

    fn texts(&self, collection: Collection, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        Ok(range(&self.0, collection, prefix)?)
    }

    fn set_text(&mut self, collection: Collection, id: &str, text: Option<&str>) -> Result<(), StoreError> {
        let before = match text {
            Some(text) => self.0.insert((collection, id), text),
            None => self.0.remove((collection, id)),
        };
        let before = before.map_err(redb::Error::from)?.map(|before| before.value().to_owned());
        self.1.push((collection, id.to_owned(), before));
        Ok(())
    }
}

type Key = (&'static str, &'static str);

fn get(table: &impl ReadableTable<Key, &'static str>, collection: &str, id: &str) -> Result<Option<String>, redb::Error> {
    Ok(table.get((collection, id))?.map(|row| row.value().to_owned()))
}

fn range(
    table: &impl ReadableTable<Key, &'static str>,
    collection: &str,
    prefix: &str,
) -> Result<Vec<(String, String)>, redb::Error> {
    let mut rows = Vec::new();
    for row in table.range((collection, prefix)..)? {
        let (key, text) = row?;
        let (known, id) = key.value();
        if known != collection || !id.starts_with(prefix) {
            break;
        }
        rows.push((id.to_owned(), text.value().to_owned()));
    }
    Ok(rows)
}
