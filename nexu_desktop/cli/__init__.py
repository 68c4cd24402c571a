"""The headless face of the same services: no Qt is imported here or below."""

from nexu_desktop.cli.main import main

__all__ = ["main"]
