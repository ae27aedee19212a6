//! How much a key may do: the plans that the documents name.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::limit::Rate;

/// A plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// 20 requests a minute, 100 conversations a day.
    Free,
    /// 100 requests a minute, 10,000 requests a day.
    #[default]
    Standard,
    /// 100 requests a minute, 1,000 conversations a day.
    Pro,
    /// 500 requests a minute, 10,000 conversations a day.
    Business,
    /// What the machine can do.
    Enterprise,
}

/// The limits of a plan; none where there is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) requests_per_minute: Option<Rate>,
    pub(crate) requests_per_day: Option<Rate>,
    pub(crate) conversations_per_day: Option<Rate>,
}

impl Tier {
    pub(crate) fn limits(self) -> Limits {
        let minute = |limit| Some(Rate::per_minute(limit));
        let day = |limit| Some(Rate::per_day(limit));
        match self {
            Self::Free => Limits { requests_per_minute: minute(20), conversations_per_day: day(100), ..Limits::default() },
            Self::Standard => Limits { requests_per_minute: minute(100), requests_per_day: day(10_000), ..Limits::default() },
            Self::Pro => Limits { requests_per_minute: minute(100), conversations_per_day: day(1_000), ..Limits::default() },
            Self::Business => {
                Limits { requests_per_minute: minute(500), conversations_per_day: day(10_000), ..Limits::default() }
            }
            Self::Enterprise => Limits::default(),
        }
    }
}
