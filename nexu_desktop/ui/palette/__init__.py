"""The layer that finds any action by its words, and the sheet of all keys."""
