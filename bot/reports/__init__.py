"""What takes heavy libraries: each module is imported when it is first used."""
