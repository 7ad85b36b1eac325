"""Cogs: the commands and the handlers of controls, a file per noun.

A cog reads what was typed into a request and hands it to the desk; it has no branch on business
state and says nothing itself. To add a command, add a method to the noun's cog (or a subclass of
`base.BaseCog` in a new file: the client finds it), next to its operation in `bot/services` and its
view in `bot/views`. Shared are `options` (option types) and `autocomplete` (what is offered).
"""
