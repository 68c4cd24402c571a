"""Keys and settings: who answers on the left, one provider on the right."""
