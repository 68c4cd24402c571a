"""Every model with what this very draft would cost on it."""
