"""Discord's REST v10 and gateway v10 over the simulated world."""
