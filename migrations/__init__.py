"""The schema's history; `bot.database.admin.migrate` runs it."""
