"""The application object, for any WSGI server."""

from web.factory import create_app

app = create_app()
