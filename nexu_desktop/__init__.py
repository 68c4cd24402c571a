"""Nexu Desktop: a chat client that shows what a message costs before and after it is sent."""

__version__ = "0.1.0"
