"""The sync API: what the scanner page and other programs may ask over HTTP.

FastAPI is imported with the modules in here, so nothing else imports them before a request does.
"""
