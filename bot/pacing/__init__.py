"""Discord's limits as a resource: who may ask for something now, who waits, who shares a token."""
