"""Prices of suppliers: set, list, and what holds for an order."""
