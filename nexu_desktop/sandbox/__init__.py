"""The embedded default: a loopback service that speaks the Nexu protocol on a machine with no account."""
