"""The left pane: conversations with what they have cost, and the wallet card."""
