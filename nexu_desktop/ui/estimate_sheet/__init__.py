"""What a message costs in detail: what it is made of, cheaper ways, and the same draft on other models."""
