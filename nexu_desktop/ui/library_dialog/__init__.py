"""The library: saved prompts and assistants, to change, copy, remove and move in and out."""
