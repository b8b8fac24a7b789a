"""The outbox, where every letter waits in the transaction that caused it, and the transport that sends it."""
