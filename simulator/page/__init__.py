"""The page: a chat server in the browser, where one acts as any member of the simulated guild."""
