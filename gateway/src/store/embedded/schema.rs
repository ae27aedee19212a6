//! Which version of the gateway's tables a file holds, and how older ones become the present one: step by step, in the transaction that opens the file, so
//! that a file is always whole in one version or the other.

use redb::{ReadableTable as _, WriteTransaction};

use super::{MESSAGES, SESSIONS, SETTINGS, USAGE, records, uploads};
use crate::store::StoreError;

/// The version that this gateway writes.
pub(super) const VERSION: u32 = 2;

/// The name of the setting that holds the version; files of version 1 have none.
const VERSION_SETTING: &str = "schema_version";

/// What leads from one version to the next.
type Step = fn(&WriteTransaction) -> Result<(), StoreError>;

/// The step from version 1 is the first.
const STEPS: [Step; VERSION as usize - 1] = [
    // 2: records, which are a table of their own that nothing else touches.
    |transaction| Ok(records::open_tables(transaction)?),
];

/// Makes the tables of a new file, or brings an older file up to date.
///
/// # Errors
/// [`StoreError::Newer`] for a file of a later gateway: nothing is changed in it.
pub(super) fn prepare(transaction: &WriteTransaction) -> Result<(), StoreError> {
    let is_new = transaction.list_tables().map_err(redb::Error::from)?.next().is_none();
    let found = if is_new { VERSION } else { read_version(transaction)? };
    migrate(transaction, found, &STEPS)?;
    // Reading needs the tables to be there.
    transaction.open_table(SESSIONS).map_err(redb::Error::from)?;
    transaction.open_table(MESSAGES).map_err(redb::Error::from)?;
    transaction.open_table(USAGE).map_err(redb::Error::from)?;
    uploads::open_tables(transaction)?;
    records::open_tables(transaction)?;
    Ok(())
}

fn read_version(transaction: &WriteTransaction) -> Result<u32, StoreError> {
    let settings = transaction.open_table(SETTINGS).map_err(redb::Error::from)?;
    let text = settings.get(VERSION_SETTING).map_err(redb::Error::from)?;
    Ok(text.and_then(|text| text.value().parse().ok()).unwrap_or(1))
}

/// Takes the steps that follow a version, and writes down where they led.
fn migrate(transaction: &WriteTransaction, found: u32, steps: &[Step]) -> Result<(), StoreError> {
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX).saturating_add(1);
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for step in steps.iter().skip(found.saturating_sub(1) as usize) {
        step(transaction)?;
    }
    let mut settings = transaction.open_table(SETTINGS).map_err(redb::Error::from)?;
    settings.insert(VERSION_SETTING, known.to_string().as_str()).map_err(redb::Error::from)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use redb::backends::InMemoryBackend;
    use redb::{Database, TableDefinition};

    use super::*;

    const NOTES: TableDefinition<'_, &str, u32> = TableDefinition::new("notes");

    fn double(transaction: &WriteTransaction) -> Result<(), StoreError> {
        let mut notes = transaction.open_table(NOTES).map_err(redb::Error::from)?;
        let number = notes.get("n").map_err(redb::Error::from)?.map_or(1, |row| row.value());
        notes.insert("n", number * 2).map_err(redb::Error::from)?;
        Ok(())
    }

    fn add_three(transaction: &WriteTransaction) -> Result<(), StoreError> {
        let mut notes = transaction.open_table(NOTES).map_err(redb::Error::from)?;
        let number = notes.get("n").map_err(redb::Error::from)?.map_or(0, |row| row.value());
        notes.insert("n", number + 3).map_err(redb::Error::from)?;
        Ok(())
    }

    #[test]
    fn steps_are_taken_from_where_a_file_is_and_only_once() {
        for (found, expected) in [(1, 5), (2, 3), (3, 0)] {
            let database = Database::builder().create_with_backend(InMemoryBackend::new()).unwrap();
            let transaction = database.begin_write().unwrap();
            migrate(&transaction, found, &[double, add_three]).unwrap();
            migrate(&transaction, read_version(&transaction).unwrap(), &[double, add_three]).unwrap();
            let notes = transaction.open_table(NOTES).unwrap();
            assert_eq!(notes.get("n").unwrap().map_or(0, |row| row.value()), expected, "from {found}");
            drop(notes);
            let newer = migrate(&transaction, read_version(&transaction).unwrap(), &[double]);
            assert!(matches!(newer, Err(StoreError::Newer { found: 3, known: 2 })), "{newer:?}");
        }
    }
}
