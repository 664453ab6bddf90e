"""The reference: the OpenAPI document, its examples, and the page that shows it."""
