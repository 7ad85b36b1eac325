"""Views: everything that people see, a file per noun, and nothing else.

A function `x_page` makes a Reply of a result and is found by the result's type (`@renders`), so
that an answer can be shown again after a crash; `x_line` writes one line of a page. Buttons, menus
and forms are declared where they are made (`components`); refusals are in `errors`, records in
`audit`. A view reads no books and calls no Discord. Every sentence goes through `bot.locales`.
"""
