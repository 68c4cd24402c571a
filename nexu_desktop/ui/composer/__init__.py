"""What a person writes in, what it will cost, and who pays for it."""
