"""The page “How good are the estimates?”: estimate beside actual, one model at a time."""
