"""Purchase orders: what is ordered from suppliers, decided about, sent and closed."""
