"""The room's blueprint."""

from flask import Blueprint

blueprint = Blueprint("transparency", __name__)
