"""`python -m bot`: the same as the `tallyman` command."""

from bot.cli.main import main

if __name__ == "__main__":
    main()
