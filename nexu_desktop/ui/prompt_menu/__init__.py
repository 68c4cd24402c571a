"""The menu that "/" opens in an empty composer."""
