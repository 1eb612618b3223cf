//! JSON Schemas of the two documents, made from the types that read and write them.

use schemars::generate::SchemaSettings;

use super::DocumentKind;
use super::wire::{Frontier, Spec};

impl DocumentKind {
    /// The JSON Schema (draft 2020-12) of documents of this kind, versions 1 and 2. It says what fields
    /// there are and of which type; reading a document checks more.
    ///
    /// ```
    /// use committee::spec::DocumentKind;
    /// let schema = DocumentKind::Spec.schema();
    /// assert_eq!(schema["title"], "committee.cascade, versions 1 and 2");
    /// ```
    pub fn schema(self) -> serde_json::Value {
        let generator = SchemaSettings::draft2020_12().into_generator();
        let mut schema = match self {
            Self::Spec => generator.into_root_schema_for::<Spec>(),
            Self::Frontier => generator.into_root_schema_for::<Frontier>(),
        };
        schema.insert("title".to_owned(), self.title().into());
        schema.to_value()
    }

    fn title(self) -> &'static str {
        match self {
            Self::Spec => "committee.cascade, versions 1 and 2",
            Self::Frontier => "committee.cascade frontier, versions 1 and 2",
        }
    }
}
