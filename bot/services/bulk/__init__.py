"""Bulk: many lines of one kind moved or counted at once, as one record, all or nothing."""
