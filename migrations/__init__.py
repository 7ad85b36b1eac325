"""The schema's history; `bot.database.migrate` runs it."""
