"""Cities of a country, for the itinerary's search as one types."""

from flask import Response, jsonify, request

from core.access import signed_in
from core.listing import searched
from grants.routes.room import blueprint
from grants.rules import places


@blueprint.get("/ciudades.json")
@signed_in
def city_search() -> Response:
    """Return the cities of a country that fit what was typed, the largest first."""
    country = request.args.get("pais", "")
    found = places.cities_like(country, searched(request.args)) if places.is_country(country) else []
    response = jsonify(cities=[{"name": city.name, "spelled": city.spelled} for city in found])
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response
