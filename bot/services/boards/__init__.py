"""Boards: what they show, and keeping them: create, remove, list."""
