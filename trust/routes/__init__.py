"""The trust's doors: giving, receipts and funds for everybody, the sponsor's pages, and the treasury's desk."""

from flask import Blueprint

blueprint = Blueprint("trust", __name__)
machine_blueprint = Blueprint("trust_machine", __name__)
