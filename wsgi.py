"""The application object, for any WSGI server."""

from web.factory import create_app, refuse_published_passwords

app = create_app()
refuse_published_passwords(app)
