"""Import, export and print, from the window."""
