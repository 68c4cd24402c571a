"""The transcript of one conversation: messages, code, receipts, and the answer that is just arriving."""
