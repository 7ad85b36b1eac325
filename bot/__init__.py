"""Tallyman: a Discord bot that keeps a warehouse's books."""

__version__ = "0.1.0"
