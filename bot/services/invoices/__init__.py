"""Bills of suppliers: enter them, compare them with what was ordered and received, dispute them."""
