"""Markdown as data: segments, tokens, coloured code, formulas, safe links. No Qt, nothing loaded, nothing stored.

The window and the exports build from the same tokens, so that a message reads alike in both.
"""
