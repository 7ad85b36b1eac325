"""Payments of bills: asked for, approved by another person, recorded, reversed."""
