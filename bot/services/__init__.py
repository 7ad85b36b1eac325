"""Services: what the business does, a file per noun.

A change is an `@operation` (`verb_noun`, with a request `VerbNoun` and a result in the past
participle), a read is a `@query` (`get_x`, `find_x`, `list_x`); each declares the right it needs.
An operation is one transaction, one record and one audit event: it changes rows through the unit's
controllers, never commits, and makes no network call. No module here knows Discord or SQL.
"""
