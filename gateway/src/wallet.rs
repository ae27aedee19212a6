//! The owner's budget: set by the owner, used up by answers that cost something. Without one nothing is refused.

use assisters_chat::protocol::{ApiError, ErrorKind};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::store::{Collection, Records, StoreError};

const WALLET: Collection = "wallet";
/// There is one.
const ID: &str = "balance";

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Balance {
    balance: f64,
}

/// The budget.
#[derive(Clone)]
pub(crate) struct Wallet(Records);

impl Wallet {
    pub(crate) fn new(records: Records) -> Self {
        Self(records)
    }

    /// Returns what is left; nothing where there is no budget.
    pub(crate) async fn balance(&self) -> Result<Option<f64>, StoreError> {
        Ok(self.0.get::<Balance>(WALLET, ID).await?.map(|wallet| wallet.balance))
    }

    /// Sets what is left.
    pub(crate) async fn set(&self, balance: f64) -> Result<(), StoreError> {
        self.0.put(WALLET, ID, &Balance { balance }).await
    }

    /// Takes what an answer cost. Answers that run at once may take more than is left; then nothing is answered any more.
    pub(crate) async fn spend(&self, cost: f64) -> Result<(), StoreError> {
        if cost <= 0.0 {
            return Ok(());
        }
        self.0
            .change(move |rows| match rows.get::<Balance>(WALLET, ID)? {
                Some(Balance { balance }) => rows.put(WALLET, ID, &Balance { balance: balance - cost }),
                None => Ok(()),
            })
            .await
    }
}

/// Returns the wallet as the document shows it.
pub(crate) fn body(balance: f64) -> Value {
    json!({"balance": (balance * 1e6).round() / 1e6, "currency": "USD"})
}

/// Returns the error for a budget that is used up.
pub(crate) fn insufficient_funds() -> ApiError {
    ApiError {
        status: Some(402),
        code: Some("insufficient_funds".to_owned()),
        ..ApiError::new(ErrorKind::Payment, "Wallet balance too low: the owner's budget is used up.")
    }
}
