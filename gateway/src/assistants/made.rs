//! An assistant that an owner made, and its card in the union of the documents' shapes.

use assisters_chat::protocol::format_rfc3339;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Settings;

/// An assistant that an owner made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct MadeAssistant {
    pub(crate) id: String,
    pub(crate) slug: String,
    pub(crate) settings: Settings,
    /// The newest version of its prompt.
    pub(crate) version: u64,
    pub(crate) created_at_secs: u64,
    pub(crate) updated_at_secs: u64,
}

impl MadeAssistant {
    /// Returns its card in the union of the documents' shapes: for its owner.
    pub(crate) fn card(&self) -> Value {
        let Settings { prompt, .. } = &self.settings;
        let behaviour = json!({
            "temperature": prompt.temperature,
            "top_p": prompt.top_p,
            "max_tokens": prompt.max_tokens,
            "response_format": self.settings.response_format,
        });
        let mut card = self.public_card();
        let secret = json!({
            "instructions": prompt.instructions,
            "system_prompt": prompt.instructions,
            "llmPrompt": prompt.instructions,
            "llmProvider": prompt.provider,
            "llmModel": prompt.model,
            "maxTokens": prompt.max_tokens,
            "config": behaviour,
            "settings": behaviour,
            "tools": self.settings.tools,
            "teamIds": self.settings.team_ids,
            "companyId": self.settings.company_id,
            "knowledge_base_id": self.settings.knowledge_base_id,
            "version": self.version,
        });
        if let (Some(fields), Value::Object(more)) = (card.as_object_mut(), secret) {
            fields.extend(more);
        }
        card
    }

    /// Returns what of its card anybody may know: not what its model is told, nor what it can reach.
    pub(crate) fn public_card(&self) -> Value {
        let settings = &self.settings;
        let (created_at, updated_at) = (format_rfc3339(self.created_at_secs), format_rfc3339(self.updated_at_secs));
        let mut card = json!({
            "id": self.id,
            "slug": self.slug,
            "name": settings.name,
            "description": settings.description,
            "category": settings.category,
            "model": settings.prompt.model,
            "price_per_million_tokens": settings.price_per_million_tokens,
            "language": settings.language,
            "voice": settings.voice,
            "avatar": settings.avatar,
            "welcome": settings.welcome,
            "suggestions": settings.suggestions,
            "skills": settings.skills,
            "created_at": created_at,
            "createdAt": created_at,
            "updated_at": updated_at,
            "updatedAt": updated_at,
        });
        // What nobody decided is not there: widgets have their own words for it.
        if let Some(fields) = card.as_object_mut() {
            fields.retain(|_, value| !value.is_null());
        }
        card
    }

    /// Whether `name` is its slug or its id.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.id == name || self.slug == name
    }
}
