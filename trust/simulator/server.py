"""The simulator as a small Flask application: the REST interface and the pages where somebody pays."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, redirect, render_template, request, send_from_directory, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from core.money import Money, format_money
from core.settings import setting
from trust.simulator import aftermath, notices, shapes
from trust.simulator.store import Store
from trust.simulator.texts import TEXTS

API_KEY = "sk_test_simulador"
HERE = Path(__file__).resolve().parent
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action *; base-uri 'none'; frame-ancestors 'none'"


def create_simulator(database: str) -> Flask:
    """Build the simulator on a database file of its own."""
    app = Flask("puente_simulator", root_path=str(HERE), template_folder="templates", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 200_000
    store = app.extensions["store"] = Store(database)
    _serve_interface(app, store)
    _serve_aftermath(app, store)
    _serve_pages(app, store)
    return app


def decoded(form: "MultiDict[str, str]") -> dict[str, Any]:
    """Turn `a[b][0][c]=1` back into nested dictionaries and lists."""
    result: dict[str, Any] = {}
    for key, value in form.items(multi=True):
        parts = re.findall(r"[^\[\]]+", key)
        here = result
        for name in parts[:-1]:
            here = here.setdefault(name, {})
        here[parts[-1]] = value
    return {name: _listed(value) for name, value in result.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(item) for name, item in value.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def _error(status: int, message: str, param: str | None = None, code: str | None = None) -> Response:
    response = jsonify(error={"type": "invalid_request_error", "message": message, "param": param, "code": code})
    response.status_code = status
    return response


def _serve_interface(app: Flask, store: Store) -> None:
    @app.before_request
    def check_key() -> Response | None:
        if not request.path.startswith("/v1/"):
            return None
        if request.headers.get("Authorization") != f"Bearer {API_KEY}":
            return _error(401, "Invalid API key provided.")
        return None

    @app.post("/v1/checkout/sessions")
    def session_create() -> Response:
        key, body = request.headers.get("Idempotency-Key", ""), request.get_data(as_text=True)
        with store.changing():
            before = store.remembered(key, body) if key else None
            if before is not None:
                response = jsonify(before[1])
                response.status_code = before[0]
                return response
            pay_url = f"{setting('PUBLIC_URL')}/simulador/pagos/cobro/SESSION"
            try:
                session = shapes.create_session(store, decoded(request.form), pay_url)
            except shapes.InvalidRequest as error:
                return _error(400, str(error), error.param)
            answer = shapes.shown(session)
            if key:
                store.remember(key, body, 200, answer)
        return jsonify(answer)

    @app.post("/v1/checkout/sessions/<session_id>/expire")
    def session_expire(session_id: str) -> Response:
        with store.changing():
            session = store.get(session_id)
            if session is None:
                return _missing(session_id)
            if session["status"] != "open":
                return _error(400, "Only open sessions can be expired.")
            shapes.expire(store, session)
            event = shapes.event(store, "checkout.session.expired", session)
        notices.send(event, store.secret("webhook_secret"))
        return jsonify(shapes.shown(session))

    def retrieve(object_id: str) -> Response:
        found = store.get(object_id)
        if found is None or found.get("object") != places[request.path.removeprefix("/v1/").rpartition("/")[0]]:
            return _missing(object_id)
        paths = [value for name, value in request.args.items(multi=True) if name.startswith("expand[")]
        return jsonify(shapes.expanded(store, found, paths))

    places = {
        "checkout/sessions": "checkout.session",
        "payment_intents": "payment_intent",
        "charges": "charge",
        "balance_transactions": "balance_transaction",
        "events": "event",
        "payouts": "payout",
    }
    for place in places:
        app.add_url_rule(f"/v1/{place}/<object_id>", f"retrieve_{place}", retrieve, methods=["GET"])


def _serve_aftermath(app: Flask, store: Store) -> None:
    @app.post("/v1/refunds")
    def refund_create() -> Response:
        key, body = request.headers.get("Idempotency-Key", ""), request.get_data(as_text=True)
        with store.changing():
            before = store.remembered(key, body) if key else None
            if before is not None:
                response = jsonify(before[1])
                response.status_code = before[0]
                return response
            try:
                made = shapes.shown(aftermath.refund(store, decoded(request.form)))
            except shapes.InvalidRequest as error:
                return _error(400, str(error), error.param)
            if key:
                store.remember(key, body, 200, made)
            event = shapes.event(store, "refund.created", made)
        notices.send(event, store.secret("webhook_secret"))
        return jsonify(made)

    def listed(path: str, kind: str, wanted: Callable[[dict[str, Any]], bool]) -> None:
        app.add_url_rule(f"/v1/{path}", f"list_{kind}", lambda: _page_of(store, kind, wanted), methods=["GET"])

    listed("refunds", "refund", lambda body: body["charge"] == request.args.get("charge"))
    listed("disputes", "dispute", lambda body: body["charge"] == request.args.get("charge"))
    listed("balance_transactions", "balance_transaction", lambda body: body.get("_payout") == request.args["payout"])
    listed(
        "checkout/sessions", "checkout.session", lambda body: body["payment_intent"] == request.args["payment_intent"]
    )
    listed("events", "event", lambda body: not _many("types[") or body["type"] in _many("types["))


def _many(prefix: str) -> list[str]:
    return [value for name, value in request.args.items(multi=True) if name.startswith(prefix)]


def _page_of(store: Store, kind: str, wanted: Callable[[dict[str, Any]], bool]) -> Response:
    """Answer a page of a list as the company pages it: newest first, from `starting_after` on."""
    oldest, limit = request.args.get("created[gte]", 0, int), request.args.get("limit", 10, int)
    rows = [body for body in store.all(kind, limit=100_000) if body["created"] >= oldest and wanted(body)]
    ids = [body["id"] for body in rows]
    after = request.args.get("starting_after")
    start = ids.index(after) + 1 if after in ids else 0
    paths = [path.removeprefix("data.") for path in _many("expand[")]
    page = [shapes.expanded(store, body, paths) for body in rows[start : start + limit]]
    return jsonify(object="list", data=page, has_more=start + limit < len(rows), url=request.path)


def _missing(object_id: str) -> Response:
    return _error(404, f"No such object: '{object_id}'", "id", "resource_missing")


def _serve_pages(app: Flask, store: Store) -> None:
    @app.after_request
    def close_doors(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.get("/estilo.css")
    def style() -> Response:
        return send_from_directory(HERE / "assets", "style.css", mimetype="text/css")

    @app.get("/cobro/<session_id>")
    def pay_page(session_id: str) -> BaseResponse | tuple[str, int] | str:
        return _page(store.get(session_id), None)

    @app.post("/cobro/<session_id>")
    def pay_submit(session_id: str) -> BaseResponse | tuple[str, int] | str:
        act: Callable[[Store, dict[str, Any]], tuple[str | None, list[str]]] = _card_payment
        events = []
        with store.changing():
            session = store.get(session_id)
            if session is None or session["status"] == "expired":
                return _page(session, None)
            if session["payment_status"] == "paid":
                return redirect(session["success_url"], 303)
            if session["payment_method_types"][0] != "card":
                act = _later_payment
            problem, kinds = act(store, session)
            events = [shapes.event(store, kind, session) for kind in kinds]
        for event in events:
            notices.send(event, store.secret("webhook_secret"))
        if problem is not None:
            return _page(session, problem)
        if session["payment_status"] == "paid" or request.form.get("accion") == "volver":
            return redirect(session["success_url"], 303)
        return redirect(url_for("pay_page", session_id=session_id), 303)


def _card_payment(store: Store, session: dict[str, Any]) -> tuple[str | None, list[str]]:
    number = re.sub(r"\D", "", request.form.get("numero", ""))
    if len(number) != 16 or not _luhn(number):
        return "bad_number", []
    if number in shapes.DECLINES:
        return shapes.DECLINES[number][0], []
    shapes.pay(store, session)
    return None, ["checkout.session.completed"]


def _later_payment(store: Store, session: dict[str, Any]) -> tuple[str | None, list[str]]:
    action = request.form.get("accion")
    if session["status"] == "open":
        shapes.wait_for_money(store, session)
        return None, ["checkout.session.completed"]
    if action == "pagar":
        shapes.pay(store, session)
        return None, ["checkout.session.async_payment_succeeded"]
    if action == "vencer":
        shapes.lose(store, session)
        return None, ["checkout.session.async_payment_failed"]
    return None, []


def _luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _page(session: dict[str, Any] | None, problem: str | None) -> BaseResponse | tuple[str, int] | str:
    if session is None:
        return render_template("missing.html", t=TEXTS["es"], language="es"), 404
    language = "en" if session["locale"] == "en" else "es"
    texts = TEXTS[language]
    money = Money(session["amount_total"], session["currency"].upper())
    page = render_template(
        "pay.html",
        t=texts,
        language=language,
        session=session,
        method=session["payment_method_types"][0],
        amount=format_money(money),
        typed=request.form.get("numero", ""),
        problem=texts[f"problem_{problem}"] if problem else None,
    )
    return (page, 422) if problem else page
