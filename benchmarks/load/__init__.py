"""Load: devices at the sync API and people in chat, all at once, against one process."""
